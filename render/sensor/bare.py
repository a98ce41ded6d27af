"""A frame as a pinhole has it: optical flow is computed there, and seen through the lens afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...dataset import distortion
from ...dataset.records import Camera


@dataclass(frozen=True)
class Bare:
    """``camera`` is that of the distorted image; ``depth`` and ``index`` (h, w) lie on the pinhole's ``window``."""

    camera: Camera
    window: distortion.Window
    depth: np.ndarray
    index: np.ndarray

    @property
    def pinhole(self) -> Camera:
        """The camera that ``depth`` and ``index`` are of."""
        K = self.camera.K.copy()
        K[:2, 2] -= self.window.left, self.window.top
        size = self.window.width, self.window.height
        return replace(self.camera, width=size[0], height=size[1], K=K, distortion=distortion.NONE)


def bent(flow: np.ndarray, hidden: np.ndarray, here: Bare, there: Bare) -> tuple[np.ndarray, np.ndarray]:
    """Flow (H, W, 2) and hidden (H, W) of the distorted images, from those of the pinholes (h, w, 2) and (h, w).

    A pixel takes the flow of the nearest pixel of the pinhole; both its ends are taken through the lens, each through
    that of its own frame, so that a still point under a still camera has no flow at all.
    """
    window, camera = here.window, there.camera
    nearest = window.nearest
    still = np.array([there.window.left - window.left, there.window.top - window.top])
    moves = flow.reshape(-1, 2)[nearest].astype(np.float64)
    place = window.pinhole + moves + still
    seen = distortion.distort_pixels(place.reshape(-1, 2), camera.K, camera.distortion).reshape(place.shape)
    grid = np.stack(np.meshgrid(np.arange(here.camera.width), np.arange(here.camera.height)), axis=-1)
    with np.errstate(invalid="ignore"):
        inside = ((seen >= -0.5) & (seen < [camera.width - 0.5, camera.height - 0.5])).all(axis=-1)
    found = seen - grid
    if here.camera.distortion == camera.distortion and np.array_equal(here.camera.K, camera.K):
        found[(moves + still == 0).all(axis=-1)] = 0.0  # exactly, not nearly
    return found.astype(np.float32), hidden.ravel()[nearest] | ~inside
