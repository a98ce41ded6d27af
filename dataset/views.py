"""One stored frame as a picture to look at: plain, with its labels, or one of its other images in colour."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from . import images, overlay
from .passes import setting
from .store import FrameFiles, StoreError

# Labels on a smaller picture than this cannot be read: it is enlarged, by a whole number, so that pixels stay square.
LEAST_WIDTH = 640
_DARK, _INK = (24, 26, 31), (200, 203, 208)


def _rgb(frame: FrameFiles, width: int) -> Image.Image:
    with Image.open(frame.rgb_path) as image:
        return image.convert("RGB")


def _instances(frame: FrameFiles, width: int) -> Image.Image:
    return overlay.instance_picture(frame)


# What can be looked at, and the pass that it needs.
VIEWS: dict[str, tuple[Callable[[FrameFiles, int], Image.Image | None], str]] = {
    "rgb": (_rgb, ""),
    "masks": (overlay.mask_picture, ""),
    "cuboids": (overlay.cuboid_picture, ""),
    "depth": (overlay.depth_picture, "depth"),
    "normals": (overlay.normal_picture, "normals"),
    "instances": (_instances, ""),
    "flow": (overlay.flow_picture, "forward_flow"),
}


def picture(frame: FrameFiles, view: str) -> np.ndarray:
    """A frame as (H, W, 3) uint8 pixels; ``view`` is one of `VIEWS`. StoreError where its pass was off."""
    camera = frame.labels.camera
    if images.read_size(frame.rgb_path) != (camera.width, camera.height):
        raise StoreError(f"{frame.rgb_path}: is not {camera.width} x {camera.height} pixels as its labels say")
    width = camera.width * max(1, -(-LEAST_WIDTH // camera.width))
    draw, kind = VIEWS[view]
    image = draw(frame, width)
    if image is None:
        raise StoreError(f"scene {frame.scene}, frame {frame.frame}: has no {view}; switch {setting(kind)} on and bake")
    size = overlay.fitted(image.size, width)
    return np.asarray(image if image.size == size else image.resize(size, Image.Resampling.NEAREST))


def notice(text: str, size: tuple[int, int] = (LEAST_WIDTH, LEAST_WIDTH * 3 // 4)) -> np.ndarray:
    """A picture (H, W, 3) uint8 that says why there is none."""
    image = Image.new("RGB", size, _DARK)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(14)
    room = size[0] - 48
    lines, line = [], ""
    for letter in text:
        if font.getlength(line + letter) > room:
            lines, line = [*lines, line], ""
        line += letter
    top = size[1] / 2 - 10 * (len(lines) + 1)
    draw.multiline_text((24, top), "\n".join([*lines, line]), font=font, fill=_INK, spacing=6)
    return np.asarray(image)
