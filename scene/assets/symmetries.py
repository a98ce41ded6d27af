"""Symmetries of a model: from the recipe, from BOP's models_info.json or from DOPE's model_info.json; pure.

A discrete symmetry is a rigid transformation, a continuous one a line around which every turn counts; both map the
model onto itself. Lengths are metres in the frame of the file; ``Similarity`` takes them to that of the model.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .formats import BOP_INFO, AssetError, bop_id

MILLIMETRE = 1e-3
DOPE_INFO = "model_info.json"
UPRIGHT = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_ROUNDED = 0.01  # how far a written rotation may be from a true one: people write 0.866
_SAME = 1e-6
_MOST = 720  # rotations: the icosahedron has 60, a prism of 360 sides twice as many as sides


@dataclass(frozen=True)
class Symmetries:
    """``discrete``: 4x4 as 16 numbers, row-major; ``continuous``: each an ``axis`` and an ``offset``; metres.

    ``align_axes`` (each an ``object`` and a ``camera`` axis) choose one of the equivalent poses, as DOPE has it: the
    one that brings the first object axis nearest to its camera axis, ties by the next.
    """

    discrete: list[list[float]] = field(default_factory=list)
    continuous: list[dict[str, list[float]]] = field(default_factory=list)
    align_axes: list[dict[str, list[float]]] = field(default_factory=list)


@dataclass(frozen=True)
class Similarity:
    """From the frame of a file to that of its model: ``factor * rotation @ (point - centre)``; (3, 3) row by row."""

    factor: float = 1.0
    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[tuple[float, float, float], ...] = UPRIGHT

    def point(self, position: Sequence[float]) -> list[float]:
        """A point in the frame of the file, in that of the model."""
        return (self.factor * (np.array(self.rotation) @ (np.array(position, dtype=float) - self.centre))).tolist()

    def symmetries(self, found: Symmetries) -> Symmetries:
        """The same symmetries of the model.

        With Q the rotation, S T S^-1 takes the rotation R to Q R Q^T and the shift t to f Q (t + R c - c).
        """
        if self == Similarity():
            return found
        centre, turn = np.array(self.centre), np.array(self.rotation)
        discrete = []
        for values in found.discrete:
            matrix = np.array(values).reshape(4, 4)
            matrix[:3, 3] = self.factor * (turn @ (matrix[:3, 3] + matrix[:3, :3] @ centre - centre))
            matrix[:3, :3] = turn @ matrix[:3, :3] @ turn.T
            discrete.append(matrix.ravel().tolist())
        continuous = [
            {"axis": (turn @ item["axis"]).tolist(), "offset": self.point(item["offset"])} for item in found.continuous
        ]
        align_axes = [item | {"object": (turn @ item["object"]).tolist()} for item in found.align_axes]
        return Symmetries(discrete, continuous, align_axes)


def of_recipe(listed: Sequence[Mapping[str, Any]]) -> Symmetries:
    """From the recipe's list of ``axis``, ``offset`` and ``fold``: 0 for every angle, n for steps of a whole turn / n.

    The discrete ones are completed to the group that they generate: two half turns about x and y make one about z.
    """
    continuous, generators = [], []
    for item in listed:
        axis = np.array(item["axis"], dtype=float)
        axis /= np.linalg.norm(axis)
        if item["fold"] == 0:
            continuous.append({"axis": axis.tolist(), "offset": [float(value) for value in item["offset"]]})
        else:
            generators.append(_turn(axis, np.array(item["offset"], dtype=float), 2 * np.pi / item["fold"]))
    return Symmetries([matrix.ravel().tolist() for matrix in _group(generators)], continuous)


def of_file(path: Path, metres_per_unit: float) -> Symmetries:
    """What lies beside the model's file: BOP's models_info.json for ``obj_NNNNNN.ply``, else DOPE's model_info.json."""
    if os.path.isfile(path.parent / BOP_INFO) and bop_id(path) is not None:
        return of_model(path)
    info = path.parent / DOPE_INFO
    if not os.path.isfile(info):
        return Symmetries()
    try:
        entry = json.loads(info.read_text(encoding="utf-8"))
        discrete = [_rigid(matrix, metres_per_unit) for matrix in entry.get("symmetries_discrete", [])]
        continuous = _continuous(entry, metres_per_unit)
        align_axes = [{key: _vector(item[key]) for key in ("object", "camera")} for item in entry.get("align_axes", [])]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise AssetError(f"{info}: the symmetries are not as DOPE writes them (16 numbers; axis and offset)") from None
    return Symmetries(discrete, continuous, align_axes)


def of_model(path: Path | None) -> Symmetries:
    """The symmetries of ``obj_NNNNNN.ply`` by the models_info.json beside it; none for any other file. AssetError."""
    number = bop_id(path) if path else None
    info = path.parent / BOP_INFO if path else None
    if number is None or not os.path.isfile(info):
        return Symmetries()
    try:
        entry = json.loads(info.read_text(encoding="utf-8")).get(str(number), {})
        discrete = [_metres([float(value) for value in matrix]) for matrix in entry.get("symmetries_discrete", [])]
        continuous = _continuous(entry, MILLIMETRE)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise AssetError(f"{info}: the symmetries of object {number} are not as BOP writes them") from None
    return Symmetries(discrete, continuous)


def _continuous(entry: Mapping[str, Any], metres_per_unit: float) -> list[dict[str, list[float]]]:
    return [
        {"axis": _vector(item["axis"]), "offset": [value * metres_per_unit for value in _vector(item["offset"])]}
        for item in entry.get("symmetries_continuous", [])
    ]


def _vector(values: Sequence[float]) -> list[float]:
    x, y, z = (float(value) for value in values)
    return [x, y, z]


def _metres(matrix: list[float]) -> list[float]:
    if len(matrix) != 16:
        raise ValueError("a symmetry has 16 numbers")
    return [value * MILLIMETRE if index in (3, 7, 11) else value for index, value in enumerate(matrix)]


def _rigid(values: Sequence[float], metres_per_unit: float) -> list[float]:
    """16 numbers as a rigid transformation in metres; a rotation written with few digits becomes a true one."""
    matrix = np.array(values, dtype=float).reshape(4, 4)
    left, _, right = np.linalg.svd(matrix[:3, :3])
    rotation = left @ right
    if np.abs(rotation - matrix[:3, :3]).max() > _ROUNDED or np.linalg.det(rotation) < 0:
        raise ValueError("not a rotation")
    matrix[:3, :3] = rotation
    matrix[:3, 3] *= metres_per_unit
    return matrix.ravel().tolist()


def _turn(axis: np.ndarray, offset: np.ndarray, angle: float) -> np.ndarray:
    """The turn (4, 4) by an angle about a unit axis through a point (Rodrigues)."""
    cross = np.cross(np.eye(3), -axis)
    rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = offset - rotation @ offset
    return matrix


def _group(generators: Sequence[np.ndarray]) -> list[np.ndarray]:
    """All products of the generators but the identity. AssetError where they do not close: no object is like that."""
    found = np.eye(4)[None]
    waiting = [np.eye(4)]
    while waiting:
        element = waiting.pop()
        for generator in generators:
            product = generator @ element
            if np.abs(found - product).max(axis=(1, 2)).min() > _SAME:
                found = np.concatenate([found, product[None]])
                waiting.append(product)
        if len(found) > _MOST:
            raise AssetError(
                "objects.models[].symmetries: these turns together give no finite group; "
                "check that their axes meet and their folds fit"
            )
    return [_clean(matrix) for matrix in found[1:]]


def _clean(matrix: np.ndarray) -> np.ndarray:
    """Without the dust of sines and cosines: an exact half turn has exact zeros and ones."""
    rounded = np.round(matrix[:3, :3])
    if np.abs(matrix[:3, :3] - rounded).max() < 1e-12:
        matrix[:3, :3] = rounded
    matrix[np.abs(matrix) < 1e-15] = 0.0
    return matrix
