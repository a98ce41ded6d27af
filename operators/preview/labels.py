"""The labels of a staged frame as JSON, for the overlay to draw: plain data that lives in the file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...dataset import distortion
from ...dataset.overlay import colour_of
from ...dataset.records import HIDDEN, LABELLED, VISIBLE, Camera, FrameLabels, ObjectLabel
from ...render.annotate import Instance, box_corners
from ...scene.plan.camera import Intrinsics
from ...scene.stage.staged import Shot, Staged

# A frustum reaches so far towards what its camera looks at.
_REACH = 0.15
# Points along each side of a box that a lens bends.
_STEPS = 8
# Digits behind the point of what is drawn only: a tenth of a millimetre's hundredth.
_DIGITS = 6


def to_json(staged: Staged, labels: FrameLabels, instances: Sequence[Instance]) -> str:
    """One frame's labels.

    ``labels`` is to the letter what a bake writes. ``objects`` is what is drawn of those that have a class: ``box`` as
    a closed line in pixels of the camera without its distortion (the viewport knows none), ``cuboid`` (8, 3) and
    ``points`` in world coordinates (metres). ``cameras`` are the frustums of all frames: the tip, then four corners
    from the upper left one on, clockwise.
    """
    by_number = {item.instance: item for item in instances}
    middle = _middle(instances)
    data = {
        "labels": labels.to_json(),
        "size": [labels.camera.width, labels.camera.height],
        "objects": [
            _drawn(label, by_number[label.instance], labels.camera)
            for label in labels.objects
            if label.kind in LABELLED
        ],
        "cameras": [_frustum(shot, middle) for shot in staged.shots],
        "current": labels.frame,
    }
    return json.dumps(data)


def _drawn(label: ObjectLabel, item: Instance, camera: Camera) -> dict[str, Any]:
    scale = np.array(item.scale)
    corners = box_corners(item.model.minimum * scale, item.model.maximum * scale)
    points = zip(label.keypoints, item.keypoints(), strict=True)
    return {
        "instance": label.instance,
        "name": label.class_name,
        "visible_fraction": label.visible_fraction,
        "color": [channel / 255 for channel in colour_of(label.instance)],
        "box": _outline(label, camera),
        "cuboid": _rounded(corners @ item.pose[:3, :3].T + item.pose[:3, 3]),
        "points": [
            {"name": point.name, "place": _rounded(place), "is_visible": point.visibility == VISIBLE}
            for point, place in points
            if point.visibility in (HIDDEN, VISIBLE)
        ],
    }


def _outline(label: ObjectLabel, camera: Camera) -> list[list[float]] | None:
    """The visible box around its pixels' edges; None for what is not to be seen."""
    if label.box_visible is None:
        return None
    x, y, width, height = label.box_visible
    corners = np.add([[0, 0], [width, 0], [width, height], [0, height]], [x - 0.5, y - 0.5])
    if distortion.is_none(camera.distortion):
        return _rounded(corners)
    share = np.arange(_STEPS)[:, None] / _STEPS
    sides = [first + share * (last - first) for first, last in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
    return _rounded(distortion.undistort_pixels(np.concatenate(sides), camera.K, camera.distortion))


def _middle(instances: Sequence[Instance]) -> np.ndarray | None:
    places = [item.pose[:3, 3] for item in instances if item.model.kind in LABELLED]
    return np.mean(places, axis=0) if places else None


def _frustum(shot: Shot, middle: np.ndarray | None) -> list[list[float]]:
    pose, lens = shot.camera_to_world, shot.lens
    away = np.linalg.norm(pose[:3, 3] - middle) if middle is not None else 1.0
    corners = _rays(lens) * (_REACH * away)
    return _rounded(np.vstack([np.zeros(3), corners]) @ pose[:3, :3].T + pose[:3, 3])


def _rays(lens: Intrinsics) -> np.ndarray:
    """The rays (4, 3) through the image's corners in camera axes, at z = 1."""
    u, v = [-0.5, lens.width - 0.5], [-0.5, lens.height - 0.5]
    pixels = np.array([[u[0], v[0], 1], [u[1], v[0], 1], [u[1], v[1], 1], [u[0], v[1], 1]])
    return pixels @ np.linalg.inv(lens.K).T


def _rounded(values: np.ndarray) -> list:
    return np.round(values, _DIGITS).tolist()
