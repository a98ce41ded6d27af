"""Pictures for the user to look at: an image of Blender's, shown in an image editor of its own."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
from PIL import Image

MARK = "truthbake_picture"  # on images that are here to be looked at alone; holds the name that they were given


def show(context: bpy.types.Context, name: str, pixels: np.ndarray) -> bpy.types.Image:
    """Show a picture (H, W, 3), uint8, sRGB, top row first, under a name; one that has it already is replaced.

    An image editor that shows it, one of ours or nothing takes it; without one a new window opens, as for Blender's own
    renders. In the background the image is made, and nothing opens.
    """
    size_before = next((tuple(image.size) for image in bpy.data.images if image.get(MARK) == name), None)
    image = _image(name, pixels)
    area = _area(context, image)
    if area is not None:
        is_new = area.spaces.active.image != image or size_before != tuple(image.size)
        area.spaces.active.image = image
        area.tag_redraw()
        if is_new:
            _fit_soon(area)
    return image


def _fit_soon(area: bpy.types.Area) -> None:
    """Show the whole picture once the area has its size: a new window gets it after this operator."""
    pointer = area.as_pointer()

    def fit() -> None:
        for window in bpy.context.window_manager.windows:
            for area in window.screen.areas:
                if area.as_pointer() == pointer and area.type == "IMAGE_EDITOR":
                    region = next(region for region in area.regions if region.type == "WINDOW")
                    with bpy.context.temp_override(window=window, area=area, region=region):
                        bpy.ops.image.view_all(fit_view=True)

    bpy.app.timers.register(fit, first_interval=0.2)


def forget(*names: str) -> None:
    """Remove pictures that `show` made; a name that is none is passed over."""
    bpy.data.batch_remove([image for image in bpy.data.images if image.get(MARK) in names])


def forget_all() -> None:
    """Remove all pictures that `show` made, such as those in a file that was saved while they were shown."""
    bpy.data.batch_remove([image for image in bpy.data.images if image.get(MARK)])


def is_there(name: str) -> bool:
    """Whether a picture that `show` made is there."""
    return any(image.get(MARK) == name for image in bpy.data.images)


def _image(name: str, pixels: np.ndarray) -> bpy.types.Image:
    # A file, in Blender's own folder for what goes when it ends: painted pixels would make Blender ask whether to save
    # them before it quits, and pack them into the user's file.
    path = Path(bpy.app.tempdir) / f"{MARK} {name}.png"
    Image.fromarray(pixels).save(path, compress_level=1)
    # Found by the mark: the user may have an image of that name.
    image = next((image for image in bpy.data.images if image.get(MARK) == name), None)
    if image is None:
        image = bpy.data.images.load(str(path))
        image.name, image[MARK] = name, name
    image.reload()
    return image


def _area(context: bpy.types.Context, image: bpy.types.Image) -> bpy.types.Area | None:
    if context.window is None or bpy.app.background:
        return None
    free = []
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "IMAGE_EDITOR":
                shown = area.spaces.active.image
                if shown == image:
                    return area
                if shown is None or shown.get(MARK):
                    free.append(area)
    if free:
        return free[0]
    bpy.ops.wm.window_new()
    area = context.window_manager.windows[-1].screen.areas[0]
    area.type = "IMAGE_EDITOR"
    return area
