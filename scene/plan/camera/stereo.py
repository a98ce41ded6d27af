"""The stereo rig: each view becomes a left and a right one. Poses are camera-to-world (4, 4) in OpenCV axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import draw

LEFT, RIGHT = "left", "right"


@dataclass(frozen=True)
class Eye:
    """One camera of the rig; ``name`` is empty where there is only one."""

    name: str
    camera_to_world: np.ndarray


def baseline(rng: np.random.Generator, section: Mapping[str, Any]) -> float:
    """The distance between the eyes in metres, one number for the whole scene; 0 for a single camera."""
    distance = draw.number(rng, section["baseline"])
    return distance if section["use_stereo"] else 0.0


def eyes(view: np.ndarray, section: Mapping[str, Any], distance: float) -> list[Eye]:
    """The cameras of a view: itself, or two to its left and right, half of ``distance`` each along its x axis.

    Parallel eyes look the same way; toed-in ones at one point before the view, ``convergence_distance`` away.
    """
    if not section["use_stereo"]:
        return [Eye("", view)]
    angle = 0.0
    if section["convergence"] == "toe_in":
        angle = np.arctan2(distance / 2, section["convergence_distance"])
    pair = []
    for name, side in ((LEFT, -1.0), (RIGHT, 1.0)):
        own = np.eye(4)
        cosine, sine = np.cos(angle), -side * np.sin(angle)  # the left eye turns right, the right one left
        own[:3, :3] = [[cosine, 0.0, sine], [0.0, 1.0, 0.0], [-sine, 0.0, cosine]]
        own[0, 3] = side * distance / 2
        pair.append(Eye(name, view @ own))
    return pair


def frames_per_view(recipe: Mapping[str, Any]) -> int:
    """How many frames each view of a scene gives."""
    return 2 if recipe["camera"]["use_stereo"] else 1


def frames_per_scene(recipe: Mapping[str, Any]) -> int:
    """How many frames a scene of this recipe has."""
    return recipe["output"]["frames_per_scene"] * frames_per_view(recipe)
