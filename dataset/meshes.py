"""Meshes as plain arrays and as binary PLY: the store's models (metres) and BOP's (millimetres)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from plyfile import PlyData, PlyElement, PlyParseError

from .store import StoreError

TEXTURE_COMMENT = "TextureFile"


@dataclass(frozen=True)
class MeshData:
    """A triangle mesh; everything beside faces is per vertex.

    ``vertices`` (N, 3) float32, ``faces`` (M, 3) int32, ``normals`` (N, 3) float32, ``colors`` (N, 3) uint8,
    ``uv`` (N, 2) float32 with v upwards, ``texture`` the name (ASCII) of an image file beside the mesh.
    """

    vertices: np.ndarray
    faces: np.ndarray
    normals: np.ndarray | None = None
    colors: np.ndarray | None = None
    uv: np.ndarray | None = None
    texture: str | None = None

    def scaled(self, factor: float) -> MeshData:
        """The same mesh with every length times ``factor``."""
        return replace(self, vertices=(self.vertices.astype(np.float64) * factor).astype(np.float32))


def write_mesh(path: Path, mesh: MeshData) -> None:
    """Write a binary little-endian PLY with BOP's property names; the same mesh gives the same bytes.

    StoreError when the texture's name cannot stand in a PLY header.
    """
    if mesh.texture and not (mesh.texture.isascii() and mesh.texture.isprintable()):
        raise StoreError(f"{path}: the texture's name {mesh.texture!r} is not plain ASCII, which PLY needs")
    columns: list[tuple[str, str, np.ndarray]] = []
    columns += _columns("x y z", "<f4", mesh.vertices)
    columns += _columns("nx ny nz", "<f4", mesh.normals)
    columns += _columns("red green blue", "u1", mesh.colors)
    columns += _columns("texture_u texture_v", "<f4", mesh.uv)
    vertices = np.empty(len(mesh.vertices), dtype=[(name, kind) for name, kind, _ in columns])
    for name, _, values in columns:
        vertices[name] = values
    lists = np.empty(len(mesh.faces), dtype=[("vertex_indices", "<i4", (3,))])
    # plyfile makes the header; it would write the faces one by one, so their bytes are laid out here.
    comments = [f"{TEXTURE_COMMENT} {mesh.texture}"] if mesh.texture else []
    elements = [PlyElement.describe(vertices, "vertex"), PlyElement.describe(lists, "face")]
    header = PlyData(elements, byte_order="<", comments=comments).header
    faces = np.empty(len(mesh.faces), dtype=[("count", "u1"), ("indices", "<i4", (3,))])
    faces["count"] = 3
    faces["indices"] = mesh.faces
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header.encode("ascii") + b"\n" + vertices.tobytes() + faces.tobytes())


def _columns(names: str, kind: str, values: np.ndarray | None) -> list[tuple[str, str, np.ndarray]]:
    if values is None:
        return []
    return [(name, kind, values[:, index]) for index, name in enumerate(names.split())]


def read_mesh(path: Path) -> MeshData:
    """Read a PLY, ASCII or binary; polygons become fans of triangles. StoreError if it is not a readable PLY."""
    try:
        data = _read(path)
        vertices = data["vertex"].data
        mesh = MeshData(
            vertices=_stack(vertices, "x y z", np.float32),
            faces=_triangles(data),
            normals=_stack(vertices, "nx ny nz", np.float32),
            colors=_stack(vertices, "red green blue", np.uint8),
            uv=_stack(vertices, "texture_u texture_v", np.float32),
            texture=_texture(data.comments),
        )
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (PlyParseError, KeyError, ValueError) as error:
        raise StoreError(f"{path}: not a readable PLY mesh ({' '.join(str(error).split())})") from None
    if mesh.vertices is None or not len(mesh.vertices):
        raise StoreError(f"{path}: not a readable PLY mesh (it has no vertices)")
    if len(mesh.faces) and not 0 <= mesh.faces.min() <= mesh.faces.max() < len(mesh.vertices):
        raise StoreError(f"{path}: not a readable PLY mesh (a face names a vertex that is not there)")
    return mesh


def _read(path: Path) -> PlyData:
    # Telling the length of the lists makes reading fast, but works for pure triangle meshes only.
    triangles = {"face": {"vertex_indices": 3, "vertex_index": 3}}
    try:
        return PlyData.read(str(path), known_list_len=triangles)
    except (PlyParseError, KeyError):
        return PlyData.read(str(path))


def _stack(data: np.ndarray, names: str, kind: type) -> Any:
    wanted = names.split()
    if not set(wanted) <= set(data.dtype.names):
        return None
    return np.stack([data[name] for name in wanted], axis=-1).astype(kind)


def _triangles(data: PlyData) -> np.ndarray:
    if "face" not in data or not len(data["face"].data):
        return np.empty((0, 3), dtype=np.int32)
    faces = data["face"].data
    lists = faces["vertex_indices" if "vertex_indices" in faces.dtype.names else "vertex_index"]
    if lists.dtype != object:
        return np.array(lists, dtype=np.int32)
    fans = [(polygon[0], polygon[i], polygon[i + 1]) for polygon in lists for i in range(1, len(polygon) - 1)]
    return np.array(fans, dtype=np.int32).reshape(-1, 3)


def _texture(comments: list[str]) -> str | None:
    for comment in comments:
        key, _, name = comment.strip().partition(" ")
        if key == TEXTURE_COMMENT and name:
            return name.strip()
    return None
