"""Taking an image apart at places between its pixels."""

from __future__ import annotations

import numpy as np


def catmull_rom(plane: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """An image (H, W) or (H, W, C) at the places ``x``, ``y`` (...), by bicubic interpolation (Catmull, Rom 1974).

    It keeps the pixels themselves and all straight slopes, and it is sharp: where it would overshoot, as beside a lamp,
    it stays within the 16 pixels around. Places must lie 1 pixel inside the image's first and 2 inside its last pixel.
    """
    height, width = plane.shape[:2]
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    left, top = np.clip(left, 1, width - 3), np.clip(top, 1, height - 3)
    across, down = _weights(x - left), _weights(y - top)
    flat = plane.reshape(height * width, -1)
    first = ((top - 1) * width + left - 1).ravel()
    total = np.zeros((first.size, flat.shape[1]), dtype=np.float32)
    lowest, highest = np.full_like(total, np.inf), np.full_like(total, -np.inf)
    for row in range(4):
        for column in range(4):
            tap = flat[first + row * width + column]
            total += tap * (down[row] * across[column]).astype(np.float32).ravel()[:, None]
            np.minimum(lowest, tap, out=lowest)
            np.maximum(highest, tap, out=highest)
    return np.clip(total, lowest, highest).reshape(*x.shape, *plane.shape[2:])


def _weights(part: np.ndarray) -> tuple[np.ndarray, ...]:
    """The weights of the four pixels around a place that lies ``part`` of the way from the second to the third."""
    return (
        part * (-0.5 + part * (1.0 - 0.5 * part)),
        1.0 + part * part * (-2.5 + 1.5 * part),
        part * (0.5 + part * (2.0 - 1.5 * part)),
        part * part * (-0.5 + 0.5 * part),
    )
