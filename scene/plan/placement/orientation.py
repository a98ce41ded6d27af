"""How an object is turned: any way, upright, as the recipe says, or lying on one of its faces."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import draw
from ..objects import Shape
from .resting import faces

# What `auto` stands for, by mode; everything else is turned at random.
NATURAL = {"surface": "resting", "chain": "given", "single": "given"}


def about(axis: int, degrees: float) -> np.ndarray:
    """The rotation matrix (3, 3) about x, y or z (0, 1, 2)."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    one, two = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[one, one] = matrix[two, two] = cosine
    matrix[two, one], matrix[one, two] = sine, -sine
    return matrix


def euler(angles) -> np.ndarray:
    """The rotation matrix (3, 3) of three angles in degrees: about x first, then y, then z, as Blender's XYZ."""
    return about(2, angles[2]) @ about(1, angles[1]) @ about(0, angles[0])


def orient(rng: np.random.Generator, section: dict[str, Any], shape: Shape) -> np.ndarray:
    """A rotation matrix (3, 3) object-to-world as ``placement.orientation`` wants it."""
    kind = section["orientation"]
    if kind == "auto":
        kind = NATURAL.get(section["mode"], "random")
    if kind == "random":
        return draw.rotation(rng)
    if kind == "resting":
        return _rest(rng, shape)
    turned = euler([draw.number(rng, section["rotation_noise"]) for _ in range(3)]) @ euler(section["rotation"])
    return about(2, draw.uniform(rng, (-180.0, 180.0))) @ turned if kind == "upright" else turned


def _rest(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Down on a stable face of the hull, likelier the more of the body's sides lead to it; any yaw."""
    chosen, yaw = rng.random(), draw.uniform(rng, (-180.0, 180.0))
    normals, shares = faces(shape.hull)
    normal = normals[min(int(np.searchsorted(np.cumsum(shares), chosen)), len(normals) - 1)]
    return about(2, yaw) @ downwards(normal)


def downwards(normal: np.ndarray) -> np.ndarray:
    """The smallest turn (3, 3) that brings a unit vector to (0, 0, -1)."""
    down = np.array([0.0, 0.0, -1.0])
    axis = np.cross(normal, down)
    cosine = float(normal @ down)
    if cosine < -1 + 1e-9:  # straight up: half a turn about any level axis
        return about(0, 180.0)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + cross + cross @ cross / (1 + cosine)
