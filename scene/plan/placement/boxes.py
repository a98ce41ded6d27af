"""Oriented boxes that must not overlap: exact for boxes, safe for what is inside them.

Two objects whose oriented bounding boxes do not overlap do not overlap themselves, so the separating-axis test on boxes
(Gottschalk et al. 1996, "OBBTree") promises free space whatever the meshes look like.
"""

from __future__ import annotations

import numpy as np

from ..objects import Shape


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


def middle_and_half(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """The middle (3,) of a model's box in its own frame, and its half lengths (3,)."""
    low, high = np.asarray(shape.minimum, dtype=float), np.asarray(shape.maximum, dtype=float)
    return (low + high) / 2, (high - low) / 2


def pose_of(axes: np.ndarray, centre: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Object-to-world (4, 4) that turns by ``axes`` (3, 3) and brings the box's ``middle`` (3,) to ``centre`` (3,)."""
    pose = np.eye(4)
    pose[:3, :3] = axes
    pose[:3, 3] = centre - axes @ middle
    return pose


class Boxes:
    """A growing set of boxes, at most ``capacity``."""

    def __init__(self, capacity: int):
        self.count = 0
        self._centres = np.zeros((capacity + 1, 3))
        self._axes = np.zeros((capacity + 1, 3, 3))
        self._halves = np.zeros((capacity + 1, 3))

    def hit(self, centre: np.ndarray, axes: np.ndarray, half: np.ndarray, but: tuple[int, ...] = ()) -> bool:
        """Whether a box overlaps any in the set, those numbered in ``but`` excepted."""
        self._write(centre, axes, half)
        others = np.array([number for number in range(self.count) if number not in but], dtype=int)
        return boxes_overlap(self._centres, self._axes, self._halves, self.count, others)

    def add(self, centre: np.ndarray, axes: np.ndarray, half: np.ndarray) -> int:
        """Add a box; returns its number."""
        self._write(centre, axes, half)
        self.count += 1
        return self.count - 1

    def _write(self, centre: np.ndarray, axes: np.ndarray, half: np.ndarray) -> None:
        self._centres[self.count], self._axes[self.count], self._halves[self.count] = centre, axes, half


def corners(centre: np.ndarray, axes: np.ndarray, half: np.ndarray) -> np.ndarray:
    """The eight corners (8, 3) of a box."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return centre + (signs * half) @ axes.T
