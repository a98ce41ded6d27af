"""The projection: a pinhole, given in one of several ways, constant or drawn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .. import draw

# In the order in which they are drawn: append, never reorder.
_DRAWN = ("fov", "focal_length", "fx", "fy", "cx", "cy", "shift_x", "shift_y")


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


def lenses(recipe: dict[str, Any], rng: np.random.Generator, views: int) -> list[Intrinsics]:
    """The intrinsics of each of the scene's views: one draw for all, or one for each."""
    if recipe["camera"]["lens_for"] == "scene":
        return [intrinsics(recipe, rng)] * views
    return [intrinsics(recipe, rng) for _ in range(views)]


def intrinsics(recipe: dict[str, Any], rng: np.random.Generator) -> Intrinsics:
    """The recipe's intrinsics, whichever way it gives them; takes eight numbers from ``rng`` whatever it uses.

    Blender's shift moves the image by ``shift`` times its larger side, right and up; the principal point goes the
    other way (ground truth notes, section 3).
    """
    section = recipe["camera"]
    width, height = recipe["render"]["resolution"]
    drawn = {name: draw.number(rng, section[name]) for name in _DRAWN}
    if section["intrinsics"] == "file":
        return from_camera_file(Path(section["file"]))
    if section["intrinsics"] == "matrix":
        return Intrinsics(width, height, *(drawn[name] for name in ("fx", "fy", "cx", "cy")))
    if section["intrinsics"] == "fov":
        focal = width / 2 / np.tan(np.radians(drawn["fov"]) / 2)
    else:
        focal = drawn["focal_length"] / section["sensor_width"] * width
    side = max(width, height)
    centre_x = (width - 1) / 2 - drawn["shift_x"] * side
    centre_y = (height - 1) / 2 + drawn["shift_y"] * side
    return Intrinsics(width, height, float(focal), float(focal), centre_x, centre_y)


def check_camera_file(recipe: dict[str, Any]) -> None:
    """Raise CameraFileError if the recipe takes its intrinsics from a file that does not give them."""
    if recipe["camera"]["intrinsics"] == "file":
        from_camera_file(Path(recipe["camera"]["file"]))


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
