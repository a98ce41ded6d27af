"""Closed polygon solids from profiles and outlines, faces wound outwards. Numpy only.

A solid is `(vertices (N, 3) float64, faces: list of index tuples)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Solid = tuple[np.ndarray, list[tuple[int, ...]]]


def circle(radius: float, count: int, centre: Sequence[float] = (0.0, 0.0)) -> np.ndarray:
    """(count, 2) points counter-clockwise."""
    angle = np.arange(count) * (2 * np.pi / count)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius + np.asarray(centre)


def arc(radius: float, start: float, end: float, count: int, centre: Sequence[float] = (0.0, 0.0)) -> np.ndarray:
    """(count, 2) points of an arc, both ends included; angles in degrees."""
    angle = np.radians(np.linspace(start, end, count))
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius + np.asarray(centre)


def band(first: int, second: int, count: int, closed: bool = True) -> list[tuple[int, ...]]:
    """Quads between two rows of `count` vertices that start at those indices."""
    steps = count if closed else count - 1
    return [
        (first + i, first + (i + 1) % count, second + (i + 1) % count, second + i)
        for i in range(steps)
    ]  # fmt: skip


def lathe(profile: np.ndarray, segments: int, closed: bool = False) -> Solid:
    """Turn a profile (P, 2) of (radius, z) about z.

    An open profile runs from the lower to the upper pole, both with radius 0; a closed one goes round
    counter-clockwise (r to the right, z up) and makes a ring.
    """
    profile = np.asarray(profile, dtype=np.float64)
    rows = profile if closed else profile[1:-1]
    around = circle(1.0, segments)
    rings = np.concatenate([np.column_stack([around * r, np.full(segments, z)]) for r, z in rows])
    starts = [index * segments for index in range(len(rows))]
    pairs = list(pairwise(starts + starts[:1])) if closed else list(pairwise(starts))
    faces = [face for low, high in pairs for face in band(low, high, segments)]
    if closed:
        return rings, faces
    poles = [[0.0, 0.0, profile[0, 1]], [0.0, 0.0, profile[-1, 1]]]
    bottom, top = len(rings), len(rings) + 1
    faces += [(bottom, (i + 1) % segments, i) for i in range(segments)]
    faces += [(top, starts[-1] + i, starts[-1] + (i + 1) % segments) for i in range(segments)]
    return np.concatenate([rings, poles]), faces


def extrude(outline: np.ndarray, height: float) -> Solid:
    """A prism over a counter-clockwise outline (P, 2), centred on z = 0; its two ends are one polygon each."""
    outline = np.asarray(outline, dtype=np.float64)
    count = len(outline)
    rows = [np.column_stack([outline, np.full(count, z)]) for z in (-height / 2, height / 2)]
    ends = [tuple(range(count - 1, -1, -1)), tuple(range(count, 2 * count))]
    return np.concatenate(rows), ends + band(0, count, count)


def combine(*solids: Solid) -> Solid:
    """Several solids as one list of vertices and faces."""
    vertices, faces, start = [], [], 0
    for points, polygons in solids:
        vertices.append(points)
        faces += [tuple(start + index for index in polygon) for polygon in polygons]
        start += len(points)
    return np.concatenate(vertices), faces


def volume(solid: Solid) -> float:
    """The enclosed volume; positive when the faces of a closed solid look outwards."""
    points, faces = solid
    triangles = [(face[0], face[i], face[i + 1]) for face in faces for i in range(1, len(face) - 1)]
    a, b, c = (points[[triangle[k] for triangle in triangles]] for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)


def open_edges(solid: Solid) -> int:
    """Number of edges that are not met exactly once in each direction; 0 for a closed solid."""
    seen: dict[tuple[int, int], int] = {}
    for face in solid[1]:
        for a, b in zip(face, face[1:] + face[:1]):
            seen[(a, b)] = seen.get((a, b), 0) + 1
    return sum(1 for (a, b), count in seen.items() if count != 1 or seen.get((b, a)) != 1)
