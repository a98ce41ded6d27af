"""Bodies that a simulation left inside each other: too fast for its steps, or wedged."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import bmesh
import numpy as np
from mathutils.bvhtree import BVHTree

from .physics import Body

# How deep each of two bodies may be in the other: metres, and where they are thin a share of half their thickness.
DEPTH = 0.001
_SHARE = 0.4


def jammed(bodies: Mapping[int, Body], poses: Mapping[int, np.ndarray]) -> list[int]:
    """Of each two bodies that are deep in each other, at ``poses`` (4, 4) by key, the later one."""
    points = {key: _shrunk(body.hull) @ poses[key][:3, :3].T + poses[key][:3, 3] for key, body in bodies.items()}
    bounds = {key: (place.min(axis=0), place.max(axis=0)) for key, place in points.items()}
    trees: dict[int, BVHTree] = {}

    def tree(key: int) -> BVHTree:
        if key not in trees:
            hull = np.ascontiguousarray(bodies[key].hull, dtype=np.float64)
            trees[key] = BVHTree.FromPolygons(points[key].tolist(), _faces(hull.tobytes()), all_triangles=True)
        return trees[key]

    found: list[int] = []
    keys = sorted(bodies)
    for index, one in enumerate(keys):
        low, high = bounds[one]
        for other in keys[:index]:
            if other in found or np.any(bounds[other][0] > high) or np.any(bounds[other][1] < low):
                continue
            if tree(one).overlap(tree(other)):
                found.append(one)
                break
    return found


def _shrunk(hull: np.ndarray) -> np.ndarray:
    """The hull smaller by the depth that is allowed, towards the middle of its box."""
    middle, half = (hull.max(axis=0) + hull.min(axis=0)) / 2, np.ptp(hull, axis=0) / 2
    return middle + (hull - middle) * np.maximum(1 - _SHARE, 1 - DEPTH / np.maximum(half, 1e-9))


@lru_cache(maxsize=4096)
def _faces(data: bytes) -> list[tuple[int, int, int]]:
    """The triangles of the convex hull of points (K, 3), given as bytes."""
    points = np.frombuffer(data).reshape(-1, 3)
    scale = max(float(np.ptp(points, axis=0).max()), 1e-9)
    mesh = bmesh.new()
    for index, point in enumerate((points - points.mean(axis=0)) / scale):
        mesh.verts.new(point).index = index
    bmesh.ops.convex_hull(mesh, input=mesh.verts, use_existing_faces=False)
    faces = [tuple(vertex.index for vertex in face.verts) for face in mesh.faces]
    mesh.free()
    return faces
