"""Room, floor and screen in Blender."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Matrix

from ..plan.background import BackgroundPlan
from .camera import OPENCV_TO_BLENDER
from .datablocks import Made
from .materials import surface_material
from .sky import BackgroundError, hdris

__all__ = ["BackgroundError", "build", "face", "hdris", "rectangle"]

PLANE_SIZE = 40.0
FAR_AWAY = 1000.0
NEAREST = 0.5


def rectangle(made: Made, name: str, x: float, y: float) -> bpy.types.Object:
    """A rectangle around its origin in the xy plane, facing up, with texture coordinates in metres."""
    mesh = made(bpy.data.meshes.new(name))
    corners = [(-x / 2, -y / 2, 0), (x / 2, -y / 2, 0), (x / 2, y / 2, 0), (-x / 2, y / 2, 0)]
    mesh.from_pydata(corners, [], [(0, 1, 2, 3)])
    layer = mesh.uv_layers.new(name="UVMap")
    layer.data.foreach_set("uv", [value for corner in corners for value in corner[:2]])
    return made(bpy.data.objects.new(name, mesh))


def build(plan: BackgroundPlan, collection: bpy.types.Collection, made: Made) -> bpy.types.Object | None:
    """Add floor and walls, or a screen, to the collection; returns the screen, which `face` turns."""
    if plan.surface is None:
        return None
    material = surface_material(plan.surface, made)
    if plan.screen:
        screen = rectangle(made, "screen", plan.screen.size, plan.screen.size)
        screen.data.materials.append(material)
        # Out of the way of everything until there is a camera to face.
        screen.location = (0.0, 0.0, -FAR_AWAY)
        collection.objects.link(screen)
        return screen
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
    return None


def face(screen: bpy.types.Object, distance: float, camera_to_world: np.ndarray) -> None:
    """Put the screen straight behind the scene as a camera (OpenCV, (4, 4)) sees it, upright in its image.

    It stands ``distance`` times as far behind the middle of the scene as the camera is before it; a camera nearer than
    NEAREST counts as that near.
    """
    away = max(float(np.linalg.norm(camera_to_world[:3, 3])), NEAREST)
    behind = np.eye(4)
    behind[2, 3] = -(1.0 + distance) * away
    screen.matrix_world = Matrix(camera_to_world @ OPENCV_TO_BLENDER @ behind)
