"""Poses in free space: anywhere in a box, without collisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..objects import ObjectPlan, Shape, sized
from .boxes import Boxes, middle_and_half, pose_of
from .orientation import orient

# A drop may start higher when its volume is full: after this many failed tries the volume grows upwards.
TRIES_BEFORE_GROWING = 50

Poses = tuple[dict[int, np.ndarray], list[int]]


def fill(
    rng: np.random.Generator,
    section: dict[str, Any],
    objects: Sequence[ObjectPlan],
    shapes: dict[str, Shape],
    grows: bool = False,
    fits: Callable[[np.ndarray, np.ndarray, np.ndarray], bool] | None = None,
) -> Poses:
    """Poses by instance, and the instances that found no room.

    Every object lies wholly inside the volume and overlaps no other; ``fits(centre, axes, half)`` may refuse more.
    Where the volume ``grows`` it does so upwards when it is full, so that all find room.
    """
    boxes = Boxes(len(objects))
    poses: dict[int, np.ndarray] = {}
    left_out: list[int] = []
    # A stream for each object: without insets the corners are fixed, and nothing else must shift.
    for item, corner in zip(objects, rng.spawn(len(objects)), strict=True):
        middle, half = middle_and_half(sized(item, shapes))
        raised = 0.0
        for attempt in range(1, section["max_tries"] + 1):
            low, high = volume(corner, section)
            high[2] += raised
            axes = orient(rng, section, sized(item, shapes))
            extent = np.abs(axes) @ half
            room = high - low - 2 * extent
            centre = low + extent + rng.random(3) * room
            if np.all(room >= 0) and not boxes.hit(centre, axes, half) and (not fits or fits(centre, axes, half)):
                break
            if grows and attempt % TRIES_BEFORE_GROWING == 0:
                raised += 2 * float(np.linalg.norm(half))
        else:
            left_out.append(item.instance)
            continue
        boxes.add(centre, axes, half)
        poses[item.instance] = pose_of(axes, centre, middle)
    return poses, left_out


def volume(rng: np.random.Generator, section: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The lower and upper corner (3,) of the volume, each moved inward by a share of its inset."""
    low, high = (np.array(section[name], dtype=float) for name in ("volume_min", "volume_max"))
    low += rng.random(3) * section["volume_min_inset"]
    high -= rng.random(3) * section["volume_max_inset"]
    return low, high
