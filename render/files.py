"""How Blender is told to write images: one function a kind of file, whatever the version."""

from __future__ import annotations

import contextlib
from pathlib import Path

import bpy
import numpy as np

from .. import compat


def render(scene: bpy.types.Scene, path: Path) -> None:
    """Render a scene to a file, at its own current frame: Blender would take the frame of the window's scene."""
    scene.render.filepath = str(path)
    shown = bpy.context.scene
    is_there = shown is not None and shown.frame_current_final == scene.frame_current_final
    # Not without need: long runs under an override crashed at times (4.5: three of eight; without it none of six).
    with contextlib.nullcontext() if is_there else bpy.context.temp_override(scene=scene):
        bpy.ops.render.render(write_still=True, scene=scene.name)


def write_data(scene: bpy.types.Scene) -> None:
    """Write all passes, 32 bit, uncompressed: the file lives for a moment only."""
    settings = scene.render.image_settings
    if compat.at_least(5):
        settings.media_type = "MULTI_LAYER_IMAGE"
        # One part for all passes: 5.0 cannot write parts of their own where pixels are not square (fx != fy).
        settings.use_exr_interleave = True
    settings.file_format = "OPEN_EXR_MULTILAYER"
    settings.color_depth = "32"
    settings.exr_codec = "NONE"


def write_picture(scene: bpy.types.Scene, image_format: str, jpeg_quality: int, with_alpha: bool = False) -> None:
    """Write 8-bit colour images (``png`` or ``jpeg``). Only PNG holds alpha."""
    settings = scene.render.image_settings
    if compat.at_least(5):
        settings.media_type = "IMAGE"
    settings.file_format = image_format.upper()
    settings.color_mode = "RGBA" if with_alpha and image_format == "png" else "RGB"
    if image_format == "png":
        settings.color_depth = "8"
        settings.compression = 15
    else:
        settings.quality = jpeg_quality


def picture_suffix(image_format: str) -> str:
    """How the names of colour images end."""
    return ".png" if image_format == "png" else ".jpg"


def write_light(scene: bpy.types.Scene) -> None:
    """Write colour images in linear light, 32 bit, uncompressed: the file lives for a moment only."""
    settings = scene.render.image_settings
    if compat.at_least(5):
        settings.media_type = "IMAGE"
    settings.file_format = "OPEN_EXR"
    settings.color_mode = "RGBA" if scene.render.film_transparent else "RGB"
    settings.color_depth = "32"
    settings.exr_codec = "NONE"


def save_picture(scene: bpy.types.Scene, light: np.ndarray, path: Path) -> None:
    """Write linear light as the scene writes its pictures: through its view transform, into its format.

    (H, W, 3), or (H, W, 4) with alpha, with which the colours are multiplied.
    """
    height, width, channels = light.shape
    image = bpy.data.images.new("truthbake light", width, height, alpha=channels == 4, float_buffer=True)
    try:
        # Blender's rows begin at the bottom.
        pixels = light[::-1]
        if channels == 3:
            pixels = np.dstack([pixels, np.ones((height, width, 1), dtype=np.float32)])
        image.pixels.foreach_set(np.ascontiguousarray(pixels, dtype=np.float32).ravel())
        image.save_render(str(path), scene=scene)
    finally:
        bpy.data.images.remove(image)


def plain(scene: bpy.types.Scene) -> None:
    """No compositor, no sequencer, no time stamps: the same frame gives the same bytes."""
    render = scene.render
    render.use_compositing = render.use_sequencer = render.use_stamp = False
    for name in dir(render):
        if name.startswith("use_stamp_"):
            setattr(render, name, False)
    # Inside Blender this one is the flag "hide labels": off, it counts as a stamp, and all images get Cycles' timings.
    render.use_stamp_labels = True
    render.use_file_extension = False
    # Blender keeps the data of one scene at a time, and two take turns here: nothing would be saved. And it keeps those
    # of a removed scene as well, and follows their pointers into freed memory.
    render.use_persistent_data = False
    render.use_motion_blur = False
    render.use_border = False
    render.film_transparent = False
    render.dither_intensity = 0.0
    render.threads_mode = "AUTO"
