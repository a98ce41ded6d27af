"""The models of a recipe, each imported once per process and shared by all its instances.

A mesh is held by name and by a mark, not by a fake user: it lives as long as the process, whatever the scene does, but
is not written into the user's file unless an object uses it. Do not purge unused data between staging two scenes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bmesh
import bpy
import numpy as np

from . import cad, keypoints, merging, shape, symmetries
from .arrays import MeshArrays, mesh_arrays
from .formats import AssetError, check_name, side_files, size_warning, unit_scale
from .importers import import_model, part_names
from .keypoints import Keypoints
from .listing import BUILTIN, Listed, listed_models
from .symmetries import Similarity, Symmetries

TARGET = "target"
DISTRACTOR = "distractor"
MARK = "truthbake_asset"

__all__ = ["BUILTIN", "Asset", "MeshArrays", "clear_cache", "load_library", "load_listed", "mesh_arrays"]


@dataclass(frozen=True)
class Geometry:
    """What is measured of a mesh, metres, model frame."""

    minimum: np.ndarray
    maximum: np.ndarray
    diameter: float
    hull: np.ndarray


@dataclass(frozen=True)
class Asset:
    """One model. Lengths in metres, in the model's own frame.

    ``key`` is unique and safe as a file name; ``id`` is the BOP object id, ``class_id`` the category. ``mesh`` is
    shared by all instances. ``hull`` (K, 3) float64, K <= 64, are vertices of the convex hull for physics. ``sha256``
    covers the file and its side files. ``source`` is None for procedural shapes. ``entry`` is the index of the item of
    the recipe's list that named the model, -1 for what is there unlisted. ``parts`` are the names of the parts of a
    STEP or IGES file that is one model.
    ``keypoint_depth`` in metres: how deep below a seen surface a keypoint still counts as seen.
    """

    key: str
    name: str
    id: int
    class_id: int
    kind: str
    mesh_mark: str
    source: Path | None
    sha256: str
    minimum: np.ndarray
    maximum: np.ndarray
    diameter: float
    hull: np.ndarray
    has_material: bool
    entry: int = -1
    symmetries: Symmetries = field(default_factory=Symmetries)
    keypoints: Keypoints = field(default_factory=Keypoints)
    keypoint_depth: float = 0.0
    parts: list[str] = field(default_factory=list)

    @property
    def mesh(self) -> bpy.types.Mesh:
        """The mesh datablock; AssetError if it was removed from the file since."""
        mesh = find_mesh(self.mesh_mark)
        if mesh is None:
            raise AssetError(f"{self.source or self.key}: its mesh was removed from Blender; import it again")
        return mesh


@dataclass(frozen=True)
class _Imported:
    mark: str
    sha256: str
    geometry: Geometry
    has_material: bool
    warnings: list[str]
    similarity: Similarity


_cache: dict[tuple, _Imported] = {}
_names: dict[str, str] = {}  # mark -> the mesh's name when last seen


def find_mesh(mark: str) -> bpy.types.Mesh | None:
    """The mesh held under a mark, or None if it was removed."""
    mesh = bpy.data.meshes.get(_names.get(mark, ""))
    if mesh is None or mesh.get(MARK) != mark:
        mesh = next((mesh for mesh in bpy.data.meshes if mesh.get(MARK) == mark), None)
        if mesh:
            _names[mark] = mesh.name
    return mesh


def hold(mesh: bpy.types.Mesh, mark: str) -> None:
    """Mark a mesh so that assets find it again, even after an undo or a renaming, and its materials to go with it."""
    for block in (mesh, *filter(None, mesh.materials)):
        block[MARK] = mark
    _names[mark] = mesh.name


def unmark(mesh: bpy.types.Mesh) -> None:
    """Take the mark off a copy, so that it is never taken for the asset itself."""
    if MARK in mesh:
        del mesh[MARK]


def measure(mesh: bpy.types.Mesh) -> Geometry:
    """Box, exact diameter and thinned convex hull of a mesh."""
    points = merging.vertices(mesh)
    hull = np.unique(_hull_points(points), axis=0)
    return Geometry(points.min(axis=0), points.max(axis=0), shape.diameter(points, hull), shape.thin_out(hull))


def _hull_points(points: np.ndarray) -> np.ndarray:
    """Vertices of the convex hull; all points where there is no volume to speak of."""
    if np.linalg.matrix_rank(points - points.mean(axis=0), tol=1e-6 * np.ptp(points, axis=0).max()) < 3:
        return points[shape.extreme(points)]
    scale = np.ptp(points, axis=0).max()
    hull = bmesh.new()
    for index, point in enumerate((points - points.mean(axis=0)) / scale):
        hull.verts.new(point).index = index
    result = bmesh.ops.convex_hull(hull, input=hull.verts, use_existing_faces=False)
    unused = {element.index for element in (*result["geom_interior"], *result["geom_unused"]) if hasattr(element, "co")}
    outer = [vertex.index for vertex in hull.verts if vertex.index not in unused and vertex.link_faces]
    hull.free()
    return points[np.union1d(np.array(outer, dtype=int), shape.extreme(points))]


def _digest(path: Path, mesh: bpy.types.Mesh) -> str:
    """SHA-256 of the file and what belongs to it; independent of where they lie."""
    files = {path, *side_files(path)}
    for material in filter(None, mesh.materials):
        for node in material.node_tree.nodes if material.node_tree else ():
            image = getattr(node, "image", None)
            if image and not image.packed_file and Path(bpy.path.abspath(image.filepath)).is_file():
                files.add(Path(bpy.path.abspath(image.filepath)))
    digests = [hashlib.sha256(file.read_bytes()).digest() for file in (path, *sorted(files - {path}))]
    return hashlib.sha256(b"".join(digests)).hexdigest() if len(digests) > 1 else digests[0].hex()


def _import(item: Listed) -> _Imported:
    """Import a file, or find what an earlier call imported from the same state of it."""
    path, unit, treatment = item.path, item.unit, item.treatment
    files = [path.absolute(), *side_files(path)]
    states = ((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)
    key = (unit, treatment, item.part, *states)
    known = _cache.get(key)
    if known and find_mesh(known.mark):
        return known
    mesh, warnings, similarity = import_model(path, unit, treatment=treatment, part=item.part)
    geometry = measure(mesh)
    warning = None if treatment.normalize_size else size_warning(path, unit, geometry.diameter)
    sha256 = _digest(path, mesh)
    mark = f"{sha256}:{unit_scale(path, unit)!r}:{treatment!r}:{item.part}:{path.absolute()}"
    hold(mesh, mark)
    has_material = any(mesh.materials)
    warnings = [*([warning] if warning else []), *warnings]
    _cache[key] = _Imported(mark, sha256, geometry, has_material, warnings, similarity)
    return _cache[key]


def clear_cache() -> None:
    """Forget everything imported; meshes and materials that no object uses leave the file."""
    bpy.data.batch_remove([mesh for mesh in bpy.data.meshes if mesh.get(MARK) and not mesh.users])
    # By their mark: a file that was saved meanwhile holds materials of models whose meshes it does not.
    materials = [material for material in bpy.data.materials if material.get(MARK)]
    images = {
        node.image
        for material in materials
        if not material.users and material.node_tree
        for node in material.node_tree.nodes
        if getattr(node, "image", None)
    }
    bpy.data.batch_remove([material for material in materials if not material.users])
    bpy.data.batch_remove([image for image in images if not image.users])
    _cache.clear()
    _names.clear()


def load_library(
    sources: Sequence[Mapping[str, Any]],
    kind: str = TARGET,
    progress: Callable[[int, int, str], None] | None = None,
    split: str = "all",
    shares: Sequence[int] = (1, 0, 0),
) -> tuple[list[Asset], list[str]]:
    """Import what `sources` name; returns the assets and warnings, among them one for every refused file.

    A source is a mapping with `path` (file, folder or `builtin:parts`) and what else an item of the recipe's list says;
    what it does not name has its default. `split` (all, train, val or test) takes one of the `shares` of each class.
    Ids are positions (from 1) among all files found, so that neither a file that breaks nor a split shifts any other;
    BOP names keep their own. `progress(done, total, name)` is called before each file.
    AssetError when a path, unit, layout or class is wrong, or no file at all could be imported.
    """
    listed, warnings = listed_models(sources, "" if kind == TARGET else f"{kind}_", split, shares)
    assets = []
    refused = []
    for index, item in enumerate(listed):
        if progress:
            progress(index, len(listed), item.path.name)
        try:
            assets.append(load_listed(item, kind, warnings))
        except AssetError as error:
            refused.append(str(error))
            warnings.append(f"left out: {error}")
    if refused and not assets:
        more = f" (and {len(refused) - 1} more files like it)" if len(refused) > 1 else ""
        raise AssetError(f"{refused[0]}{more}")
    return assets, warnings


def load_listed(item: Listed, kind: str, warnings: list[str]) -> Asset:
    """Import one listed model, with what is known of it; appends to ``warnings``. AssetError."""
    check_name(item.path)
    metres = unit_scale(item.path, item.unit)
    imported = _import(item)
    warnings += imported.warnings
    geometry, similarity = imported.geometry, imported.similarity
    turns = item.source.get("symmetries") or []
    found = symmetries.of_recipe(turns) if turns else symmetries.of_file(item.path, metres)
    points = keypoints.of_model(item.source, item.path, metres)
    return Asset(
        key=item.key,
        name=item.class_name,
        id=item.id,
        class_id=item.class_id,
        kind=kind,
        mesh_mark=imported.mark,
        source=item.path,
        sha256=imported.sha256,
        minimum=geometry.minimum,
        maximum=geometry.maximum,
        diameter=geometry.diameter,
        hull=geometry.hull,
        has_material=imported.has_material,
        entry=item.entry,
        symmetries=similarity.symmetries(found),
        keypoints=Keypoints([(name, similarity.point(place)) for name, place in points.points], points.skeleton),
        keypoint_depth=float(item.source.get("keypoint_depth") or 0.0),
        parts=part_names(item.path, item.treatment) if cad.is_cad(item.path) and item.part is None else [],
    )
