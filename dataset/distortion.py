"""Lens distortion: the Brown-Conrady model with OpenCV's five coefficients k1, k2, p1, p2, k3, both ways.

With ``(x, y)`` the pinhole's image at z = 1 and ``r² = x² + y²`` (Brown 1966; OpenCV, calib3d)::

    x' = x (1 + k1 r² + k2 r⁴ + k3 r⁶) + 2 p1 x y + p2 (r² + 2 x²)
    y' = y (1 + k1 r² + k2 r⁴ + k3 r⁶) + p1 (r² + 2 y²) + 2 p2 x y

A polynomial is a model of a lens near its axis only: far out it folds back and would put what lies beside the image
into it. So the formula holds up to `limit`, the radius up to which different points surely have different images;
beyond it goes on along its tangent plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

Coefficients = Sequence[float]

NONE = (0.0, 0.0, 0.0, 0.0, 0.0)
# Where neighbouring points come this much nearer to each other than a pinhole has them, the model is at its end.
SLOPE = 0.1
_STEPS = 50
_EXACT = 1e-12


class DistortionError(ValueError):
    """Coefficients that fold the image back on itself; the message is one line for the user."""


def is_none(coefficients: Coefficients) -> bool:
    """Whether the lens is a pinhole."""
    return not any(coefficients)


@lru_cache(maxsize=64)
def _limit(k1: float, k2: float, p1: float, p2: float, k3: float) -> float:
    # The Jacobian is symmetric. Its eigenvalues without tangential terms are the slopes along the radius and across
    # it; the tangential terms change them by at most 6 |p| r. While they are positive, the map is one to one.
    tangential = 6.0 * np.hypot(p1, p2)
    ends = []
    for a, b, c in ((3 * k1, 5 * k2, 7 * k3), (k1, k2, k3)):
        roots = np.roots([c, 0.0, b, 0.0, a, -tangential, 1.0 - SLOPE])
        ends += [root.real for root in roots if abs(root.imag) < 1e-9 and root.real > 0]
    return float(min(ends, default=np.inf))


def limit(coefficients: Coefficients) -> float:
    """The radius at z = 1 up to which the model is one to one, inf where it is so everywhere."""
    return _limit(*(float(value) for value in coefficients))


def distort(points: np.ndarray, coefficients: Coefficients) -> np.ndarray:
    """Points (N, 2) at z = 1 as a pinhole sees them, to where the lens puts them (N, 2)."""
    return _distort(np.asarray(points, dtype=float), coefficients)[0]


def undistort(points: np.ndarray, coefficients: Coefficients) -> np.ndarray:
    """The inverse of `distort`: points (N, 2) of the lens's image at z = 1 to the pinhole's, by Newton's method."""
    wanted = np.asarray(points, dtype=float)
    if is_none(coefficients):
        return wanted
    found = wanted.copy()
    todo = np.arange(len(found))
    for _ in range(_STEPS):
        reached, (xx, xy, yy) = _distort(found[todo], coefficients)
        gap_x, gap_y = (wanted[todo] - reached).T
        area = xx * yy - xy * xy
        step = np.stack([yy * gap_x - xy * gap_y, xx * gap_y - xy * gap_x], axis=-1) / area[:, None]
        # Far out the slopes change quickly: no step farther than one focal length.
        step /= np.maximum(1.0, np.linalg.norm(step, axis=1, keepdims=True))
        found[todo] += step
        todo = todo[np.abs(step).max(axis=1) > _EXACT * (1.0 + np.abs(found[todo]).max(axis=1))]
        if not len(todo):
            break
    return found


def stretch(points: np.ndarray, coefficients: Coefficients) -> float:
    """The most that the lens pulls neighbouring points (N, 2) at z = 1 apart; 1 for a pinhole."""
    xx, xy, yy = _distort(np.asarray(points, dtype=float), coefficients)[1]
    return float(((xx + yy) / 2 + np.hypot((xx - yy) / 2, xy)).max())


def _distort(points: np.ndarray, coefficients: Coefficients) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Distorted points (N, 2) and the three different entries (N,) of the symmetric Jacobian there."""
    k1, k2, p1, p2, k3 = coefficients
    radius = np.hypot(points[:, 0], points[:, 1])
    end = limit(coefficients)
    is_beyond = radius > end
    with np.errstate(divide="ignore", invalid="ignore"):
        shrink = np.where(is_beyond, end / radius, 1.0) if np.isfinite(end) else np.ones_like(radius)
    x, y = points[:, 0] * shrink, points[:, 1] * shrink
    r2 = x * x + y * y
    factor = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
    growth = 2.0 * (k1 + r2 * (2.0 * k2 + r2 * 3.0 * k3))
    distorted_x = x * factor + 2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x)
    distorted_y = y * factor + p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y
    xx = factor + growth * x * x + 2.0 * p1 * y + 6.0 * p2 * x
    xy = growth * x * y + 2.0 * p1 * x + 2.0 * p2 * y
    yy = factor + growth * y * y + 6.0 * p1 * y + 2.0 * p2 * x
    if is_beyond.any():
        rest_x, rest_y = points[:, 0] - x, points[:, 1] - y
        distorted_x = distorted_x + xx * rest_x + xy * rest_y
        distorted_y = distorted_y + xy * rest_x + yy * rest_y
    return np.stack([distorted_x, distorted_y], axis=-1), (xx, xy, yy)


def distort_pixels(pixels: np.ndarray, K: np.ndarray, coefficients: Coefficients) -> np.ndarray:
    """Pixels (N, 2) of a pinhole with the matrix ``K`` (3, 3) to the lens's."""
    return _in_pixels(distort, pixels, K, coefficients)


def undistort_pixels(pixels: np.ndarray, K: np.ndarray, coefficients: Coefficients) -> np.ndarray:
    """The inverse of `distort_pixels`."""
    return _in_pixels(undistort, pixels, K, coefficients)


def _in_pixels(function, pixels: np.ndarray, K: np.ndarray, coefficients: Coefficients) -> np.ndarray:
    if is_none(coefficients):
        return pixels
    focal, centre = np.array([K[0, 0], K[1, 1]]), np.array([K[0, 2], K[1, 2]])
    return function((pixels - centre) / focal, coefficients) * focal + centre


@dataclass(frozen=True)
class Window:
    """The part of the pinhole's image that a distorted image is made of.

    ``left`` and ``top`` are the pinhole pixel of its first pixel, negative where it reaches beyond the image;
    ``pinhole`` (H, W, 2) float64 is, for every pixel of the distorted image, where its light falls in the pinhole's.
    """

    left: int
    top: int
    width: int
    height: int
    pinhole: np.ndarray

    @property
    def source(self) -> np.ndarray:
        """``pinhole`` in the pixels of the window."""
        return self.pinhole - np.array([self.left, self.top])

    @property
    def nearest(self) -> np.ndarray:
        """(H, W) int64: for every pixel of the distorted image the flat index of the nearest one in the window."""
        columns, rows = np.rint(self.source).astype(np.int64).transpose(2, 0, 1)
        return rows * self.width + columns


# The sources of an image's three colours, and one more.
@lru_cache(maxsize=4)
def _pinhole(
    width: int, height: int, matrix: tuple[float, ...], coefficients: tuple[float, ...], larger: float
) -> np.ndarray:
    """Where the light of every pixel of a distorted image falls in the pinhole's (H, W, 2)."""
    K = np.array(matrix).reshape(3, 3)
    u, v = np.meshgrid(np.arange(width, dtype=float), np.arange(height, dtype=float))
    grid = (np.stack([u.ravel(), v.ravel()], axis=-1) - K[:2, 2]) / larger + K[:2, 2]
    found = undistort_pixels(grid, K, coefficients)
    rays = (found - K[:2, 2]) / [K[0, 0], K[1, 1]]
    if not np.hypot(rays[:, 0], rays[:, 1]).max() <= limit(coefficients):
        k1, k2, p1, p2, k3 = coefficients
        raise DistortionError(
            f"sensor.k1: with k1 {k1:g}, k2 {k2:g}, k3 {k3:g}, p1 {p1:g}, p2 {p2:g} the image folds back on itself "
            "before its corner; bring the coefficients nearer to 0 or narrow the camera's field of view"
        )
    found = found.reshape(height, width, 2)
    found.setflags(write=False)
    return found


def window(
    width: int, height: int, K: np.ndarray, coefficients: Coefficients, pad: int = 0, larger: float = 1.0
) -> Window:
    """The smallest window that fills every pixel of a distorted image, ``pad`` pixels more on each side.

    ``larger`` is by how much the distorted image is enlarged around the principal point, as lenses do with colours.
    DistortionError where the model folds back inside the image.
    """
    matrix = tuple(float(value) for value in np.asarray(K).ravel())
    pinhole = _pinhole(width, height, matrix, tuple(float(value) for value in coefficients), float(larger))
    low = np.floor(pinhole.min(axis=(0, 1))).astype(int) - pad
    high = np.ceil(pinhole.max(axis=(0, 1))).astype(int) + pad
    size = high - low + 1
    return Window(int(low[0]), int(low[1]), int(size[0]), int(size[1]), pinhole)
