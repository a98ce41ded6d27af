"""What lens and exposure do to the amount of light."""

from __future__ import annotations

import numpy as np


def vignette(width: int, height: int, centre: tuple[float, float], loss: float) -> np.ndarray:
    """The share of light (H, W) that reaches each pixel; the corner farthest from ``centre`` (x, y) loses ``loss``.

    Natural vignetting is the fourth power of the cosine of a ray's angle, 1 / (1 + tan²)², and so is this: the square
    of the distance from the centre, scaled so that the farthest corner comes out as asked for.
    """
    x, y = np.arange(width) - centre[0], np.arange(height)[:, None] - centre[1]
    distance = x * x + y * y
    steepness = (1.0 / np.sqrt(1.0 - loss) - 1.0) / distance.max()
    return (1.0 + steepness * distance) ** -2


def expose(light: np.ndarray, stops: float, share: np.ndarray | None) -> np.ndarray:
    """Linear light (H, W, 3) after exposure and, where there is any, vignetting (H, W)."""
    exposed = light * np.float32(2.0**stops)
    return exposed if share is None else exposed * share[..., None].astype(np.float32)
