"""What the overlay draws, as numbers: from the labels of a staged frame to lines, triangles and places of names. Pure.

Colours are (r, g, b, a); region coordinates are pixels, y up, from the region's lower left corner.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Colour = tuple[float, float, float, float]
# Lines and triangles: vertices (N, 2 or 3) and a colour for each, (N, 4); two or three make one.
Shapes = tuple[np.ndarray, np.ndarray]

CUBOID_EDGES = [(a, a | bit) for a in range(8) for bit in (1, 2, 4) if not a & bit]
# Of a frustum, whose tip comes first; and a mark of what is up in its image.
FRUSTUM_EDGES = [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (2, 3), (3, 4), (4, 1), (1, 5), (5, 2)]
CURRENT, OTHER = (1.0, 0.62, 0.1, 1.0), (0.85, 0.85, 0.85, 0.55)
WHITE = (1.0, 1.0, 1.0, 1.0)
_ROUND = 14  # corners of what is drawn round


@dataclass(frozen=True)
class Border:
    """Where the camera's image lies in the region: its left, bottom, right and top edge."""

    left: float
    bottom: float
    right: float
    top: float

    def place(self, pixels: Sequence, size: Sequence[int]) -> np.ndarray:
        """Pixels (N, 2) of an image (width, height), centres at whole numbers, in the region."""
        share = (np.asarray(pixels, dtype=float) + 0.5) / size
        scale = [self.right - self.left, self.bottom - self.top]
        return share * scale + [self.left, self.top]


@dataclass(frozen=True)
class Tag:
    """A name with its background: the lower left corner and the size in the region."""

    text: str
    x: float
    y: float
    width: float
    height: float
    color: Colour
    ink: Colour


@functools.lru_cache(maxsize=4)
def parsed(text: Any) -> dict[str, Any] | None:
    """The labels in a scene's property; None where they are missing or none of ours."""
    try:
        data = json.loads(text)
        return data if {"objects", "cameras", "current", "size"} <= data.keys() else None
    except (TypeError, ValueError, AttributeError):
        return None


def project(matrix: Sequence, size: Sequence[float], points: Sequence) -> tuple[np.ndarray, np.ndarray]:
    """World points (N, 3) in a region (width, height) seen through a perspective matrix (4, 4).

    Places (N, 2), and which of them lie before the eye (N,).
    """
    points = np.asarray(points, dtype=float).reshape(-1, 3)
    seen = np.hstack([points, np.ones((len(points), 1))]) @ np.asarray(matrix, dtype=float).T
    ahead = seen[:, 3] > 1e-9
    flat = seen[:, :2] / np.where(ahead, seen[:, 3], 1.0)[:, None]
    return (flat + 1.0) / 2.0 * size, ahead


def border(matrix: Sequence, size: Sequence[float], corners: Sequence) -> Border | None:
    """Where the camera's frame, given by its corners (4, 3) in the world, lies in a region; None behind the eye."""
    places, ahead = project(matrix, size, corners)
    if not ahead.all():
        return None
    (left, bottom), (right, top) = places.min(axis=0), places.max(axis=0)
    return Border(left, bottom, right, top) if right > left and top > bottom else None


def cuboids(data: dict[str, Any]) -> Shapes:
    """The edges of the models' boxes in the world."""
    parts = [(np.array(item["cuboid"])[CUBOID_EDGES].reshape(-1, 3), opaque(item)) for item in data["objects"]]
    return _joined(parts, 3)


def frustums(data: dict[str, Any], leave_out: int = -1) -> Shapes:
    """The frustums of the cameras of all frames in the world, the shown one's in another colour."""
    parts = []
    for number, camera in enumerate(data["cameras"]):
        if number != leave_out:
            corners = np.array(camera)
            upper, lower = corners[1:3].mean(axis=0), corners[3:5].mean(axis=0)
            corners = np.vstack([corners, upper + (upper - lower) * 0.25])
            colour = CURRENT if number == data["current"] else OTHER
            parts.append((corners[FRUSTUM_EDGES].reshape(-1, 3), colour))
    return _joined(parts, 3)


@functools.lru_cache(maxsize=8)
def in_world(text: str, kind: str, leave_out: int = -1) -> Shapes:
    """What stands in the world whatever the view, ``cuboids`` or ``frustums``: made once for the labels in a text."""
    data = parsed(text)
    return cuboids(data) if kind == "cuboids" else frustums(data, leave_out)


def boxes(data: dict[str, Any], image: Border) -> Shapes:
    """The visible boxes as lines in the region."""
    parts = []
    for item in data["objects"]:
        if item["box"]:
            line = image.place(item["box"], data["size"])
            parts.append((np.stack([line, np.roll(line, -1, axis=0)], axis=1).reshape(-1, 2), opaque(item)))
    return _joined(parts, 2)


def keypoints(data: dict[str, Any], matrix: Sequence, size: Sequence[float], radius: float) -> tuple[Shapes, Shapes]:
    """The keypoints in a region: discs (triangles) where they are seen, and rings (lines) around all of them."""
    angles = np.arange(_ROUND + 1) * (2 * math.pi / _ROUND)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius
    centre = np.zeros((_ROUND, 2))
    discs, rings = [], []
    for item in data["objects"]:
        if not item["points"]:
            continue
        places, ahead = project(matrix, size, [point["place"] for point in item["points"]])
        for point, place, is_ahead in zip(item["points"], places, ahead, strict=True):
            if not is_ahead:
                continue
            edge = np.stack([circle[:-1], circle[1:]], axis=1).reshape(-1, 2) + place
            rings.append((edge, WHITE if point["is_visible"] else opaque(item)))
            if point["is_visible"]:
                fan = np.stack([centre, circle[:-1], circle[1:]], axis=1).reshape(-1, 2) + place
                discs.append((fan, opaque(item)))
    return _joined(discs, 2), _joined(rings, 2)


def tags(
    data: dict[str, Any],
    image: Border | None,
    matrix: Sequence,
    size: Sequence[float],
    measure: Callable[[str], float],
    height: float,
) -> list[Tag]:
    """Class names and visible fractions: at the boxes when looking through the camera, else at the cuboids' middles.

    ``measure`` gives the width of a text. A name that would cover another one is left out, the nearest come first.
    """
    found: list[Tag] = []
    middles = np.reshape([np.mean(item["cuboid"], axis=0) for item in data["objects"]], (-1, 3))
    places, ahead = project(matrix, size, middles)
    depths = (np.hstack([middles, np.ones((len(middles), 1))]) @ np.asarray(matrix, dtype=float).T)[:, 3]
    for number in np.argsort(depths, kind="stable"):
        item, (x, y) = data["objects"][number], places[number]
        if image is not None:
            if not item["box"]:
                continue
            line = image.place(item["box"], data["size"])
            x, y = line[:, 0].min(), line[:, 1].max()
        elif not ahead[number]:
            continue
        text = f"{item['name']} {item['visible_fraction']:.0%}"
        tag = Tag(text, float(x), float(y), measure(text) + height * 0.6, height, opaque(item), _ink(item["color"]))
        if not any(_overlap(tag, other) for other in found):
            found.append(tag)
    return found


def backgrounds(listed: Sequence[Tag]) -> Shapes:
    """The rectangles behind names, as triangles."""
    parts = []
    for tag in listed:
        left, bottom, right, top = tag.x, tag.y, tag.x + tag.width, tag.y + tag.height
        corners = [(left, bottom), (right, bottom), (right, top), (left, bottom), (right, top), (left, top)]
        parts.append((np.array(corners), tag.color))
    return _joined(parts, 2)


def opaque(item: dict[str, Any]) -> Colour:
    return (*item["color"], 1.0)


def faded(shapes: Shapes, alpha: float) -> Shapes:
    """The same, more transparent."""
    return shapes[0], shapes[1] * [1.0, 1.0, 1.0, alpha]


def _overlap(one: Tag, other: Tag) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def _ink(color: Sequence[float]) -> Colour:
    """Black or white, whichever reads better on a colour."""
    brightness = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]
    return (0.06, 0.07, 0.08, 1.0) if brightness > 0.49 else WHITE


def _joined(parts: Sequence[tuple[np.ndarray, Colour]], axes: int) -> Shapes:
    if not parts:
        return np.empty((0, axes)), np.empty((0, 4))
    colours = [np.tile(colour, (len(vertices), 1)) for vertices, colour in parts]
    return np.concatenate([vertices for vertices, _ in parts]), np.concatenate(colours)
