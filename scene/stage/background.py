"""Room, floor and sky in Blender."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..plan.background import BackgroundPlan, SkyPlan
from .datablocks import Made
from .materials import surface_material, with_nodes

PLANE_SIZE = 40.0
# Suffix -> how such a file begins. Blender takes anything and shows pink where it cannot read it.
HDRI_SUFFIXES = {".hdr": b"#?", ".exr": b"\x76\x2f\x31\x01"}


class BackgroundError(ValueError):
    """A sky that cannot be used; the message is one line for the user."""


def hdris(path: str) -> list[str]:
    """The HDRI files of a file or folder (recursive, sorted); those that Blender brings where ``path`` is empty.

    BackgroundError where there is none, or one is no HDRI.
    """
    folder = Path(path) if path else Path(bpy.utils.system_resource("DATAFILES")) / "studiolights" / "world"
    if folder.is_file():
        found = [folder]
    else:
        found = sorted(file for file in folder.rglob("*") if file.suffix.lower() in HDRI_SUFFIXES and file.is_file())
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


def rectangle(made: Made, name: str, x: float, y: float) -> bpy.types.Object:
    """A rectangle around its origin in the xy plane, facing up, with texture coordinates."""
    mesh = made(bpy.data.meshes.new(name))
    corners = [(-x / 2, -y / 2, 0), (x / 2, -y / 2, 0), (x / 2, y / 2, 0), (-x / 2, y / 2, 0)]
    mesh.from_pydata(corners, [], [(0, 1, 2, 3)])
    return made(bpy.data.objects.new(name, mesh))


def build(plan: BackgroundPlan, collection: bpy.types.Collection, made: Made) -> None:
    """Add floor and walls to the collection."""
    if plan.surface is None:
        return
    material = made(surface_material(plan.surface))
    x, y, height = plan.room_size or (PLANE_SIZE, PLANE_SIZE, 0.0)
    planes = [rectangle(made, "floor", x, y)]
    if plan.room_size:
        quarter = 1.5707963267948966
        for turn, (width, away) in enumerate([(y, x), (x, y), (y, x), (x, y)]):
            wall = rectangle(made, "wall", width, height)
            wall.rotation_euler = (quarter, 0.0, (turn - 1) * quarter)
            direction = [(1, 0), (0, 1), (-1, 0), (0, -1)][turn]
            wall.location = (direction[0] * away / 2, direction[1] * away / 2, height / 2)
            planes.append(wall)
    for plane in planes:
        plane.data.materials.append(material)
        collection.objects.link(plane)


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
