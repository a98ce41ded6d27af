"""The colour image: Cycles as the recipe wants it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from PIL import Image

from ..scene.plan.photograph import PhotographPlan
from . import backdrop, decode, files

_VIEW_TRANSFORMS = {"standard": "Standard", "filmic": "Filmic", "agx": "AgX"}


def configure(scene: bpy.types.Scene, recipe: dict[str, Any], device: str) -> tuple[str, list[str]]:
    """Set a scene up for colour images; ``device`` is CPU or GPU. Returns the suffix of the files, and warnings."""
    section = recipe["render"]
    files.plain(scene)
    scene.render.engine = "CYCLES"
    scene.view_settings.view_transform = _VIEW_TRANSFORMS[section["view_transform"]]
    scene.view_settings.look = "None"
    scene.view_settings.exposure, scene.view_settings.gamma = 0.0, 1.0
    cycles = scene.cycles
    cycles.device = device
    cycles.samples = section["samples"]
    cycles.use_adaptive_sampling = False
    cycles.max_bounces = section["max_bounces"]
    cycles.pixel_filter_type, cycles.filter_width = recipe["sensor"]["pixel_filter"].upper(), 1.5
    warnings = _denoise(cycles, section["denoise"], device)
    output, mode = recipe["output"], recipe["background"]["mode"]
    scene.render.film_transparent = mode in ("transparent", "photograph")
    # Behind glass there is a photograph, not black.
    cycles.film_transparent_glass = True
    files.write_picture(scene, output["image_format"], output["jpeg_quality"], scene.render.film_transparent)
    return files.picture_suffix(output["image_format"]), warnings


def _denoise(cycles, wanted: str, device: str) -> list[str]:
    """Switch the denoiser on, where this Blender was built with one (some Linux distributions leave it out)."""
    cycles.use_denoising = wanted != "off"
    if not cycles.use_denoising:
        return []
    try:
        cycles.denoiser = "OPENIMAGEDENOISE"
    except TypeError:
        cycles.use_denoising = False
        return [f"render.denoise {wanted}: this Blender has no Open Image Denoise; the images keep their noise"]
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_prefilter = wanted.upper()
    cycles.denoising_use_gpu = device == "GPU"
    return []


@contextlib.contextmanager
def smaller(scene: bpy.types.Scene, percentage: int) -> Iterator[None]:
    """While this lasts, so many per cent of the picture's width and height are rendered."""
    if percentage == 100:  # nothing assigned, nothing looked at anew
        yield
        return
    scene.render.resolution_percentage = percentage
    try:
        yield
    finally:
        scene.render.resolution_percentage = 100


def render(scene: bpy.types.Scene, seed: int, path: Path) -> None:
    """Render one colour image to ``path``; ``seed`` is the noise pattern's."""
    scene.cycles.seed = seed
    files.render(scene, path)


def render_before(
    scene: bpy.types.Scene, seed: int, path: Path, photograph: PhotographPlan, output: dict[str, Any]
) -> None:
    """Render one colour image with a photograph behind it."""
    front = path.with_suffix(".front.png")
    files.write_picture(scene, "png", 100, with_alpha=True)
    render(scene, seed, front)
    backdrop.compose(front, photograph, path, output["image_format"], output["jpeg_quality"])
    front.unlink()


def render_developed(
    scene: bpy.types.Scene,
    seed: int,
    path: Path,
    develop: Callable[[np.ndarray], np.ndarray],
    output: dict[str, Any],
    photograph: PhotographPlan | None = None,
) -> None:
    """Render one colour image, and ``develop`` turns its linear light (h, w, 3) into that of the image (H, W, 3).

    A transparent picture has four channels, the last one its alpha, with which the others are multiplied; with a
    photograph behind it, it is none.
    """
    light = path.with_suffix(".light.exr")
    files.write_light(scene)
    try:
        render(scene, seed, light)
    finally:
        keeps_alpha = scene.render.film_transparent and photograph is None
        files.write_picture(scene, output["image_format"], output["jpeg_quality"], keeps_alpha)
    rendered = decode.read_light(light)
    if photograph:
        rendered = backdrop.lay_under(rendered[..., :3], rendered[..., 3], photograph)
    files.save_picture(scene, develop(rendered), path)
    light.unlink()


def compress(path: Path, quality: int) -> None:
    """Put a finished PNG through JPEG's losses; it stays a PNG, and keeps its alpha."""
    memory = BytesIO()
    with Image.open(path) as image:
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        image.convert("RGB").save(memory, "JPEG", quality=quality)
    with Image.open(memory) as image:
        if alpha is not None:
            image.putalpha(alpha)
        image.save(path, compress_level=3)
