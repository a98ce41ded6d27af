"""What it means that a whole section of a recipe is switched off (``use: false``). Pure: no Blender here.

A section that is switched off keeps its settings in the recipe and in the papers of the data set. Planning and baking
see the neutral values below instead of them. Every concern draws from streams of its own, so that this shifts no
other draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NEUTRAL: dict[str, dict[str, Any]] = {
    "distractors": {"count": 0, "models": []},
    "people": {"count": 0},
    # Models keep their materials. Pictures and texture sets stay: the background may take them from here.
    "materials": {"targets": "keep", "distractors": "keep", "rules": []},
    "lights": {"use_ceiling": False, "count": 0, "lamps": []},
    # A perfect camera. What the noisy depth is like stays: it is a label of its own, asked for by passes.noisy_depth.
    "sensor": {
        "use_depth_of_field": False,
        "use_motion_blur": False,
        **dict.fromkeys(("k1", "k2", "k3", "p1", "p2", "chromatic_aberration", "vignetting", "exposure"), 0.0),
        "pixel_filter": "blackman_harris",
        "use_noise": False,
        "white_balance": 6500.0,
        "red_gain": 1.0,
        "blue_gain": 1.0,
        "jpeg_quality": 0,
    },
}


def in_effect(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe that is planned and baked: with neutral values in each section that is switched off.

    Every way from a recipe to a scene goes through here once; doing it twice changes nothing.
    """
    off = {key: {**recipe[key], **values} for key, values in NEUTRAL.items() if not recipe[key].get("use", True)}
    return {**recipe, **off}
