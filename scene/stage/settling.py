"""Falling: until everything lies, or as moments on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..plan.placement.flight import STEPS_PER_SECOND
from .physics import Body, World, room

FRAMES_PER_SECOND = 25
FINER = 10  # parts of each step in which a watched fall is simulated: what lands is fast
REST_SPEED = 0.005  # metres a second, of the fastest corner: slower than this is at rest


@dataclass(frozen=True)
class Settled:
    """Poses (4, 4) after ``time`` simulated seconds; ``moving`` are the keys still in motion then."""

    poses: dict[int, np.ndarray]
    moving: list[int]
    time: float


def settle(
    bodies: Mapping[int, Body], room_size: tuple[float, float, float] | None, section: Mapping[str, Any]
) -> Settled:
    """Let the bodies fall onto the floor at z = 0, within the room's walls if there is a room."""
    last = int(np.ceil(section["max_time"] * FRAMES_PER_SECOND))
    every = max(1, round(section["check_interval"] * FRAMES_PER_SECOND))
    rest = REST_SPEED * every / FRAMES_PER_SECOND
    corners = {key: np.c_[body.hull, np.ones(len(body.hull))] for key, body in bodies.items()}
    with _world(bodies, room_size, section) as world:
        world.begin(last)
        before: dict[int, np.ndarray] = {}
        moving = list(bodies)
        frame = 0
        for frame in range(last + 1):
            if frame:
                world.step(FRAMES_PER_SECOND, section["substeps"])
            if frame % every:
                continue
            now = world.poses()
            if before:
                moving = [key for key in bodies if _moved(corners[key], before[key], now[key]) > rest]
            before = now
            if not moving and frame >= section["min_time"] * FRAMES_PER_SECOND:
                break
    return Settled(before, moving, frame / FRAMES_PER_SECOND)


def fall(
    bodies: Mapping[int, Body],
    room_size: tuple[float, float, float] | None,
    section: Mapping[str, Any],
    moments: int,
) -> list[dict[int, np.ndarray]]:
    """Poses (4, 4) by key at each moment of a fall, the first at its start, ``step_interval`` steps apart."""
    interval = section["step_interval"]
    with _world(bodies, room_size, section) as world:
        world.begin(moments)
        found = [{key: body.pose for key, body in bodies.items()}]
        for _ in range(moments - 1):
            world.step(STEPS_PER_SECOND / interval, FINER * interval)
            found.append(world.poses())
    return found


def _world(bodies, room_size, section) -> World:
    world = World(section, section["gravity"])
    world.add(bodies)
    for solid in room(room_size):
        world.add_solid(solid)
    return world


def _moved(corners: np.ndarray, before: np.ndarray, now: np.ndarray) -> float:
    return float(np.abs(corners @ (now - before).T).max())
