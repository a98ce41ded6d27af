"""Where a distractor might stand to hide a target from the camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import draw
from .objects import Shape
from .placement.boxes import Boxes, corners, middle_and_half, pose_of

# Half of the candidates aim at what is still seen of the target, the others only stand in the picture.
_AIMED = 0.5
# How far behind the target, in its distances, a distractor may stand.
_BEHIND = 1.3


@dataclass(frozen=True)
class Site:
    """Where distractors may stand: ``low`` and ``high`` (3,) bound it, ``clearance`` is the least distance to ``eye``.

    ``eye`` (3,) is the camera's place; lengths in metres.
    """

    eye: np.ndarray
    clearance: float
    low: np.ndarray
    high: np.ndarray

    def has_room(self, centre: np.ndarray, axes: np.ndarray, half: np.ndarray) -> bool:
        """Whether a box is inside and not too near."""
        points = corners(centre, axes, half)
        local = (self.eye - centre) @ axes
        away = float(np.linalg.norm(local - np.clip(local, -half, half)))
        return away >= self.clearance and bool(np.all(points >= self.low) and np.all(points <= self.high))


def site(eye: np.ndarray, clearance: float, room: Sequence[float] | None, has_floor: bool) -> Site:
    """The site around a camera: over the floor if there is one, between the walls if there is a room (x, y, height)."""
    low, high = np.full(3, -np.inf), np.full(3, np.inf)
    if has_floor:
        low[2] = 0.0
    if room is not None:
        low[:2], high[:2] = -np.array(room[:2]) / 2, np.array(room[:2]) / 2
    return Site(eye, clearance, low, high)


def candidate(
    rng: np.random.Generator,
    shape: Shape,
    where: Site,
    seen: np.ndarray,
    directions: np.ndarray,
    distance: float,
    boxes: Boxes,
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """One box (centre (3,), axes (3, 3), half (3,)) for a distractor, or None where it has no room.

    ``seen`` (S, 3) and ``directions`` (D, 3) are unit rays from the camera: to what is seen of the target, and through
    the picture; ``distance`` in metres to the target. Always the same number of draws.
    """
    _, half = middle_and_half(shape)
    axes = draw.rotation(rng)
    aimed, which, along, *shift = rng.random(6)
    rays = seen if aimed < _AIMED and len(seen) else directions
    ray = rays[min(int(which * len(rays)), len(rays) - 1)]
    radius = float(np.linalg.norm(half))
    near = where.clearance + float(half.min())
    far = distance - float(half.min()) if rays is seen else _BEHIND * distance
    if far <= near:
        return None
    # Off the ray by up to its own size, so that edges of it hide a little, too.
    centre = where.eye + (near + along * (far - near)) * ray + radius * (2 * np.array(shift) - 1)
    if not where.has_room(centre, axes, half) or boxes.hit(centre, axes, half):
        return None
    return centre, axes, half


def pose(shape: Shape, centre: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Object-to-world (4, 4) of a model whose box is there."""
    return pose_of(axes, centre, middle_and_half(shape)[0])
