"""What surrounds the objects: room, plane, sky."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import draw
from .materials import SurfacePlan, surface


@dataclass(frozen=True)
class SkyPlan:
    """An HDRI by path; ``rotation`` in degrees about the vertical."""

    hdri: str
    strength: float
    rotation: float


@dataclass(frozen=True)
class BackgroundPlan:
    """``room_size`` (x, y, height) in metres in a room; ``surface`` where there is a floor; ``sky`` where it shows."""

    mode: str
    room_size: tuple[float, float, float] | None
    surface: SurfacePlan | None
    sky: SkyPlan | None


def background(
    section: dict[str, Any], hdris: Sequence[str], surfaces: np.random.Generator, sky: np.random.Generator
) -> BackgroundPlan:
    """Draw the surroundings; ``hdris`` are the files to choose from, in a fixed order."""
    mode = section["mode"]
    return BackgroundPlan(
        mode=mode,
        room_size=tuple(section["room_size"]) if mode == "room" else None,
        surface=surface(surfaces, section["surfaces"]) if mode in ("room", "plane") else None,
        sky=SkyPlan(
            hdri=draw.pick(sky, hdris),
            strength=draw.number(sky, section["hdri_strength"]),
            rotation=draw.number(sky, section["hdri_rotation"]),
        )
        if mode in ("plane", "hdri")
        else None,
    )
