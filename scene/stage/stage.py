"""The stage: two Blender scenes that share their objects, one for the picture and one for the ground truth.

They are scenes of their own because their render settings have nothing in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import bpy

from ..assets.catalogue import Asset
from ..plan.scene import ScenePlan
from . import camera, objects, people, placing
from .datablocks import Made
from .occluding import occlude
from .randomizing import Randomizing
from .staged import Moment, Staged
from .surroundings import Surroundings
from .viewing import find_shots

PICTURE = "Truthbake"
TRUTH = "Truthbake Truth"


class Stage:
    """Builds one planned scene after the other. ``close`` takes everything away again."""

    def __init__(self, assets: Sequence[Asset]):
        self.assets: Mapping[str, Asset] = {asset.key: asset for asset in assets}
        self._permanent = Made()
        self._made = Made()
        self._items: dict[int, bpy.types.Object] = {}
        self.picture = self._permanent(bpy.data.scenes.new(PICTURE))
        self.truth = self._permanent(bpy.data.scenes.new(TRUTH))
        self.solids = self._permanent(bpy.data.collections.new(PICTURE))
        self.picture.collection.children.link(self.solids)
        self.truth.collection.children.link(self.solids)
        self._surroundings = Surroundings(self.picture, self.solids)
        lens = self._permanent(bpy.data.cameras.new("truthbake camera"))
        self.camera = self._permanent(bpy.data.objects.new("truthbake camera", lens))
        for scene in (self.picture, self.truth):
            scene.collection.objects.link(self.camera)
            scene.camera = self.camera
        self.randomizing = Randomizing(self.picture, self.truth, self.camera, self._named)

    def build(self, plan: ScenePlan) -> Staged:
        """Replace what stands on the stage by a planned scene."""
        self.clear()
        for scene in (self.picture, self.truth):
            camera.set_lens(self.camera.data, scene.render, plan.lens)
        warnings: list[str] = []
        self._surroundings.build(plan, self._made)
        found = placing.find(plan, self.assets, self.picture, warnings)
        standing = found[0] | placing.parked(plan)
        self._items = objects.build(plan.objects, standing, plan.material, self.assets, self.solids, self._made)
        crowd = people.build(plan.people, self.assets, self.solids, self._made)
        self._items |= crowd.items
        moments = self._randomized(plan, self._exactly(plan, people.together(found, crowd)), warnings)
        names = {instance: item.name for instance, item in self._items.items()}
        shots = find_shots(plan, moments, self.assets, self.picture, lambda at: self._at(plan, moments, at), warnings)
        if placing.parked(plan):
            hidden, shots = occlude(plan, moments, shots, self.assets, warnings)
            moments = self._exactly(plan, hidden)
        return Staged(plan, moments, shots, names, warnings, self.randomizing.values)

    @property
    def items(self) -> Mapping[int, bpy.types.Object]:
        """The objects that stand on the stage, by instance."""
        return self._items

    def show(self, staged: Staged, frame: int) -> None:
        """Bring objects and camera of both scenes into the state of one frame."""
        shot = staged.shots[frame]
        if len(staged.moments) > 1:
            self._pose(staged.plan, staged.moments[shot.moment])
        for scene in (self.picture, self.truth):
            camera.set_lens(self.camera.data, scene.render, shot.lens)
        self._surroundings.face(staged, frame)
        self.randomizing.frame(frame)
        # Last, because what looks at the scene before makes Blender compute the pose, and round it, once more.
        camera.set_pose(self.camera, shot.camera_to_world)

    def _pose(self, plan: ScenePlan, moment: Moment) -> None:
        for item in plan.everything:
            if item.instance in moment.poses:
                objects.set_pose(self._items[item.instance], moment.poses[item.instance], item.scale)
        for instance, mesh in moment.meshes.items():
            self._items[instance].data = bpy.data.meshes[mesh]

    def _at(self, plan: ScenePlan, moments: Sequence[Moment], number: int) -> bpy.types.Depsgraph:
        """The scene in the state of a moment."""
        if len(moments) > 1:
            self._pose(plan, moments[number])
        return self._graph()

    def _exactly(self, plan: ScenePlan, moments: list[Moment]) -> list[Moment]:
        """The same moments with the poses that Blender makes of them."""
        read = []
        for moment in moments:
            self._pose(plan, moment)
            self._graph()
            poses = {instance: objects.read_pose(self._items[instance]) for instance in moment.poses}
            read.append(replace(moment, poses=poses))
        self._pose(plan, read[0])
        return read

    def _randomized(self, plan: ScenePlan, moments: list[Moment], warnings: list[str]) -> list[Moment]:
        """The moments after the recipe's randomizers, which may move objects where these stand still."""
        is_still = len(moments) == 1
        moved = self.randomizing.begin(plan, self._items, is_still, warnings)
        if moved and is_still:
            poses = {instance: objects.read_pose(self._items[instance]) for instance in moved}
            moments = [replace(moments[0], poses=moments[0].poses | poses)]
        return moments

    def clear(self) -> None:
        """Take the scene away; the empty stage stays."""
        self.randomizing.restore()
        self._items = {}
        self._surroundings.clear()
        self._made.remove()

    def close(self) -> None:
        """Take everything away."""
        self.clear()
        self._surroundings.remove()
        self._permanent.remove()

    def _named(self, collection: str) -> dict[str, bpy.types.ID]:
        """What stands on the stage, by the names that are its own whatever the file holds."""
        named = self._permanent.named(collection) | self._made.named(collection)
        if collection == "objects":
            others = {name: block for name, block in named.items() if block not in self._items.values()}
            named = others | {objects.object_name(instance): item for instance, item in self._items.items()}
        return named

    def _graph(self) -> bpy.types.Depsgraph:
        layer = self.picture.view_layers[0]
        layer.update()
        return layer.depsgraph
