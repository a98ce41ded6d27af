"""Models whose shape at a moment is another mesh than their own, such as posed people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import bpy
import numpy as np

from .annotate import Model


def reshape(model: Model, name: str, points: Mapping[str, np.ndarray]) -> Model:
    """The model with vertices, triangles and box of the mesh datablock called ``name``, and these keypoints (3,)."""
    mesh = bpy.data.meshes[name]
    mesh.calc_loop_triangles()
    flat = np.empty(len(mesh.vertices) * 3, dtype=np.float32)
    mesh.vertices.foreach_get("co", flat)
    faces = np.empty(len(mesh.loop_triangles) * 3, dtype=np.int32)
    mesh.loop_triangles.foreach_get("vertices", faces)
    vertices = flat.reshape(-1, 3).astype(np.float64)
    return replace(
        model,
        vertices=vertices,
        faces=faces.reshape(-1, 3),
        minimum=vertices.min(axis=0),
        maximum=vertices.max(axis=0),
        keypoints=[(name, point.tolist()) for name, point in points.items()],
    )
