"""Random surfaces: one Principled material for each object, one patterned material for floor and walls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import draw

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class MaterialPlan:
    """Inputs of a Principled BSDF, colours linear."""

    color: Colour
    roughness: float
    metallic: float
    specular: float
    transmission: float


@dataclass(frozen=True)
class SurfacePlan:
    """A procedural floor or wall: a pattern between two colours; ``scale`` in repeats per metre."""

    pattern: str
    first: Colour
    second: Colour
    scale: float
    roughness: float


def material(rng: np.random.Generator, section: dict[str, Any]) -> MaterialPlan:
    """One object's material within the ranges of the recipe's materials section."""
    color = draw.hsv(rng, section["saturation"], section["value"])
    roughness, metallic, specular, transmission = (
        draw.number(rng, section[name]) for name in ("roughness", "metallic", "specular", "transmission")
    )
    return MaterialPlan(color, roughness, metallic, specular, transmission)


def surface(rng: np.random.Generator, patterns: Sequence[str]) -> SurfacePlan:
    """One of the patterns in two muted colours."""
    pattern = draw.pick(rng, sorted(patterns))
    first = draw.hsv(rng, (0.0, 0.5), (0.05, 0.8))
    second = draw.hsv(rng, (0.0, 0.5), (0.05, 0.8))
    scale = float(np.exp(draw.uniform(rng, np.log([1.5, 15.0]))))
    return SurfacePlan(pattern, first, second, scale, draw.uniform(rng, (0.3, 0.9)))
