"""Drawing a mesh's silhouette in numpy: which pixel centres its projected triangles cover."""

from __future__ import annotations

import numpy as np

CHUNK = 1 << 21  # pixel tests at a time


def silhouette(pixels: np.ndarray, faces: np.ndarray, width: int, height: int) -> np.ndarray:
    """(H, W) bool of the pixel centres (integer coordinates) inside any triangle.

    ``pixels`` (N, 2) are the projected vertices; triangles with a NaN vertex are left out, both windings count.
    """
    drawn = np.zeros((height, width), dtype=bool)
    corners = pixels[faces]
    corners = corners[np.isfinite(corners).all(axis=(1, 2))]
    low = np.ceil(np.maximum(corners.min(axis=1), 0)).astype(np.int64)
    high = np.floor(np.minimum(corners.max(axis=1), (width - 1, height - 1))).astype(np.int64)
    keep = (low <= high).all(axis=1)
    corners, low, size = corners[keep], low[keep], (high - low + 1)[keep]
    area = size.prod(axis=1)
    order = np.argsort(area, kind="stable")
    start = 0
    while start < len(order):
        # Triangles of like size go together, so that each is tested against the pixels of its own box only.
        stop = start + max(1, int(np.searchsorted(area[order[start:]], 2 * area[order[start]] + 1)))
        stop = min(stop, start + max(1, CHUNK // int(area[order[stop - 1]])))
        _draw(drawn, corners[order[start:stop]], low[order[start:stop]], size[order[start:stop]])
        start = stop
    return drawn


def _draw(drawn: np.ndarray, corners: np.ndarray, low: np.ndarray, size: np.ndarray) -> None:
    place = np.arange(size.prod(axis=1).max())
    x = low[:, :1] + place % size[:, :1]
    y = low[:, 1:] + place // size[:, :1]
    inside = place < size.prod(axis=1)[:, None]
    signs = []
    for first, second in ((0, 1), (1, 2), (2, 0)):
        a, b = corners[:, first, :, None], corners[:, second, :, None]
        signs.append((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (b[:, 1] - a[:, 1]) * (x - a[:, 0]))
    positive = (signs[0] >= 0) & (signs[1] >= 0) & (signs[2] >= 0)
    negative = (signs[0] <= 0) & (signs[1] <= 0) & (signs[2] <= 0)
    inside &= positive | negative
    drawn[y[inside], x[inside]] = True


def dilated(mask: np.ndarray, reach: int) -> np.ndarray:
    """(H, W) bool grown by ``reach`` pixels in all eight directions."""
    for axis in (0, 1):
        grown = mask.copy()
        for step in range(1, reach + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(step, None), slice(None, -step)
            grown[tuple(ahead)] |= mask[tuple(behind)]
            grown[tuple(behind)] |= mask[tuple(ahead)]
        mask = grown
    return mask
