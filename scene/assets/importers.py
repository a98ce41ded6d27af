"""One model file to one mesh in metres, with Blender's own importers; nothing else stays in the user's file.

PLY, OBJ and STL keep the file's own coordinates (times the unit), because poses refer to them. glTF, FBX and USD come
as Blender puts them into its z-up world, with the file's node transforms applied.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy
import numpy as np

from ... import scratch
from . import cad, looks, merging, parts
from .checks import check_file
from .formats import AssetError, carries_unit, unit_scale
from .quiet import caught_output
from .symmetries import Similarity
from .treatment import Treatment, decimate, normalize, shade

_FILE_AXES = {"forward_axis": "Y", "up_axis": "Z"}  # Blender's own axes: coordinates pass unchanged
_WITH_BONES = {".gltf", ".glb", ".fbx", ".dae"}
# The importers' own validation is off: it turns coordinates that are no numbers into zeros; merging does both in order.
_COLLECTIONS = (
    "actions", "armatures", "cameras", "collections", "curves", "grease_pencils", "grease_pencils_v3", "images",
    "lattices", "lights", "lightprobes", "materials", "meshes", "metaballs", "node_groups", "objects", "particles",
    "pointclouds", "scenes", "sounds", "speakers", "texts", "textures", "volumes", "worlds",
)  # fmt: skip


def _has_operator(module: str, name: str) -> bool:
    try:
        getattr(getattr(bpy.ops, module), name).get_rna_type()
    except KeyError:
        return False
    return True


def _call(module: str, name: str, path: Path, **options: object) -> None:
    """Run an importer with those of `options` that this Blender's version of it knows."""
    if not _has_operator(module, name):
        raise AssetError(
            f"{path}: this Blender has no importer for {path.suffix} files; convert the model to GLB or OBJ"
        )
    operator = getattr(getattr(bpy.ops, module), name)
    known = operator.get_rna_type().properties.keys()
    operator(filepath=str(path), **{key: value for key, value in options.items() if key in known})


def _ply(path: Path) -> None:
    _call("wm", "ply_import", path, **_FILE_AXES, merge_verts=False, import_colors="SRGB", import_attributes=True)


def _obj(path: Path) -> None:
    _call(
        "wm", "obj_import", path, **_FILE_AXES, use_split_objects=False, use_split_groups=False, validate_meshes=False
    )


def _stl(path: Path) -> None:
    _call("wm", "stl_import", path, **_FILE_AXES, use_facet_normal=False, use_mesh_validate=False)


def _gltf(path: Path) -> None:
    _call("import_scene", "gltf", path, import_pack_images=True, disable_bone_shape=True, import_scene_extras=False)


def _fbx(path: Path) -> None:
    if _has_operator("wm", "fbx_import"):
        _call("wm", "fbx_import", path, use_anim=False, use_custom_props=False, validate_meshes=False)
    else:
        _call("import_scene", "fbx", path, use_anim=False, use_custom_props=False, use_image_search=False)


def _usd(path: Path) -> None:
    _call(
        "wm",
        "usd_import",
        path,
        import_cameras=False,
        import_lights=False,
        import_curves=False,
        import_volumes=False,
        set_frame_range=False,
        create_world_material=False,
        import_usd_preview=True,
        import_textures_mode="IMPORT_PACK",
        apply_unit_conversion_scale=True,
    )


def _dae(path: Path) -> None:
    if not _has_operator("wm", "collada_import"):
        raise AssetError(f"{path}: Blender reads DAE files up to version 4.5 only; convert the model to GLB or OBJ")
    # Without import_units the coordinates come in metres, by the unit that the file says.
    _call("wm", "collada_import", path, import_units=False, fix_orientation=False, keep_bind_info=False)


_IMPORTERS: dict[str, Callable[[Path], None]] = {
    ".ply": _ply,
    ".obj": _obj,
    ".stl": _stl,
    ".gltf": _gltf,
    ".glb": _gltf,
    ".dae": _dae,
    **dict.fromkeys(cad.SUFFIXES, _gltf),  # what they are tessellated into
}
_IMPORTERS |= {".fbx": _fbx, ".usd": _usd, ".usda": _usd, ".usdc": _usd, ".usdz": _usd}


def _datablocks() -> dict[int, bpy.types.ID]:
    """Every datablock by its address; an address stays the same as long as the datablock lives."""
    blocks = (block for name in _COLLECTIONS for block in getattr(bpy.data, name, ()))
    return {block.as_pointer(): block for block in blocks}


@contextlib.contextmanager
def _visit(path: Path) -> Iterator[bpy.types.Scene]:
    """A scene of our own as the context, gone afterwards; windows show what they showed before.

    Importers that make bones enter edit mode, which works on the active object of the window's scene and no other: for
    them the window itself goes to our scene, lest they edit the user's object. All others see no active object.
    """
    shown = [(window, window.scene, window.view_layer) for window in bpy.context.window_manager.windows]
    window = bpy.context.window if path.suffix.lower() in _WITH_BONES else None
    scene = bpy.data.scenes.new("truthbake import")
    context = {"scene": scene, "view_layer": scene.view_layers[0], "collection": scene.collection}
    if window is None:
        context |= {"active_object": None, "object": None, "selected_objects": []}
    try:
        if window:
            window.scene = scene
        with bpy.context.temp_override(**context):
            yield scene
    finally:
        for window, before, layer in shown:
            if window.scene != before:
                window.scene = before
                window.view_layer = layer


def _remove_new(before: set[int], keep: set[int]) -> None:
    blocks = _datablocks()
    doomed = [block for address, block in blocks.items() if address not in before and address not in keep]
    bpy.data.batch_remove(doomed)


@contextlib.contextmanager
def visiting(path: Path) -> Iterator[tuple[bpy.types.Scene, set[int]]]:
    """A scene of our own for a file's contents; at the end all goes that is not in the set of addresses to keep."""
    check_file(path)
    before = set(_datablocks())
    keep: set[int] = set()
    try:
        with _visit(path) as scene:
            yield scene, keep
    finally:
        _remove_new(before, keep)


def read_into_scene(path: Path) -> None:
    """Run the importer for a file in the context's scene. AssetError where it cannot be read."""
    _run(path, path)


def own_datablocks(mesh: bpy.types.Mesh) -> set[int]:
    """Addresses of the mesh and of everything it draws with."""
    own = {mesh.as_pointer()}
    trees = []
    for material in mesh.materials:
        if material:
            own.add(material.as_pointer())
            if material.node_tree:
                trees.append(material.node_tree)
    while trees:
        for node in trees.pop().nodes:
            if image := getattr(node, "image", None):
                own.add(image.as_pointer())
            group = getattr(node, "node_tree", None)
            if group and group.as_pointer() not in own:
                own.add(group.as_pointer())
                trees.append(group)
    return own


def _reason(error: Exception) -> str:
    """Blender's message as one line: the last one of a traceback, without the word Error."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("Location:", "File ", "Traceback"))]
    return lines[-1].removeprefix("Error: ").rstrip(".") if lines else "no reason given"


def part_names(path: Path, treatment: Treatment) -> list[str]:
    """The names of the parts in a STEP, IGES or binary glTF file. AssetError for other files."""
    return parts.names(_binary_gltf(path, treatment), path)


def _binary_gltf(path: Path, treatment: Treatment) -> bytes:
    if cad.is_cad(path):
        return cad.tessellated(path, treatment.tolerance, treatment.tolerance_angle)
    check_file(path)
    return path.read_bytes()


def import_model(
    path: Path, unit: str = "AUTO", name: str = "", treatment: Treatment | None = None, part: int | None = None
) -> tuple[bpy.types.Mesh, list[str], Similarity]:
    """Read one file as one mesh named `name` in metres, with its materials; warnings; and what the treatment moved.

    Vertices that no face uses are dropped. `part` takes only the part at that place of `part_names`, in its own frame.
    AssetError, with `bpy.data` as it was, if the file is broken or holds no surface.
    """
    path = path.absolute()
    treatment = treatment or Treatment()
    check_file(path)
    scale = unit_scale(path, unit)
    before = set(_datablocks())
    keep: set[int] = set()
    try:
        with _visit(path) as scene:
            _read(path, treatment, part)
            _rest(scene)
            mesh = merging.one_mesh(scene, path)
            merging.drop_loose(mesh)
            own = cad.frame(path) if cad.is_cad(path) else np.eye(4)
            merging.transform(mesh, np.diag([scale, scale, scale, 1.0]) @ own)
            _check_mesh(mesh, path)
            similarity = normalize(mesh, treatment.normalize_size, treatment.up_axis)
            warnings = looks.tidy(mesh, path)
            mesh = decimate(scene, mesh, treatment.decimate)
            shade(scene, mesh, treatment.shading, treatment.smooth_angle)
            mesh.name = name or path.stem
        keep = own_datablocks(mesh)
    finally:
        _remove_new(before, keep)
    if unit.upper() != "AUTO" and carries_unit(path):
        warnings.append(f"{path.name} carries its own unit; it is read as {unit.lower()} because that was asked for")
    return mesh, warnings, similarity


def _read(path: Path, treatment: Treatment, part: int | None) -> None:
    """Bring the file into the current scene."""
    if part is None and not cad.is_cad(path):
        _run(path, path)
        return
    content = _binary_gltf(path, treatment)
    with scratch.new() as folder:
        file = Path(folder) / "model.glb"
        file.write_bytes(content if part is None else parts.alone(content, part, path))
        _run(path, file)


def _rest(scene: bpy.types.Scene) -> None:
    """Bring rigged models into their rest pose, and take animations off everything."""
    for item in scene.collection.all_objects:
        item.animation_data_clear()
        if item.type == "ARMATURE":
            item.data.pose_position = "REST"
        elif item.type == "MESH" and item.data.shape_keys:
            item.data.shape_keys.animation_data_clear()


def _run(path: Path, file: Path) -> None:
    try:
        with caught_output() as lines:
            _IMPORTERS[path.suffix.lower()](file)
    except RuntimeError as error:
        raise AssetError(f"{path}: Blender cannot read it ({_reason(error)}); export the model again") from None
    lost = sum("Invalid vertex index" in line for line in lines)
    if lost:
        raise AssetError(f"{path}: {lost} faces name vertices that are not in the file; export the model again")


def _check_mesh(mesh: bpy.types.Mesh, path: Path) -> None:
    points = merging.vertices(mesh)
    if not len(mesh.polygons):
        raise AssetError(f"{path}: has no faces; export the model as a mesh with faces")
    if not np.ptp(points, axis=0).max() > 0.0:
        raise AssetError(f"{path}: all its vertices are at one point; export the model again")
