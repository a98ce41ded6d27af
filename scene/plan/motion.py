"""What moves while the shutter is open: poses around the instant of a frame, and how long it is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import draw
from .streams import stream


@dataclass(frozen=True)
class Path:
    """Poses (4, 4) one frame before an instant, at it, and one frame after."""

    before: np.ndarray
    now: np.ndarray
    after: np.ndarray

    @property
    def is_still(self) -> bool:
        return np.array_equal(self.before, self.now) and np.array_equal(self.now, self.after)


def around(poses: Sequence[np.ndarray], number: int) -> Path:
    """The path through a sequence of poses around one of them; at an end it goes on as steadily as it came."""
    now = poses[number]
    before = poses[number - 1] if number > 0 else None
    after = poses[number + 1] if number + 1 < len(poses) else None
    if before is None and after is None:
        before = after = now
    elif before is None:
        before = now @ np.linalg.inv(after) @ now
    elif after is None:
        after = now @ np.linalg.inv(before) @ now
    return Path(before, now, after)


def shutter(recipe: dict[str, Any], seed: int, scene: int, frame: int) -> float:
    """How long the shutter is open, in parts of the time between two frames; one draw for each frame."""
    return draw.number(stream(seed, scene, "shutter", frame), recipe["sensor"]["shutter"])


def objects_move(recipe: dict[str, Any]) -> bool:
    """Whether a scene's moments follow each other in time, so that what lies between them is a motion."""
    section = recipe["placement"]
    return section["mode"] == "flight" or (section["mode"] in ("drop", "stack") and section["sampling"] == "moments")


def camera_moves(recipe: dict[str, Any]) -> bool:
    """The same for the camera's views."""
    return recipe["camera"]["mode"] == "trajectory"
