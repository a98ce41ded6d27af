"""The stage: two Blender scenes that share their objects, one for the picture and one for the ground truth.

They are scenes of their own because their render settings have nothing in common, and because Cycles keeps its data
between frames per scene: a view layer with other passes in the same scene corrupts memory there (4.5 and 5.0).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import bpy
import numpy as np

from ..assets.library import TARGET, Asset
from ..plan.scene import ScenePlan, plan_poses
from . import background, camera, lights, objects
from .datablocks import Made
from .physics import Body, settle
from .viewing import find_views

PICTURE = "Truthbake"
TRUTH = "Truthbake Truth"
# Farther than this from the middle of the scene an object counts as lost.
LOST = 5.0


class StageError(ValueError):
    """A scene that cannot be staged; the message is one line for the user."""


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
        poses = self._poses(plan, warnings)
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

    def _poses(self, plan: ScenePlan, warnings: list[str]) -> dict[int, np.ndarray]:
        """Final poses: the free ones, or where they came to rest; whole re-draws while objects get lost."""
        section = plan.recipe["placement"]
        for attempt in range(section["max_scene_tries"]):
            poses, left_out = plan_poses(plan, self.assets, attempt)
            if section["mode"] == "float":
                lost = []
                break
            models = {item.instance: self.assets[item.model] for item in plan.objects}
            bodies = {instance: Body(models[instance].hull, pose) for instance, pose in poses.items()}
            settled = settle(bodies, plan.background.room_size, section)
            lost = [instance for instance, pose in settled.poses.items() if self._is_lost(models[instance], pose, plan)]
            poses = {instance: pose for instance, pose in settled.poses.items() if instance not in lost}
            if not lost:
                if settled.moving:
                    warnings.append(
                        f"scene {plan.scene}: {len(settled.moving)} objects still moved after {settled.time:g} s; "
                        "raise placement.max_time"
                    )
                break
        if left_out:
            warnings.append(
                f"scene {plan.scene}: {len(left_out)} of {len(plan.objects)} objects found no free space; "
                "enlarge placement.volume_max or lower objects.count"
            )
        if lost:
            warnings.append(
                f"scene {plan.scene}: {len(lost)} objects fell out of the scene in each of "
                f"{section['max_scene_tries']} tries and are left out"
            )
        if not any(item.kind == TARGET and item.instance in poses for item in plan.objects):
            cause = warnings.pop() if warnings else f"scene {plan.scene}: nothing was placed"
            raise StageError(f"{cause}; no target is left to look at")
        return poses

    @staticmethod
    def _is_lost(asset: Asset, pose: np.ndarray, plan: ScenePlan) -> bool:
        if not np.all(np.isfinite(pose)):
            return True
        middle = pose[:3, :3] @ ((asset.minimum + asset.maximum) / 2) + pose[:3, 3]
        room = plan.background.room_size
        reach = np.array(room[:2]) / 2 if room else np.array([LOST, LOST])
        return bool(middle[2] < -0.01 or np.any(np.abs(middle[:2]) > reach))

    def _graph(self) -> bpy.types.Depsgraph:
        layer = self.picture.view_layers[0]
        layer.update()
        return layer.depsgraph
