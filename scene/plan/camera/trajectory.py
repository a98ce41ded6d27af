"""The paths that a camera moves along, one pose for each frame: through keys, around its subject, or wandering.

Poses are camera-to-world (4, 4) in OpenCV axes.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import draw
from .views import Interest, aimed, listed, point_of_interest, rolled

# How much of a wandering camera's direction stays from one frame to the next.
INERTIA = 0.8
# Near the vertical a step along a parallel would be a whirl around it: this is the smallest cosine reckoned with.
POLE = 0.1


def path(rng: np.random.Generator, section: Mapping[str, Any], interest: Interest, frames: int) -> list[np.ndarray]:
    """The camera's pose in each of ``frames`` frames; what it looks at and its roll are drawn once for all."""
    roll = draw.number(rng, section["roll"])
    point = point_of_interest(rng, section, interest)
    if section["path"] == "keys":
        return [rolled(pose, roll) for pose in through_keys(section["poses"], section, point, frames)]
    places = orbit(rng, section, frames) if section["path"] == "orbit" else walk(rng, section, frames)
    return [aimed(section, point + place, point, roll) for place in places]


def through_keys(
    items: Sequence[Mapping[str, Any]], section: Mapping[str, Any], point: np.ndarray, frames: int
) -> list[np.ndarray]:
    """Smoothly through the listed poses at even times, the first frame at the first and the last at the last.

    Where all keys look at points, the point moves smoothly too, so that the horizon stays level between level keys;
    otherwise the rotations do.
    """
    times = np.linspace(0.0, len(items) - 1.0, frames)
    places = spline(np.array([item["location"] for item in items], dtype=float), times)
    if all(item["aim"] == "point" for item in items):
        points = spline(np.array([item["look_at"] for item in items], dtype=float), times)
        rolls = spline(np.array([[item["roll"]] for item in items], dtype=float), times)[:, 0]
        parts = zip(places, points, rolls, strict=True)
        return [
            listed({"aim": "point", "location": place, "look_at": at, "roll": roll}, section, point)
            for place, at, roll in parts
        ]
    turns = [quaternion(listed(item, section, point)[:3, :3]) for item in items]
    for before, after in itertools.pairwise(turns):
        if before @ after < 0:
            after *= -1.0  # the same rotation, on the shorter way
    poses = []
    for place, turn in zip(places, spline(np.array(turns), times), strict=True):
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = rotation(turn / np.linalg.norm(turn)), place
        poses.append(pose)
    return poses


def spline(keys: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The Catmull-Rom curve (T, D) through ``keys`` (N, D), which lie at the times 0, 1, ... N - 1.

    Through every key, with a tangent parallel to the line between its neighbours (Catmull and Rom 1974); beyond the
    ends the keys go on as in a mirror, so that two keys give a straight line at even speed.
    """
    if len(keys) == 1:
        return np.repeat(keys, len(times), axis=0)
    around = np.vstack([2 * keys[0] - keys[1], keys, 2 * keys[-1] - keys[-2]])
    start = np.clip(np.floor(times).astype(int), 0, len(keys) - 2)
    t = (times - start)[:, None]
    before, here, there, after = (around[start + step] for step in range(4))
    return 0.5 * (
        2 * here
        + (there - before) * t
        + (2 * before - 5 * here + 4 * there - after) * t**2
        + (3 * here - before - 3 * there + after) * t**3
    )


def orbit(rng: np.random.Generator, section: Mapping[str, Any], frames: int) -> np.ndarray:
    """Places (frames, 3) around the origin at one distance and elevation, ``turn`` divided evenly among the frames.

    A full turn ends one step before where it began, so that it can be played in a loop.
    """
    start = draw.on_shell(rng, section["distance"], section["elevation"], section["azimuth"])
    angles = np.radians(draw.number(rng, section["turn"])) * np.arange(frames) / frames
    cosine, sine = np.cos(angles), np.sin(angles)
    return np.stack(
        [cosine * start[0] - sine * start[1], sine * start[0] + cosine * start[1], np.full(frames, start[2])], axis=1
    )


def walk(rng: np.random.Generator, section: Mapping[str, Any], frames: int) -> np.ndarray:
    """Places (frames, 3) around the origin, wandering steadily within the recipe's distances and angles.

    Each step has its length drawn; its direction is mostly that of the step before. At the ends of a range it turns
    back. Four numbers a frame, the last step drawn also where none follows, so that more frames change no earlier one.
    """
    start = draw.on_shell(rng, section["distance"], section["elevation"], section["azimuth"])
    radius = float(np.linalg.norm(start))
    place = np.array([radius, np.arcsin(np.clip(start[2] / radius, -1, 1)), np.arctan2(start[1], start[0])])
    low, high = np.array(
        [draw.ends(section["distance"])]
        + [np.radians(draw.ends(section[name])).tolist() for name in ("elevation", "azimuth")]
    ).T
    if high[2] - low[2] >= 2 * np.pi - 1e-6:
        low[2], high[2] = -np.inf, np.inf
    else:
        place[2] = low[2] + (place[2] - low[2]) % (2 * np.pi)
    heading = np.zeros(3)  # outwards, up, around
    places = []
    for _ in range(frames):
        distance, elevation, azimuth = place
        flat = np.cos(elevation)
        places.append(distance * np.array([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)]))
        length = draw.number(rng, section["step"])
        push = draw.on_shell(rng, 1.0, [-90.0, 90.0], [-180.0, 180.0])
        heading = INERTIA * heading + (1.0 - INERTIA if heading.any() else 1.0) * push
        heading *= 1.0 / max(float(np.linalg.norm(heading)), 1e-9)
        step = length * heading / [1.0, distance, distance * max(flat, POLE)]
        place, turned = reflected(place + step, low, high)
        heading = np.where(turned, -heading, heading)
    return np.array(places)


def reflected(value: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers sent back into [low, high] by mirrors at both ends, and which of them now go the other way."""
    result, turned = value.copy(), np.zeros(len(value), dtype=bool)
    for axis, (first, last) in enumerate(zip(low, high, strict=True)):
        width = last - first
        if width <= 0.0:
            result[axis] = first
        elif np.isfinite(width) and not first <= value[axis] <= last:
            phase = (value[axis] - first) % (2 * width)
            turned[axis] = phase > width
            result[axis] = first + min(phase, 2 * width - phase)
    return result, turned


def quaternion(matrix: np.ndarray) -> np.ndarray:
    """The unit quaternion (w, x, y, z) of a rotation (3, 3).

    It is the eigenvector of the largest eigenvalue of a symmetric matrix (Bar-Itzhack 2000): no special cases.
    """
    (a, b, c), (d, e, f), (g, h, i) = matrix
    k = np.array(
        [
            [a + e + i, h - f, c - g, d - b],
            [h - f, a - e - i, b + d, c + g],
            [c - g, b + d, e - a - i, f + h],
            [d - b, c + g, f + h, i - a - e],
        ]
    )
    return np.linalg.eigh(k)[1][:, -1]


def rotation(unit: np.ndarray) -> np.ndarray:
    """The rotation (3, 3) of a unit quaternion (w, x, y, z)."""
    w, x, y, z = unit
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
