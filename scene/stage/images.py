"""Pictures in Blender: each file once while a scene stands, and gone with it."""

from __future__ import annotations

import bpy

from ..assets.pictures import PictureError, check_whole
from .datablocks import MARK, Made


def load(path: str, made: Made, key: str, is_data: bool = False) -> bpy.types.Image:
    """The picture at ``path``, read as colour, or as plain numbers (``is_data``); ``key`` names the setting in errors.

    PictureError where it cannot be read.
    """
    space = "Non-Color" if is_data else None
    for image in bpy.data.images:
        # An image of the user's own may have other settings: it is left alone.
        if image.get(MARK) and image.filepath == path and (image.colorspace_settings.name == "Non-Color") == is_data:
            return image
    check_whole(path, key)
    try:
        image = made(bpy.data.images.load(path, check_existing=False))
    except RuntimeError:
        raise PictureError(f"{path}: cannot be read as an image; replace it or take it out of {key}") from None
    if 0 in image.size:
        raise PictureError(f"{path}: is cut off or damaged; replace it or take it out of {key}")
    if space:
        image.colorspace_settings.name = space
    return image
