"""Materials, textures and colours of an imported mesh, put in order."""

from __future__ import annotations

import re
from pathlib import Path

import bpy
import numpy as np

from .formats import obj_libraries, ply_texture, scanned_texture

_WHITE = 0.999


def tidy(mesh: bpy.types.Mesh, path: Path) -> list[str]:
    """Complete what the importer leaves undone, for the mesh of `path`; returns warnings.

    PLY textures (BOP's YCB-V) get their UV map and picture, vertex colours a material that shows them; missing
    pictures are taken out rather than drawn in pink; materials that say nothing are dropped.
    """
    suffix = path.suffix.lower()
    warnings: list[str] = []
    if suffix == ".ply":
        _ply_texture(mesh, path, warnings)
        _drop_attributes(mesh)
    if suffix == ".obj" and not any(library.is_file() for library in obj_libraries(path)):
        mesh.materials.clear()  # made up by the importer
        if scanned_texture(path) and mesh.uv_layers:
            _show_picture(mesh, path, scanned_texture(path))
        elif obj_libraries(path):
            warnings.append(f"{path.name}: its material file {obj_libraries(path)[0].name} is missing")
    _forget_missing_pictures(mesh, path, warnings)
    if mesh.color_attributes:
        if not any(mesh.materials):
            mesh.materials.clear()
            mesh.materials.append(colour_material(f"{path.stem} colours", mesh.color_attributes[0].name))
        elif suffix in (".gltf", ".glb"):
            _colour_plain_materials(mesh)
    if not any(mesh.materials):
        mesh.materials.clear()
    return warnings


def principled(material: bpy.types.Material) -> bpy.types.Node | None:
    """The material's Principled shader node, if it has one."""
    tree = material.node_tree
    return next((node for node in tree.nodes if node.type == "BSDF_PRINCIPLED"), None) if tree else None


def new_material(name: str) -> tuple[bpy.types.Material, bpy.types.Node]:
    """A material with a Principled shader, and that shader's node."""
    material = bpy.data.materials.new(name)
    if material.node_tree is None:  # always there from Blender 5.0 on
        material.use_nodes = True
    return material, principled(material)


def colour_material(name: str, attribute: str) -> bpy.types.Material:
    """A material whose base colour is the mesh's colour attribute."""
    material, shader = new_material(name)
    colour = material.node_tree.nodes.new("ShaderNodeVertexColor")
    colour.layer_name = attribute
    material.node_tree.links.new(colour.outputs["Color"], shader.inputs["Base Color"])
    return material


def _colour_plain_materials(mesh: bpy.types.Mesh) -> None:
    """glTF multiplies vertex colours with the material; Blender's importer leaves them out."""
    for material in filter(None, mesh.materials):
        shader = principled(material)
        if shader is None or shader.inputs["Base Color"].is_linked:
            continue
        if min(shader.inputs["Base Color"].default_value[:3]) >= _WHITE:
            colour = material.node_tree.nodes.new("ShaderNodeVertexColor")
            colour.layer_name = mesh.color_attributes[0].name
            material.node_tree.links.new(colour.outputs["Color"], shader.inputs["Base Color"])


def _values(mesh: bpy.types.Mesh, name: str) -> np.ndarray:
    values = np.empty(len(mesh.vertices), dtype=np.float32)
    mesh.attributes[name].data.foreach_get("value", values)
    return values


def _ply_texture(mesh: bpy.types.Mesh, path: Path, warnings: list[str]) -> None:
    """Texture coordinates per vertex and the header's TextureFile become a UV map and a material."""
    for u, v in (("texture_u", "texture_v"), ("u", "v")):
        if u in mesh.attributes and v in mesh.attributes and not mesh.uv_layers:
            corner = np.empty(len(mesh.loops), dtype=np.int32)
            mesh.loops.foreach_get("vertex_index", corner)
            uv = np.stack([_values(mesh, u), _values(mesh, v)], axis=1)[corner]
            mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", np.ascontiguousarray(uv).ravel())
    picture = ply_texture(path)
    if not picture or not mesh.uv_layers:
        return
    if not picture.is_file():
        warnings.append(f"{path.name}: its texture {picture.name} is missing")
        return
    _show_picture(mesh, path, picture)


def _show_picture(mesh: bpy.types.Mesh, path: Path, picture: Path) -> None:
    """Give the mesh a material with a picture as its base colour."""
    material, shader = new_material(f"{path.stem} texture")
    texture = material.node_tree.nodes.new("ShaderNodeTexImage")
    texture.image = bpy.data.images.load(str(picture))
    material.node_tree.links.new(texture.outputs["Color"], shader.inputs["Base Color"])
    mesh.materials.append(material)


def _drop_attributes(mesh: bpy.types.Mesh) -> None:
    """Scanners write quality, curvature and the like per vertex: nothing reads them here."""
    kept = {layer.name for layer in (*mesh.uv_layers, *mesh.color_attributes)} | {"custom_normal"}
    for name in [attribute.name for attribute in mesh.attributes]:
        own = re.fullmatch(r"position|sharp_\w+|material_index|\..*", name)
        if name not in kept and not own:
            mesh.attributes.remove(mesh.attributes[name])


def _elsewhere(path: Path, name: str) -> Path | None:
    """A picture of that name beside the model, or where scanned objects keep theirs."""
    scanned = scanned_texture(path)
    candidates = [path.parent / name, *([scanned.with_name(name)] if scanned else [])]
    return next((file for file in candidates if name and file.is_file()), None)


def _forget_missing_pictures(mesh: bpy.types.Mesh, path: Path, warnings: list[str]) -> None:
    """Make the paths of pictures absolute. A missing one is looked for where it may be, else its node goes."""
    missing = set()
    for material in filter(None, mesh.materials):
        if not material.node_tree:
            continue
        for node in [node for node in material.node_tree.nodes if node.type == "TEX_IMAGE" and node.image]:
            image = node.image
            if image.packed_file or image.source == "GENERATED":
                continue
            file = Path(bpy.path.abspath(image.filepath))
            name = re.split(r"[\\/]", image.filepath)[-1]  # of whatever machine wrote it
            if file.is_file():
                image.filepath = str(file.resolve())
            elif elsewhere := _elsewhere(path, name):
                image.filepath = str(elsewhere.resolve())
                image.reload()
            else:
                missing.add(name)
                material.node_tree.nodes.remove(node)
    warnings += [f"{path.name}: its texture {name} is missing" for name in sorted(missing)]
