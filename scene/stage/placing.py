"""Where the objects of a planned scene are: the planned poses, or what physics makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import bpy
import numpy as np

from ..assets import merging
from ..assets.catalogue import TARGET, Asset
from ..plan.objects import Shape, sized
from ..plan.placement import flight, given, reserved
from ..plan.scene import ScenePlan, plan_poses
from ..plan.streams import stream
from . import ground
from .errors import StageError
from .flight import fly
from .jams import jammed
from .lowering import lower
from .physics import Body
from .settling import fall, settle

# Farther than this from the middle of the scene, or than a few times the volume, an object counts as lost.
LOST, LOST_VOLUMES = 5.0, 3.0
# Where objects wait that are placed when the views are known: so far down, and so far from each other, metres.
PARKED, PARKED_APART = -1000.0, 100.0

_ABOVE = 0.05  # metres over a ground from which objects go down on it

Poses = dict[int, np.ndarray]

_CURES = {
    "chain": "found no place in the chain; raise placement.max_tries or lower placement.chain_spacing",
    "single": "are left out because placement.mode is single; set objects.count to 1 and distractors.count to 0",
    "fixed": "have no pose of their model in placement.poses; add poses or lower objects.count",
}
_CURE = "found no free space; enlarge placement.volume_max or lower objects.count"


def find(
    plan: ScenePlan, assets: Mapping[str, Asset], surroundings: bpy.types.Scene, warnings: list[str]
) -> list[Poses]:
    """Poses (4, 4) object-to-world by instance, for each moment; what went wrong is appended to ``warnings``.

    A still scene has one moment, a simulation that is watched one for each frame. StageError where no target found a
    place.
    """
    moments, left_out, lost = _moments(plan, assets, surroundings, warnings)
    if left_out:
        cure = _CURES.get(plan.recipe["placement"]["mode"]) or _CURE + _oversize(plan, assets, left_out)
        warnings.append(f"scene {plan.scene}: {len(left_out)} of {len(plan.objects)} objects {cure}")
    warnings += _useless(plan, assets)
    if lost:
        warnings.append(
            f"scene {plan.scene}: {len(lost)} objects fell out of the scene or into each other in each of "
            f"{plan.recipe['placement']['max_scene_tries']} tries and are left out"
        )
    has_target = any(item.kind == TARGET and item.instance in moments[0] for item in plan.objects)
    if not has_target and not plan.people.persons:
        cause = warnings.pop() if warnings else f"scene {plan.scene}: nothing was placed"
        raise StageError(f"{cause}; no target is left to look at")
    return moments


def _oversize(plan: ScenePlan, assets: Mapping[str, Asset], left_out: Sequence[int]) -> str:
    """The likeliest cause, if there is one: a model that is larger than the whole volume, for a wrong unit."""
    models = {item.instance: sized(item, assets) for item in plan.objects if item.instance in left_out}
    sides = {instance: float((shape.maximum - shape.minimum).max()) for instance, shape in models.items()}
    largest = max(sides, key=sides.get)
    section = plan.recipe["placement"]
    room = max(high - low for low, high in zip(section["volume_min"], section["volume_max"], strict=True))
    if sides[largest] <= room:
        return ""
    return f"; {models[largest].key} is {sides[largest]:.3g} m long, the volume {room:.3g} m: is its unit right?"


def _useless(plan: ScenePlan, assets: Mapping[str, Asset]) -> list[str]:
    """Warnings about wishes that the objects of this scene cannot meet."""
    section, found = plan.recipe["placement"], []
    if section["mode"] == "fixed":
        for number, instance in enumerate(given.assigned(section, plan.objects, assets)):
            if instance is None:
                what = section["poses"][number]["model"] or "object"
                found.append(
                    f"scene {plan.scene}: placement.poses[{number}] is not used: no {what} is left for it; "
                    "raise objects.count or correct the name"
                )
    if section["occlusion"][1] > 0 and not reserved(section, plan.objects):
        found.append(
            f"scene {plan.scene}: nothing hides the targets as placement.occlusion wants; raise distractors.count"
        )
    return found


def parked(plan: ScenePlan) -> Poses:
    """Poses out of sight for the objects that are placed when the views are known."""
    poses = {}
    for number, item in enumerate(reserved(plan.recipe["placement"], plan.objects)):
        poses[item.instance] = np.eye(4)
        poses[item.instance][:3, 3] = [number * PARKED_APART, 0.0, PARKED]
    return poses


def _moments(
    plan: ScenePlan, assets: Mapping[str, Asset], surroundings: bpy.types.Scene, warnings: list[str]
) -> tuple[list[Poses], list, list]:
    section = plan.recipe["placement"]
    if section["mode"] == "surface" and section["surface_object"]:
        return _on_object(plan, assets, surroundings)
    if section["mode"] == "drop" or (section["mode"] == "stack" and section["use_stack_physics"]):
        return _fallen(plan, assets, warnings)
    poses, left_out = plan_poses(plan, assets, 0)
    if section["mode"] == "flight":
        frames = plan.recipe["output"]["frames_per_scene"]
        pushes = flight.pushes(
            stream(plan.seed, plan.scene, "forces"), section, list(poses), frames * section["step_interval"]
        )
        return fly(_bodies(plan, assets, poses), pushes, section, frames), left_out, []
    if section["mode"] == "surface":
        poses = {
            item.instance: _put_down(item, assets, poses, section) for item in plan.objects if item.instance in poses
        }
    if section["mode"] == "stack":
        poses = lower(plan.objects, poses, assets)
    return [poses], left_out, []


def _on_object(
    plan: ScenePlan, assets: Mapping[str, Asset], surroundings: bpy.types.Scene
) -> tuple[list[Poses], list, list]:
    """Spread over the top of an object of the surroundings, then down on its mesh."""
    section = plan.recipe["placement"]
    points, faces = ground.find(section["surface_object"], surroundings)
    low, high = points.min(axis=0), points.max(axis=0)
    over = {
        "volume_min": [*np.maximum(section["volume_min"][:2], low[:2]).tolist(), 0.0],
        "volume_max": [*np.minimum(section["volume_max"][:2], high[:2]).tolist(), 0.0],
        "surface_height": float(high[2]) + _ABOVE,
    }
    poses, left_out = plan_poses(replace(plan, recipe=plan.recipe | {"placement": section | over}), assets, 0)
    lowered = lower(plan.objects, poses, assets, (points, faces))
    return [lowered], left_out + [instance for instance in poses if instance not in lowered], []


def _fallen(plan: ScenePlan, assets: Mapping[str, Asset], warnings: list[str]) -> tuple[list[Poses], list, list]:
    """Where objects come to rest, or moments of their fall; whole re-draws while objects get lost."""
    section, room = plan.recipe["placement"], plan.background.room_size
    models = {item.instance: sized(item, assets) for item in plan.objects}
    for attempt in range(section["max_scene_tries"]):
        poses, left_out = plan_poses(plan, assets, attempt)
        bodies = _bodies(plan, assets, poses)
        moving, time = [], 0.0
        if section["sampling"] == "moments":
            moments = fall(bodies, room, section, plan.recipe["output"]["frames_per_scene"])
        else:
            settled = settle(bodies, room, section)
            moments, moving, time = [settled.poses], settled.moving, settled.time
        lost = [
            instance for instance in poses if any(is_lost(models[instance], found[instance], plan) for found in moments)
        ]
        if section["sampling"] == "rest":
            lost += [instance for instance in jammed(bodies, moments[0]) if instance not in lost]
        moments = [{key: pose for key, pose in found.items() if key not in lost} for found in moments]
        if not lost:
            if moving:
                warnings.append(
                    f"scene {plan.scene}: {len(moving)} objects still moved after {time:g} s; raise placement.max_time"
                )
            break
    return moments, left_out, lost


def _bodies(plan: ScenePlan, assets: Mapping[str, Asset], poses: Poses) -> dict[int, Body]:
    # Masses have a stream of their own: the second one of the forces.
    rng = stream(plan.seed, plan.scene, "forces", 1)
    masses = flight.masses(rng, plan.recipe["placement"], [item.instance for item in plan.objects])
    return {
        item.instance: Body(sized(item, assets).hull, poses[item.instance], masses[item.instance])
        for item in plan.objects
        if item.instance in poses
    }


def _put_down(item, assets: Mapping[str, Asset], poses: Poses, section) -> np.ndarray:
    """The planned pose with the mesh's lowest point, not that of its thinned hull, on the surface."""
    pose = poses[item.instance].copy()
    points = merging.vertices(assets[item.model].mesh) * item.scale
    pose[2, 3] = section["surface_height"] - float((points @ pose[2, :3]).min())
    return pose


def is_lost(asset: Shape, pose: np.ndarray, plan: ScenePlan) -> bool:
    """Whether an object at ``pose`` (4, 4) left the scene: under the floor, behind a wall, or too far away."""
    if not np.all(np.isfinite(pose)):
        return True
    middle = pose[:3, :3] @ ((asset.minimum + asset.maximum) / 2) + pose[:3, 3]
    room = plan.background.room_size
    section = plan.recipe["placement"]
    volume = np.abs([section["volume_min"][:2], section["volume_max"][:2]]).max()
    reach = np.array(room[:2]) / 2 if room else np.full(2, max(LOST, LOST_VOLUMES * volume))
    return bool(middle[2] < -0.01 or np.any(np.abs(middle[:2]) > reach))
