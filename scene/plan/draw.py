"""The draws that every concern shares. Ranges are ``[low, high]`` pairs as recipes have them."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np

Range = Sequence[float]


def uniform(rng: np.random.Generator, limits: Range) -> float:
    """One number in [low, high]. Always one draw, also where low equals high."""
    return float(limits[0] + (limits[1] - limits[0]) * rng.random())


def count(rng: np.random.Generator, limits: Sequence[int]) -> int:
    """One whole number in [low, high], both included."""
    return int(limits[0] + min(int(rng.random() * (limits[1] - limits[0] + 1)), limits[1] - limits[0]))


def pick(rng: np.random.Generator, items: Sequence):
    """One of the items, all equally likely."""
    return items[min(int(rng.random() * len(items)), len(items) - 1)]


def rgb(rng: np.random.Generator, limits: Range) -> tuple[float, float, float]:
    """A colour whose channels are drawn independently in [low, high]."""
    return (uniform(rng, limits), uniform(rng, limits), uniform(rng, limits))


def hsv(rng: np.random.Generator, saturation: Range, value: Range) -> tuple[float, float, float]:
    """A colour of any hue with saturation and value in their ranges, as linear RGB."""
    hue = rng.random()
    return colorsys.hsv_to_rgb(hue, uniform(rng, saturation), uniform(rng, value))


def rotation(rng: np.random.Generator) -> np.ndarray:
    """A rotation matrix (3, 3), uniform on SO(3).

    Four normal numbers are a direction uniform on the sphere of unit quaternions, which covers SO(3) twice
    evenly (Shoemake 1992, Graphics Gems III).
    """
    w, x, y, z = (value := rng.normal(size=4)) / np.linalg.norm(value)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def on_shell(rng: np.random.Generator, distance: Range, elevation: Range, azimuth: Range) -> np.ndarray:
    """A point (3,) around the origin: distance in metres, angles in degrees, even over the sphere's surface.

    A spherical zone's area grows with the sine of its elevation (Archimedes), so that sine is drawn uniformly.
    """
    radius = uniform(rng, distance)
    sine = uniform(rng, [np.sin(np.radians(angle)) for angle in elevation])
    around = np.radians(uniform(rng, azimuth))
    flat = np.sqrt(max(0.0, 1.0 - sine * sine))
    return radius * np.array([flat * np.cos(around), flat * np.sin(around), sine])
