"""Lamps: point lights on a shell, and a glowing ceiling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import draw


@dataclass(frozen=True)
class PointLightPlan:
    """``position`` (3,) in metres from the scene's centre, ``energy`` in watts, ``radius`` in metres."""

    position: np.ndarray
    energy: float
    color: tuple[float, float, float]
    radius: float


@dataclass(frozen=True)
class CeilingPlan:
    """A square emitter facing down; ``strength`` as Blender's emission shader has it."""

    height: float
    size: float
    strength: float
    color: tuple[float, float, float]


def point_lights(rng: np.random.Generator, section: dict[str, Any]) -> list[PointLightPlan]:
    """As many as the recipe's lights.count says."""
    return [
        PointLightPlan(
            position=draw.on_shell(rng, section["distance"], section["elevation"], (-180.0, 180.0)),
            energy=draw.number(rng, section["energy"]),
            color=draw.rgb(rng, section["color"]),
            radius=draw.number(rng, section["radius"]),
        )
        for _ in range(draw.count(rng, section["count"]))
    ]


def ceiling(rng: np.random.Generator, section: dict[str, Any]) -> CeilingPlan | None:
    """The ceiling, or None where the recipe has none."""
    if not section["use_ceiling"]:
        return None
    return CeilingPlan(
        height=section["ceiling_height"],
        size=section["ceiling_size"],
        strength=draw.number(rng, section["ceiling_strength"]),
        color=draw.rgb(rng, section["ceiling_color"]),
    )
