"""Flight between walls: bodies pushed by random forces, seen at moments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..assets.shape import directions
from ..plan.placement.flight import STEPS_PER_SECOND, Push, walls
from .physics import STILL, WALL, Body, Motion, World

# Parts of each step that are simulated: what hits a wall is fast.
FINER = 2
# Everything here is counted in parts of a step. A push is a short frame in which bodies are led.
_RATE = FINER * STEPS_PER_SECOND
_LED = 0.25
# Frames a second of the very first frame: what is led in it, while the simulation is set up, gets no speed.
_SETTING_UP = 1e6
# Bounds for what a push gives, so that at 240 steps a second nothing jumps through anything: metres, radians a second.
FASTEST, FASTEST_SPIN = 5.0, 20.0


def fly(
    bodies: Mapping[int, Body], pushes: Sequence[Push], section: Mapping[str, Any], moments: int
) -> list[dict[int, np.ndarray]]:
    """Poses (4, 4) by key at each moment, the first at the start, ``step_interval`` steps apart."""
    by_step: dict[int, list[Push]] = defaultdict(list)
    for push in pushes:
        by_step[FINER * push.step].append(push)
    samples = {moment * FINER * section["step_interval"] for moment in range(moments)}
    last = max(samples)
    stops = sorted(samples | {step for step in by_step if step < last})
    found: list[dict[int, np.ndarray]] = []
    with World(section, section["flight_gravity"]) as world:
        world.add(bodies)
        for solid in solids(section):
            world.add_solid(solid)
        world.begin(4 * len(stops) + 1)
        world.step(_SETTING_UP, 1)
        at, moving = 0.0, dict.fromkeys(bodies, STILL)
        for stop in stops:
            pushed = by_step[stop] if stop < last else []
            keys = {push.instance for push in pushed}
            if stop - at > 1:
                world.step(_RATE / (stop - at - 1), round(stop - at - 1 + _LED))
            if stop > at:
                before = world.poses(keys)
                world.step(_RATE, 1)
                moving = world.motions(before, 1 / _RATE)
                at = stop
            if stop in samples:
                found.append(world.poses() if stop else {key: body.pose for key, body in bodies.items()})
            if pushed:
                poses = world.poses(keys)
                for push in pushed:
                    key = push.instance
                    moving[key] = pushed_motion(moving[key], push, bodies[key], poses[key])
                world.lead({key: moving[key] for key in sorted(keys)}, _RATE / _LED)
                at = stop + _LED
    return found


def pushed_motion(motion: Motion, push: Push, body: Body, pose: np.ndarray) -> Motion:
    """The motion (world) after a force worked for one step on a solid box as large as the body."""
    impulse = push.force / STEPS_PER_SECOND
    turn, half = pose[:3, :3], np.ptp(body.hull, axis=0) / 2
    squares = half**2
    inertia = body.mass / 3 * np.array([squares[1] + squares[2], squares[0] + squares[2], squares[0] + squares[1]])
    torque = turn.T @ np.cross(turn @ (push.point * half), impulse)
    spin = motion.spin + turn @ (torque / np.maximum(inertia, 1e-12))
    return Motion(_at_most(motion.velocity + impulse / body.mass, FASTEST), _at_most(spin, FASTEST_SPIN))


def _at_most(vector: np.ndarray, limit: float) -> np.ndarray:
    length = float(np.linalg.norm(vector))
    return vector * (limit / length) if length > limit else vector


def solids(section: Mapping[str, Any]) -> list[np.ndarray]:
    """Corners (K, 3) of the convex obstacles: the walls, and the ball that is kept free."""
    found = []
    if section["use_walls"]:
        normals, offsets = walls(section)
        reach = 4 * float(np.linalg.norm(np.subtract(section["volume_max"], section["volume_min"])))
        middle = np.add(section["volume_max"], section["volume_min"]) / 2
        for normal, offset in zip(normals, offsets, strict=True):
            foot = middle + (offset - normal @ middle) * normal
            side = np.cross(normal, np.eye(3)[np.argmin(np.abs(normal))])
            side *= reach / np.linalg.norm(side)
            other = np.cross(normal, side)
            inner = np.array([foot + i * side + j * other for i in (-1, 1) for j in (-1, 1)])
            found.append(np.concatenate([inner, inner - max(WALL, reach / 4) * normal]))
    if section["free_radius"] > 0:
        # A hull of points on a sphere lies inside it; these are so dense that 1 % more covers it.
        found.append(np.array(section["free_center"]) + 1.01 * section["free_radius"] * directions(250))
    return found
