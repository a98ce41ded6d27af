"""The images of a frame beside its colour picture: what each kind is called and how it lies on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import images


@dataclass(frozen=True)
class Pass:
    """How one kind of image is written to a file and read back; what its values mean is in `records.CONVENTIONS`."""

    suffix: str
    write: Callable[[Path, np.ndarray], None]
    read: Callable[[Path], np.ndarray]


def _grey(dtype: type) -> Pass:
    """(H, W) whole numbers."""
    return Pass(".png", lambda path, image: images.write_grey_png(path, image.astype(dtype)), images.read_png)


def _floats(channels: str) -> Pass:
    """Float32 with one letter a channel: (H, W) for one, (H, W, C) for several."""

    def write(path: Path, image: np.ndarray) -> None:
        planes = [image] if len(channels) == 1 else np.moveaxis(image, -1, 0)
        images.write_float_exr(path, dict(zip(channels, planes, strict=True)))

    def read(path: Path) -> np.ndarray:
        planes = images.read_float_exr(path)
        return planes[channels] if len(channels) == 1 else np.stack([planes[name] for name in channels], axis=-1)

    return Pass(".exr", write, read)


PASSES: dict[str, Pass] = {
    "instances": _grey(np.uint16),
    "depth": _floats("Z"),
    "normals": _floats("XYZ"),
    "forward_flow": _floats("XY"),
    "backward_flow": _floats("XY"),
    "occlusion": _grey(np.uint8),
    "noisy_depth": _floats("Z"),
}

# Where the setting in the recipe's section `passes` is not called like the kind of image.
_SETTINGS = {"forward_flow": "flow", "backward_flow": "flow", "occlusion": "flow"}


def setting(kind: str) -> str:
    """The key that switches a kind of image on."""
    return f"passes.{_SETTINGS.get(kind, kind)}"
