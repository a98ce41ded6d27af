"""Shot noise and read noise."""

from __future__ import annotations

import numpy as np

# Light this many times as bright as white is as good as noiseless; beyond it Poisson numbers leave their range.
_BRIGHTEST = 1e6


def add(light: np.ndarray, full_well: float, read_noise: float, seed: int) -> np.ndarray:
    """The image (H, W, 3) that a sensor counts from linear ``light``, in which 1 is white.

    A pixel counts a Poisson number of electrons, ``full_well`` of them for white, so that the variance of
    the image is light / full_well; reading them adds normal noise of ``read_noise`` electrons. Each of the two has
    random numbers of its own.
    """
    shot, read = (np.random.default_rng([seed, kind]) for kind in (0, 1))
    electrons = shot.poisson(np.clip(light, 0.0, _BRIGHTEST).astype(np.float64) * full_well)
    return ((electrons + read_noise * read.standard_normal(light.shape)) / full_well).astype(np.float32)
