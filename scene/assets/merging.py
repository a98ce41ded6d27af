"""Everything visible in a scene as one mesh, and exact changes of a mesh's coordinates."""

from __future__ import annotations

from pathlib import Path

import bmesh
import bpy
import numpy as np

from .formats import AssetError


def vertices(mesh: bpy.types.Mesh) -> np.ndarray:
    """(N, 3) float64 copy of the coordinates."""
    points = np.empty(len(mesh.vertices) * 3, dtype=np.float32)
    mesh.vertices.foreach_get("co", points)
    return points.reshape(-1, 3).astype(np.float64)


def corner_normals(mesh: bpy.types.Mesh) -> np.ndarray:
    """(L, 3) float32 shading normals, one per face corner."""
    normals = np.empty(len(mesh.loops) * 3, dtype=np.float32)
    mesh.corner_normals.foreach_get("vector", normals)
    return normals.reshape(-1, 3)


def _corner_order(mesh: bpy.types.Mesh) -> np.ndarray:
    """Sorting order of the corners by (face, vertex): the same corner before and after a face is turned round."""
    vertex = np.empty(len(mesh.loops), dtype=np.int32)
    mesh.loops.foreach_get("vertex_index", vertex)
    sizes = np.empty(len(mesh.polygons), dtype=np.int32)
    mesh.polygons.foreach_get("loop_total", sizes)
    return np.lexsort((vertex, np.repeat(np.arange(len(sizes)), sizes)))


def transform(mesh: bpy.types.Mesh, matrix: np.ndarray) -> None:
    """Apply a 4x4 matrix in double precision. Mirroring turns the faces round; normals of the file's own go along."""
    linear = matrix[:3, :3]
    if np.array_equal(matrix, np.eye(4)):
        return
    mirrored = np.linalg.det(linear) < 0
    # a positive scale leaves normals alone, and Blender keeps them relative to the surface or as plain vectors
    turned = not np.allclose(linear, linear[0, 0] * np.eye(3), rtol=1e-6, atol=0) or mirrored
    normals = None
    if mesh.has_custom_normals and turned and abs(np.linalg.det(linear)) > 0:
        normals = corner_normals(mesh)[_corner_order(mesh)] @ np.linalg.inv(linear)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    points = vertices(mesh) @ linear.T + matrix[:3, 3]
    mesh.vertices.foreach_set("co", points.astype(np.float32).ravel())
    if mirrored:
        mesh.flip_normals()
    mesh.update()
    if normals is not None:
        ordered = np.empty_like(normals)
        ordered[_corner_order(mesh)] = normals
        mesh.normals_split_custom_set(ordered.astype(np.float32))


def drop_loose(mesh: bpy.types.Mesh) -> None:
    """Remove vertices and edges that belong to no face: nobody sees them, but boxes and hulls would."""
    used = np.zeros(len(mesh.vertices), dtype=bool)
    vertex = np.empty(len(mesh.loops), dtype=np.int32)
    mesh.loops.foreach_get("vertex_index", vertex)
    used[vertex] = True
    if used.all() or not used.any():
        return
    shape = bmesh.new()
    shape.from_mesh(mesh)
    bmesh.ops.delete(shape, geom=[v for v in shape.verts if not v.link_faces], context="VERTS")
    shape.to_mesh(mesh)
    shape.free()


def same_layer_names(mesh: bpy.types.Mesh) -> None:
    """Give UV maps and colours the same names in every part, so that joining puts them together; nodes follow."""
    renamed = {}
    for prefix, layers in (("UVMap", mesh.uv_layers), ("Color", mesh.color_attributes)):
        # two passes: a new name must not meet an old one
        for index, layer in enumerate(list(layers)):
            renamed[layer.name] = f"{prefix}{index or ''}"
        for old in [layer.name for layer in layers]:
            layers[old].name = f"renaming {renamed[old]}"
        for name in [layer.name for layer in layers]:
            layers[name].name = name.removeprefix("renaming ")
    for material in mesh.materials:
        if material and material.node_tree:
            for node in material.node_tree.nodes:
                for attribute in ("uv_map", "layer_name", "attribute_name"):
                    if getattr(node, attribute, None) in renamed:
                        setattr(node, attribute, renamed[getattr(node, attribute)])


def one_mesh(scene: bpy.types.Scene, path: Path) -> bpy.types.Mesh:
    """All mesh objects of the context's scene, with transforms, modifiers and instances applied, as one new mesh."""
    graph = bpy.context.evaluated_depsgraph_get()
    graph.update()
    parts = []
    for instance in graph.object_instances:
        if instance.object.type == "MESH":
            mesh = bpy.data.meshes.new_from_object(instance.object, preserve_all_data_layers=True, depsgraph=graph)
            parts.append((mesh, np.array(instance.matrix_world, dtype=np.float64)))
    if not parts:
        raise AssetError(f"{path}: holds no mesh; export the model as a mesh with faces")
    for mesh, matrix in parts:
        if not np.isfinite(vertices(mesh)).all() or not np.isfinite(matrix).all():
            raise AssetError(
                f"{path}: has coordinates that are no numbers (NaN or infinite); repair or export it again"
            )
        mesh.validate(verbose=False, clean_customdata=False)
        transform(mesh, matrix)
    parts = [mesh for mesh, _ in parts if len(mesh.polygons)] or [parts[0][0]]
    return parts[0] if len(parts) == 1 else _join(scene, parts)


def _join(scene: bpy.types.Scene, meshes: list[bpy.types.Mesh]) -> bpy.types.Mesh:
    for obj in list(scene.collection.all_objects):
        bpy.data.objects.remove(obj)
    objects = []
    for mesh in meshes:
        same_layer_names(mesh)
        objects.append(bpy.data.objects.new("part", mesh))
        scene.collection.objects.link(objects[-1])
    with bpy.context.temp_override(
        active_object=objects[0], object=objects[0], selected_objects=objects, selected_editable_objects=objects
    ):
        bpy.ops.object.join()
    return objects[0].data
