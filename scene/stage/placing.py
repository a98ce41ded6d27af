"""Where the objects of a planned scene end: the planned poses, or what physics makes of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..assets.library import TARGET, Asset
from ..plan.objects import Shape, sized
from ..plan.scene import ScenePlan, plan_poses
from .errors import StageError
from .physics import Body, settle

# Farther than this from the middle of the scene an object counts as lost.
LOST = 5.0


def find(plan: ScenePlan, assets: Mapping[str, Asset], warnings: list[str]) -> dict[int, np.ndarray]:
    """Final poses (4, 4) object-to-world by instance; what went wrong is appended to ``warnings``.

    StageError where no target found a place.
    """
    section = plan.recipe["placement"]
    for attempt in range(section["max_scene_tries"]):
        poses, left_out = plan_poses(plan, assets, attempt)
        if section["mode"] == "float":
            lost = []
            break
        models = {item.instance: sized(item, assets) for item in plan.objects}
        bodies = {instance: Body(models[instance].hull, pose) for instance, pose in poses.items()}
        settled = settle(bodies, plan.background.room_size, section)
        lost = [instance for instance, pose in settled.poses.items() if is_lost(models[instance], pose, plan)]
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


def is_lost(asset: Shape, pose: np.ndarray, plan: ScenePlan) -> bool:
    """Whether an object at ``pose`` (4, 4) left the scene: under the floor, behind a wall, or too far away."""
    if not np.all(np.isfinite(pose)):
        return True
    middle = pose[:3, :3] @ ((asset.minimum + asset.maximum) / 2) + pose[:3, 3]
    room = plan.background.room_size
    reach = np.array(room[:2]) / 2 if room else np.array([LOST, LOST])
    return bool(middle[2] < -0.01 or np.any(np.abs(middle[:2]) > reach))
