"""Planned materials as shader nodes."""

from __future__ import annotations

import warnings

import bpy

from ..plan.materials import MaterialPlan, SurfacePlan


def with_nodes(block):
    """Switch a material's or world's nodes on; Blender 5 has them always on and warns when told so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        block.use_nodes = True
    return block


def principled(name: str) -> tuple[bpy.types.Material, bpy.types.ShaderNode]:
    """A new material and its Principled BSDF."""
    material = with_nodes(bpy.data.materials.new(name))
    node = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    return material, node


def object_material(plan: MaterialPlan) -> bpy.types.Material:
    """A plain Principled material."""
    material, shader = principled("truthbake object")
    shader.inputs["Base Color"].default_value = (*plan.color, 1.0)
    shader.inputs["Roughness"].default_value = plan.roughness
    shader.inputs["Metallic"].default_value = plan.metallic
    shader.inputs["Specular IOR Level"].default_value = plan.specular
    shader.inputs["Transmission Weight"].default_value = plan.transmission
    return material


# Pattern -> node type, the sockets for the two colours (or the factor that mixes them), fixed inputs.
_PATTERNS = {
    "noise": ("ShaderNodeTexNoise", None, {"Detail": 6.0, "Roughness": 0.6}),
    "wave": ("ShaderNodeTexWave", None, {"Distortion": 4.0, "Detail": 3.0}),
    "voronoi": ("ShaderNodeTexVoronoi", None, {}),
    "checker": ("ShaderNodeTexChecker", ("Color1", "Color2"), {}),
    "brick": ("ShaderNodeTexBrick", ("Color1", "Mortar"), {}),
}


def surface_material(plan: SurfacePlan) -> bpy.types.Material:
    """A floor or wall: the pattern in object coordinates, so that its scale is in repeats per metre."""
    material, shader = principled("truthbake surface")
    shader.inputs["Roughness"].default_value = plan.roughness
    shader.inputs["Base Color"].default_value = (*plan.first, 1.0)
    if plan.pattern == "plain":
        return material
    kind, colours, fixed = _PATTERNS[plan.pattern]
    tree = material.node_tree
    coordinates = tree.nodes.new("ShaderNodeTexCoord")
    texture = tree.nodes.new(kind)
    tree.links.new(coordinates.outputs["Object"], texture.inputs["Vector"])
    texture.inputs["Scale"].default_value = plan.scale
    for name, value in fixed.items():
        texture.inputs[name].default_value = value
    if colours:
        texture.inputs[colours[0]].default_value = (*plan.first, 1.0)
        texture.inputs[colours[1]].default_value = (*plan.second, 1.0)
        if plan.pattern == "brick":
            texture.inputs["Color2"].default_value = (*(0.8 * value for value in plan.first), 1.0)
        tree.links.new(texture.outputs["Color"], shader.inputs["Base Color"])
        return material
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    # The textures' values crowd around the middle: a steeper ramp shows both colours.
    ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = 0.35, 0.65
    ramp.color_ramp.elements[0].color = (*plan.first, 1.0)
    ramp.color_ramp.elements[1].color = (*plan.second, 1.0)
    value = texture.outputs["Distance" if plan.pattern == "voronoi" else "Fac"]
    tree.links.new(value, ramp.inputs["Fac"])
    tree.links.new(ramp.outputs["Color"], shader.inputs["Base Color"])
    return material


def emitter(strength: float, color: tuple[float, float, float]) -> bpy.types.Material:
    """A surface that glows and reflects nothing."""
    material, shader = principled("truthbake emitter")
    shader.inputs["Base Color"].default_value = (0.0, 0.0, 0.0, 1.0)
    shader.inputs["Emission Color"].default_value = (*color, 1.0)
    shader.inputs["Emission Strength"].default_value = strength
    return material
