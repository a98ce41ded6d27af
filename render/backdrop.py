"""A photograph behind a transparent picture. No Blender: the same bytes from the same files."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import OpenEXR
from PIL import Image, ImageOps

from ..scene.assets.pictures import PictureError, check_whole
from ..scene.plan.photograph import PhotographPlan

_KEY = "background.photographs"
# Photographs and views of skies are worked on at this many pixels a side of the picture, so that turning stays sharp.
_OVERSIZE = 2.0
# The view of a sky: opening along the wider side in degrees.
_VIEW = 75.0


def compose(picture: Path, plan: PhotographPlan, path: Path, image_format: str, jpeg_quality: int) -> None:
    """Put the planned photograph behind an RGBA picture (straight alpha) and write the result to ``path``.

    ``image_format`` is png or jpeg. PictureError where the photograph cannot be read.
    """
    with Image.open(picture) as opened:
        front = np.asarray(opened.convert("RGBA"), dtype=np.float32)
    behind = np.asarray(cut_out(plan, front.shape[1], front.shape[0]), dtype=np.float32)
    opaque = front[..., 3:] / 255.0
    both = front[..., :3] * opaque + behind * (1.0 - opaque)
    result = Image.fromarray(np.clip(np.rint(both), 0, 255).astype(np.uint8))
    if image_format == "jpeg":
        result.save(path, "JPEG", quality=jpeg_quality)
    else:
        result.save(path, "PNG", compress_level=2)


def lay_under(light: np.ndarray, opaque: np.ndarray, plan: PhotographPlan) -> np.ndarray:
    """The planned photograph behind linear light (H, W, 3), already multiplied with its opacity (H, W); float32.

    White of the photograph is 1 (sRGB, IEC 61966-2-1).
    """
    coded = np.asarray(cut_out(plan, light.shape[1], light.shape[0]), dtype=np.float64) / 255.0
    behind = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    return (light + behind * (1.0 - opaque[..., None])).astype(np.float32)


def cut_out(plan: PhotographPlan, width: int, height: int) -> Image.Image:
    """The planned part of the photograph, an RGB image of that size."""
    photograph = _open(plan, width, height)
    matrix = placement(plan, photograph.size, (width, height))
    # Fewer pixels first: one output pixel takes the mean of what it covers, not one sample of it.
    step = math.hypot(matrix[0, 0], matrix[1, 0])
    if step >= 2.0:
        whole = photograph.size
        photograph = photograph.reduce(int(step))
        matrix = np.diag([photograph.width / whole[0], photograph.height / whole[1]]) @ matrix
    return photograph.transform(
        (width, height), Image.Transform.AFFINE, data=matrix.ravel().tolist(), resample=Image.Resampling.BICUBIC
    )


def placement(plan: PhotographPlan, size: tuple[int, int], wanted: tuple[int, int]) -> np.ndarray:
    """From the picture's pixels to the photograph's: (2, 3), corners of pixels at whole numbers.

    A rectangle of w x h turned by an angle a is w |cos a| + h |sin a| wide and w |sin a| + h |cos a| high: that fits
    into the photograph at most so many times enlarged.
    """
    angle = math.radians(plan.rotation)
    cosine, sine = math.cos(angle), math.sin(angle)
    wide = wanted[0] * abs(cosine) + wanted[1] * abs(sine)
    high = wanted[0] * abs(sine) + wanted[1] * abs(cosine)
    scale = plan.crop * min(size[0] / wide, size[1] / high)
    spare = np.array([size[0] - scale * wide, size[1] - scale * high])
    centre = np.array([scale * wide, scale * high]) / 2 + np.array(plan.place) * np.maximum(spare, 0.0)
    # Rows run downwards: a photograph turned counter-clockwise is sampled clockwise.
    turn = scale * np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([turn, centre - turn @ (np.array(wanted) / 2)])


def _open(plan: PhotographPlan, width: int, height: int) -> Image.Image:
    """The photograph upright, mirrored where planned; a view of the sky where the file is an HDRI."""
    path = Path(plan.path)
    if path.suffix.lower() in (".exr", ".hdr"):
        side = int(_OVERSIZE * max(width, height))
        photograph = Image.fromarray(view_of_sky(path, plan.heading, side, side))
    else:
        check_whole(plan.path, _KEY)
        try:
            with Image.open(path) as opened:
                photograph = ImageOps.exif_transpose(opened).convert("RGB")
        except (OSError, SyntaxError, ValueError):
            raise PictureError(f"{path}: is cut off or damaged; replace it or take it out of {_KEY}") from None
    return ImageOps.mirror(photograph) if plan.is_mirrored else photograph


def view_of_sky(path: Path, heading: float, width: int, height: int) -> np.ndarray:
    """What a level camera sees of an equirectangular sky in a direction (degrees): (height, width, 3) uint8.

    The exposure makes the median 0.18 times white, which is what light meters aim at; what is brighter rolls off as
    x / (1 + x) does (Reinhard et al. 2002).
    """
    sky = _read_sky(path)
    focal = max(width, height) / 2 / math.tan(math.radians(_VIEW) / 2)
    x, y = np.meshgrid((np.arange(width) + 0.5 - width / 2) / focal, (np.arange(height) + 0.5 - height / 2) / focal)
    around = np.arctan2(x, 1.0) + math.radians(heading)
    up = np.arctan2(-y, np.hypot(x, 1.0))
    column = (around / (2 * np.pi)) % 1.0 * sky.shape[1] - 0.5
    row = (0.5 - up / np.pi) * sky.shape[0] - 0.5
    seen = _sample(sky, column, row)
    light = np.median(seen @ [0.2126, 0.7152, 0.0722])
    exposed = seen * (0.22 / max(float(light), 1e-6))
    shown = exposed / (1.0 + exposed)
    coded = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * np.maximum(shown, 1e-9) ** (1 / 2.4) - 0.055)
    return np.clip(np.rint(255.0 * coded), 0, 255).astype(np.uint8)


def _sample(image: np.ndarray, column: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Bilinear; columns go round, rows end at the poles."""
    left, top = np.floor(column).astype(int), np.floor(row).astype(int)
    right_share, low_share = (column - left)[..., None], (row - top)[..., None]
    columns = left % image.shape[1], (left + 1) % image.shape[1]
    rows = np.clip(top, 0, image.shape[0] - 1), np.clip(top + 1, 0, image.shape[0] - 1)
    upper = image[rows[0], columns[0]] * (1 - right_share) + image[rows[0], columns[1]] * right_share
    lower = image[rows[1], columns[0]] * (1 - right_share) + image[rows[1], columns[1]] * right_share
    return upper * (1 - low_share) + lower * low_share


def _read_sky(path: Path) -> np.ndarray:
    """(H, W, 3) float32, linear."""
    try:
        if path.suffix.lower() == ".hdr":
            return read_radiance(path.read_bytes())
        with OpenEXR.File(str(path), separate_channels=True) as file:
            channels = file.channels()
            return np.stack([channels[name].pixels.astype(np.float32) for name in "RGB"], axis=-1)
    except (OSError, RuntimeError, ValueError, KeyError, IndexError) as error:
        raise PictureError(
            f"{path}: cannot be read as a sky ({' '.join(str(error).split())}); correct background.hdri_path"
        ) from None


def read_radiance(data: bytes) -> np.ndarray:
    """A Radiance RGBE picture as (H, W, 3) float32 (Ward 1991; run lengths as its writers have used since 1991)."""
    end = data.index(b"\n\n") + 2
    line, _, body = data[end:].partition(b"\n")
    words = line.split()
    if words[0] != b"-Y" or words[2] != b"+X":
        raise ValueError("rows must run from top to bottom")
    height, width = int(words[1]), int(words[3])
    raw = np.frombuffer(body, dtype=np.uint8)
    rows, at = np.empty((height, width, 4), dtype=np.uint8), 0
    for row in rows:
        if width < 8 or width > 32767 or tuple(raw[at : at + 2]) != (2, 2):
            row[:] = raw[at : at + 4 * width].reshape(width, 4)
            at += 4 * width
            continue
        at += 4
        for channel in range(4):
            column = 0
            while column < width:
                count = int(raw[at])
                if count > 128:
                    row[column : column + count - 128, channel] = raw[at + 1]
                    at, column = at + 2, column + count - 128
                else:
                    row[column : column + count, channel] = raw[at + 1 : at + 1 + count]
                    at, column = at + 1 + count, column + count
                if count == 0:
                    raise ValueError("a run of no length")
    return rows[..., :3] * np.exp2(rows[..., 3:].astype(np.float32) - 136.0)
