"""Everything around the objects: floor, walls, sky, lamps, and somebody else's scene."""

from __future__ import annotations

import bpy

from ..plan.scene import ScenePlan
from . import background, lamps, lights, sky
from .datablocks import Made
from .environment import Lodging
from .staged import Staged


class Surroundings:
    """Built anew for each scene; a .blend environment is kept for the next one. ``remove`` takes that away too."""

    def __init__(self, picture: bpy.types.Scene, solids: bpy.types.Collection):
        self._picture, self._solids = picture, solids
        self._lodging = Lodging()
        self._screen: bpy.types.Object | None = None
        self._distance = 0.0

    def build(self, plan: ScenePlan, made: Made) -> None:
        """Stand everything in the scene of the picture, and what has a surface among the solids of both scenes."""
        around = plan.background
        collection = plan.recipe["background"]["environment_collection"]
        theirs = self._lodging.show(around.environment, collection, self._solids, self._picture.collection)
        self._picture.world = theirs or sky.world(around, made)
        self._screen = background.build(around, self._solids, made)
        self._distance = around.screen.distance if around.screen else 0.0
        lights.build_ceiling(plan.ceiling, self._solids, made)
        lights.build(plan.lights, self._picture.collection, made)
        lamps.build(plan.lamps, self._picture.collection, made)

    def face(self, staged: Staged, frame: int) -> None:
        """Turn to the camera of a frame what always faces it.

        Both eyes of a rig see the same: it faces the first of them. Optical flow is that of surroundings which stand
        still: with flow it faces the first frame for good.
        """
        if self._screen:
            passes = staged.plan.recipe["passes"]
            shown = 0 if passes["flow"] else frame - (staged.shots[frame].eye == "right")
            background.face(self._screen, self._distance, staged.shots[shown].camera_to_world)

    def clear(self) -> None:
        """The scene is being taken away."""
        self._screen = None

    def remove(self) -> None:
        """Take everything away that was kept."""
        self.clear()
        self._lodging.remove()
