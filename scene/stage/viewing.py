"""The frames of a scene: views are drawn until one meets the recipe's conditions, or the best of them is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import bpy
import numpy as np

from ..assets.catalogue import TARGET, Asset
from ..plan.camera import Interest, candidate, eyes, path, targets_in_view
from ..plan.objects import sized
from ..plan.people import PERSON
from ..plan.scene import ScenePlan
from ..plan.streams import stream
from . import camera
from .staged import Moment, Shot


def find_shots(
    plan: ScenePlan,
    moments: Sequence[Moment],
    assets: Mapping[str, Asset],
    scene: bpy.types.Scene,
    at: Callable[[int], bpy.types.Depsgraph],
    warnings: list[str],
) -> list[Shot]:
    """The frames of a staged scene.

    A still scene has one moment, which all views show; of a moving one the first view shows the first moment, and so
    on. A stereo rig takes two frames of each view. ``at`` brings the scene into the state of a moment; what went wrong
    is appended to ``warnings``.
    """
    section = plan.recipe["camera"]
    views = find_views(plan, moments, assets, scene, at, warnings)
    last = len(moments) - 1
    return [
        Shot(min(number, last), eye.camera_to_world, lens, eye.name)
        for number, (view, lens) in enumerate(zip(views, plan.lenses, strict=True))
        for eye in eyes(view, section, plan.baseline)
    ]


def find_views(
    plan: ScenePlan,
    moments: Sequence[Moment],
    assets: Mapping[str, Asset],
    scene: bpy.types.Scene,
    at: Callable[[int], bpy.types.Depsgraph],
    warnings: list[str],
) -> list[np.ndarray]:
    """Poses (4, 4), camera-to-world in OpenCV axes, of all views of a scene: as many as it has lenses."""
    section = plan.recipe["camera"]
    interests = [_interest(plan, moment, assets) for moment in moments]
    if section["look_at"] == "class" and section["look_at_class"] not in interests[0].classes:
        warnings.append(
            f"scene {plan.scene}: no target is of the class {section['look_at_class']!r}, which camera.look_at_class "
            "names; the camera looks at the others"
        )
    search = _Search(plan, interests, scene, at)
    if section["mode"] == "trajectory":
        return search.path(_overall(interests), warnings)
    if section["use_one_view"]:
        return search.each([_overall(interests)], warnings) * len(plan.lenses)
    return search.each([interests[min(n, len(interests) - 1)] for n in range(len(plan.lenses))], warnings)


class _Search:
    """Draws views of one scene and asks what stands in their way."""

    def __init__(self, plan: ScenePlan, interests: Sequence[Interest], scene: bpy.types.Scene, at: Callable):
        self.plan, self.interests, self.scene, self.at = plan, interests, scene, at
        self.section = plan.recipe["camera"]
        self._moment, self._graph = -1, None

    @property
    def _is_listed(self) -> bool:
        """Whether the views are those of the recipe's list of poses: nothing is drawn, nothing can be drawn again."""
        mode, path = self.section["mode"], self.section["path"]
        return mode == "fixed" or (mode == "trajectory" and path == "keys")

    def each(self, interests: Sequence[Interest], warnings: list[str]) -> list[np.ndarray]:
        """A view for each of the ``interests``, each drawn for itself."""
        rng = stream(self.plan.seed, self.plan.scene, "camera")
        tries = 1 if self._is_listed else self.section["max_tries"]
        views, compromises = [], 0
        for number, interest in enumerate(interests):
            best, best_score = None, (-1, -1.0)
            for _ in range(tries):
                view = candidate(rng, self.section, interest, number)
                score, is_good = self._score(view, number)
                if score > best_score:
                    best, best_score = view, score
                if is_good:
                    break
            else:
                compromises += 1
            views.append(best)
        self._report(compromises, len(views), tries, warnings)
        return views

    def path(self, interest: Interest, warnings: list[str]) -> list[np.ndarray]:
        """A view for each lens, all on one path; other paths are tried until every view is good."""
        rng = stream(self.plan.seed, self.plan.scene, "trajectory")
        tries = 1 if self._is_listed else self.section["max_tries"]
        frames = len(self.plan.lenses)
        best, most = [], (-1, -1)
        for _ in range(tries):
            views = path(rng, self.section, interest, frames)
            # Rays, and moving the scene for them, cost time: first see that there is something to see.
            seen = self._leading(self._sees_enough, views)
            clear = self._leading(lambda view, number: self._score(view, number)[1], views) if seen == frames else 0
            if (seen, clear) > most:
                best, most = views, (seen, clear)
            if clear == frames:
                return best
        bad = sum(not self._score(view, number)[1] for number, view in enumerate(best))
        self._report(bad, frames, tries, warnings)
        return best

    @staticmethod
    def _leading(is_good: Callable[[np.ndarray, int], bool], views: Sequence[np.ndarray]) -> int:
        """How many views from the first on are good."""
        return next((number for number, view in enumerate(views) if not is_good(view, number)), len(views))

    def _sees_enough(self, view: np.ndarray, number: int) -> bool:
        seen, wanted = self._targets(view, number)
        return seen == wanted

    def _targets(self, view: np.ndarray, number: int) -> tuple[int, int]:
        """How many targets each eye of a view sees, no more than are wanted, and how many are wanted."""
        targets = self.interests[min(number, len(self.interests) - 1)].targets
        wanted = min(self.section["min_targets"], len(targets))
        cameras = [eye.camera_to_world for eye in eyes(view, self.section, self.plan.baseline)]
        return min(wanted, *(targets_in_view(self.plan.lenses[number], pose, targets) for pose in cameras)), wanted

    def _score(self, view: np.ndarray, number: int) -> tuple[tuple[int, float], bool]:
        """How good a view is, (targets in it, metres of free space), and whether that is all that was asked for."""
        plan, reach = self.plan, self.section["obstacle_distance"]
        seen, wanted = self._targets(view, number)
        if seen < wanted:
            return (seen, -1.0), False  # rays cost time
        graph = self._graph_at(min(number, len(self.interests) - 1))
        cameras = [eye.camera_to_world for eye in eyes(view, self.section, plan.baseline)]
        free = min(reach, *(_free_distance(self.scene, graph, plan, number, pose, reach) for pose in cameras))
        return (seen, free), (seen, free) == (wanted, reach)

    def _graph_at(self, moment: int) -> bpy.types.Depsgraph:
        if moment != self._moment:
            self._moment, self._graph = moment, self.at(moment)
        return self._graph

    def _report(self, compromises: int, views: int, tries: int, warnings: list[str]) -> None:
        if not compromises:
            return
        cure = "lower camera.obstacle_distance or camera.min_targets"
        if self._is_listed:
            text = f"{compromises} of {views} views of camera.poses met not all conditions; move them, or {cure}"
        else:
            text = f"{compromises} of {views} views met not all conditions in {tries} tries; {cure}"
        warnings.append(f"scene {self.plan.scene}: {text}")


def _interest(plan: ScenePlan, moment: Moment, assets: Mapping[str, Asset]) -> Interest:
    """The middles of all that stands in the scene; people are looked at like targets."""
    targets, classes, everything = [], [], []
    for item in plan.everything:
        if item.instance not in moment.poses:
            continue
        shape, pose = sized(item, assets), moment.poses[item.instance]
        low, high = moment.boxes.get(item.instance, (shape.minimum, shape.maximum))
        middle = pose[:3, :3] @ ((low + high) / 2) + pose[:3, 3]
        everything.append(middle)
        if item.kind in (TARGET, PERSON):
            targets.append(middle)
            classes.append(assets[item.model].name)
    return Interest(np.reshape(targets, (-1, 3)), classes, np.reshape(everything, (-1, 3)))


def _overall(interests: Sequence[Interest]) -> Interest:
    """Where everything is on average over the moments."""
    return Interest(
        np.mean([interest.targets for interest in interests], axis=0),
        interests[0].classes,
        np.mean([interest.everything for interest in interests], axis=0),
    )


def _free_distance(
    scene: bpy.types.Scene, graph: bpy.types.Depsgraph, plan: ScenePlan, number: int, pose: np.ndarray, reach: float
) -> float:
    """Distance to the nearest obstacle up to ``reach``; 0 below the floor or outside the room."""
    place = pose[:3, 3]
    room = plan.background.room_size
    if plan.background.has_floor and place[2] <= camera.CLIP_START:
        return 0.0
    if room and (abs(place[0]) >= room[0] / 2 or abs(place[1]) >= room[1] / 2):
        return 0.0
    return camera.nearest_obstacle(scene, graph, plan.lenses[number], pose, reach) if reach > 0 else reach
