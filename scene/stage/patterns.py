"""Procedural patterns as shader nodes."""

from __future__ import annotations

import bpy

from ..plan.materials import SurfacePlan
from .nodes import add, mix, put

# Pattern -> node type, the sockets for the two colours (or the factor that mixes them), fixed inputs.
_PATTERNS = {
    "noise": ("ShaderNodeTexNoise", None, {"Detail": 6.0, "Roughness": 0.6}),
    "wave": ("ShaderNodeTexWave", None, {"Distortion": 4.0, "Detail": 3.0}),
    "voronoi": ("ShaderNodeTexVoronoi", None, {}),
    "checker": ("ShaderNodeTexChecker", ("Color1", "Color2"), {}),
    "brick": ("ShaderNodeTexBrick", ("Color1", "Mortar"), {}),
}


def color(tree: bpy.types.NodeTree, plan: SurfacePlan, scale: float):
    """The pattern's colour, a socket or three numbers, in object coordinates with ``scale`` repeats per unit."""
    if plan.pattern == "plain":
        return plan.first
    coordinates = tree.nodes.new("ShaderNodeTexCoord").outputs["Object"]
    if plan.pattern != "mixed":
        return _simple(tree, coordinates, plan.pattern, plan.first, plan.second, scale)
    one = _simple(tree, coordinates, plan.parts[0], plan.first, plan.second, scale)
    darker = tuple(0.5 * value for value in plan.second)
    two = _simple(tree, coordinates, plan.parts[1], darker, plan.first, 1.7 * scale)
    clouds = add(tree, "ShaderNodeTexNoise", Vector=coordinates, Scale=0.5 * scale)
    return mix(tree, _steep(tree, clouds.outputs["Fac"], (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)), one, two)


def _simple(tree, coordinates, pattern: str, first, second, scale: float) -> bpy.types.NodeSocket:
    kind, colours, fixed = _PATTERNS[pattern]
    texture = add(tree, kind, Vector=coordinates, Scale=scale, **fixed)
    if colours:
        put(tree, texture.inputs[colours[0]], first)
        put(tree, texture.inputs[colours[1]], second)
        if pattern == "brick":
            put(tree, texture.inputs["Color2"], tuple(0.8 * value for value in first))
        return texture.outputs["Color"]
    return _steep(tree, texture.outputs["Distance" if pattern == "voronoi" else "Fac"], first, second)


def _steep(tree, value: bpy.types.NodeSocket, first, second) -> bpy.types.NodeSocket:
    """From one colour to the other; the textures' values crowd around the middle: a steep ramp shows both."""
    ramp = add(tree, "ShaderNodeValToRGB", Fac=value)
    ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = 0.35, 0.65
    ramp.color_ramp.elements[0].color = (*first, 1.0)
    ramp.color_ramp.elements[1].color = (*second, 1.0)
    return ramp.outputs["Color"]
