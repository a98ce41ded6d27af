"""The files that a recipe's scenes choose from, listed once, in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..assets.texture_sets import TextureSet


@dataclass(frozen=True)
class Supplies:
    """What there is to draw from.

    ``pictures`` and ``texture_sets`` by the path that the recipe gives; ``photographs`` are pictures, or skies to look
    at where the recipe names none; ``environments`` are .blend files.
    """

    hdris: Sequence[str]
    pictures: Mapping[str, Sequence[str]] = field(default_factory=dict)
    texture_sets: Mapping[str, Sequence[TextureSet]] = field(default_factory=dict)
    photographs: Sequence[str] = ()
    environments: Sequence[str] = ()
