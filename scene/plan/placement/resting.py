"""The faces on which a convex body stays lying.

A body rests on a face of its convex hull if its centre of mass stands over that face. How likely each is: the share
of directions from the centre of mass that pass through the face, and through those from which the body rolls on to it
(after Wiegley et al. 1996, "A complete algorithm for designing passive fences to orient parts", solid angles).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np

_FLAT = 1e-6  # of the body's size: what lies this close to a plane is in it


def faces(hull: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Outward unit normals (F, 3) of the stable faces of a hull (K, 3), and their shares (F,), which sum to 1."""
    hull = np.ascontiguousarray(hull, dtype=np.float64)
    return _faces(hull.tobytes())


@lru_cache(maxsize=4096)
def _faces(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    points = np.frombuffer(data).reshape(-1, 3)
    size = float(np.ptp(points, axis=0).max())
    normals = _planes(points, size) if size > 0 else np.zeros((0, 3))
    if not len(normals):  # no volume: whatever side is down
        return np.array([[0.0, 0.0, -1.0]]), np.ones(1)
    rings = [_ring(points, normal, size) for normal in normals]
    centre = _centre(points, rings)
    angles = np.array([_solid_angle(ring - centre) for ring in rings])
    ends = [_end(index, normals, rings, centre, size) for index in range(len(normals))]
    shares = np.bincount(ends, weights=angles, minlength=len(normals))
    stable = np.flatnonzero(shares > 0)
    return normals[stable], shares[stable] / shares[stable].sum()


def _planes(points: np.ndarray, size: float) -> np.ndarray:
    """Outward unit normals (F, 3) of the hull's faces: planes through three points with none beyond them."""
    if len(points) < 3:
        return np.zeros((0, 3))
    triples = _triples(len(points))
    a, b, c = (points[triples[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    length = np.linalg.norm(normals, axis=1)
    good = length > (_FLAT * size) ** 2 * 100
    normals, a = normals[good] / length[good, None], a[good]
    heights = normals @ points.T - np.einsum("ij,ij->i", normals, a)[:, None]
    below, above = (heights <= _FLAT * size).all(axis=1), (heights >= -_FLAT * size).all(axis=1)
    outward = np.concatenate([normals[below], -normals[above]])
    # Faces of many corners were found many times: rounding leaves few to compare.
    _, first = np.unique(np.round(outward, 5), axis=0, return_index=True)
    found: list[np.ndarray] = []
    for normal in outward[np.sort(first)]:
        if not found or (np.array(found) @ normal).max() < 1 - 1e-7:
            found.append(normal)
    return np.array(found).reshape(-1, 3)


@lru_cache(maxsize=8)
def _triples(count: int) -> np.ndarray:
    return np.array(list(combinations(range(count), 3)))


def _ring(points: np.ndarray, normal: np.ndarray, size: float) -> np.ndarray:
    """The corners (C, 3) of a face, in order around it."""
    height = points @ normal
    corners = points[height >= height.max() - 10 * _FLAT * size]
    middle = corners.mean(axis=0)
    side = np.cross(normal, np.eye(3)[np.argmin(np.abs(normal))])
    side /= np.linalg.norm(side)
    turned = (corners - middle) @ np.array([side, np.cross(normal, side)]).T
    return corners[np.argsort(np.arctan2(turned[:, 1], turned[:, 0]))]


def _centre(points: np.ndarray, rings: list[np.ndarray]) -> np.ndarray:
    """The centre of mass (3,) of the solid: the mean of the tetrahedra under its faces, by volume."""
    apex = points.mean(axis=0)
    volumes, middles = [], []
    for ring in rings:
        for one, two in pairwise(ring[1:]):
            volumes.append(abs(np.linalg.det(np.array([ring[0], one, two]) - apex)))
            middles.append((apex + ring[0] + one + two) / 4)
    total = np.sum(volumes)
    return np.average(middles, axis=0, weights=volumes) if total > 0 else apex


def _solid_angle(ring: np.ndarray) -> float:
    """The solid angle of a convex face (C, 3) seen from the origin (Van Oosterom and Strackee 1983)."""
    total = 0.0
    a, length_a = ring[0], np.linalg.norm(ring[0])
    for b, c in pairwise(ring[1:]):
        length_b, length_c = np.linalg.norm(b), np.linalg.norm(c)
        above = abs(np.dot(a, np.cross(b, c)))
        below = length_a * length_b * length_c + a @ b * length_c + b @ c * length_a + c @ a * length_b
        total += 2 * np.arctan2(above, below)
    return float(total)


def _end(start: int, normals: np.ndarray, rings: list[np.ndarray], centre: np.ndarray, size: float) -> int:
    """The stable face on which a body put down on face ``start`` ends: it rolls while that lowers its centre."""
    heights = np.array([(ring[0] - centre) @ normal for ring, normal in zip(rings, normals, strict=True)])
    at = start
    while True:
        foot = centre + heights[at] * normals[at]
        ring, normal = rings[at], normals[at]
        edges = np.roll(ring, -1, axis=0) - ring
        inward = np.cross(normal, edges)
        length = np.linalg.norm(inward, axis=1)
        length[length == 0] = 1.0
        outside = np.einsum("ij,ij->i", foot - ring, inward) / length
        worst = int(np.argmin(outside))
        if outside[worst] >= -_FLAT * size:
            return at
        # It tips over this edge, on to the other face that has it.
        one, two = ring[worst], ring[(worst + 1) % len(ring)]
        around = [
            other
            for other in range(len(normals))
            if other != at
            and abs((one - rings[other][0]) @ normals[other]) < 20 * _FLAT * size
            and abs((two - rings[other][0]) @ normals[other]) < 20 * _FLAT * size
            and heights[other] < heights[at]
        ]
        if not around:
            return at
        at = min(around, key=lambda other: heights[other])
