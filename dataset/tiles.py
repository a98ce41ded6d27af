"""One frame as tiles of one picture: the colour image, and beside it what its labels and other images say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from . import overlay
from .store import FrameFiles

GAP, CAPTION = 6, 20  # pixels between two tiles, and above each
COLUMNS = 3  # two rows fill a window better than one
_BACKGROUND, _INK = (17, 19, 23), (200, 203, 208)
PICTURES = (
    overlay.rgb_picture,
    lambda frame, width: _sharp(overlay.instance_picture(frame), width),
    overlay.depth_picture,
    overlay.normal_picture,
    overlay.amodal_picture,
)


def tiles(frame: FrameFiles, width: int, captions: Sequence[str], font_file: Path | None = None) -> np.ndarray:
    """(H, W, 3) uint8: colour image, instances, depth, normals and amodal masks, each ``width`` pixels wide.

    ``captions`` are theirs; ``font_file`` is the font for captions that are not in Latin letters, else these are shown
    as boxes. A picture whose pass is off is left out.
    """
    found = [(caption, draw(frame, width)) for caption, draw in zip(captions, PICTURES, strict=True)]
    shown = [(caption, picture) for caption, picture in found if picture is not None]
    height, columns = CAPTION + shown[0][1].height, min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    size = columns * (width + GAP) - GAP, rows * (height + GAP) - GAP
    whole = Image.new("RGB", size, _BACKGROUND)
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(12)
    if font_file and not "".join(captions).isascii():
        font = ImageFont.truetype(str(font_file), 12)
    for number, (caption, picture) in enumerate(shown):
        x, y = number % columns * (width + GAP), number // columns * (height + GAP)
        draw.text((x + 4, y + 2), caption, font=font, fill=_INK)
        whole.paste(picture, (x, y + CAPTION))
    return np.asarray(whole)


def _sharp(image: Image.Image, width: int) -> Image.Image:
    """Numbers have no colours between them: every pixel keeps one of the image's."""
    return image.resize(overlay.fitted(image.size, width), Image.Resampling.NEAREST)
