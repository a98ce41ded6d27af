"""The stage: two Blender scenes that share their objects, one for the picture and one for the ground truth.

They are scenes of their own because their render settings have nothing in common, and because Cycles keeps its data
between frames per scene: a view layer with other passes in the same scene corrupts memory there (4.5 and 5.0).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import bpy
import numpy as np

from ..assets.library import Asset
from ..plan.scene import ScenePlan
from . import background, camera, lights, objects, placing
from .datablocks import Made
from .viewing import find_views

PICTURE = "Truthbake"
TRUTH = "Truthbake Truth"


@dataclass
class Staged:
    """A scene as it stands: ``poses`` object-to-world (4, 4) by instance, ``views`` camera-to-world (OpenCV).

    ``names`` are those that the objects got: another scene of the file may hold objects of the same names.
    """

    plan: ScenePlan
    poses: dict[int, np.ndarray]
    views: list[np.ndarray]
    names: dict[int, str]
    warnings: list[str] = field(default_factory=list)


class Stage:
    """Builds one planned scene after the other. ``close`` takes everything away again."""

    def __init__(self, assets: Sequence[Asset]):
        self.assets: Mapping[str, Asset] = {asset.key: asset for asset in assets}
        self._permanent = Made()
        self._made = Made()
        self.picture = self._permanent(bpy.data.scenes.new(PICTURE))
        self.truth = self._permanent(bpy.data.scenes.new(TRUTH))
        self.solids = self._permanent(bpy.data.collections.new(PICTURE))
        self.picture.collection.children.link(self.solids)
        self.truth.collection.children.link(self.solids)
        lens = self._permanent(bpy.data.cameras.new("truthbake camera"))
        self.camera = self._permanent(bpy.data.objects.new("truthbake camera", lens))
        for scene in (self.picture, self.truth):
            scene.collection.objects.link(self.camera)
            scene.camera = self.camera

    def build(self, plan: ScenePlan) -> Staged:
        """Replace what stands on the stage by a planned scene."""
        self.clear()
        for scene in (self.picture, self.truth):
            camera.set_lens(self.camera.data, scene.render, plan.lens)
        warnings: list[str] = []
        poses = placing.find(plan, self.assets, warnings)
        recipe, made = plan.recipe, self._made
        self.picture.world = background.sky(plan.background.sky, made)
        background.build(plan.background, self.solids, made)
        lights.build_ceiling(plan.ceiling, self.solids, made)
        lights.build(plan.lights, self.picture.collection, made)
        built = objects.build(plan.objects, poses, plan.material, self.assets, recipe["materials"], self.solids, made)
        graph = self._graph()
        poses = {instance: objects.read_pose(item) for instance, item in built.items()}
        names = {instance: item.name for instance, item in built.items()}
        views = find_views(plan, poses, self.assets, self.picture, graph, warnings)
        return Staged(plan, poses, views, names, warnings)

    def look(self, camera_to_world: np.ndarray) -> None:
        """Move the camera of both scenes."""
        camera.set_pose(self.camera, camera_to_world)

    def clear(self) -> None:
        """Take the scene away; the empty stage stays."""
        self._made.remove()

    def close(self) -> None:
        """Take everything away."""
        self.clear()
        self._permanent.remove()

    def _graph(self) -> bpy.types.Depsgraph:
        layer = self.picture.view_layers[0]
        layer.update()
        return layer.depsgraph
