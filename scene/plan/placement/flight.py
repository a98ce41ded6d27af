"""Flight without gravity: where objects start between the walls, what they weigh, and when something pushes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import draw
from ..objects import ObjectPlan, Shape
from . import volume
from .boxes import corners

STEPS_PER_SECOND = 240
# Pushes are drawn for every step and given together at the first of so many: each interrupts the simulation.
TOGETHER = 4


@dataclass(frozen=True)
class Push:
    """A ``force`` (3,) in newtons on an object for one step; ``point`` (3,) in halves of its box from its middle."""

    step: int
    instance: int
    force: np.ndarray
    point: np.ndarray


def walls(section: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The inner sides of the walls as planes: unit normals (6, 3) that look inward, and offsets (6,).

    A point p is inside where ``normals @ p >= offsets``. The walls are the sides of the volume; the four along x are
    turned by ``wall_tilt`` about their edges at the volume's largest x, so that the room narrows towards its smallest.
    """
    low, high = (np.array(section[name], dtype=float) for name in ("volume_min", "volume_max"))
    cosine, sine = np.cos(np.radians(section["wall_tilt"])), np.sin(np.radians(section["wall_tilt"]))
    normals, through = [[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]], [low, high]
    for axis in (1, 2):
        for side in (1.0, -1.0):
            normal = [sine, 0.0, 0.0]
            normal[axis] = side * cosine
            normals.append(normal)
            edge = high.copy()
            edge[axis] = (low if side > 0 else high)[axis]
            through.append(edge)
    return np.array(normals), np.einsum("ij,ij->i", normals, through)


def start(
    rng: np.random.Generator, section: dict[str, Any], objects: Sequence[ObjectPlan], shapes: dict[str, Shape]
) -> volume.Poses:
    """Poses between the walls, outside the free sphere, without overlaps; and the instances that found no room."""
    normals, offsets = walls(section)
    free, radius = np.array(section["free_center"], dtype=float), section["free_radius"]

    def fits(centre: np.ndarray, axes: np.ndarray, half: np.ndarray) -> bool:
        local = (free - centre) @ axes
        away = np.linalg.norm(local - np.clip(local, -half, half))
        return away >= radius and bool(np.all(corners(centre, axes, half) @ normals.T >= offsets))

    return volume.fill(rng, section, objects, shapes, fits=fits)


def masses(rng: np.random.Generator, section: dict[str, Any], instances: Sequence[int]) -> dict[int, float]:
    """The mass in kilograms of each object."""
    return {instance: draw.number(rng, section["mass"]) for instance in instances}


def pushes(rng: np.random.Generator, section: dict[str, Any], instances: Sequence[int], steps: int) -> list[Push]:
    """All pushes of a flight of ``steps`` steps, by step: one for each object at the start, then now and then.

    Each object has a stream of its own, and a longer flight begins like a shorter one.
    """
    found = []
    for instance, own in zip(instances, rng.spawn(len(instances)), strict=True):
        shares = own.random((steps, 7))
        pushed = shares[:, 0] < section["force_probability"]
        pushed[:1] = True
        for step in np.flatnonzero(pushed):
            force = np.array([draw.number(_Known(share), section["force"]) for share in shares[step, 1:4]])
            found.append(Push(int(step - step % TOGETHER), instance, force, 2 * shares[step, 4:7] - 1))
    return sorted(found, key=lambda push: (push.step, push.instance))


@dataclass(frozen=True)
class _Known:
    """A generator that gives a number that was drawn before."""

    share: float

    def random(self) -> float:
        return self.share
