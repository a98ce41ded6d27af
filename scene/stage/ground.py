"""An object of the surroundings as the ground on which others are spread."""

from __future__ import annotations

import difflib

import bpy
import numpy as np

from .errors import StageError


def find(name: str, scene: bpy.types.Scene) -> tuple[np.ndarray, list[list[int]]]:
    """Vertices (N, 3) in the world and triangles of a named object of the scene, modifiers applied.

    StageError where there is none, or it has no surface.
    """
    # Blender numbers the names of what it appends when the user's file has such a name already.
    items = {item.name: item for item in scene.objects if item.type in ("MESH", "CURVE", "SURFACE", "META", "FONT")}
    item = items.get(name) or next(
        (found for known, found in items.items() if known[:-4] == name and known[-3:].isdigit()), None
    )
    if item is None:
        near = difflib.get_close_matches(name, items, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise StageError(f"placement.surface_object: the surroundings have no object {name}{hint}")
    layer = scene.view_layers[0]
    layer.update()
    evaluated = item.evaluated_get(layer.depsgraph)
    mesh = evaluated.to_mesh()
    try:
        points = np.empty(3 * len(mesh.vertices), dtype=np.float32)
        mesh.vertices.foreach_get("co", points)
        mesh.calc_loop_triangles()
        faces = np.empty(3 * len(mesh.loop_triangles), dtype=np.int32)
        mesh.loop_triangles.foreach_get("vertices", faces)
    finally:
        evaluated.to_mesh_clear()
    if not len(faces):
        raise StageError(f"placement.surface_object: {name} has no surface")
    matrix = np.array(evaluated.matrix_world)
    return points.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3], faces.reshape(-1, 3).tolist()
