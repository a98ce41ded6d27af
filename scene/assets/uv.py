"""Texture coordinates for meshes that have none: box projection."""

from __future__ import annotations

import bpy
import numpy as np

from . import merging

# Less than this across, a mesh's own texture coordinates are none: exporters write zeros where there is no map.
_FLAT = 1e-6


def has_coordinates(mesh: bpy.types.Mesh) -> bool:
    """Whether the mesh has texture coordinates that spread over a picture."""
    layer = mesh.uv_layers.active
    if layer is None or not len(layer.uv):
        return False
    uv = np.empty(len(layer.uv) * 2, dtype=np.float32)
    layer.uv.foreach_get("vector", uv)
    return bool(np.isfinite(uv).all() and (np.ptp(uv.reshape(-1, 2), axis=0) > _FLAT).all())


def box_project(mesh: bpy.types.Mesh, tile: float) -> None:
    """Add texture coordinates, one picture in ``tile`` metres: each face looks along its normal's largest axis."""
    sizes = np.empty(len(mesh.polygons), dtype=np.int32)
    mesh.polygons.foreach_get("loop_total", sizes)
    normals = np.empty(len(mesh.polygons) * 3, dtype=np.float32)
    mesh.polygons.foreach_get("normal", normals)
    corner = np.empty(len(mesh.loops), dtype=np.int32)
    mesh.loops.foreach_get("vertex_index", corner)
    axis = np.repeat(np.argmax(np.abs(normals.reshape(-1, 3)), axis=1), sizes)
    points = merging.vertices(mesh)[corner] / tile
    rows = np.arange(len(points))
    uv = np.stack([points[rows, (axis + 1) % 3], points[rows, (axis + 2) % 3]], axis=1).astype(np.float32)
    layer = mesh.uv_layers.new(name="UVMap")
    layer.data.foreach_set("uv", uv.ravel())
    layer.active = layer.active_render = True
