"""What surrounds the objects: room, plane, sky, colour, screen, photograph, somebody else's scene."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from . import draw
from .materials import FILES, PATTERNS, SurfacePlan, blended, surface
from .supplies import Supplies

# Where the surroundings are a surface, a sky that is seen, and a sky that only shines.
_WITH_SURFACE = ("room", "plane", "screen")
_WITH_SKY = ("plane", "hdri", "environment")
_WITH_SKY_LIGHT = ("color", "transparent", "photograph", "screen")


@dataclass(frozen=True)
class SkyPlan:
    """An HDRI by path; ``rotation`` in degrees about the vertical."""

    hdri: str
    strength: float
    rotation: float


@dataclass(frozen=True)
class ScreenPlan:
    """A square of edge length ``size`` in metres, ``distance`` camera distances behind the middle of the scene."""

    size: float
    distance: float


@dataclass(frozen=True)
class BackgroundPlan:
    """``room_size`` (x, y, height) in metres in a room; ``surface`` where there is a floor or screen.

    ``sky`` is what lights the scene from all around; it is seen too unless ``color`` (linear) is, or the images are
    ``is_transparent``. ``environment`` is a .blend file.
    """

    mode: str
    room_size: tuple[float, float, float] | None
    surface: SurfacePlan | None
    sky: SkyPlan | None
    color: tuple[float, float, float] | None = None
    is_transparent: bool = False
    screen: ScreenPlan | None = None
    environment: str = ""

    @property
    def has_floor(self) -> bool:
        """Whether nothing can be below z = 0."""
        return self.mode in ("room", "plane")


def with_files(section: dict[str, Any], materials: dict[str, Any]) -> dict[str, Any]:
    """The background section with the pictures and texture sets of the materials where it names none."""
    return section | {key: section[key] or materials[key] for key in ("pictures", "texture_sets")}


def background(
    section: dict[str, Any],
    supplies: Supplies,
    surfaces: np.random.Generator,
    sky: np.random.Generator,
    textures: np.random.Generator,
    shown: Collection = (),
) -> BackgroundPlan:
    """Draw the surroundings; ``shown`` are the pictures and texture sets that objects of the scene show."""
    mode = section["mode"]
    screen, color = draw.number(textures, section["screen_distance"]), draw.rgb(textures, section["color"])
    environment = textures.random()
    known = _surface(section, supplies, surfaces, textures, shown) if mode in _WITH_SURFACE else None
    shines = mode in _WITH_SKY or (mode in _WITH_SKY_LIGHT and section["use_sky_light"])
    return BackgroundPlan(
        mode=mode,
        room_size=tuple(section["room_size"]) if mode == "room" else None,
        surface=known,
        sky=SkyPlan(
            hdri=draw.pick(sky, supplies.hdris),
            strength=draw.number(sky, section["hdri_strength"]),
            rotation=draw.number(sky, section["hdri_rotation"]),
        )
        if shines
        else None,
        color=color if mode == "color" else (0.0, 0.0, 0.0) if mode == "screen" else None,
        is_transparent=mode in ("transparent", "photograph"),
        screen=ScreenPlan(section["screen_size"], screen) if mode == "screen" else None,
        environment=supplies.environments[int(environment * len(supplies.environments))]
        if mode == "environment"
        else "",
    )


def _surface(
    section: dict[str, Any],
    supplies: Supplies,
    surfaces: np.random.Generator,
    textures: np.random.Generator,
    shown: Collection,
) -> SurfacePlan:
    """A kind of surface that there are files for; patterns where none of the wanted kinds has any."""
    items = {
        "picture": supplies.pictures.get(section["pictures"], ()),
        "texture_set": supplies.texture_sets.get(section["texture_sets"], ()),
    }
    kinds = [kind for kind in section["surfaces"] if kind not in FILES or items[kind]]
    plan = surface(surfaces, kinds or PATTERNS)
    size, share = draw.number(textures, section["texture_size"]), textures.random()
    plan = blended(textures, plan)
    if plan.pattern not in FILES:
        return plan
    left = [item for item in items[plan.pattern] if item not in shown] if section["use_unused_pictures"] else []
    left = left or items[plan.pattern]
    chosen = left[min(int(share * len(left)), len(left) - 1)]
    return replace(plan, scale=1.0 / size, **{"picture" if plan.pattern == "picture" else "maps": chosen})
