"""What stands between the camera and a point: rays against the meshes themselves.

The trees are made of the meshes alone and not asked of the dependency graph, which would be evaluated anew for each
frame.
"""

from __future__ import annotations

from collections.abc import Iterable

import bpy
import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

# A point on a surface is met by the ray a little early or late: single precision, and the facets around a vertex.
SLACK = 1e-3


class Sight:
    """The surfaces of a scene; its trees are kept for as long as the same meshes stand in it."""

    def __init__(self):
        self._trees: dict[str, BVHTree] = {}

    def in_sight(
        self,
        items: Iterable[bpy.types.Object],
        eye: np.ndarray,
        points: np.ndarray,
        own: bpy.types.Object,
        size: float,
        depth: float = 0.0,
    ) -> np.ndarray:
        """(K,) bool: whether nothing lies between ``eye`` (3,) and each of ``points`` (K, 3), world, metres.

        A point is seen when no surface of ``items`` is met before it, up to ``SLACK`` times ``size``, the object's
        extent. Where the first surface belongs to the object ``own`` itself, it may also lie up to ``depth`` before the
        point, so that points inside of a body count as seen with the skin above them. Glass hides like anything else.
        """
        slack = SLACK * size
        distances = np.linalg.norm(points - eye, axis=1)
        first, first_own = np.zeros(len(points)), np.zeros(len(points), dtype=bool)
        for item in items:
            gaps = self._gaps(item, eye, points, distances, slack)
            nearer = gaps > first
            first[nearer], first_own[nearer] = gaps[nearer], item == own
        return (first == 0.0) | (first_own & (first <= depth + slack))

    def _gaps(self, item, eye, points, distances, slack) -> np.ndarray:
        """How far before each point (K,) the object's first surface lies; 0 where none lies ``slack`` before it."""
        tree = self._tree(item.data)
        to_local = np.linalg.inv(np.array(item.matrix_world, dtype=float))
        origin = Vector(to_local[:3, :3] @ eye + to_local[:3, 3])
        gaps = np.zeros(len(points))
        for index, (point, distance) in enumerate(zip(points, distances, strict=True)):
            if distance <= slack:
                continue
            way = Vector(to_local[:3, :3] @ point + to_local[:3, 3]) - origin
            place, *_ = tree.ray_cast(origin, way.normalized(), way.length * (1.0 - slack / distance))
            if place is not None:
                # Shares of a line are the same in the object's frame and in the world.
                gaps[index] = distance * (1.0 - (place - origin).length / way.length)
        return gaps

    def _tree(self, mesh: bpy.types.Mesh) -> BVHTree:
        if mesh.name not in self._trees:
            mesh.calc_loop_triangles()
            points = np.empty(len(mesh.vertices) * 3, dtype=np.float32)
            mesh.vertices.foreach_get("co", points)
            faces = np.empty(len(mesh.loop_triangles) * 3, dtype=np.int32)
            mesh.loop_triangles.foreach_get("vertices", faces)
            listed = points.reshape(-1, 3).tolist(), faces.reshape(-1, 3).tolist()
            self._trees[mesh.name] = BVHTree.FromPolygons(*listed, all_triangles=True)
        return self._trees[mesh.name]
