"""The camera in Blender: intrinsics set exactly, views checked against what stands in the way."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..plan.camera import Intrinsics

CLIP_START = 0.001
CLIP_END = 10000.0
SENSOR_WIDTH = 36.0
# Blender looks along -z with y up, OpenCV along +z with y down.
OPENCV_TO_BLENDER = np.diag([1.0, -1.0, -1.0, 1.0])
# Rays per image side with which a view is checked for obstacles.
CHECK_GRID = 9


def set_lens(camera: bpy.types.Camera, render: bpy.types.RenderSettings, lens: Intrinsics) -> None:
    """Make Blender's camera project as ``lens`` does; sets the resolution and the pixel aspect too.

    With ``sensor_fit`` horizontal Blender measures lens and shift in widths of the image; pixels that are not square
    get their vertical scale from the pixel aspect: fy = fx aspect_x / aspect_y.
    """
    ratio = lens.fy / lens.fx
    _set(
        camera,
        type="PERSP",
        sensor_fit="HORIZONTAL",
        sensor_width=SENSOR_WIDTH,
        lens_unit="MILLIMETERS",
        lens=lens.fx / lens.width * SENSOR_WIDTH,
        shift_x=((lens.width - 1) / 2 - lens.cx) / lens.width,
        shift_y=(lens.cy - (lens.height - 1) / 2) / (lens.width * ratio),
        clip_start=CLIP_START,
        clip_end=CLIP_END,
    )
    _set(
        render,
        resolution_x=lens.width,
        resolution_y=lens.height,
        resolution_percentage=100,
        # Blender takes aspects from 1 up only.
        pixel_aspect_x=max(ratio, 1.0),
        pixel_aspect_y=max(1.0 / ratio, 1.0),
    )


def _set(owner: bpy.types.bpy_struct, **values: float | str) -> None:
    """Assign what differs: even the same value again makes Blender look at everything anew between two renders."""
    for name, value in values.items():
        held = np.float32(value) if isinstance(value, float) else value
        if getattr(owner, name) != held:
            setattr(owner, name, value)


def read_lens(camera: bpy.types.Camera, render: bpy.types.RenderSettings) -> Intrinsics:
    """What Blender's camera really projects, from the numbers that it holds (single precision)."""
    width, height = render.resolution_x, render.resolution_y
    fx = camera.lens / camera.sensor_width * width
    ratio = render.pixel_aspect_x / render.pixel_aspect_y
    cx = (width - 1) / 2 - camera.shift_x * width
    cy = (height - 1) / 2 + camera.shift_y * width * ratio
    return Intrinsics(width, height, fx, fx * ratio, cx, cy)


def set_pose(item: bpy.types.Object, camera_to_world: np.ndarray) -> None:
    """Move the camera object to a pose (4, 4) in OpenCV axes."""
    item.matrix_world = Matrix(camera_to_world @ OPENCV_TO_BLENDER)


def read_pose(item: bpy.types.Object) -> np.ndarray:
    """The pose (4, 4) in OpenCV axes that the object really has, scale removed."""
    pose = np.array(item.matrix_world) @ OPENCV_TO_BLENDER
    pose[:3, :3] /= np.linalg.norm(pose[:3, :3], axis=0)
    return pose


def nearest_obstacle(
    scene: bpy.types.Scene, graph: bpy.types.Depsgraph, lens: Intrinsics, camera_to_world: np.ndarray, reach: float
) -> float:
    """Distance in metres to the nearest surface within ``reach`` on a grid of rays through the image, else inf."""
    columns = np.linspace(0, lens.width - 1, CHECK_GRID)
    rows = np.linspace(0, lens.height - 1, CHECK_GRID)
    pixels = np.array([[u, v, 1.0] for v in rows for u in columns])
    rays = pixels @ np.linalg.inv(lens.K).T @ camera_to_world[:3, :3].T
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    origin = Vector(camera_to_world[:3, 3])
    nearest = np.inf
    for ray in rays:
        hit, place, *_ = scene.ray_cast(graph, origin, Vector(ray), distance=min(reach, nearest))
        if hit:
            nearest = (place - origin).length
    return nearest
