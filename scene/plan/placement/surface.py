"""Objects that stand or lie on a level surface, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..objects import ObjectPlan, Shape, sized
from .boxes import Boxes, middle_and_half, pose_of
from .orientation import orient
from .volume import Poses, volume

# The height is corrected later by what the thinned hull has lost, which is less than this share of the size.
SLACK = 0.04


def spread(
    rng: np.random.Generator, section: dict[str, Any], objects: Sequence[ObjectPlan], shapes: dict[str, Shape]
) -> Poses:
    """Poses by instance, and the instances that found no room on the surface.

    The surface is the volume's base at ``placement.surface_height``; each object's lowest point touches it.
    """
    boxes = Boxes(len(objects))
    poses: dict[int, np.ndarray] = {}
    left_out: list[int] = []
    for item, own in zip(objects, rng.spawn(len(objects)), strict=True):
        shape = sized(item, shapes)
        middle, half = middle_and_half(shape)
        for _ in range(section["max_tries"]):
            low, high = volume(own, section)
            axes = orient(own, section, shape)
            extent = np.abs(axes) @ half
            room = (high - low - 2 * extent)[:2]
            place = low[:2] + extent[:2] + own.random(2) * room
            lowest = float(((shape.hull - middle) @ axes[2]).min())
            centre = np.array([*place, section["surface_height"] - lowest])
            safe = half + SLACK * half.max()
            if np.all(room >= 0) and not boxes.hit(centre, axes, safe):
                boxes.add(centre, axes, half)
                poses[item.instance] = pose_of(axes, centre, middle)
                break
        else:
            left_out.append(item.instance)
    return poses, left_out
