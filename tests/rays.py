"""An independent ray caster in double precision: what a pinhole camera must see of triangle meshes.

A ray through a pixel is d = K^-1 (u, v, 1), so that its parameter is planar depth. With a triangle's corners as the
columns of T the solution w of T w = d has only positive entries where the ray hits, and the depth is 1 / sum(w).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def grid(width: int, height: int, left: int = 0, top: int = 0) -> np.ndarray:
    """Pixel centres (height * width, 2) as (u, v), row by row, the first at (left, top)."""
    rows, columns = np.mgrid[top : top + height, left : left + width]
    return np.column_stack([columns.ravel(), rows.ravel()]).astype(float)


def cast(
    vertices: np.ndarray, faces: np.ndarray, K: np.ndarray, pixels: np.ndarray, near: float = 0.001
) -> tuple[np.ndarray, np.ndarray]:
    """Depth (P,) of the first hit beyond ``near``, inf for none, and its face (P,), -1 for none."""
    everything = len(pixels)
    candidates = np.arange(everything)
    if vertices[:, 2].min() > near:  # then only pixels in the box around its projection can hit
        projected = vertices @ K.T
        projected = projected[:, :2] / projected[:, 2:]
        inside = (pixels >= projected.min(axis=0) - 0.1) & (pixels <= projected.max(axis=0) + 0.1)
        candidates = np.flatnonzero(inside.all(axis=1))
    pixels = pixels[candidates]
    rays = np.column_stack([pixels, np.ones(len(pixels))]) @ np.linalg.inv(K).T
    corners = vertices[faces].transpose(0, 2, 1)
    volumes = np.linalg.det(corners)
    usable = np.flatnonzero(np.abs(volumes) > 1e-30)
    inverse = np.linalg.inv(corners[usable])
    depth, face = np.full(len(pixels), np.inf), np.full(len(pixels), -1)
    for start in range(0, len(pixels), 1024):
        some = slice(start, start + 1024)
        weights = np.einsum("tij,pj->tpi", inverse, rays[some])
        total = weights.sum(axis=2)
        with np.errstate(divide="ignore"):
            found = np.where((weights >= 0).all(axis=2) & (total > 0), 1 / total, np.inf)
        found[found < near] = np.inf
        first = found.argmin(axis=0)
        depth[some] = found[first, np.arange(found.shape[1])]
        face[some] = np.where(np.isfinite(depth[some]), usable[first], -1)
    all_depth, all_face = np.full(everything, np.inf), np.full(everything, -1)
    all_depth[candidates], all_face[candidates] = depth, face
    return all_depth, all_face


@dataclass
class Seen:
    """``depth`` and ``index`` (H, W), ``normals`` (H, W, 3) towards the camera, ``crossed`` (H, W) by instance."""

    depth: np.ndarray
    index: np.ndarray
    normals: np.ndarray
    crossed: dict[int, np.ndarray]


def see(
    objects: dict[int, tuple[np.ndarray, np.ndarray]],
    K: np.ndarray,
    width: int,
    height: int,
    offset: tuple[float, float] = (0.0, 0.0),
) -> Seen:
    """What a camera sees of objects by instance, given as vertices (N, 3) in camera axes and faces (M, 3)."""
    pixels = grid(width, height) + offset
    shape = (height, width)
    result = Seen(np.full(shape, np.inf), np.zeros(shape, int), np.zeros((*shape, 3)), {})
    for instance, (vertices, faces) in objects.items():
        depth, face = cast(vertices, faces, K, pixels)
        depth, face = depth.reshape(shape), face.reshape(shape)
        result.crossed[instance] = face >= 0
        front = depth < result.depth
        result.depth[front], result.index[front] = depth[front], instance
        a, b, c = vertices[faces[face[front]]].transpose(1, 0, 2)
        normal = np.cross(b - a, c - a)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        result.normals[front] = normal * -np.sign((normal * a).sum(axis=1, keepdims=True))
    return result


def around(see_at, reach: float = 0.01) -> list[Seen]:
    """``see_at(offset)`` with the rays moved by ``reach`` pixels to each of the four corners."""
    return [see_at(offset) for offset in [(-reach, -reach), (-reach, reach), (reach, -reach), (reach, reach)]]


def ties(middle: np.ndarray, moved: list[np.ndarray]) -> np.ndarray:
    """Pixels that change when all rays move a little: they lie on an edge, and either answer is right."""
    return np.any([other != middle for other in moved], axis=0)
