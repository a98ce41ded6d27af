"""Objects where the recipe says: one in the middle, or each at its own pose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..objects import ObjectPlan, Shape, sized
from .boxes import middle_and_half, pose_of
from .orientation import euler, orient
from .volume import Poses


def single(
    rng: np.random.Generator, section: dict[str, Any], objects: Sequence[ObjectPlan], shapes: dict[str, Shape]
) -> Poses:
    """The first object with the middle of its box at ``center``; the others are left out."""
    poses = {}
    for item in objects[:1]:
        middle, _ = middle_and_half(sized(item, shapes))
        axes = orient(rng, section, sized(item, shapes))
        poses[item.instance] = pose_of(axes, np.array(section["center"], dtype=float), middle)
    return poses, [item.instance for item in objects[1:]]


def fixed(
    rng: np.random.Generator, section: dict[str, Any], objects: Sequence[ObjectPlan], shapes: dict[str, Shape]
) -> Poses:
    """Each pose of the recipe's list goes to the next object of its model; objects beyond the list are left out."""
    poses: dict[int, np.ndarray] = {}
    for given in section["poses"]:
        for item in objects:
            if item.instance not in poses and given["model"] in ("", *names(shapes[item.model])):
                pose = np.eye(4)
                pose[:3, :3], pose[:3, 3] = euler(given["rotation"]), given["location"]
                poses[item.instance] = pose
                break
    return poses, [item.instance for item in objects if item.instance not in poses]


def names(shape: Shape) -> tuple[str, ...]:
    """What a recipe may call a model: its key, its class."""
    return tuple(dict.fromkeys((shape.key, getattr(shape, "name", shape.key))))
