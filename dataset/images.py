"""Reading and writing the store's image files: PNG through Pillow, float images through OpenEXR."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import OpenEXR
from PIL import Image


def write_grey_png(path: Path, image: np.ndarray) -> None:
    """(H, W) uint8 or uint16 to a grey PNG of that depth."""
    Image.fromarray(image).save(path, compress_level=1)


def mask_png(mask: np.ndarray) -> bytes:
    """(H, W) bool to the bytes of an 8-bit grey PNG of 0 and 255.

    A third of the time of a general writer, which tries five filters on every line: a data set has many masks.
    """
    height, width = mask.shape
    lines = np.zeros((height, 1 + width), dtype=np.uint8)  # each line starts with its filter: 0, none
    np.multiply(mask, np.uint8(255), out=lines[:, 1:])
    packer = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", packer.compress(lines) + packer.flush()), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def read_png(path: Path) -> np.ndarray:
    """A PNG or JPEG as (H, W) or (H, W, 3) in its own depth."""
    with Image.open(path) as image:
        array = np.asarray(image)
    return array.astype(np.uint16) if array.dtype == np.int32 else array


def read_size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG or JPEG, from its header alone."""
    with Image.open(path) as image:
        return image.size


def write_float_exr(path: Path, channels: dict[str, np.ndarray]) -> None:
    """Float32 channels (H, W) each, lossless, 32 bit."""
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    contiguous = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in channels.items()}
    with OpenEXR.File(header, contiguous) as file:
        file.write(str(path))


def read_float_exr(path: Path) -> dict[str, np.ndarray]:
    """All channels of a single-part EXR as float32 (H, W)."""
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return {name: channel.pixels for name, channel in file.channels().items()}
