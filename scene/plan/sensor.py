"""What the sensor and its lens do to each frame: drawn numbers only; `render.sensor` applies them.

One lens takes all frames of a scene; aperture, exposure, colours and noise are drawn for each. Everything is drawn
always, so that a switch shifts no draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import blackbody, draw
from .streams import stream

NEUTRAL = 6500.0  # kelvin; the white balance that leaves colours as they are
_SEEDS = 2**53


@dataclass(frozen=True)
class LensPlan:
    """``distortion`` is OpenCV's k1, k2, p1, p2, k3; ``chromatic`` the share by which red is larger and blue smaller.

    ``vignetting`` is the share of light that the farthest corner loses.
    """

    distortion: tuple[float, float, float, float, float]
    chromatic: float
    vignetting: float

    @property
    def bends(self) -> bool:
        """Whether the picture is to be resampled."""
        return any(self.distortion) or self.chromatic != 0


@dataclass(frozen=True)
class AperturePlan:
    """``focus_share`` in [0, 1) picks one of the targets in the image; None focuses at ``focus_distance`` (metres)."""

    f_number: float
    focus_share: float | None
    focus_distance: float


@dataclass(frozen=True)
class NoisePlan:
    """Electrons that white makes, and the deviation of the read noise in electrons."""

    full_well: float
    read_noise: float
    seed: int


@dataclass(frozen=True)
class ExposurePlan:
    """One colour image. ``stops`` of exposure, ``gains`` on red, green and blue, ``jpeg_quality`` or 0 for none."""

    aperture: AperturePlan | None
    stops: float
    gains: tuple[float, float, float]
    noise: NoisePlan | None
    jpeg_quality: int

    @property
    def develops(self) -> bool:
        """Whether anything happens to the picture in linear light."""
        return self.stops != 0 or self.gains != (1.0, 1.0, 1.0) or self.noise is not None


@dataclass(frozen=True)
class DepthPlan:
    """One depth image of a depth camera.

    ``noise`` and ``step`` are metres at a distance of 1 m and grow with its square; ``jitter`` pixels; ``max_angle``
    degrees; ``edge_loss`` and ``loss`` are shares of pixels; ``reach`` metres from near to far.
    """

    noise: float
    step: float
    jitter: float
    max_angle: float
    edge_loss: float
    loss: float
    reach: tuple[float, float]
    seed: int


def lens(section: dict[str, Any], seed: int, scene: int) -> LensPlan:
    """The lens of a scene."""
    rng = stream(seed, scene, "sensor")
    k1, k2, p1, p2, k3, chromatic, vignetting = (
        draw.number(rng, section[key]) for key in ("k1", "k2", "p1", "p2", "k3", "chromatic_aberration", "vignetting")
    )
    return LensPlan((k1, k2, p1, p2, k3), chromatic, vignetting)


def strongest(section: dict[str, Any]) -> LensPlan:
    """The lens that a recipe may draw which is nearest to folding the image back on itself."""
    k1, k2, k3 = (draw.ends(section[key])[0] for key in ("k1", "k2", "k3"))
    p1, p2 = (max(draw.ends(section[key]), key=abs) for key in ("p1", "p2"))
    return LensPlan((k1, k2, p1, p2, k3), max(draw.ends(section["chromatic_aberration"]), key=abs), 0.0)


def exposure(section: dict[str, Any], seed: int, scene: int, view: int, eye: int = 0) -> ExposurePlan:
    """How one colour image is taken. The eyes of a stereo rig, numbered from 0, differ in nothing but their noise."""
    rng = stream(seed, scene, "sensor", 1 + view)
    f_number, focus_distance = draw.number(rng, section["f_number"]), draw.number(rng, section["focus_distance"])
    focus_share = rng.random()
    stops = draw.number(rng, section["exposure"])
    kelvin = draw.number(rng, section["white_balance"])
    red_gain, blue_gain = draw.number(rng, section["red_gain"]), draw.number(rng, section["blue_gain"])
    full_well, read_noise = draw.number(rng, section["full_well"]), draw.number(rng, section["read_noise"])
    jpeg_quality = draw.count(rng, section["jpeg_quality"])
    noise_seed = int(rng.random() * _SEEDS) + eye * _SEEDS
    aims = section["focus"] == "target"
    aperture = AperturePlan(f_number, focus_share if aims else None, focus_distance)
    red, green, blue = balance(kelvin)
    return ExposurePlan(
        aperture=aperture if section["use_depth_of_field"] else None,
        stops=stops,
        gains=(red * red_gain, green, blue * blue_gain),
        noise=NoisePlan(full_well, read_noise, noise_seed) if section["use_noise"] else None,
        jpeg_quality=jpeg_quality,
    )


def depth(section: dict[str, Any], seed: int, scene: int, frame: int) -> DepthPlan:
    """How one noisy depth image is taken."""
    rng = stream(seed, scene, "depth noise", frame)
    numbers = [
        draw.number(rng, section[f"depth_{key}"])
        for key in ("noise", "step", "jitter", "max_angle", "edge_loss", "loss")
    ]
    near, far = section["depth_reach"]
    return DepthPlan(*numbers, reach=(near, far), seed=int(rng.random() * _SEEDS))


def record(recipe: dict[str, Any], seed: int, scene: int, frames_per_view: int, frames: int) -> dict[str, Any]:
    """What was drawn for a scene's pictures, in words for its papers; empty where nothing happens to them."""
    section = recipe["sensor"]
    glass = lens(section, seed, scene)
    taken = [exposure(section, seed, scene, *divmod(frame, frames_per_view)) for frame in range(frames)]
    if not (
        glass.bends or glass.vignetting or any(item.develops or item.aperture or item.jpeg_quality for item in taken)
    ):
        return {}
    return {
        "lens": {"distortion": list(glass.distortion), "chromatic": glass.chromatic, "vignetting": glass.vignetting},
        "frames": [
            {
                "f_number": item.aperture.f_number if item.aperture else None,
                "exposure": item.stops,
                "gains": list(item.gains),
                "full_well": item.noise.full_well if item.noise else None,
                "read_noise": item.noise.read_noise if item.noise else None,
                "jpeg_quality": item.jpeg_quality or None,
            }
            for item in taken
        ],
    }


def balance(kelvin: float) -> tuple[float, float, float]:
    """Gains on linear red, green and blue of a camera that takes a black body of this temperature for white.

    Green is left as it is, and so is everything at 6500 K.
    """
    if kelvin == NEUTRAL:
        return (1.0, 1.0, 1.0)
    gains = np.array(blackbody.linear_rgb(NEUTRAL)) / np.array(blackbody.linear_rgb(kelvin))
    red, green, blue = (float(gain) for gain in gains)
    return (red / green, 1.0, blue / green)
