"""Towers of boxes become towers of things: each object goes straight down until its mesh meets what is below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from ..assets import merging
from ..assets.catalogue import Asset
from ..plan.objects import ObjectPlan

GRID = 20  # vertical rays along each side of the area that two objects share, seen from above
_VERTICES = 300  # and through so many vertices of each
CLEARANCE = 0.0001  # metres left between two objects
_UP, _DOWN = Vector((0.0, 0.0, 1.0)), Vector((0.0, 0.0, -1.0))


@dataclass(eq=False)
class _Solid:
    """An object as it stands: vertices (N, 3) in the world, triangles, and a tree of them."""

    points: np.ndarray
    faces: list[list[int]]
    tree: BVHTree

    def moved(self, down: float) -> _Solid:
        return _solid(self.points - [0.0, 0.0, down], self.faces)


def _solid(points: np.ndarray, faces: list[list[int]]) -> _Solid:
    return _Solid(points, faces, BVHTree.FromPolygons(points.tolist(), faces, all_triangles=True))


def lower(
    objects: Sequence[ObjectPlan],
    poses: Mapping[int, np.ndarray],
    assets: Mapping[str, Asset],
    ground: tuple[np.ndarray, list[list[int]]] | None = None,
) -> dict[int, np.ndarray]:
    """Poses (4, 4) by instance after each object went down, in order, onto the floor or the objects before it.

    Nothing may stand in anything at first; nothing does at the end. With a ``ground``, vertices (N, 3) and triangles,
    they go down on that instead of the floor, and those are left out that do not meet it.
    """
    standing: list[_Solid] = [_solid(*ground)] if ground else []
    lowered = {}
    for item in objects:
        if item.instance not in poses:
            continue
        pose = poses[item.instance].copy()
        mesh = assets[item.model].mesh
        points = (merging.vertices(mesh) * item.scale) @ pose[:3, :3].T + pose[:3, 3]
        mesh.calc_loop_triangles()
        faces = np.empty(3 * len(mesh.loop_triangles), dtype=np.int32)
        mesh.loop_triangles.foreach_get("vertices", faces)
        solid = _solid(points, faces.reshape(-1, 3).tolist())
        below = [other for other in standing if _shared(solid, other) is not None]
        if ground and (standing[0] not in below or not np.isfinite(_gap(solid, standing[0]))):
            continue
        floor = [] if ground else [float(points[:, 2].min())]
        way = min([*floor, *(_gap(solid, other) - CLEARANCE for other in below)])
        placed = solid.moved(way)
        # Rays may miss where two edges cross: back up, in ever larger steps, until nothing cuts anything.
        step = CLEARANCE
        while way > 0 and any(placed.tree.overlap(other.tree) for other in below):
            way, step = max(way - step, 0.0), 2 * step
            placed = solid.moved(way)
        pose[2, 3] -= way
        standing.append(placed)
        lowered[item.instance] = pose
    return lowered


def _shared(one: _Solid, other: _Solid) -> tuple[np.ndarray, np.ndarray] | None:
    """The corners (2,) of the area over which the boxes of both stand, or None."""
    low = np.maximum(one.points[:, :2].min(axis=0), other.points[:, :2].min(axis=0))
    high = np.minimum(one.points[:, :2].max(axis=0), other.points[:, :2].max(axis=0))
    return (low, high) if np.all(low < high) else None


def _gap(upper: _Solid, under: _Solid) -> float:
    """How far ``upper`` can go down before it meets ``under``; inf where they never meet."""
    low, high = _shared(upper, under)
    columns, rows = np.meshgrid(*(np.linspace(low[axis], high[axis], GRID) for axis in (0, 1)))
    places = [np.column_stack([columns.ravel(), rows.ravel()])]
    for points in (upper.points[np.argsort(upper.points[:, 2])], under.points[np.argsort(-under.points[:, 2])]):
        inside = np.all((points[:, :2] >= low) & (points[:, :2] <= high), axis=1)
        places.append(points[inside][:_VERTICES, :2])
    floor = float(min(upper.points[:, 2].min(), under.points[:, 2].min())) - 1.0
    ceiling = float(max(upper.points[:, 2].max(), under.points[:, 2].max())) + 1.0
    nearest = np.inf
    for x, y in np.concatenate(places):
        bottom, *_ = upper.tree.ray_cast(Vector((x, y, floor)), _UP)
        if bottom is None:
            continue
        top, *_ = under.tree.ray_cast(Vector((x, y, ceiling)), _DOWN)
        if top is not None:
            nearest = min(nearest, bottom.z - top.z)
    return nearest
