"""Random surfaces: what one object's material, or floor and walls, look like."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..assets.texture_sets import TextureSet
from . import draw

Colour = tuple[float, float, float]

# The kinds of surface that show files; all others are procedural patterns.
FILES = ("picture", "texture_set")
PATTERNS = ("brick", "checker", "mixed", "noise", "plain", "voronoi", "wave")


@dataclass(frozen=True)
class SurfacePlan:
    """A floor, a wall, or a pattern on an object: a pattern between two colours, or a picture or a set of maps.

    ``scale`` is in repeats per metre. ``parts`` are the two patterns that ``mixed`` blends.
    """

    pattern: str
    first: Colour
    second: Colour
    scale: float
    roughness: float
    parts: tuple[str, str] = ("noise", "noise")
    picture: str = ""
    maps: TextureSet | None = None


@dataclass(frozen=True)
class MaterialPlan:
    """Inputs of a Principled BSDF, colours linear.

    ``look`` is keep, adjust (``inputs`` names what replaces the model's own), or surface: the inputs, with the
    ``surface`` or ``picture`` or ``maps`` instead of the colour where there is one, which ``repeats`` across the object
    and is covered by the colour to the share ``color_mix``. ``emission`` is the strength with which it glows, 0 for a
    surface that reflects.
    """

    color: Colour
    roughness: float
    metallic: float
    specular: float
    transmission: float
    look: str = "surface"
    inputs: tuple[str, ...] = ()
    surface: SurfacePlan | None = None
    picture: str = ""
    maps: TextureSet | None = None
    repeats: float = 1.0
    color_mix: float = 0.0
    emission: float = 0.0


@dataclass(frozen=True)
class Basics:
    """The seven numbers behind every material: hue, saturation and value of its colour, and four inputs."""

    hue: float
    saturation: float
    value: float
    roughness: float
    metallic: float
    specular: float
    transmission: float

    def material(self) -> MaterialPlan:
        """A plain material."""
        color = colorsys.hsv_to_rgb(self.hue % 1.0, self.saturation, self.value)
        return MaterialPlan(color, self.roughness, self.metallic, self.specular, self.transmission)


def basics(rng: np.random.Generator, section: dict[str, Any]) -> Basics:
    """The numbers within the ranges of the recipe's materials section or of one of its rules."""
    hue = rng.random()
    names = ("saturation", "value", "roughness", "metallic", "specular", "transmission")
    return Basics(hue, *(draw.number(rng, section[name]) for name in names))


def material(rng: np.random.Generator, section: dict[str, Any]) -> MaterialPlan:
    """One object's plain material."""
    return basics(rng, section).material()


def surface(rng: np.random.Generator, patterns: Sequence[str]) -> SurfacePlan:
    """One of the patterns in two muted colours."""
    pattern = draw.pick(rng, sorted(patterns))
    first = draw.hsv(rng, (0.0, 0.5), (0.05, 0.8))
    second = draw.hsv(rng, (0.0, 0.5), (0.05, 0.8))
    scale = float(np.exp(draw.uniform(rng, np.log([1.5, 15.0]))))
    return SurfacePlan(pattern, first, second, scale, draw.uniform(rng, (0.3, 0.9)))


def blended(rng: np.random.Generator, plan: SurfacePlan) -> SurfacePlan:
    """The plan with the two patterns that it blends if it is a mixed one; always two draws."""
    simple = [pattern for pattern in PATTERNS if pattern not in ("mixed", "plain")]
    return replace(plan, parts=(draw.pick(rng, simple), draw.pick(rng, simple)))
