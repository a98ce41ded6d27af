"""The ground truth render: one sample through every pixel's centre, an X-ray of all objects on the ray.

Every surface gets the same material, 10 % opaque. ``pass_alpha_threshold`` lies below that, so that depth, index and
normal are those of the first surface, as if it were solid, while Cryptomatte ranks every object that the ray goes on to
cross: visible and amodal masks come from one sample and agree to the pixel (ground truth notes, sections 1 and 2).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy

from ..scene.stage.materials import with_nodes
from . import files
from .decode import RANKS

OPACITY = 0.1
# A ray may cross this many surfaces; 0.9 ** 512 is still far above the smallest float.
SURFACES = 512


def configure(scene: bpy.types.Scene, with_normals: bool, made: Callable) -> None:
    """Set a scene up for ground truth; ``made`` remembers the material."""
    files.plain(scene)
    files.write_data(scene)
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.device = "CPU"  # one sample: a GPU would spend more on the transfer
    cycles.samples = 1
    cycles.seed = 0
    cycles.use_adaptive_sampling = cycles.use_denoising = False
    cycles.max_bounces = 0
    cycles.transparent_max_bounces = SURFACES
    cycles.min_transparent_bounces = SURFACES
    layer = scene.view_layers[0]
    layer.material_override = made(_xray())
    layer.pass_alpha_threshold = OPACITY / 2
    layer.use_pass_combined = False
    layer.use_pass_z = layer.use_pass_object_index = layer.use_pass_cryptomatte_object = True
    layer.use_pass_normal = with_normals
    layer.pass_cryptomatte_depth = RANKS


def _xray() -> bpy.types.Material:
    material = with_nodes(bpy.data.materials.new("truthbake x-ray"))
    tree = material.node_tree
    tree.nodes.clear()
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    # Transparency alone: what it does not let through is opaque. Anything that glows would make every triangle a lamp.
    surface = tree.nodes.new("ShaderNodeBsdfTransparent")
    surface.inputs["Color"].default_value = (1.0 - OPACITY, 1.0 - OPACITY, 1.0 - OPACITY, 1.0)
    tree.links.new(surface.outputs[0], output.inputs["Surface"])
    return material


def render(scene: bpy.types.Scene, path: Path) -> None:
    """Render the passes of the current view to a multilayer EXR."""
    files.render(scene, path)


def render_group(scene: bpy.types.Scene, shown: set[str], names: set[str], path: Path) -> None:
    """X-ray only the objects ``shown`` of all objects ``names``, as if the others were not there."""
    items = [item for item in scene.objects if item.name in names]
    try:
        for item in items:
            item.hide_render = item.name not in shown
        render(scene, path)
    finally:
        for item in items:
            item.hide_render = False
