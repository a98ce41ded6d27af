"""The world in Blender: a sky that shines, and what the camera sees of it."""

from __future__ import annotations

import os
from pathlib import Path

import bpy

from ..plan.background import BackgroundPlan, SkyPlan
from .datablocks import Made
from .nodes import with_nodes

# Suffix -> how such a file begins. Blender takes anything and shows pink where it cannot read it.
HDRI_SUFFIXES = {".hdr": b"#?", ".exr": b"\x76\x2f\x31\x01"}


class BackgroundError(ValueError):
    """A sky that cannot be used; the message is one line for the user."""


def hdris(path: str) -> list[str]:
    """The HDRI files of a file or folder (recursive, sorted); those that Blender brings where ``path`` is empty.

    BackgroundError where there is none, or one is no HDRI.
    """
    folder = Path(path) if path else Path(bpy.utils.system_resource("DATAFILES")) / "studiolights" / "world"
    if os.path.isfile(folder):
        found = [folder]
    else:
        below = folder.rglob("*") if os.path.isdir(folder) else ()
        found = sorted(file for file in below if file.suffix.lower() in HDRI_SUFFIXES and os.path.isfile(file))
    if not found:
        raise BackgroundError(f"{folder}: no HDRI here; background.hdri_path wants a file or folder of .hdr or .exr")
    for file in found:
        _check(file)
    return [str(file) for file in found]


def _check(file: Path) -> None:
    """BackgroundError for a file that is not what its suffix says."""
    if file.suffix.lower() not in HDRI_SUFFIXES:
        raise BackgroundError(f"{file}: is not .hdr or .exr; background.hdri_path wants HDRIs")
    try:
        with file.open("rb") as opened:
            begin = opened.read(4)
    except OSError as error:
        raise BackgroundError(f"{file}: cannot be read ({error.strerror}); background.hdri_path wants HDRIs") from None
    if not begin.startswith(HDRI_SUFFIXES[file.suffix.lower()]):
        raise BackgroundError(f"{file}: is not a readable {file.suffix} picture; replace it or take it away")


def world(plan: BackgroundPlan, made: Made) -> bpy.types.World:
    """What shines from all around: the sky, or nothing; the camera sees it, or a plain colour in its place."""
    block = sky(plan.sky, made)
    if plan.color is None:
        return block
    tree = block.node_tree
    output = next(node for node in tree.nodes if node.type == "OUTPUT_WORLD")
    shines = output.inputs["Surface"].links[0].from_socket
    seen = tree.nodes.new("ShaderNodeBackground")
    seen.inputs["Color"].default_value = (*plan.color, 1.0)
    path, both = tree.nodes.new("ShaderNodeLightPath"), tree.nodes.new("ShaderNodeMixShader")
    tree.links.new(path.outputs["Is Camera Ray"], both.inputs[0])
    tree.links.new(shines, both.inputs[1])
    tree.links.new(seen.outputs[0], both.inputs[2])
    tree.links.new(both.outputs[0], output.inputs["Surface"])
    return block


def sky(plan: SkyPlan | None, made: Made) -> bpy.types.World:
    """A world lit by an HDRI, or black."""
    world = with_nodes(made(bpy.data.worlds.new("truthbake sky")))
    tree = world.node_tree
    shader = next(node for node in tree.nodes if node.type == "BACKGROUND")
    if plan is None:
        shader.inputs["Strength"].default_value = 0.0
        return world
    environment = tree.nodes.new("ShaderNodeTexEnvironment")
    known = set(bpy.data.images)
    try:
        environment.image = bpy.data.images.load(plan.hdri, check_existing=True)
    except RuntimeError:
        raise BackgroundError(
            f"{plan.hdri}: cannot be read as an image; background.hdri_path must hold HDRIs"
        ) from None
    if environment.image not in known:
        made(environment.image)
    mapping = tree.nodes.new("ShaderNodeMapping")
    mapping.inputs["Rotation"].default_value[2] = plan.rotation * 0.017453292519943295
    coordinates = tree.nodes.new("ShaderNodeTexCoord")
    tree.links.new(coordinates.outputs["Generated"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs["Vector"], environment.inputs["Vector"])
    tree.links.new(environment.outputs["Color"], shader.inputs["Color"])
    shader.inputs["Strength"].default_value = plan.strength
    # The map that importance sampling draws from is made anew for each frame: 0.1 s at this size, 1 s at the image's.
    world.cycles.sampling_method = "MANUAL"
    world.cycles.sample_map_resolution = 512
    return world
