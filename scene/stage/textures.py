"""Pictures and sets of PBR maps as shader nodes, over a mesh's texture coordinates."""

from __future__ import annotations

import bpy

from ..assets.texture_sets import TextureSet
from . import images
from .datablocks import Made
from .nodes import add

PICTURES = "materials.pictures or background.pictures"
TEXTURE_SETS = "materials.texture_sets or background.texture_sets"


def coordinates(tree: bpy.types.NodeTree, repeats: float) -> bpy.types.NodeSocket:
    """The mesh's texture coordinates, so that a picture repeats so often in a unit of them."""
    place = tree.nodes.new("ShaderNodeTexCoord").outputs["UV"]
    return add(tree, "ShaderNodeMapping", Vector=place, Scale=(repeats, repeats, repeats)).outputs["Vector"]


def picture(tree: bpy.types.NodeTree, path: str, place: bpy.types.NodeSocket, made: Made) -> bpy.types.NodeSocket:
    """The colour of a picture."""
    return _map(tree, path, place, made, False, PICTURES)


def apply(tree: bpy.types.NodeTree, maps: TextureSet, place: bpy.types.NodeSocket, shader, made: Made):
    """Link all maps but the colour into the shader; returns the colour.

    Occlusion is left out: light paths find it by themselves. Displacement only bends the light: the shape is the
    label's.
    """

    def data(path: str) -> bpy.types.NodeSocket:
        return _map(tree, path, place, made, True, TEXTURE_SETS)

    shader.inputs["Metallic"].default_value = 0.0
    shader.inputs["Specular IOR Level"].default_value = 0.5
    if maps.packed:
        channels = add(tree, "ShaderNodeSeparateColor", Color=data(maps.packed))
        tree.links.new(channels.outputs["Green"], shader.inputs["Roughness"])
        tree.links.new(channels.outputs["Blue"], shader.inputs["Metallic"])
    for path, name in (
        (maps.roughness, "Roughness"),
        (maps.metalness, "Metallic"),
        (maps.specular, "Specular IOR Level"),
    ):
        if path:
            tree.links.new(data(path), shader.inputs[name])
    if maps.normal or maps.normal_directx:
        tangent = data(maps.normal or maps.normal_directx)
        bent = add(tree, "ShaderNodeNormalMap", Color=tangent if maps.normal else _green_turned(tree, tangent))
        tree.links.new(bent.outputs["Normal"], shader.inputs["Normal"])
    elif maps.displacement:
        bump = add(tree, "ShaderNodeBump", Height=data(maps.displacement), Strength=0.5, Distance=0.01)
        tree.links.new(bump.outputs["Normal"], shader.inputs["Normal"])
    return _map(tree, maps.color, place, made, False, TEXTURE_SETS)


def _map(tree, path: str, place, made: Made, is_data: bool, key: str) -> bpy.types.NodeSocket:
    node = add(tree, "ShaderNodeTexImage", Vector=place)
    node.image = images.load(path, made, key, is_data)
    return node.outputs["Color"]


def _green_turned(tree, color: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """DirectX's normal maps have their green channel down."""
    channels = add(tree, "ShaderNodeSeparateColor", Color=color)
    turned = tree.nodes.new("ShaderNodeMath")
    turned.operation = "SUBTRACT"
    turned.inputs[0].default_value = 1.0
    tree.links.new(channels.outputs["Green"], turned.inputs[1])
    joined = add(
        tree,
        "ShaderNodeCombineColor",
        Red=channels.outputs["Red"],
        Green=turned.outputs["Value"],
        Blue=channels.outputs["Blue"],
    )
    return joined.outputs["Color"]
