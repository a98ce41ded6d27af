"""The search for views: candidates are drawn until one meets the recipe's conditions, or the best of them is taken."""

from __future__ import annotations

from collections.abc import Mapping

import bpy
import numpy as np

from ..assets.library import TARGET, Asset
from ..plan.camera import candidate, targets_in_view
from ..plan.objects import sized
from ..plan.scene import ScenePlan
from ..plan.streams import stream
from . import camera


def find_views(
    plan: ScenePlan,
    poses: Mapping[int, np.ndarray],
    assets: Mapping[str, Asset],
    scene: bpy.types.Scene,
    graph: bpy.types.Depsgraph,
    warnings: list[str],
) -> list[np.ndarray]:
    """As many views as the recipe wants frames; a view that meets no condition is the best of its tries."""
    section = plan.recipe["camera"]
    rng = stream(plan.seed, plan.scene, "camera")
    targets = _target_centres(plan, poses, assets)
    wanted = min(section["min_targets"], len(targets))
    views, compromises = [], 0
    for _ in range(plan.recipe["output"]["frames_per_scene"]):
        best, best_score = None, (-1, -1.0)
        for _ in range(section["max_tries"]):
            view = candidate(rng, section, targets)
            seen = targets_in_view(plan.lens, view, targets)
            if seen < wanted and best is not None:
                continue
            free = _free_distance(scene, graph, plan, view, section["obstacle_distance"])
            score = (min(seen, wanted), min(free, section["obstacle_distance"]))
            if score > best_score:
                best, best_score = view, score
            if score == (wanted, section["obstacle_distance"]):
                break
        else:
            compromises += 1
        views.append(best)
    if compromises:
        warnings.append(
            f"scene {plan.scene}: {compromises} of {len(views)} views met not all conditions in "
            f"{section['max_tries']} tries; lower camera.obstacle_distance or camera.min_targets"
        )
    return views


def _target_centres(plan: ScenePlan, poses: Mapping[int, np.ndarray], assets: Mapping[str, Asset]) -> np.ndarray:
    """The middles (N, 3) of all targets that stand in the scene."""
    centres = [
        poses[item.instance][:3, :3] @ ((asset.minimum + asset.maximum) / 2) + poses[item.instance][:3, 3]
        for item in plan.objects
        if item.kind == TARGET and item.instance in poses
        for asset in [sized(item, assets)]
    ]
    return np.array(centres).reshape(-1, 3)


def _free_distance(
    scene: bpy.types.Scene, graph: bpy.types.Depsgraph, plan: ScenePlan, view: np.ndarray, reach: float
) -> float:
    """Distance to the nearest obstacle up to ``reach``; 0 below the floor or outside the room."""
    place = view[:3, 3]
    room = plan.background.room_size
    if plan.background.surface is not None and place[2] <= camera.CLIP_START:
        return 0.0
    if room and (abs(place[0]) >= room[0] / 2 or abs(place[1]) >= room[1] / 2):
        return 0.0
    return camera.nearest_obstacle(scene, graph, plan.lens, view, reach) if reach > 0 else reach
