"""Sizes of point sets: the exact diameter, and a small convex hull for physics. Numpy only."""

from __future__ import annotations

import numpy as np

HULL_POINTS = 64
_CHUNK = 2048
_MANY = 20_000


def directions(count: int) -> np.ndarray:
    """(count + 6, 3) unit vectors spread over the sphere; the six axes come first."""
    index = np.arange(count) + 0.5
    z = 1.0 - 2.0 * index / count
    angle = index * np.pi * (3.0 - np.sqrt(5.0))
    radius = np.sqrt(1.0 - z * z)
    spiral = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=1)
    axes = np.concatenate([np.eye(3), -np.eye(3)])
    return np.concatenate([axes, spiral])


def extreme(points: np.ndarray, count: int = 250) -> np.ndarray:
    """Indices of the points of (N, 3) that lie outermost in some direction; all of them are hull vertices."""
    return np.unique(np.argmax(directions(count) @ points.T, axis=1))


def _largest_distance(points: np.ndarray, at_least: float = 0.0) -> float:
    best = at_least * at_least
    for start in range(0, len(points), _CHUNK):
        block = points[start : start + _CHUNK]
        for other in range(start, len(points), _CHUNK):
            rest = points[other : other + _CHUNK]
            squared = sum((block[:, axis, None] - rest[None, :, axis]) ** 2 for axis in range(3))
            best = max(best, float(squared.max()))
    return float(np.sqrt(best))


def diameter(points: np.ndarray, hull: np.ndarray | None = None) -> float:
    """The largest distance between two of the points (N, 3), exact.

    A pair at least as far apart as the best pair known has both ends outside a ball: what is inside needs no look.
    Very fine balls, where that leaves too many points, are measured by their `hull` if given (to 1e-4, as the hull).
    """
    points = np.unique(np.asarray(points, dtype=np.float64), axis=0)
    outer = points[extreme(points)]
    known = _largest_distance(outer)
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    distance = np.linalg.norm(points - centre, axis=1)
    candidates = points[distance >= (known - distance.max()) * (1 - 1e-9)]
    if len(candidates) > _MANY and hull is not None:
        candidates = hull
    return _largest_distance(candidates, known)


def thin_out(points: np.ndarray, limit: int = HULL_POINTS) -> np.ndarray:
    """At most `limit` of the hull vertices (K, 3), outermost points first, then the farthest apart."""
    if len(points) <= limit:
        return points
    chosen = list(extreme(points, limit // 4))[:limit]
    nearest = np.min(np.linalg.norm(points[:, None] - points[None, chosen], axis=2), axis=1)
    while len(chosen) < limit:
        index = int(np.argmax(nearest))
        if nearest[index] == 0.0:
            break
        chosen.append(index)
        nearest = np.minimum(nearest, np.linalg.norm(points - points[index], axis=1))
    return points[np.sort(chosen)]
