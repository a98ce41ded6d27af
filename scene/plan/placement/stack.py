"""Towers on a table: objects in quarter turns, on the floor or on another object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np

from ..objects import ObjectPlan, Shape, sized
from .boxes import Boxes, middle_and_half, pose_of
from .orientation import about
from .volume import Poses, volume

GAP = 0.0002  # metres between two layers: as far apart as physics keeps bodies at rest


def _quarter_turns() -> list[np.ndarray]:
    """The 24 rotations (3, 3) of a cube on to itself."""
    turns = []
    for order, signs in product(permutations(range(3)), product((1.0, -1.0), repeat=3)):
        matrix = np.zeros((3, 3))
        matrix[range(3), order] = signs
        if np.linalg.det(matrix) > 0:
            turns.append(matrix)
    return turns


QUARTER_TURNS = _quarter_turns()


@dataclass
class _Top:
    """The uppermost object of a tower: its middle (2,), the height of its top, and the numbers of the tower's boxes."""

    middle: np.ndarray
    height: float
    members: list[int]


def pile(
    rng: np.random.Generator, section: dict[str, Any], objects: Sequence[ObjectPlan], shapes: dict[str, Shape]
) -> Poses:
    """Poses by instance, and the instances that found no room.

    The first ``stack_minimum`` objects stand on the floor; each one after them goes on a random tower with probability
    ``stack_probability``, else on the floor. Seen from above no object overlaps one of another tower.
    """
    footprints = Boxes(len(objects))
    tops: list[_Top] = []
    poses: dict[int, np.ndarray] = {}
    left_out: list[int] = []
    for item, own in zip(objects, rng.spawn(len(objects)), strict=True):
        middle, half = middle_and_half(sized(item, shapes))
        up = own.random() < section["stack_probability"] and len(poses) >= section["stack_minimum"]
        found = None
        # Where the table or the towers leave no room, the other is tried.
        for on_top in (up, not up):
            for _ in range(section["max_tries"]):
                found = _try(own, section, half, tops if on_top else None, footprints)
                if found:
                    break
            if found or len(poses) < section["stack_minimum"]:
                break
        if not found:
            left_out.append(item.instance)
            continue
        centre, axes, flat, tower = found
        if tower is None:
            tower = _Top(centre[:2], 0.0, [])
            tops.append(tower)
        tower.members.append(footprints.add(*flat))
        tower.middle, tower.height = centre[:2], centre[2] + float(np.abs(axes[2]) @ half)
        poses[item.instance] = pose_of(axes, centre, middle)
    return poses, left_out


def _try(rng, section, half, tops, footprints):
    """One draw: (centre, axes, footprint, tower or None), or None where it does not fit. Always the same draws."""
    numbers = rng.random(9)
    low, high = volume(rng, section)
    axes = QUARTER_TURNS[min(int(numbers[0] * 24), 23)]
    reach = np.abs(axes) @ half
    yaw = section["stack_turn"] * (2 * numbers[1] - 1) if numbers[2] < section["stack_turn_probability"] else 0.0
    turn = about(2, yaw)
    axes = turn @ axes
    extent = np.abs(axes) @ half
    shifted = numbers[3] < section["stack_shift_probability"]
    shift = section["stack_shift"] * (2 * numbers[4:6] - 1) if shifted else np.zeros(2)
    if tops is None:
        tower, height = None, 0.0
        room = (high - low - 2 * extent)[:2]
        if np.any(room < 0):
            return None
        place = low[:2] + extent[:2] + numbers[7:9] * room
    elif tops:
        tower = tops[min(int(numbers[6] * len(tops)), len(tops) - 1)]
        place, height = tower.middle + shift, tower.height
        if np.any(place - extent[:2] < low[:2]) or np.any(place + extent[:2] > high[:2]):
            return None
    else:
        return None
    # All footprints at one height: then the boxes overlap where their bases do.
    flat = (np.array([*place, 0.0]), turn, np.array([*reach[:2], 1.0]))
    if footprints.hit(*flat, but=tuple(tower.members) if tower else ()):
        return None
    return np.array([*place, height + GAP + extent[2]]), axes, flat, tower
