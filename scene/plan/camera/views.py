"""Where a view is taken from and what it looks at: candidates, which the stage checks against what stands there.

Poses are camera-to-world (4, 4) in OpenCV axes: x right, y down, z forward.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import draw
from .intrinsics import Intrinsics

OPENCV_TO_BLENDER = np.diag([1.0, -1.0, -1.0])  # Blender looks along -z with y up


@dataclass(frozen=True)
class Interest:
    """What stands in the scene: the middles of the targets (N, 3) with their class names, and of everything (M, 3)."""

    targets: np.ndarray
    classes: Sequence[str]
    everything: np.ndarray


def look_at(position: np.ndarray, target: np.ndarray, roll: float) -> np.ndarray:
    """Pose at ``position`` with z towards ``target`` (along x if that is the same place).

    For a ``roll`` of 0, in degrees, x is level.
    """
    forward = np.asarray(target, dtype=float) - position
    distance = np.linalg.norm(forward)
    forward = forward / distance if distance > 1e-9 else np.array([1.0, 0.0, 0.0])
    right = np.cross(forward, [0.0, 0.0, 1.0])
    if np.linalg.norm(right) < 1e-9:  # straight up or down: any level direction will do
        right = np.array([1.0, 0.0, 0.0])
    right = right / np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2] = right, np.cross(forward, right), forward
    pose[:3, 3] = position
    return rolled(pose, roll)


def rolled(pose: np.ndarray, roll: float) -> np.ndarray:
    """A pose turned about its viewing direction, degrees."""
    cosine, sine = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    turned = pose.copy()
    turned[:3, 0] = cosine * pose[:3, 0] + sine * pose[:3, 1]
    turned[:3, 1] = cosine * pose[:3, 1] - sine * pose[:3, 0]
    return turned


def euler(degrees: Sequence[float]) -> np.ndarray:
    """The rotation (3, 3) of angles about x, then y, then z: Blender's own order for an object's rotation."""
    x, y, z = np.radians(degrees)
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def point_of_interest(rng: np.random.Generator, section: dict[str, Any], interest: Interest) -> np.ndarray:
    """The point (3,) that a view looks at; takes the same from ``rng`` whatever the recipe looks at.

    Where there is nothing to look at, it is the origin of the world.
    """
    order = rng.permutation(len(interest.targets))
    match section["look_at"]:
        case "point":
            return np.array(section["look_at_point"], dtype=float)
        case "centre":
            points = interest.everything
        case "class":
            order = [index for index in order if interest.classes[index] == section["look_at_class"]] or order
            points = interest.targets[order[: section["look_at_count"]]]
        case _:
            points = interest.targets[order[: section["look_at_count"]]]
    return points.mean(axis=0) if len(points) else np.zeros(3)


def aimed(section: dict[str, Any], position: np.ndarray, point: np.ndarray, roll: float) -> np.ndarray:
    """The pose at a position that looks at a point, or along the recipe's direction."""
    if section["look_at"] == "direction":
        point = position + np.array(section["look_direction"], dtype=float)
    return look_at(position, point, roll)


def candidate(rng: np.random.Generator, section: dict[str, Any], interest: Interest, number: int) -> np.ndarray:
    """One view in the recipe's mode, for view ``number`` of the scene."""
    match section["mode"]:
        case "box":
            return _in_box(rng, section, interest)
        case "viewpoint":
            return _near_pose(rng, section, interest, number)
        case "fixed":
            point = point_of_interest(rng, section, interest)
            return listed(section["poses"][number % len(section["poses"])], section, point)
    around = draw.on_shell(rng, section["distance"], section["elevation"], section["azimuth"])
    roll = draw.number(rng, section["roll"])
    centre = point_of_interest(rng, section, interest)
    return aimed(section, centre + around, centre, roll)


def listed(item: dict[str, Any], section: dict[str, Any], point: np.ndarray) -> np.ndarray:
    """A pose as the recipe's list gives it; ``point`` is what ``camera.look_at`` looks at, for those that follow it."""
    location = np.array(item["location"], dtype=float)
    if item["aim"] == "rotation":
        pose = np.eye(4)
        pose[:3, :3] = euler(item["rotation"]) @ OPENCV_TO_BLENDER
        pose[:3, 3] = location
        return rolled(pose, item["roll"])
    if item["aim"] == "point":
        return look_at(location, np.array(item["look_at"], dtype=float), item["roll"])
    return aimed(section, location, point, item["roll"])


def _in_box(rng: np.random.Generator, section: dict[str, Any], interest: Interest) -> np.ndarray:
    low, high = np.array(section["box_min"], dtype=float), np.array(section["box_max"], dtype=float)
    position = low + (high - low) * rng.random(3)
    roll = draw.number(rng, section["roll"])
    point = point_of_interest(rng, section, interest)
    return aimed(section, position + (point if section["box_around"] == "look_at" else 0.0), point, roll)


def _near_pose(rng: np.random.Generator, section: dict[str, Any], interest: Interest, number: int) -> np.ndarray:
    """A pose of the list, turned about the point it looks at by small random angles about x, y and z.

    To turn the camera about a point by the inverse of a rotation is to turn the world about that point by the rotation,
    so that this is also how an object is seen in varying attitudes by a camera that stands still.
    """
    turn = euler([draw.number(rng, section["viewpoint_noise"]) for _ in range(3)])
    roll = draw.number(rng, section["roll"])
    point = point_of_interest(rng, section, interest)
    item = section["poses"][number % len(section["poses"])]
    pose = rolled(listed(item, section, point), roll)
    if item["aim"] == "point":
        point = np.array(item["look_at"], dtype=float)
    elif item["aim"] == "rotation" or section["look_at"] == "direction":
        # The point on the axis nearest to the point of interest: what the camera looks at comes closest to it there.
        ahead = max(float((point - pose[:3, 3]) @ pose[:3, 2]), 0.0)
        point = pose[:3, 3] + ahead * pose[:3, 2]
    turned = np.eye(4)
    turned[:3, :3] = turn @ pose[:3, :3]
    turned[:3, 3] = point + turn @ (pose[:3, 3] - point)
    return turned


def targets_in_view(lens: Intrinsics, camera_to_world: np.ndarray, targets: np.ndarray) -> int:
    """How many of the points (N, 3) are in front of the camera and inside the image."""
    local = (targets - camera_to_world[:3, 3]) @ camera_to_world[:3, :3]
    ahead = local[local[:, 2] > 0] @ lens.K.T
    pixels = ahead[:, :2] / ahead[:, 2:3]
    inside = (pixels >= -0.5) & (pixels <= [lens.width - 0.5, lens.height - 0.5])
    return int(inside.all(axis=1).sum())
