"""Named points of a model, and the lines between them: from the recipe or from a file beside the mesh; pure.

``NAME.keypoints.json`` beside ``NAME.obj`` holds, in the units of that file::

    {"keypoints": [{"name": "tip", "position": [0, 0, 50]}, ...], "skeleton": [["tip", "base"], ...]}
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .formats import AssetError

SUFFIX = ".keypoints.json"


@dataclass(frozen=True)
class Keypoints:
    """``points``: name and position (x, y, z), metres, None for people's joints; ``skeleton``: pairs of names."""

    points: list[tuple[str, list[float] | None]] = field(default_factory=list)
    skeleton: list[list[str]] = field(default_factory=list)


def beside(path: Path) -> Path:
    """Where the keypoints of a model's file lie, if it has any."""
    return path.with_name(path.stem + SUFFIX)


def of_model(source: Mapping[str, Any], path: Path, metres_per_unit: float) -> Keypoints:
    """The keypoints of a file: those of its item in the recipe, else those beside it. AssetError."""
    skeleton = [[bone["start"], bone["end"]] for bone in source.get("skeleton") or []]
    if source.get("keypoints"):
        points = [(item["name"], [float(value) for value in item["position"]]) for item in source["keypoints"]]
        return Keypoints(points, skeleton)
    file = beside(path)
    if not os.path.isfile(file):
        return Keypoints()
    points, own = _read(file, metres_per_unit)
    names = [name for name, _ in points]
    for name in (name for bone in skeleton or own for name in bone):
        if name not in names:
            raise AssetError(f"{file}: has no keypoint {name}, which a skeleton names; known are {', '.join(names)}")
    return Keypoints(points, skeleton or own)


def _read(file: Path, metres_per_unit: float) -> tuple[list[tuple[str, list[float]]], list[list[str]]]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        points = [(str(item["name"]), _position(item["position"], metres_per_unit)) for item in data["keypoints"]]
        skeleton = [[str(start), str(end)] for start, end in data.get("skeleton", [])]
    except OSError as error:
        raise AssetError(f"{file}: cannot be read ({error.strerror})") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise AssetError(
            f'{file}: is not a list of keypoints; write {{"keypoints": [{{"name": "tip", "position": [0, 0, 50]}}]}}'
        ) from None
    names = [name for name, _ in points]
    if len(set(names)) < len(names) or not all(names):
        raise AssetError(f"{file}: every keypoint needs a name of its own")
    return points, skeleton


def _position(values: Sequence[float], metres_per_unit: float) -> list[float]:
    x, y, z = (float(value) * metres_per_unit for value in values)
    if not np.isfinite([x, y, z]).all():
        raise ValueError("not a place")
    return [x, y, z]
