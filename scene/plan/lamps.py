"""Further lamps: point, area, sun and spot lamps, on a shell, on an arc or at a fixed place."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import blackbody, draw

Streams = Callable[[int], np.random.Generator]

# Lamps of one entry that have a stream of their own; the last of them belongs to the entry's count.
_STREAMS = 1000


@dataclass(frozen=True)
class LampPlan:
    """One lamp that looks at the middle of the scene.

    ``kind`` is point, area, sun or spot; ``position`` (3,) in metres; ``power`` in watts, of a sun in watts a square
    metre; ``color`` linear RGB; ``size`` in metres (radius of a point or spot, edge of an area), of a sun its angle in
    degrees; ``spot_angle`` in degrees.
    """

    kind: str
    position: tuple[float, float, float]
    power: float
    color: tuple[float, float, float]
    size: float
    spot_angle: float
    spot_blend: float


def lamps(stream: Streams, entries: list[dict[str, Any]]) -> list[LampPlan]:
    """The lamps of all entries of the recipe's lights.lamps; ``stream(n)`` is the n-th stream of their concern."""
    return [
        _lamp(stream(number * _STREAMS + index), entry)
        for number, entry in enumerate(entries)
        for index in range(draw.count(stream(number * _STREAMS + _STREAMS - 1), entry["count"]))
    ]


def _lamp(rng: np.random.Generator, entry: dict[str, Any]) -> LampPlan:
    """Every number is drawn, whether used or not: a switch shifts no draw."""
    shell = draw.on_shell(rng, entry["distance"], entry["elevation"], entry["azimuth"])
    swing, around = draw.number(rng, entry["arc_angle"]), draw.number(rng, entry["azimuth"])
    energy, irradiance = draw.number(rng, entry["energy"]), draw.number(rng, entry["irradiance"])
    rgb, kelvin = draw.rgb(rng, entry["color"]), draw.number(rng, entry["temperature"])
    size, sun_angle = draw.number(rng, entry["size"]), draw.number(rng, entry["sun_angle"])
    spot_angle, spot_blend = draw.number(rng, entry["spot_angle"]), draw.number(rng, entry["spot_blend"])
    places = {"shell": shell, "arc": on_arc(float(np.linalg.norm(shell)), swing, around), "fixed": entry["position"]}
    is_sun = entry["kind"] == "sun"
    return LampPlan(
        kind=entry["kind"],
        position=tuple(float(value) for value in places[entry["placement"]]),
        power=irradiance if is_sun else energy,
        color=blackbody.linear_rgb(kelvin) if entry["use_temperature"] else rgb,
        size=sun_angle if is_sun else size,
        spot_angle=spot_angle,
        spot_blend=spot_blend,
    )


def on_arc(radius: float, swing: float, azimuth: float) -> np.ndarray:
    """The point (3,) on an arc over the origin, ``swing`` degrees away from its top towards an azimuth in degrees."""
    out, up = math.sin(math.radians(swing)), math.cos(math.radians(swing))
    return radius * np.array([out * math.cos(math.radians(azimuth)), out * math.sin(math.radians(azimuth)), up])
