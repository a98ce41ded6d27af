"""Intrinsics, and candidate views on a shell around what the camera looks at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import draw


class CameraFileError(ValueError):
    """A camera.json that cannot be used; the message is one line for the user."""


@dataclass(frozen=True)
class Intrinsics:
    """A pinhole: pixels, OpenCV pixel centres at integers."""

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float

    @property
    def K(self) -> np.ndarray:
        """(3, 3)."""
        return np.array([[self.fx, 0.0, self.cx], [0.0, self.fy, self.cy], [0.0, 0.0, 1.0]])


def intrinsics(recipe: dict[str, Any]) -> Intrinsics:
    """The recipe's intrinsics, whichever way it gives them.

    Blender's shift moves the image by ``shift`` times its larger side, right and up; the principal point goes the
    other way (ground truth notes, section 3).
    """
    section = recipe["camera"]
    width, height = recipe["render"]["resolution"]
    if section["intrinsics"] == "file":
        return from_camera_file(Path(section["file"]))
    if section["intrinsics"] == "matrix":
        return Intrinsics(width, height, *(section[name] for name in ("fx", "fy", "cx", "cy")))
    if section["intrinsics"] == "fov":
        focal = width / 2 / np.tan(np.radians(section["fov"]) / 2)
    else:
        focal = section["focal_length"] / section["sensor_width"] * width
    side = max(width, height)
    centre_x = (width - 1) / 2 - section["shift"][0] * side
    centre_y = (height - 1) / 2 + section["shift"][1] * side
    return Intrinsics(width, height, float(focal), float(focal), centre_x, centre_y)


def from_camera_file(path: Path) -> Intrinsics:
    """Intrinsics and image size of a BOP ``camera.json``."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        values = [float(data[name]) for name in ("fx", "fy", "cx", "cy")]
        size = int(data["width"]), int(data["height"])
    except OSError as error:
        raise CameraFileError(f"{path}: cannot be read ({error.strerror}); give a BOP camera.json") from None
    except KeyError as error:
        raise CameraFileError(
            f"{path}: has no {error}; a BOP camera.json gives width, height, fx, fy, cx, cy"
        ) from None
    except (ValueError, TypeError, OverflowError):
        raise CameraFileError(f"{path}: is not a BOP camera.json (width, height, fx, fy, cx, cy)") from None
    if min(size) < 1 or min(values[:2]) <= 0 or not np.all(np.isfinite(values)):
        raise CameraFileError(f"{path}: width, height, fx and fy must be above 0")
    return Intrinsics(*size, *values)


def look_at(position: np.ndarray, target: np.ndarray, roll: float) -> np.ndarray:
    """Camera-to-world (4, 4) in OpenCV axes: z towards ``target``, x level for a roll of 0; ``roll`` in degrees."""
    forward = target - position
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    if np.linalg.norm(right) < 1e-9:  # straight up or down: any level direction will do
        right = np.array([1.0, 0.0, 0.0])
    right = right / np.linalg.norm(right)
    down = np.cross(forward, right)
    cosine, sine = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    pose = np.eye(4)
    pose[:3, 0] = cosine * right + sine * down
    pose[:3, 1] = cosine * down - sine * right
    pose[:3, 2] = forward
    pose[:3, 3] = position
    return pose


def candidate(rng: np.random.Generator, section: dict[str, Any], targets: np.ndarray) -> np.ndarray:
    """One camera-to-world (4, 4) looking at the mean of some random ``targets`` (N, 3), or the origin without any."""
    around = draw.on_shell(rng, section["distance"], section["elevation"], section["azimuth"])
    roll = draw.number(rng, section["roll"])
    if len(targets):
        centre = targets[rng.permutation(len(targets))[: section["look_at_count"]]].mean(axis=0)
    else:
        centre = np.zeros(3)
    return look_at(centre + around, centre, roll)


def targets_in_view(lens: Intrinsics, camera_to_world: np.ndarray, targets: np.ndarray) -> int:
    """How many of the points (N, 3) are in front of the camera and inside the image."""
    local = (targets - camera_to_world[:3, 3]) @ camera_to_world[:3, :3]
    ahead = local[local[:, 2] > 0] @ lens.K.T
    pixels = ahead[:, :2] / ahead[:, 2:3]
    inside = (pixels >= -0.5) & (pixels <= [lens.width - 0.5, lens.height - 0.5])
    return int(inside.all(axis=1).sum())
