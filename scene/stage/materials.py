"""Planned materials as shader nodes."""

from __future__ import annotations

import bpy

from ..plan.materials import MaterialPlan, SurfacePlan
from . import patterns, textures
from .datablocks import Made
from .nodes import find_principled, mix, principled, put, with_nodes

__all__ = ["adjusted_material", "emitter", "object_material", "principled", "surface_material", "with_nodes"]

# A pattern's repeats are finer than a picture's: one of them across an object would hardly show. A brick is half a
# repeat long and a quarter high, and waves are narrower still.
_PATTERN_REPEATS = {"brick": 1.5, "wave": 1.5}
_OTHER_REPEATS = 4.0

_INPUTS = {
    "color": "Base Color",
    "roughness": "Roughness",
    "metallic": "Metallic",
    "specular": "Specular IOR Level",
    "transmission": "Transmission Weight",
}


def object_material(plan: MaterialPlan, diameter: float, made: Made) -> bpy.types.Material:
    """A Principled material for an object so many metres across, whose texture coordinates run once across it."""
    material, shader = principled("truthbake object")
    made(material)
    tree = material.node_tree
    for name, key in _INPUTS.items():
        put(tree, shader.inputs[key], getattr(plan, name))
    color = plan.color
    if plan.surface:
        across = _PATTERN_REPEATS.get(plan.surface.pattern, _OTHER_REPEATS) * plan.repeats
        color = patterns.color(tree, plan.surface, across / diameter)
    elif plan.picture:
        color = textures.picture(tree, plan.picture, textures.coordinates(tree, plan.repeats), made)
    elif plan.maps:
        color = textures.apply(tree, plan.maps, textures.coordinates(tree, plan.repeats), shader, made)
    if color is not plan.color and plan.color_mix > 0.0:
        color = mix(tree, plan.color_mix, color, plan.color)
    put(tree, shader.inputs["Base Color"], color)
    if plan.emission > 0.0:
        _glow(tree, shader, color, plan.emission)
    return material


def adjusted_material(own: bpy.types.Material, plan: MaterialPlan, made: Made) -> bpy.types.Material:
    """A copy of a model's material in which the planned inputs replace what the model says of them."""
    material = made(own.copy())
    shader = find_principled(material)
    for name in plan.inputs if shader else ():
        socket = shader.inputs[_INPUTS[name]]
        for link in list(socket.links):
            material.node_tree.links.remove(link)
        put(material.node_tree, socket, getattr(plan, name))
    return material


def surface_material(plan: SurfacePlan, made: Made) -> bpy.types.Material:
    """A floor or wall whose texture coordinates are metres, so that its scale is in repeats per metre."""
    material, shader = principled("truthbake surface")
    made(material)
    tree = material.node_tree
    shader.inputs["Roughness"].default_value = plan.roughness
    if plan.picture:
        color = textures.picture(tree, plan.picture, textures.coordinates(tree, plan.scale), made)
    elif plan.maps:
        color = textures.apply(tree, plan.maps, textures.coordinates(tree, plan.scale), shader, made)
    else:
        color = patterns.color(tree, plan, plan.scale)
    put(tree, shader.inputs["Base Color"], color)
    return material


def emitter(strength: float, color: tuple[float, float, float]) -> bpy.types.Material:
    """A surface that glows and reflects nothing."""
    material, shader = principled("truthbake emitter")
    _glow(material.node_tree, shader, color, strength)
    return material


def _glow(tree, shader, color, strength: float) -> None:
    for link in list(shader.inputs["Base Color"].links):
        tree.links.remove(link)
    put(tree, shader.inputs["Base Color"], (0.0, 0.0, 0.0))
    put(tree, shader.inputs["Emission Color"], color)
    shader.inputs["Emission Strength"].default_value = strength
