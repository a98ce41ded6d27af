"""What a staged scene is, as plain data: what stands where at which instant, and the frames taken of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..plan.camera import Intrinsics
from ..plan.scene import ScenePlan


@dataclass(frozen=True)
class Moment:
    """What stands where at one instant.

    ``poses`` are object-to-world (4, 4) by instance, the same instances at every moment of a scene. ``meshes`` names
    the mesh datablocks of instances that have another shape than their model at this instant, ``points`` their named
    keypoints (3,) and ``boxes`` their least and greatest coordinates (2, 3), in the instance's own frame.
    """

    poses: dict[int, np.ndarray]
    meshes: dict[int, str] = field(default_factory=dict)
    points: dict[int, dict[str, np.ndarray]] = field(default_factory=dict)
    boxes: dict[int, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Shot:
    """One frame: which moment of the scene, from where (camera-to-world (4, 4), OpenCV axes), through which lens.

    ``eye`` is ``left`` or ``right`` of a stereo rig, else empty.
    """

    moment: int
    camera_to_world: np.ndarray
    lens: Intrinsics
    eye: str = ""


@dataclass
class Staged:
    """A scene as it stands: a still one has a single moment.

    ``names`` are those that the objects got: another scene of the file may hold objects of the same names.
    ``randomized`` is what the recipe's randomizers drew, by path; by path and frame where they draw for each frame.
    """

    plan: ScenePlan
    moments: list[Moment]
    shots: list[Shot]
    names: dict[int, str]
    warnings: list[str] = field(default_factory=list)
    randomized: dict[str, Any] = field(default_factory=dict)

    def moment(self, frame: int) -> Moment:
        """What stands where in a frame."""
        return self.moments[self.shots[frame].moment]
