"""Symmetries that a BOP models folder tells of its objects; pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from .formats import BOP_INFO, AssetError, bop_id

MILLIMETRE = 1e-3


@dataclass(frozen=True)
class Symmetries:
    """``discrete``: 4x4 as 16 numbers, row-major; ``continuous``: each an ``axis`` and an ``offset``; metres."""

    discrete: list[list[float]] = field(default_factory=list)
    continuous: list[dict[str, list[float]]] = field(default_factory=list)


def of_model(path: Path | None) -> Symmetries:
    """The symmetries of ``obj_NNNNNN.ply`` by the models_info.json beside it; none for any other file. AssetError."""
    number = bop_id(path) if path else None
    info = path.parent / BOP_INFO if path else None
    if number is None or not info.is_file():
        return Symmetries()
    try:
        entry = json.loads(info.read_text(encoding="utf-8")).get(str(number), {})
        discrete = [_metres([float(value) for value in matrix]) for matrix in entry.get("symmetries_discrete", [])]
        continuous = [
            {
                "axis": [float(value) for value in item["axis"]],
                "offset": [float(value) * MILLIMETRE for value in item["offset"]],
            }
            for item in entry.get("symmetries_continuous", [])
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise AssetError(f"{info}: the symmetries of object {number} are not as BOP writes them") from None
    return Symmetries(discrete, continuous)


def _metres(matrix: list[float]) -> list[float]:
    if len(matrix) != 16:
        raise ValueError("a symmetry has 16 numbers")
    return [value * MILLIMETRE if index in (3, 7, 11) else value for index, value in enumerate(matrix)]
