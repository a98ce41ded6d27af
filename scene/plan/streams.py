"""One random stream for each concern of each scene, so that a change of one shifts no other.

``numpy.random.SeedSequence(seed, spawn_key=(scene, concern, attempt))``: the same on every machine and worker.
"""

from __future__ import annotations

import numpy as np

# Numbers are part of what a seed means: append, never renumber.
CONCERNS = {
    "objects": 0,
    "distractors": 1,
    "target materials": 2,
    "distractor materials": 3,
    "lights": 4,
    "ceiling": 5,
    "surfaces": 6,
    "sky": 7,
    "placement": 8,
    "camera": 9,
    "renderer": 10,
    "people": 11,
    "person looks": 12,
    "warp": 13,
    "target textures": 14,
    "distractor textures": 15,
    "photograph": 16,
    "other lamps": 17,
    "forces": 18,
    "occluders": 19,
    "intrinsics": 20,
    "trajectory": 21,
    "sensor": 22,
    "depth noise": 23,
    "randomizers": 24,
    "class colours": 25,
    "surface textures": 26,
    "keypoints": 27,
    "stereo": 28,
    "shutter": 29,
}


def stream(seed: int, scene: int, concern: str, attempt: int = 0) -> np.random.Generator:
    """The random generator of one concern in one scene; ``attempt`` numbers re-draws of the same concern."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(scene, CONCERNS[concern], attempt)))
