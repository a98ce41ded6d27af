"""Boxes of masks, and a quick way to all objects of an instance image."""

from __future__ import annotations

import numpy as np

from .records import Box


def box_of(mask: np.ndarray) -> Box | None:
    """(x, y, w, h) of the true pixels of (H, W) bool with w = max - min + 1; None when there are none."""
    columns = np.flatnonzero(mask.any(axis=0))
    if not columns.size:
        return None
    rows = np.flatnonzero(mask[:, columns[0] : columns[-1] + 1].any(axis=1))
    return (
        int(columns[0]),
        int(rows[0]),
        int(columns[-1] - columns[0]) + 1,
        int(rows[-1] - rows[0]) + 1,
    )


def crop(image: np.ndarray, box: Box) -> np.ndarray:
    """The part of (H, W, ...) inside a box, as a view."""
    x, y, w, h = box
    return image[y : y + h, x : x + w]


def visible_boxes(instances: np.ndarray) -> dict[int, tuple[Box, int]]:
    """For every non-zero value of (H, W) uint16: its box and its number of pixels."""
    rows, columns = np.nonzero(instances)
    values = instances[rows, columns]
    counts = np.bincount(values)
    spans = []
    for places in (columns, rows):
        low, high = np.full(len(counts), np.iinfo(np.int64).max), np.full(len(counts), -1)
        np.minimum.at(low, values, places)
        np.maximum.at(high, values, places)
        spans.append((low, high - low + 1))
    (x, w), (y, h) = spans
    return {
        int(value): ((int(x[value]), int(y[value]), int(w[value]), int(h[value])), int(counts[value]))
        for value in np.flatnonzero(counts)
    }
