"""What stands between the camera and a point, by Blender's own ray caster."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Vector

# A point on a surface is met by the ray a little early or late: single precision, and the facets around a vertex.
SLACK = 1e-3


def in_sight(
    scene: bpy.types.Scene,
    graph: bpy.types.Depsgraph,
    eye: np.ndarray,
    points: np.ndarray,
    own: bpy.types.Object,
    size: float,
    depth: float = 0.0,
) -> np.ndarray:
    """(K,) bool: whether nothing lies between ``eye`` (3,) and each of ``points`` (K, 3), world, metres.

    A point is seen when no surface is met before it, up to ``SLACK`` times ``size``, the object's extent. Where the
    first surface belongs to the object ``own`` itself, it may also lie up to ``depth`` before the point, so that points
    inside of a body count as seen with the skin above them. Glass hides like anything else.
    """
    seen = np.zeros(len(points), dtype=bool)
    origin = Vector(eye)
    for index, point in enumerate(points):
        way = Vector(point) - origin
        distance = way.length
        slack = SLACK * size
        if distance <= slack:
            seen[index] = True
            continue
        hit, place, _, _, item, _ = scene.ray_cast(graph, origin, way.normalized(), distance=distance - slack)
        gap = distance - (place - origin).length if hit else 0.0
        seen[index] = not hit or (item.original == own and gap <= depth + slack)
    return seen
