"""Smooth solids as functions of a point, negative inside, and their surfaces as meshes. Numpy only.

Where shapes meet like muscles they are blended by the polynomial smooth minimum (Quilez 2013); the surface is taken by
surface nets (Gibson 1998, "Constrained Elastic Surface Nets"), whose vertices are then moved onto it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Field = Callable[[np.ndarray], np.ndarray]  # points (N, 3) in metres -> about their distance from the surface (N,)

_COARSE = 4  # fine cells along the edge of a block that is looked at first
_FAR = 1e3


def smooth_min(first: np.ndarray, second: np.ndarray, reach: float) -> np.ndarray:
    """The smaller of two distances, rounded where they differ by less than ``reach`` metres."""
    share = np.maximum(reach - np.abs(first - second), 0.0) / reach
    return np.minimum(first, second) - share * share * reach / 4


def smooth_max(first: np.ndarray, second: np.ndarray, reach: float) -> np.ndarray:
    """The larger of two distances, rounded likewise: what both shapes have in common."""
    return -smooth_min(-first, -second, reach)


def ellipsoid(points: np.ndarray, centre: Sequence[float], radii: Sequence[float]) -> np.ndarray:
    """An ellipsoid along the axes; exact to first order near its surface."""
    return _from_ratio(points - np.asarray(centre), np.asarray(radii, dtype=float))


def _from_ratio(local: np.ndarray, radii: np.ndarray, power: float = 2.0) -> np.ndarray:
    """Distance from an ellipsoid of half axes ``radii`` (3,) or (N, 3), measured along the ray from its middle."""
    scaled = np.abs(local / radii)
    ratio = np.sqrt((scaled**2).sum(axis=1)) if power == 2.0 else (scaled**power).sum(axis=1) ** (1 / power)
    length = np.sqrt((local**2).sum(axis=1))
    radius = np.where(ratio > 1e-6, length / np.maximum(ratio, 1e-6), radii.min(axis=-1))
    return (ratio - 1.0) * radius


def round_cone(
    points: np.ndarray, start: Sequence[float], end: Sequence[float], radii: tuple[float, float]
) -> np.ndarray:
    """A stick with round ends whose radius runs from one number to the other."""
    start, end = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    axis = end - start
    share = np.clip((points - start) @ axis / (axis @ axis), 0.0, 1.0)
    gap = points - start - share[:, None] * axis
    return np.sqrt((gap**2).sum(axis=1)) - (radii[0] + share * (radii[1] - radii[0]))


def tube(
    points: np.ndarray,
    start: Sequence[float],
    end: Sequence[float],
    side: Sequence[float],
    table: Sequence[Sequence[float]],
    power: float = 2.0,
) -> np.ndarray:
    """A limb from ``start`` to ``end`` with elliptic sections and round ends.

    Rows of ``table``: position along the axis (0 to 1, ascending), half width along ``side``, half width across, and
    the section's shift along both. ``power`` above 2 makes the sections squarer.
    """
    start, axis = np.asarray(start, dtype=float), np.asarray(end, dtype=float) - np.asarray(start, dtype=float)
    length = np.linalg.norm(axis)
    axis = axis / length
    first = np.asarray(side, dtype=float) - axis * (np.asarray(side, dtype=float) @ axis)
    first /= np.linalg.norm(first)
    second = np.cross(axis, first)
    along = (points - start) @ axis
    sections = _sections(np.clip(along / length, 0.0, 1.0), np.asarray(table, dtype=float))
    beyond = np.maximum(np.maximum(-along, along - length), 0.0)
    cross = np.stack([(points - start) @ first - sections[:, 2], (points - start) @ second - sections[:, 3], beyond], 1)
    radii = np.stack([sections[:, 0], sections[:, 1], sections[:, :2].min(axis=1)], axis=1)
    return _from_ratio(cross, radii, power)


def _sections(position: np.ndarray, table: np.ndarray) -> np.ndarray:
    """The table's columns but the first at these positions: cubic through the rows (Catmull-Rom, uneven steps)."""
    knots, values = table[:, 0], np.zeros((len(table), 4))
    values[:, : table.shape[1] - 1] = table[:, 1:]
    slopes = np.gradient(values, knots, axis=0) if len(knots) > 2 else np.zeros_like(values)
    if len(knots) == 2:
        slopes[:] = (values[1] - values[0]) / (knots[1] - knots[0])
    row = np.clip(np.searchsorted(knots, position, side="right") - 1, 0, len(knots) - 2)
    step = (knots[row + 1] - knots[row])[:, None]
    t = (position[:, None] - knots[row][:, None]) / step
    low, high = values[row], values[row + 1]
    return (
        (2 * t**3 - 3 * t**2 + 1) * low
        + (t**3 - 2 * t**2 + t) * step * slopes[row]
        + (3 * t**2 - 2 * t**3) * high
        + (t**3 - t**2) * step * slopes[row + 1]
    )


def surface(field: Field, low: Sequence[float], high: Sequence[float], step: float) -> tuple[np.ndarray, np.ndarray]:
    """The surface of a field inside the box from ``low`` to ``high``: vertices (N, 3) and quads (M, 4), wound outwards.

    ``step`` is the edge length of its faces, metres; the field is only asked near its surface.
    """
    low = np.asarray(low, dtype=float)
    blocks = np.ceil((np.asarray(high) - low) / (step * _COARSE)).astype(int)
    values = _sample(field, low, blocks, step)
    inside = values < 0
    vertices, number = _vertices(values, inside, low, step)
    for _ in range(3):
        vertices = _onto(field, vertices, step)
    return vertices, _quads(inside, number)


def _sample(field: Field, low: np.ndarray, blocks: np.ndarray, step: float) -> np.ndarray:
    """The field on a grid of ``blocks`` times ``_COARSE`` cells; only its sign counts far from the surface."""
    centres = np.stack(np.meshgrid(*((np.arange(n) + 0.5) for n in blocks), indexing="ij"), -1).reshape(-1, 3)
    coarse = field(low + centres * step * _COARSE).reshape(blocks)
    near = np.abs(coarse) < step * _COARSE * 1.6  # half a block's diagonal, and room for a field that is no distance
    values = np.repeat(np.repeat(np.repeat(np.where(coarse < 0, -_FAR, _FAR), _COARSE, 0), _COARSE, 1), _COARSE, 2)
    asked = np.repeat(np.repeat(np.repeat(near, _COARSE, 0), _COARSE, 1), _COARSE, 2)
    at = np.argwhere(asked)
    values[asked] = field(low + (at + 0.5) * step)
    return values


def _vertices(values: np.ndarray, inside: np.ndarray, low: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """One vertex in each cell that the surface crosses, at the mean of its edges' crossings; and their numbers."""
    shape = np.array(values.shape) - 1
    corner = [tuple(slice(o, o + n) for o, n in zip(offset, shape)) for offset in np.ndindex(2, 2, 2)]
    count = sum(inside[cut].astype(np.int8) for cut in corner)
    cells = np.argwhere((count > 0) & (count < 8))
    total, crossings = np.zeros((len(cells), 3)), np.zeros(len(cells))
    for axis in range(3):
        for others in np.ndindex(2, 2):
            begin = np.insert(np.array(others), axis, 0)
            a = values[tuple((cells + begin).T)]
            b = values[tuple((cells + begin + np.eye(3, dtype=int)[axis]).T)]
            crossed = (a < 0) != (b < 0)
            share = np.where(crossed, a / np.where(crossed, a - b, 1.0), 0.0)
            place = begin + share[:, None] * np.eye(3)[axis]
            total += place * crossed[:, None]
            crossings += crossed
    number = np.full(shape, -1)
    number[tuple(cells.T)] = np.arange(len(cells))
    return low + (cells + 0.5 + total / crossings[:, None]) * step, number


def _quads(inside: np.ndarray, number: np.ndarray) -> np.ndarray:
    quads = []
    for axis in range(3):
        one, two = (axis + 1) % 3, (axis + 2) % 3
        ahead = np.roll(inside, -1, axis)
        crossed = np.argwhere(inside != ahead)
        limit = np.array(inside.shape) - 1
        kept = (crossed[:, axis] < limit[axis]) & (crossed[:, one] > 0) & (crossed[:, two] > 0)
        kept &= (crossed[:, one] < limit[one]) & (crossed[:, two] < limit[two])
        crossed = crossed[kept]
        around = []
        for first, second in ((-1, -1), (0, -1), (0, 0), (-1, 0)):
            cell = crossed.copy()
            cell[:, one] += first
            cell[:, two] += second
            around.append(number[tuple(cell.T)])
        found = np.stack(around, axis=1)
        leaves = inside[tuple(crossed.T)]  # the inside lies before, so that the quad looks ahead
        found[~leaves] = found[~leaves][:, ::-1]
        quads.append(found)
    return np.concatenate(quads)


def _onto(field: Field, points: np.ndarray, step: float) -> np.ndarray:
    """The points moved along the field's slope towards its zero, by at most half a step."""
    value = field(points)
    small = step / 20
    slope = np.stack([field(points + small * axis) - value for axis in np.eye(3)], axis=1) / small
    move = -value[:, None] * slope / np.maximum((slope**2).sum(axis=1, keepdims=True), 0.05)
    length = np.linalg.norm(move, axis=1, keepdims=True)
    return points + move * np.minimum(1.0, step / 2 / np.maximum(length, 1e-12))
