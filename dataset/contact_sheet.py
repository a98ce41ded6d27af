"""One picture that shows a data set: a frame with all its labels on top, many labelled frames below."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from . import overlay
from .records import LABELLED
from .store import FrameFiles, Store, StoreError, write_atomically
from .verify.reading import READ_ERRORS, one_line

COLUMNS = 4
GAP = 8
MARGIN = 20
CAPTION = 22
BACKGROUND = (17, 19, 23)
INK = (232, 234, 237)
FAINT = (140, 146, 156)

TILE_WIDTH = 300


def contact_sheet(store: Store, path: Path | str, frames: int = 12) -> Path:
    """Write a picture (PNG, or JPEG by its suffix) of up to ``frames`` frames, spread over the data set. StoreError."""
    path = Path(path)
    sheet = compose(store, choose_frames(store, frames), TILE_WIDTH)
    write_atomically(path, encode(sheet, "JPEG" if path.suffix.lower() in (".jpg", ".jpeg") else "PNG"))
    return path


def encode(image: Image.Image, kind: str) -> bytes:
    """A picture as the bytes of a PNG or JPEG file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"quality": 88, "subsampling": 0} if kind == "JPEG" else {"compress_level": 6}))
    return buffer.getvalue()


def choose_frames(store: Store, count: int) -> list[FrameFiles]:
    """Up to ``count`` frames: evenly spread over the scenes, and within a scene over its frames."""
    scenes = store.scenes()
    if not scenes:
        raise StoreError(f"{store.root}: no finished scene to show; bake first")
    picked = [scenes[i] for i in _spread(len(scenes), count)]
    share, rest = divmod(count, len(picked))
    chosen: list[FrameFiles] = []
    for place, scene in enumerate(picked):
        found = list(store.frames(scene))
        chosen += [found[i] for i in _spread(len(found), share + (place < rest))]
    return chosen


def _spread(length: int, count: int) -> list[int]:
    """At most ``count`` places in a list of ``length``, evenly spread."""
    return sorted({round(place) for place in np.linspace(0, length - 1, min(count, length))}) if length else []


def compose(store: Store, frames: list[FrameFiles], tile: int) -> Image.Image:
    """The sheet as an RGB image; each tile is ``tile`` pixels wide."""
    if not frames:
        raise StoreError(f"{store.root}: no frame to show; bake first")
    star = max(frames, key=_targets_shown)
    pictures = [
        ("colour image", _drawn(overlay.rgb_picture, star, tile)),
        ("visible masks, boxes, classes", _drawn(overlay.mask_picture, star, tile)),
        ("cuboids, amodal outlines", _drawn(overlay.cuboid_picture, star, tile)),
        ("depth", _drawn(overlay.depth_picture, star, tile)),
        ("normals", _drawn(overlay.normal_picture, star, tile)),
    ]
    top = [(caption, picture) for caption, picture in pictures if picture is not None][:COLUMNS]
    rest = [_drawn(overlay.mask_picture, frame, tile) for frame in frames]
    columns = min(COLUMNS, max(len(top), len(rest)))
    rows = [rest[start : start + columns] for start in range(0, len(rest), columns)]
    heights = [max(picture.height for picture in row) for row in rows]
    top_height = max(picture.height for _, picture in top)
    head = 64
    width = 2 * MARGIN + columns * tile + (columns - 1) * GAP
    height = head + CAPTION + top_height + GAP * 2 + sum(heights) + GAP * (len(rows) - 1) + MARGIN
    sheet = Image.new("RGB", (width, height), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    _draw_head(draw, store, width)
    y = head
    for column, (caption, picture) in enumerate(top):
        x = MARGIN + column * (tile + GAP)
        draw.text((x, y + 2), caption, font=ImageFont.load_default(12), fill=FAINT)
        sheet.paste(picture, (x, y + CAPTION))
    y += CAPTION + top_height + GAP * 2
    for row, row_height in zip(rows, heights, strict=True):
        for column, picture in enumerate(row):
            sheet.paste(picture, (MARGIN + column * (tile + GAP), y))
        y += row_height + GAP
    return sheet


def _drawn(draw: Callable[[FrameFiles, int], Image.Image | None], frame: FrameFiles, tile: int) -> Image.Image | None:
    """A frame's picture; StoreError where a file of it is broken."""
    try:
        return draw(frame, tile)
    except StoreError:
        raise
    except READ_ERRORS as error:
        what = f"{frame.folder}: frame {frame.frame} is not readable"
        raise StoreError(f"{what} ({one_line(error)}); bake again to render this scene anew") from None


def _targets_shown(frame: FrameFiles) -> int:
    return sum(label.pixels_visible > 0 for label in frame.labels.objects if label.kind in LABELLED)


def _draw_head(draw: ImageDraw.ImageDraw, store: Store, width: int) -> None:
    title, line = store.root.resolve().name, describe(store)
    draw.text((MARGIN, 14), overlay.shortened(title, 60), font=ImageFont.load_default(22), fill=INK)
    draw.text((MARGIN, 42), line, font=ImageFont.load_default(12), fill=FAINT)
    name = "Truthbake"
    font = ImageFont.load_default(14)
    draw.text((width - MARGIN - font.getlength(name), 20), name, font=font, fill=FAINT)


def describe(store: Store) -> str:
    """The data set in one line: scenes, images, classes, resolution."""
    scenes = store.scenes()
    images = sum(len(list((store.scene_folder(scene) / "labels").glob("*.json"))) for scene in scenes)
    classes = {model.class_id for model in store.models if model.kind in LABELLED}
    first = next(itertools.chain.from_iterable(store.frames(scene) for scene in scenes), None)
    parts = [_counted(len(scenes), "scene"), _counted(images, "image"), _counted(len(classes), "class", "es")]
    if first is not None:
        parts.append(f"{first.labels.camera.width} x {first.labels.camera.height}")
    return "  ·  ".join(parts)


def _counted(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}{plural if number != 1 else ''}"
