"""Objects where the recipe says: one in the middle, or each at its own pose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    for given, instance in zip(section["poses"], assigned(section, objects, shapes), strict=True):
        if instance is not None:
            pose = np.eye(4)
            pose[:3, :3], pose[:3, 3] = euler(given["rotation"]), given["location"]
            poses[instance] = pose
    return poses, [item.instance for item in objects if item.instance not in poses]


def assigned(section: dict[str, Any], objects: Sequence[ObjectPlan], shapes: Mapping[str, Shape]) -> list[int | None]:
    """The instance that each pose of the recipe's list goes to, or None where no object of its model is left.

    A pose names a model by its key, which is the name of its file, or by its class.
    """
    free = {item.instance: shapes[item.model] for item in objects}
    found: list[int | None] = []
    for given in section["poses"]:
        names = ((instance, ("", shape.key, getattr(shape, "name", ""))) for instance, shape in free.items())
        instance = next((instance for instance, known in names if given["model"] in known), None)
        free.pop(instance, None)
        found.append(instance)
    return found
