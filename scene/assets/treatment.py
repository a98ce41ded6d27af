"""What a recipe wants done to a mesh when it is imported: simplified, brought to a size, shaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from . import merging
from .symmetries import UPRIGHT, Similarity

SMOOTH_ANGLE = 30.0  # degrees
_Y_TO_Z = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0))
_ROUNDS = 8  # of simplifying: the modifier aims at a number of triangles, and may miss it by a few


@dataclass(frozen=True)
class Treatment:
    """The settings of an item in the recipe's list that change its mesh; lengths in metres, angles in degrees.

    ``up_axis`` is z or y. ``decimate`` is a number of triangles, ``normalize_size`` the longest edge of the box; 0
    leaves the mesh alone.
    ``tolerance`` and ``tolerance_angle`` are for surfaces that are no meshes yet (STEP, IGES).
    """

    up_axis: str = "z"
    normalize_size: float = 0.0
    decimate: int = 0
    shading: str = "keep"
    smooth_angle: float = SMOOTH_ANGLE
    tolerance: float = 0.0001
    tolerance_angle: float = 15.0

    @classmethod
    def of(cls, source: Mapping[str, Any]) -> Treatment:
        """Those settings of an item; what it does not name has its default."""
        return cls(**{key: source[key] for key in cls.__dataclass_fields__ if key in source})


def normalize(mesh: bpy.types.Mesh, size: float, up_axis: str = "z") -> Similarity:
    """Turn the mesh upright, bring the longest edge of its box to ``size`` and the box's middle to the origin.

    A size of 0 keeps size and origin.
    """
    points = merging.vertices(mesh)
    low, high = points.min(axis=0), points.max(axis=0)
    factor, centre = (size / float((high - low).max()), (low + high) / 2) if size else (1.0, np.zeros(3))
    rotation = _Y_TO_Z if up_axis == "y" else UPRIGHT
    matrix = np.eye(4)
    matrix[:3, :3] = factor * np.array(rotation)
    matrix[:3, 3] = -matrix[:3, :3] @ centre
    merging.transform(mesh, matrix)
    return Similarity(factor, tuple(centre.tolist()), rotation)


def triangles(mesh: bpy.types.Mesh) -> int:
    """How many triangles the mesh is drawn with."""
    mesh.calc_loop_triangles()
    return len(mesh.loop_triangles)


def decimate(scene: bpy.types.Scene, mesh: bpy.types.Mesh, limit: int) -> bpy.types.Mesh:
    """The mesh with at most ``limit`` triangles, by collapsing edges where it changes the shape least (quadric error).

    Returns the mesh itself where it has no more, or ``limit`` is 0; otherwise a new one, and the old one is removed.
    Normals of the file's own do not survive. A mesh of many loose pieces may keep more.
    """
    count = triangles(mesh)
    if not limit or count <= limit:
        return mesh
    item = bpy.data.objects.new("truthbake decimate", mesh)
    scene.collection.objects.link(item)
    modifier = item.modifiers.new("decimate", "DECIMATE")
    modifier.use_collapse_triangulate = True
    modifier.ratio = limit / count
    layer = scene.view_layers[0]
    for turn in range(_ROUNDS):
        layer.update()
        graph = layer.depsgraph
        found = item.evaluated_get(graph)
        simple = bpy.data.meshes.new_from_object(found, preserve_all_data_layers=True, depsgraph=graph)
        left = triangles(simple)
        if left <= limit or turn == _ROUNDS - 1:
            break
        modifier.ratio *= limit / left * 0.999
        bpy.data.meshes.remove(simple)
    _drop_custom_normals(scene, simple)
    bpy.data.objects.remove(item)
    bpy.data.meshes.remove(mesh)
    return simple


def shade(scene: bpy.types.Scene, mesh: bpy.types.Mesh, shading: str, smooth_angle: float) -> None:
    """Set how edges look; see the settings. From Blender 4.1 on smoothing by angle is a mark on the sharp edges."""
    if shading == "keep" and mesh.has_custom_normals:
        return
    _drop_custom_normals(scene, mesh)
    if shading == "flat":
        mesh.shade_flat()
        return
    mesh.shade_smooth()
    # 180 degrees makes no edge sharp, and takes away the marks of the file's own.
    mesh.set_sharp_from_angle(angle=np.pi if shading == "smooth" else np.radians(smooth_angle))


def _drop_custom_normals(scene: bpy.types.Scene, mesh: bpy.types.Mesh) -> None:
    if not mesh.has_custom_normals:
        return
    item = bpy.data.objects.new("truthbake shading", mesh)
    scene.collection.objects.link(item)
    with bpy.context.temp_override(
        active_object=item, object=item, selected_objects=[item], selected_editable_objects=[item]
    ):
        bpy.ops.mesh.customdata_custom_splitnormals_clear()
    bpy.data.objects.remove(item)
