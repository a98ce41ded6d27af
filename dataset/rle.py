"""Run-length codes of masks as COCO defines them: column by column, runs of 0 and 1 by turns, 0 first."""

from __future__ import annotations

from typing import Any

import numpy as np
from pycocotools import mask as coco_mask


def encode(mask: np.ndarray) -> str:
    """(H, W) bool to the compressed counts."""
    return coco_mask.encode(np.asfortranarray(mask, dtype=np.uint8))["counts"].decode("ascii")


def decode(counts: str, height: int, width: int) -> np.ndarray:
    """Compressed counts to (H, W) bool. ValueError when they do not describe an image of this size."""
    if not isinstance(counts, str):
        raise ValueError("the run-length code is not a text")
    try:
        # pycocotools trusts the code and would write beyond a smaller image, so the runs are counted first.
        if sum(_runs(counts)) != height * width:
            raise ValueError(f"the run-length code does not fill {width} x {height} pixels")
    except IndexError:
        raise ValueError("the run-length code ends in the middle of a number") from None
    return coco_mask.decode({"size": [height, width], "counts": counts.encode("ascii")}).astype(bool)


def decode_runs(counts: list[int], height: int, width: int) -> np.ndarray:
    """Uncompressed counts to (H, W) bool. ValueError when they do not describe an image of this size."""
    runs = np.asarray(counts, dtype=np.int64)
    if runs.ndim != 1 or (runs < 0).any() or runs.sum() != height * width:
        raise ValueError(f"the run-length code does not fill {width} x {height} pixels")
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T


def from_runs(counts: list[int], height: int, width: int) -> dict[str, Any]:
    """Uncompressed counts to the compressed object ``{"size", "counts"}``, counts as text."""
    coded = coco_mask.frPyObjects({"counts": counts, "size": [height, width]}, height, width)
    return {"size": [height, width], "counts": coded["counts"].decode("ascii")}


def runs_of_columns(columns: np.ndarray, first: int, count: int) -> list[int]:
    """Uncompressed counts of a mask of which only some columns hold anything.

    ``columns`` (n, H) bool is the transposed mask's rows ``first`` to ``first + n``, out of ``count`` columns.
    """
    height = columns.shape[1]
    flat = np.ascontiguousarray(columns).ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    start, stop, end = first * height, first * height + flat.size, count * height
    # A run that reaches the slice's first or last pixel begins or ends there, and nowhere else shows it.
    begin = [start] if flat.size and flat[0] else []
    finish = [stop] if flat.size and flat[-1] and stop < end else []
    return np.diff(np.concatenate([[0], begin, changes + start, finish, [end]]).astype(np.int64)).tolist()


def _runs(counts: str) -> list[int]:
    """The run lengths in a compressed code: little-endian groups of 5 bits, differences to the run two before."""
    runs: list[int] = []
    codes = counts.encode("ascii")
    position = 0
    while position < len(codes):
        value = shift = 0
        more = True
        while more:
            code = codes[position] - 48
            value |= (code & 0x1F) << shift
            more = bool(code & 0x20)
            position += 1
            shift += 5
            if not more and code & 0x10:
                value -= 1 << shift
        if len(runs) > 2:
            value += runs[-2]
        if value < 0:
            raise ValueError("the run-length code holds a negative run")
        runs.append(value)
    return runs
