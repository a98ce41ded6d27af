"""Poses in free space without collisions: exact for boxes, safe for what is inside them.

Two objects whose oriented bounding boxes do not overlap do not overlap themselves, so the separating-axis test on boxes
(Gottschalk et al. 1996, "OBBTree") promises free space whatever the meshes look like.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import draw
from .objects import ObjectPlan, Shape, sized

# A drop may start higher when its volume is full: after this many failed tries the volume grows upwards.
TRIES_BEFORE_GROWING = 50


def boxes_overlap(centres: np.ndarray, axes: np.ndarray, halves: np.ndarray, one: int, others: np.ndarray) -> bool:
    """Whether box ``one`` overlaps any of ``others``.

    ``centres`` (N, 3); ``axes`` (N, 3, 3) with the box axes as columns; ``halves`` (N, 3) half lengths; ``others``
    indices. Touching is no overlap.
    """
    if len(others) == 0:
        return False
    between = centres[others] - centres[one]
    mine = np.broadcast_to(axes[one], (len(others), 3, 3))
    theirs = axes[others]
    crosses = np.cross(mine.transpose(0, 2, 1)[:, :, None, :], theirs.transpose(0, 2, 1)[:, None, :, :])
    candidates = np.concatenate(
        [mine.transpose(0, 2, 1), theirs.transpose(0, 2, 1), crosses.reshape(len(others), 9, 3)], axis=1
    )
    distance = np.abs(np.einsum("nka,na->nk", candidates, between))
    reach = np.einsum("nkb,b->nk", np.abs(candidates @ mine), halves[one]) + np.einsum(
        "nkb,nb->nk", np.abs(candidates @ theirs), halves[others]
    )
    # The cross product of parallel axes vanishes: 0 > 0 is False, so that it separates nothing.
    return not bool(np.all(np.any(distance > reach + 1e-12, axis=1)))


def place(
    rng: np.random.Generator, section: dict[str, Any], objects: Sequence[ObjectPlan], shapes: dict[str, Shape]
) -> tuple[dict[int, np.ndarray], list[int]]:
    """Poses (4, 4) object-to-world by instance, and the instances that found no room.

    Every object lies wholly inside the volume and overlaps no other. Where objects are dropped the volume grows
    upwards when it is full, so that all of them start.
    """
    low, high = (np.array(section[name], dtype=float) for name in ("volume_min", "volume_max"))
    grows = section["mode"] == "drop"
    centres, axes, halves = np.zeros((len(objects), 3)), np.zeros((len(objects), 3, 3)), np.zeros((len(objects), 3))
    poses: dict[int, np.ndarray] = {}
    placed: list[int] = []
    left_out: list[int] = []
    for index, item in enumerate(objects):
        shape = sized(item, shapes)
        middle = (np.asarray(shape.minimum) + np.asarray(shape.maximum)) / 2
        halves[index] = (np.asarray(shape.maximum) - np.asarray(shape.minimum)) / 2
        ceiling = high.copy()
        for attempt in range(1, section["max_tries"] + 1):
            axes[index] = draw.rotation(rng)
            extent = np.abs(axes[index]) @ halves[index]
            room = ceiling - low - 2 * extent
            position = rng.random(3)
            if np.all(room >= 0):
                centres[index] = low + extent + position * room
                if not boxes_overlap(centres, axes, halves, index, np.array(placed, dtype=int)):
                    break
            if grows and attempt % TRIES_BEFORE_GROWING == 0:
                ceiling[2] += 2 * float(np.linalg.norm(halves[index]))
        else:
            left_out.append(item.instance)
            continue
        placed.append(index)
        pose = np.eye(4)
        pose[:3, :3] = axes[index]
        pose[:3, 3] = centres[index] - axes[index] @ middle
        poses[item.instance] = pose
    return poses, left_out
