"""Numbers as people write them and as Blender keeps them.

Blender stores 32-bit floats and angles in radians; a recipe shows the shortest decimal, and degrees. The two
functions `stored` and `written` are each other's inverse for everything that Blender can store, so that a recipe
survives any number of trips exactly.
"""

import math
from collections.abc import Callable

import numpy as np

_LARGEST = float(np.finfo(np.float32).max)


def stored(value: float, unit: str) -> float:
    """What Blender keeps for a written number: the nearest 32-bit float, radians for degrees."""
    with np.errstate(over="ignore"):
        return float(np.float32(math.radians(value) if unit == "deg" else value))


def written(value: float, unit: str) -> float:
    """The shortest decimal that Blender would keep as exactly this number."""
    exact = math.degrees(value) if unit == "deg" else value
    for digits in range(1, 18):
        short = float(f"{exact:.{digits}g}")
        if stored(short, unit) == value:
            return short + 0.0  # no negative zero
    return exact


def reader(kind: str, unit: str) -> Callable[[float], float]:
    """From what Blender keeps to what a recipe shows, for one property."""
    return int if kind == "int" else lambda value: written(value, unit)


def is_open(kind: str) -> Callable[[float], bool]:
    """Whether a hard limit is only the end of what Blender can store."""
    return (lambda limit: limit in (-(2**31), 2**31 - 1)) if kind == "int" else (lambda limit: abs(limit) >= _LARGEST)
