"""Silhouettes beyond the image's edge, by projecting the mesh: pixels whose centre a triangle covers.

Inside the image Cycles' own rays decide; this counts what lies outside it, on a canvas of 3W x 3H around the image.
A lens bends the triangles' edges: they are split until each is short, and the vertices of the pieces are distorted.
"""

from __future__ import annotations

import numpy as np

from ..dataset import distortion
from ..dataset.records import Camera

# Under a lens no edge longer than this times the root of the focal length, in pixels, is drawn straight. The height of
# an arc grows with the square of its length over the focal length: at k1 = -0.3 it stays at hundredths of a pixel.
STRAIGHT = 0.7
_HALVINGS = 24  # of an edge that begins at the near plane, far outside of every canvas
_BULGE = 0.25  # how far, in its own size, a piece may bulge beyond its corners


def outside(
    vertices: np.ndarray, faces: np.ndarray, camera: Camera, near: float
) -> tuple[int, tuple[int, int, int, int] | None]:
    """The silhouette's part outside the image: its pixel count and its box (x0, y0, x1, y1), both ends included.

    ``vertices`` (N, 3) in metres in OpenCV camera axes, ``faces`` (M, 3); what is nearer than ``near`` is cut off.
    """
    width, height = camera.width, camera.height
    flat = _image(_beyond(vertices[faces], near), camera)
    if len(flat) == 0:
        return 0, None
    flat = flat[_may_count(flat, width, height)]
    corner, covered = _cover(flat, (-width, -height), (2 * width - 1, 2 * height - 1))
    # What lies inside the image is Cycles' business.
    rows, columns = np.arange(covered.shape[0]) + corner[1], np.arange(covered.shape[1]) + corner[0]
    covered[np.ix_((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))] = False
    rows, columns = rows[covered.any(axis=1)], columns[covered.any(axis=0)]
    if len(rows) == 0:
        return 0, None
    return int(covered.sum()), (int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1]))


def _may_count(flat: np.ndarray, width: int, height: int, bulge: float = 0.0) -> np.ndarray:
    """Which of the triangles (M, 3, 2) leave the image and lie on the canvas, at least in part."""
    low, high = flat.min(axis=1), flat.max(axis=1)
    low, high = low - bulge * (high - low), high + bulge * (high - low)
    leaves = (low[:, 0] < 0) | (low[:, 1] < 0) | (high[:, 0] > width - 1) | (high[:, 1] > height - 1)
    on_canvas = (high >= [-width, -height]).all(axis=1) & (low <= [2 * width - 1, 2 * height - 1]).all(axis=1)
    return leaves & on_canvas


def _beyond(triangles: np.ndarray, near: float) -> np.ndarray:
    """Triangles (M, 3, 3) in camera axes, cut at the near plane (M', 3, 3)."""
    ahead = triangles[:, :, 2] >= near
    whole = triangles[ahead.all(axis=1)]
    crossing = triangles[ahead.any(axis=1) & ~ahead.all(axis=1)]
    cut = [piece for triangle in crossing for piece in _cut(triangle, near)]
    return np.concatenate([whole, np.array(cut).reshape(-1, 3, 3)])


def _image(triangles: np.ndarray, camera: Camera) -> np.ndarray:
    """Triangles (M, 3, 3) in front of the camera to pixels (M', 3, 2), in pieces where a lens bends them."""
    flat = triangles @ camera.K.T
    flat = flat[:, :, :2] / flat[:, :, 2:3]
    if distortion.is_none(camera.distortion):
        return flat

    def bent(corners: np.ndarray) -> np.ndarray:
        return distortion.distort_pixels(corners.reshape(-1, 2), camera.K, camera.distortion).reshape(-1, 3, 2)

    done = []
    straight = STRAIGHT * float(np.sqrt(camera.K[0, 0]))
    for _ in range(_HALVINGS):
        # A lens bends lines, but a straight line in the pinhole's image is an edge all the same: halve it there.
        seen = bent(flat)
        kept = _may_count(seen, camera.width, camera.height, _BULGE)
        flat, seen = flat[kept], seen[kept]
        longest = np.linalg.norm(seen - np.roll(seen, -1, axis=1), axis=2).max(axis=1, initial=0.0)
        done.append(seen[longest <= straight])
        flat = _quartered(flat[longest > straight])
        if not len(flat):
            break
    return np.concatenate([*done, bent(flat)])


def _quartered(triangles: np.ndarray) -> np.ndarray:
    """Each triangle (M, 3, 2) cut at the middles of its edges into four."""
    a, b, c = triangles.transpose(1, 0, 2)
    ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
    pieces = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    return np.concatenate([np.stack(piece, axis=1) for piece in pieces])


def _cut(triangle: np.ndarray, near: float) -> list[np.ndarray]:
    """The part of a triangle beyond z = near, as one or two triangles (Sutherland-Hodgman)."""
    corners = []
    for start, end in zip(triangle, np.roll(triangle, -1, axis=0), strict=True):
        if start[2] >= near:
            corners.append(start)
        if (start[2] >= near) != (end[2] >= near):
            share = (near - start[2]) / (end[2] - start[2])
            corners.append(start + share * (end - start))
    return [np.array([corners[0], corners[i], corners[i + 1]]) for i in range(1, len(corners) - 1)]


def _cover(triangles: np.ndarray, low: tuple[int, int], high: tuple[int, int]) -> tuple[tuple[int, int], np.ndarray]:
    """The pixels, from ``low`` to ``high`` (x, y), whose centre lies in one of the triangles (M, 3, 2), edges included.

    Returns the first pixel (x, y) of a box and its coverage (rows, columns). Each triangle covers one run of pixels in
    each row; runs are summed up as +1 where they begin and -1 behind their end.
    """
    if len(triangles) == 0:
        return low, np.zeros((0, 0), dtype=bool)
    first = np.maximum(np.ceil(triangles.min(axis=(0, 1))), low).astype(int)
    last = np.minimum(np.floor(triangles.max(axis=(0, 1))), high).astype(int)
    if (last < first).any():
        return low, np.zeros((0, 0), dtype=bool)
    top = np.clip(np.ceil(triangles[:, :, 1].min(axis=1)), first[1], last[1] + 1).astype(int)
    bottom = np.clip(np.floor(triangles[:, :, 1].max(axis=1)), first[1] - 1, last[1]).astype(int)
    counts = np.maximum(bottom - top + 1, 0)
    owner = np.repeat(np.arange(len(triangles)), counts)
    row = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + top[owner]
    begin, end = _runs(triangles[owner], row.astype(float))
    begin = np.maximum(np.ceil(begin), first[0]).astype(int)
    end = np.minimum(np.floor(end), last[0]).astype(int)
    drawn = end >= begin
    row, begin, end = row[drawn] - first[1], begin[drawn] - first[0], end[drawn] - first[0]
    height, width = last[1] - first[1] + 1, last[0] - first[0] + 1
    size = height * (width + 1)
    steps = np.bincount(row * (width + 1) + begin, minlength=size) - np.bincount(
        row * (width + 1) + end + 1, minlength=size
    )
    covered = np.cumsum(steps.reshape(height, width + 1), axis=1)[:, :width] > 0
    return (int(first[0]), int(first[1])), covered


def _runs(triangles: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the line y = ``row`` (N,) enters and leaves each of the triangles (N, 3, 2), all of which it crosses."""
    begin, end = np.full(len(row), np.inf), np.full(len(row), -np.inf)
    for corner in range(3):
        (ax, ay), (bx, by) = triangles[:, corner].T, triangles[:, (corner + 1) % 3].T
        rise = by - ay
        level = rise == 0
        share = np.where(level, 0.0, (row - ay) / np.where(level, 1.0, rise))
        # A level edge is crossed along its whole length: its start counts here, its end as the next edge's start.
        crossed = np.where(level, ay == row, (share >= 0) & (share <= 1))
        x = ax + share * (bx - ax)
        begin = np.where(crossed, np.minimum(begin, x), begin)
        end = np.where(crossed, np.maximum(end, x), end)
    return begin, end
