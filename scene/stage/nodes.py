"""Small helpers for shader nodes."""

from __future__ import annotations

import warnings

import bpy


def with_nodes(block):
    """Switch a material's or world's nodes on; Blender 5 has them always on and warns when told so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        block.use_nodes = True
    return block


def principled(name: str) -> tuple[bpy.types.Material, bpy.types.ShaderNode]:
    """A new material and its Principled BSDF."""
    material = with_nodes(bpy.data.materials.new(name))
    return material, find_principled(material)


def find_principled(material: bpy.types.Material) -> bpy.types.ShaderNode | None:
    """The material's Principled BSDF, if it has one."""
    tree = material.node_tree
    return next((node for node in tree.nodes if node.type == "BSDF_PRINCIPLED"), None) if tree else None


def add(tree: bpy.types.NodeTree, kind: str, **inputs) -> bpy.types.ShaderNode:
    """A new node; inputs by name (underscores for spaces) are values, or sockets to link."""
    node = tree.nodes.new(kind)
    for name, value in inputs.items():
        put(tree, node.inputs[name.replace("_", " ")], value)
    return node


def put(tree: bpy.types.NodeTree, socket: bpy.types.NodeSocket, value) -> None:
    """Give an input a value, a colour of three numbers, or another node's output."""
    if isinstance(value, bpy.types.NodeSocket):
        tree.links.new(value, socket)
    elif socket.type == "RGBA" and len(value) == 3:
        socket.default_value = (*value, 1.0)
    else:
        socket.default_value = value


def mix(tree: bpy.types.NodeTree, share, first, second) -> bpy.types.NodeSocket:
    """The colour between two, values or sockets: ``share`` of the second."""
    node = tree.nodes.new("ShaderNodeMix")
    node.data_type = "RGBA"
    sockets = {socket.identifier: socket for socket in node.inputs}
    for name, value in (("Factor_Float", share), ("A_Color", first), ("B_Color", second)):
        put(tree, sockets[name], value)
    return next(socket for socket in node.outputs if socket.identifier == "Result_Color")
