"""A mesh datablock as plain arrays, everything per vertex, as the store's model files want it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np

from . import merging
from .looks import principled

if TYPE_CHECKING:
    from .catalogue import Asset


@dataclass(frozen=True)
class MeshArrays:
    """Metres, model frame: ``vertices`` (N, 3) float32, ``faces`` (M, 3) int32, ``normals`` (N, 3) float32,
    ``colors`` (N, 3) uint8 sRGB or None, ``uv`` (N, 2) float32 with v upwards or None.

    ``texture`` is the file name, beside the mesh, for the bytes ``texture_bytes``, or None: only meshes whose faces
    all show one picture have it. Vertices are doubled where texture or colour has a seam, never for normals.
    """

    vertices: np.ndarray
    faces: np.ndarray
    normals: np.ndarray
    colors: np.ndarray | None = None
    uv: np.ndarray | None = None
    texture: str | None = None
    texture_bytes: bytes | None = None


def mesh_arrays(asset: Asset) -> MeshArrays:
    """The asset's mesh, triangulated the way Blender draws it."""
    mesh = asset.mesh
    mesh.calc_loop_triangles()
    corner = _ints(mesh.loop_triangles, "loops", 3)  # corners of the triangles, one after the other
    vertex = _ints(mesh.loops, "vertex_index")
    texture, picture = _texture(mesh, asset.key)
    uv = _uv(mesh)
    colors = None if picture else _colors(mesh, vertex)

    columns = [vertex[:, None].astype(np.float64)]
    columns += [extra.astype(np.float64) for extra in (uv, colors) if extra is not None]
    _, first, index = np.unique(np.concatenate(columns, axis=1), axis=0, return_index=True, return_inverse=True)
    index = index.reshape(-1)
    points = merging.vertices(mesh).astype(np.float32)
    return MeshArrays(
        vertices=points[vertex[first]],
        faces=index[corner].reshape(-1, 3).astype(np.int32),
        normals=_normals(mesh, vertex, corner)[vertex[first]],
        colors=None if colors is None else colors[first],
        uv=None if uv is None else uv[first],
        texture=texture,
        texture_bytes=picture,
    )


def _ints(items: bpy.types.bpy_prop_collection, name: str, each: int = 1) -> np.ndarray:
    values = np.empty(len(items) * each, dtype=np.int32)
    items.foreach_get(name, values)
    return values


def _normals(mesh: bpy.types.Mesh, vertex: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """(N, 3) per vertex: the mean of the shading normals around it."""
    normals = np.zeros((len(mesh.vertices), 3))
    np.add.at(normals, vertex[corner], merging.corner_normals(mesh)[corner])
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return (normals / np.maximum(length, 1e-30)).astype(np.float32)


def _uv(mesh: bpy.types.Mesh) -> np.ndarray | None:
    """(L, 2) per corner."""
    if not mesh.uv_layers.active:
        return None
    uv = np.empty(len(mesh.loops) * 2, dtype=np.float32)
    mesh.uv_layers.active.data.foreach_get("uv", uv)
    return uv.reshape(-1, 2)


def _colors(mesh: bpy.types.Mesh, vertex: np.ndarray) -> np.ndarray | None:
    """(L, 3) uint8 sRGB per corner: the colour attribute, else the base colours of the materials."""
    if mesh.color_attributes:
        layer = mesh.color_attributes[0]
        values = np.empty(len(layer.data) * 4, dtype=np.float32)
        layer.data.foreach_get("color_srgb", values)
        values = values.reshape(-1, 4)[:, :3]
        values = values[vertex] if layer.domain == "POINT" else values
    elif any(mesh.materials):
        linear = np.array([_base_colour(material) for material in mesh.materials])
        encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear.clip(0.0031308) ** (1 / 2.4) - 0.055)
        slots = _ints(mesh.polygons, "material_index").clip(0, len(linear) - 1)
        values = encoded[np.repeat(slots, _ints(mesh.polygons, "loop_total"))]
    else:
        return None
    return np.round(np.clip(values, 0.0, 1.0) * 255).astype(np.uint8)


def _base_colour(material: bpy.types.Material | None) -> tuple[float, float, float]:
    shader = principled(material) if material else None
    return tuple(shader.inputs["Base Color"].default_value[:3]) if shader else (0.8, 0.8, 0.8)


def _base_picture(material: bpy.types.Material | None) -> bpy.types.Image | None:
    """The picture behind the base colour, looking through mixing nodes."""
    shader = principled(material) if material else None
    waiting = [shader.inputs["Base Color"]] if shader else []
    while waiting:
        for link in waiting.pop().links:
            if link.from_node.type == "TEX_IMAGE" and link.from_node.image:
                return link.from_node.image
            waiting += [socket for socket in link.from_node.inputs if socket.is_linked]
    return None


def _texture(mesh: bpy.types.Mesh, key: str) -> tuple[str | None, bytes | None]:
    slots = np.unique(_ints(mesh.polygons, "material_index")) if any(mesh.materials) else []
    pictures = {_base_picture(mesh.materials[min(slot, len(mesh.materials) - 1)]) for slot in slots}
    if len(pictures) != 1 or not mesh.uv_layers.active:
        return None, None
    image = pictures.pop()
    if image is None:
        return None, None
    if image.packed_file:
        data = bytes(image.packed_file.data)
    else:
        file = Path(bpy.path.abspath(image.filepath))
        if not file.is_file():
            return None, None
        data = file.read_bytes()
    suffix = ".jpg" if data[:2] == b"\xff\xd8" else ".png" if data[:4] == b"\x89PNG" else Path(image.filepath).suffix
    return f"{key}{suffix}", data
