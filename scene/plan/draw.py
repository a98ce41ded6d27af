"""The draws that every concern shares.

A ``Spec`` is a number that varies, as recipes have it: ``4``, ``[low, high]``, ``{"log_uniform": [low, high]}``,
``{"normal": [mean, deviation], "within": [low, high]}`` or ``{"choice": [...]}``. Each takes exactly one number from
the stream, through its inverse distribution function, so that another distribution shifts no later draw.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np

Range = Sequence[float]
Spec = float | Sequence[float] | Mapping[str, Sequence[float]]

_REACH = 6.0  # deviations at which a normal distribution is cut where the recipe says nothing


def number(rng: np.random.Generator, spec: Spec) -> float:
    """One number of a distribution."""
    share = rng.random()
    if isinstance(spec, Mapping):
        (name, values), *_ = spec.items()
        if name == "choice":
            return float(_at(values, share))
        if name == "log_uniform":
            low, high = values
            return float(min(max(low * (high / low) ** share, low), high))
        return _normal(share, *values, *_cut(spec))
    low, high = ends(spec)
    return float(low + (high - low) * share)


def count(rng: np.random.Generator, spec: Spec) -> int:
    """One whole number of a distribution; both ends of a range are included, normal numbers are rounded."""
    share = rng.random()
    low, high = ends(spec)
    if isinstance(spec, Mapping):
        (name, values), *_ = spec.items()
        if name == "choice":
            return int(_at(values, share))
        if name == "log_uniform":
            return min(int(low * ((high + 1) / low) ** share), int(high))
        return round(_normal(share, *values, low, high))
    return int(low + min(int(share * (high - low + 1)), high - low))


def ends(spec: Spec) -> tuple[float, float]:
    """The lowest and the highest number that a distribution can give."""
    if isinstance(spec, Mapping):
        (name, values), *_ = spec.items()
        return _cut(spec) if name == "normal" else (min(values), max(values))
    return (spec[0], spec[1]) if isinstance(spec, Sequence) else (spec, spec)


def _at(items: Sequence, share: float):
    return items[min(int(share * len(items)), len(items) - 1)]


def _cut(spec: Mapping[str, Sequence[float]]) -> tuple[float, float]:
    mean, deviation = spec["normal"]
    low, high = spec.get("within", (mean - _REACH * deviation, mean + _REACH * deviation))
    return low, high


def _normal(share: float, mean: float, deviation: float, low: float, high: float) -> float:
    """The normal distribution between two ends, by its inverse distribution function."""
    curve = NormalDist()
    first, last = curve.cdf((low - mean) / deviation), curve.cdf((high - mean) / deviation)
    inside = min(max(first + (last - first) * share, math.ulp(0.0)), 1.0 - math.ulp(0.5))
    return min(max(mean + deviation * curve.inv_cdf(inside), low), high)


def uniform(rng: np.random.Generator, limits: Range) -> float:
    """One number in [low, high]. Always one draw, also where low equals high."""
    return float(limits[0] + (limits[1] - limits[0]) * rng.random())


def pick(rng: np.random.Generator, items: Sequence):
    """One of the items, all equally likely."""
    return _at(items, rng.random())


def rgb(rng: np.random.Generator, spec: Spec) -> tuple[float, float, float]:
    """A colour whose channels are drawn independently."""
    return (number(rng, spec), number(rng, spec), number(rng, spec))


def hsv(rng: np.random.Generator, saturation: Spec, value: Spec) -> tuple[float, float, float]:
    """A colour of any hue, as linear RGB."""
    hue = rng.random()
    return colorsys.hsv_to_rgb(hue, number(rng, saturation), number(rng, value))


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


def on_shell(rng: np.random.Generator, distance: Spec, elevation: Spec, azimuth: Spec) -> np.ndarray:
    """A point (3,) around the origin: distance in metres, angles in degrees; a range of elevations is even in area.

    A spherical zone's area grows with the sine of its elevation (Archimedes), so that sine is drawn uniformly. Other
    distributions of the elevation are those of the angle itself.
    """
    radius = number(rng, distance)
    if isinstance(elevation, Mapping):
        sine = math.sin(math.radians(number(rng, elevation)))
    else:
        sine = uniform(rng, [math.sin(math.radians(angle)) for angle in ends(elevation)])
    around = math.radians(number(rng, azimuth))
    flat = math.sqrt(max(0.0, 1.0 - sine * sine))
    return radius * np.array([flat * math.cos(around), flat * math.sin(around), sine])
