"""Which part of which photograph lies behind the objects of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import draw
from .streams import stream


@dataclass(frozen=True)
class PhotographPlan:
    """A picture, or an HDRI to look at in the direction ``heading`` (degrees).

    It is turned by ``rotation`` degrees counter-clockwise, mirrored if ``is_mirrored``, and of the largest part without
    empty corners the share ``crop`` of each side is shown, at ``place`` (x, y) from 0 to 1 of what room is left.
    """

    path: str
    rotation: float
    crop: float
    place: tuple[float, float]
    is_mirrored: bool
    heading: float


def photograph(rng: np.random.Generator, section: dict[str, Any], paths: Sequence[str]) -> PhotographPlan:
    """Draw one within the ranges of the recipe's background section."""
    path = draw.pick(rng, paths)
    rotation, crop = draw.number(rng, section["photograph_rotation"]), draw.number(rng, section["photograph_crop"])
    place, mirror, heading = (rng.random(), rng.random()), rng.random(), 360.0 * rng.random()
    return PhotographPlan(path, rotation, crop, place, section["use_photograph_flip"] and mirror < 0.5, heading)


@dataclass(frozen=True)
class BackdropPlan:
    """The photographs behind the frames of a scene; the ``eyes`` of a view share one."""

    seed: int
    scene: int
    section: dict[str, Any]
    paths: Sequence[str]
    eyes: int = 1

    def of(self, frame: int) -> PhotographPlan:
        """That of one frame, a pure function of its number."""
        number = frame // self.eyes if self.section["photograph_each"] == "frame" else 0
        return photograph(stream(self.seed, self.scene, "photograph", number), self.section, self.paths)
