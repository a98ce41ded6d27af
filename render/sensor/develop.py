"""From the light that reached the lens to what the sensor recorded."""

from __future__ import annotations

import numpy as np

from ...scene.plan.sensor import ExposurePlan
from . import noise, optics
from .sight import Sight


def develop(light: np.ndarray, sight: Sight, plan: ExposurePlan) -> np.ndarray:
    """The colour image (H, W, 3) float32 in linear light, 1 is white, from the rendered picture (h, w, 3).

    In the order of the real thing: lens, exposure, counting of electrons, white balance. A picture with alpha (h, w, 4)
    keeps it; where it shows nothing at all there is no noise either.
    """
    # The denoiser may leave something below black.
    light = np.maximum(np.nan_to_num(light, nan=0.0, posinf=0.0, neginf=0.0), 0.0)
    light = sight.bend(light)
    light, alpha = light[..., :3], np.minimum(light[..., 3:], 1.0)
    image, loss = sight.intrinsics, sight.lens.vignetting
    share = optics.vignette(image.width, image.height, (image.cx, image.cy), loss) if loss else None
    light = optics.expose(light, plan.stops, share)
    if plan.noise is not None:
        light = noise.add(light, plan.noise.full_well, plan.noise.read_noise, plan.noise.seed)
    light = np.maximum(light * np.array(plan.gains, dtype=np.float32), 0.0)
    if alpha.shape[2]:
        light = np.concatenate([np.where(alpha > 0, light, 0.0), alpha], axis=-1)
    return light


def is_needed(sight: Sight, plan: ExposurePlan) -> bool:
    """Whether anything happens to the picture at all."""
    return sight.lens.bends or sight.lens.vignetting != 0 or plan.develops
