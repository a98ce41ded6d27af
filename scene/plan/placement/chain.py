"""A chain of objects in the plane, each a step away from the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import draw
from ..objects import ObjectPlan, Shape, sized
from .boxes import Boxes, middle_and_half, pose_of
from .orientation import orient
from .volume import Poses

# Tries from one link before another is tried, and before the steps grow: large objects need longer ones.
TRIES_PER_LINK = 10
GROWTH = 1.25


def link(
    rng: np.random.Generator, section: dict[str, Any], objects: Sequence[ObjectPlan], shapes: dict[str, Shape]
) -> Poses:
    """Poses by instance, and the instances that found no room.

    Each object's middle is a step of ``chain_distance`` away from the last one's, in any direction in the plane, and at
    least ``chain_spacing`` from all others; the whole chain is centred on ``center``. Boxes do not overlap.
    """
    boxes = Boxes(len(objects))
    points: list[np.ndarray] = []
    found: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    left_out: list[int] = []
    for item, own in zip(objects, rng.spawn(len(objects)), strict=True):
        shape = sized(item, shapes)
        middle, half = middle_and_half(shape)
        axes = orient(own, section, shape)
        height = draw.number(own, section["chain_height"])
        growth, origin = 1.0, len(points) - 1
        for attempt in range(1, section["max_tries"] + 1):
            step = growth * draw.number(own, section["chain_distance"])
            angle = draw.uniform(own, (0.0, 2 * np.pi))
            other = own.random()
            base = points[origin] if points else np.zeros(2)
            point = base + step * np.array([np.cos(angle), np.sin(angle)]) if points else base
            apart = all(np.linalg.norm(point - known) >= section["chain_spacing"] for known in points)
            centre = np.array([*point, height])
            if apart and not boxes.hit(centre, axes, half):
                points.append(point)
                boxes.add(centre, axes, half)
                found[item.instance] = (axes, centre, middle)
                break
            if attempt % TRIES_PER_LINK == 0:
                origin = min(int(other * len(points)), len(points) - 1)
                growth *= GROWTH
        else:
            left_out.append(item.instance)
    balance = np.array([*np.mean(points, axis=0), 0.0]) if points else np.zeros(3)
    offset = np.array(section["center"], dtype=float) - balance
    poses = {
        instance: pose_of(axes, centre + offset, model_middle)
        for instance, (axes, centre, model_middle) in found.items()
    }
    return poses, left_out
