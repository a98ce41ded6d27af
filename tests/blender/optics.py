"""What the tests of the sensor share: a few shapes before a camera, and pictures as numbers."""

import numpy as np
from PIL import Image

from tests.blender import baking

MESHES = {"cube": baking.box(0.2, 0.16, 0.12), "ball": baking.sphere(0.1, 3), "plate": baking.box(0.3, 0.02, 0.2)}
LAYER = {
    "placement": {"volume_min": [-0.25, -0.2, -0.1], "volume_max": [0.25, 0.2, 0.3]},
    "camera": {"fov": 60, "distance": [0.6, 0.8], "obstacle_distance": 0.05},
    "passes": {"noisy_depth": True},
    "sensor": {"depth_jitter": 0.0},
    "output": {"frames_per_scene": 2},
}
LENS = {"k1": -0.24, "k2": 0.06, "p1": 0.004, "p2": -0.003, "k3": 0.01}


def compose(folder, *layers):
    return baking.compose(folder / "models", MESHES, LAYER, *layers)


def picture(frame) -> np.ndarray:
    """The colour image as numbers from 0 to 1, (H, W, 3)."""
    with Image.open(frame.rgb_path) as image:
        return np.asarray(image.convert("RGB")) / 255.0


def light_of(shown: np.ndarray) -> np.ndarray:
    """Linear light of sRGB numbers (IEC 61966-2-1)."""
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
