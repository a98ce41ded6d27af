"""The checks of poses, cameras and silhouettes that every format shares. Each yields what is wrong, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .. import distortion
from ..meshes import MeshData
from .silhouette import dilated, silhouette

# A vertex lies within one pixel of the mask: half a pixel between a point and the nearest pixel centre, and as
# much again for the part of the outline pixel that no centre samples.
REACH = 1
# Slivers thinner than a pixel fall between pixel centres, so single vertices may miss; a whole object does not.
VERTICES_OUTSIDE = 0.02
BOX_TOLERANCE = 1.5
# A drawn silhouette agrees to the pixel, apart from ties. Moving an object by one pixel changes about two thirds
# of the pixels of its outline; other renderers' pixel rules change up to a half of them.
OUTLINE_TOLERANCE = 0.5
FACES_TO_DRAW = 30_000  # drawing so many triangles takes some hundredths of a second
LENGTH_TOLERANCE = 1e-4  # of the length of the model's box
NEAR = 1e-6
FAR = 1e9  # pixels; a lens may put what is far aside farther than whole numbers reach


def check_rotation(rotation: np.ndarray, tolerance: float) -> Iterator[str]:
    """A 3x3 matrix is orthonormal with determinant +1."""
    if rotation.shape != (3, 3) or not np.isfinite(rotation).all():
        yield "is not 9 finite numbers"
    elif np.abs(rotation @ rotation.T - np.eye(3)).max() > tolerance:
        yield "is not orthonormal"
    elif np.linalg.det(rotation) < 0:
        yield "is a reflection (determinant -1)"


def check_intrinsics(K: np.ndarray, width: int, height: int) -> Iterator[str]:
    """K is an upper triangular pinhole matrix that could have taken an image of this size."""
    if K.shape != (3, 3) or not np.isfinite(K).all():
        yield "K is not 9 finite numbers"
        return
    if K[1, 0] or K[2, 0] or K[2, 1] or K[2, 2] != 1:
        yield "K is not of the form [[fx, s, cx], [0, fy, cy], [0, 0, 1]]"
    if K[0, 0] <= 0 or K[1, 1] <= 0:
        yield f"the focal lengths {K[0, 0]:g}, {K[1, 1]:g} are not positive"
    if not (-2 * width < K[0, 2] < 3 * width and -2 * height < K[1, 2] < 3 * height):
        yield f"the principal point ({K[0, 2]:g}, {K[1, 2]:g}) is far outside of the {width} x {height} image"


def check_measures(mesh: MeshData, minimum: np.ndarray, size: np.ndarray, diameter: float) -> Iterator[str]:
    """The written box and diameter of a model fit its vertices (all in one unit)."""
    vertices = mesh.vertices.astype(np.float64)
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    tolerance = LENGTH_TOLERANCE * max(float(np.linalg.norm(high - low)), 1e-9)
    if np.abs(low - minimum).max() > tolerance or np.abs(high - low - size).max() > tolerance:
        yield f"the vertices' box starts at {low} with size {high - low}, not at {minimum} with size {size}"
    # Walking to the farthest vertex and back gives a lower bound of the diameter without comparing all pairs.
    start, longest = vertices[0], 0.0
    for _ in range(3):
        distances = np.linalg.norm(vertices - start, axis=1)
        start, longest = vertices[distances.argmax()], max(longest, float(distances.max()))
    if not longest - tolerance <= diameter <= float(np.linalg.norm(high - low)) + tolerance:
        yield f"the diameter {diameter:g} does not fit the vertices (at least {longest:g})"


def check_reprojection(
    mesh: MeshData, K: np.ndarray, pose: np.ndarray, mask: np.ndarray, lens: distortion.Coefficients = distortion.NONE
) -> Iterator[str]:
    """The model's vertices at ``pose`` (4x4, model to camera, any one unit) land in the amodal ``mask`` (H, W).

    The vertices decide at once. Where they do not fit, as with tips thinner than a pixel, and wherever it is cheap,
    the model's triangles are drawn and the two silhouettes compared. ``lens`` are the camera's distortion coefficients.
    """
    height, width = mask.shape
    used = np.unique(mesh.faces) if len(mesh.faces) else np.arange(len(mesh.vertices))
    points = mesh.vertices.astype(np.float64) @ pose[:3, :3].T + pose[:3, 3]
    in_front = points[:, 2] > NEAR
    pixels = np.full((len(points), 2), np.nan)
    homogeneous = points[in_front] @ K.T
    pixels[in_front] = homogeneous[:, :2] / homogeneous[:, 2:]
    seen = distortion.distort_pixels(pixels[used[in_front[used]]], K, lens)
    grid = np.rint(np.clip(seen, -FAR, FAR)).astype(np.int64)
    inside = (grid >= 0).all(axis=1) & (grid < (width, height)).all(axis=1)
    grid = grid[inside]
    grown = dilated(mask, REACH)
    misses = int(np.count_nonzero(~grown[grid[:, 1], grid[:, 0]]))
    problems = []
    if misses > VERTICES_OUTSIDE * len(grid):
        problems.append(f"{misses} of the {len(grid)} model vertices inside the image project outside of the mask")
    whole = bool(in_front[used].all())
    if whole:
        problems += _check_box(seen, mask)
    if not whole or not len(mesh.faces):
        yield from problems
    elif problems or len(mesh.faces) <= FACES_TO_DRAW:
        different, outline = _compare(_drawn(pixels, mesh.faces, K, width, height, lens), mask)
        if different > OUTLINE_TOLERANCE * outline:
            yield from problems or [f"{different} pixels differ between the mask and the model drawn at this pose"]


def _check_box(pixels: np.ndarray, mask: np.ndarray) -> Iterator[str]:
    """The projected vertices' box, cut to the image, is the mask's box."""
    height, width = mask.shape
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    limit = np.array([width - 1, height - 1])
    if not len(rows):
        middle = np.maximum(low, 0), np.minimum(high, limit)
        if (middle[1] - middle[0] > 2 * BOX_TOLERANCE).all() and (low >= 0).all() and (high <= limit).all():
            yield "the mask is empty although the model projects into the image"
        return
    expected = np.concatenate([np.clip(low, 0, limit), np.clip(high, 0, limit)])
    found = np.array([columns[0], rows[0], columns[-1], rows[-1]])
    if np.abs(expected - found).max() > BOX_TOLERANCE:
        yield (
            f"the model projects to x {expected[0]:.1f} to {expected[2]:.1f}, y {expected[1]:.1f} to {expected[3]:.1f}"
            f", but the mask covers x {found[0]} to {found[2]}, y {found[1]} to {found[3]}"
        )


def _drawn(
    pixels: np.ndarray, faces: np.ndarray, K: np.ndarray, width: int, height: int, lens: distortion.Coefficients
) -> np.ndarray:
    """(H, W) bool: the silhouette of projected triangles, taken through the lens pixel by pixel."""
    if distortion.is_none(lens):
        return silhouette(pixels, faces, width, height)
    window = distortion.window(width, height, K, lens)
    drawn = silhouette(pixels - [window.left, window.top], faces, window.width, window.height)
    return drawn.ravel()[window.nearest]


def _compare(drawn: np.ndarray, mask: np.ndarray) -> tuple[int, float]:
    """The number of pixels that differ, and of those on either outline inside the image (at least 8)."""
    outline = max(np.count_nonzero(shape & dilated(~shape, 1)) for shape in (drawn, mask))
    return int(np.count_nonzero(drawn ^ mask)), float(max(outline, 8))
