"""Motion blur: the colour image is taken while camera and objects pass through the poses of a frame.

Objects belong to the picture's scene and to that of the ground truth. So they are set in motion for one picture only,
by keys around the scene's current frame, and stand again exactly as before when it is taken: labels are those of the
instant, without blur.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import bpy
import numpy as np
from mathutils import Matrix

from ..plan import motion
from ..plan.placement import reserved
from . import camera
from .datablocks import MARK
from .stage import Stage
from .staged import Staged

_CHANNELS = ("location", "rotation_quaternion", "scale")


@contextlib.contextmanager
def blurred(stage: Stage, staged: Staged, frame: int) -> Iterator[None]:
    """While this lasts, the picture's scene moves through the state of a frame, if the recipe wants it blurred."""
    plan = staged.plan
    paths = _paths(stage, staged, frame) if plan.recipe["sensor"]["use_motion_blur"] else []
    if not paths:
        yield
        return
    actions: list[bpy.types.Action] = []
    try:
        _set_in_motion(stage, staged, frame, paths, actions)
        yield
    finally:
        stage.picture.render.use_motion_blur = False
        for item, _ in paths:
            item.animation_data_clear()
            item.rotation_mode = "XYZ"
        for action in actions:
            bpy.data.actions.remove(action)
        stage.show(staged, frame)


def set_in_motion(stage: Stage, staged: Staged, frame: int) -> None:
    """Let the picture's scene move through the state of a frame for good, where it does: it stays to be looked at."""
    if not staged.plan.recipe["sensor"]["use_motion_blur"]:
        return
    actions: list[bpy.types.Action] = []
    if paths := _paths(stage, staged, frame):
        _set_in_motion(stage, staged, frame, paths, actions)
    for action in actions:
        action[MARK] = True


def _set_in_motion(stage: Stage, staged: Staged, frame: int, paths: list, actions: list[bpy.types.Action]) -> None:
    plan, scene = staged.plan, stage.picture
    scene.render.use_motion_blur = True
    scene.render.motion_blur_position = "CENTER"
    scene.render.motion_blur_shutter = motion.shutter(plan.recipe, plan.seed, plan.scene, frame)
    for item, matrices in paths:
        actions.append(_animate(item, matrices, scene.frame_current))


def _paths(stage: Stage, staged: Staged, frame: int) -> list[tuple[bpy.types.Object, list[np.ndarray]]]:
    """The objects that move, the camera among them, each with its matrices before, at and after the frame's instant."""
    plan = staged.plan
    numbers = [number for number, shot in enumerate(staged.shots) if shot.eye == staged.shots[frame].eye]
    own, number = [staged.shots[each] for each in numbers], numbers.index(frame)
    paths = []
    if motion.objects_move(plan.recipe):
        # Those that hide targets are placed for each frame anew, and people may take another pose: these jump.
        jumping = {item.instance for item in reserved(plan.recipe["placement"], plan.objects)}
        moments = [staged.moments[shot.moment] for shot in own]
        for moment in moments[max(number - 1, 0) : number + 2]:
            both = moment.meshes.keys() | moments[number].meshes.keys()
            jumping |= {each for each in both if moment.meshes.get(each) != moments[number].meshes.get(each)}
        for item in plan.objects:
            if item.instance in staged.moment(frame).poses and item.instance not in jumping:
                path = motion.around([moment.poses[item.instance] for moment in moments], number)
                stretch = np.diag([*item.scale, 1.0])
                paths.append((stage.items[item.instance], path, stretch))
    if motion.camera_moves(plan.recipe):
        path = motion.around([shot.camera_to_world for shot in own], number)
        paths.append((stage.camera, path, camera.OPENCV_TO_BLENDER))
    return [
        (item, [pose @ local for pose in (path.before, path.now, path.after)])
        for item, path, local in paths
        if not path.is_still
    ]


def _animate(item: bpy.types.Object, matrices: list[np.ndarray], middle: int) -> bpy.types.Action:
    """Key an object's three matrices, straight from one to the next."""
    item.rotation_mode = "QUATERNION"
    turn = None
    for step, matrix in enumerate(matrices):
        place, rotation, scale = Matrix(matrix).decompose()
        if turn is not None and turn.dot(rotation) < 0:
            rotation.negate()  # the same rotation, on the shorter way
        turn = rotation
        item.location, item.rotation_quaternion, item.scale = place, rotation, scale
        for channel in _CHANNELS:
            item.keyframe_insert(channel, frame=middle - 1 + step)
    action = item.animation_data.action
    for curve in _curves(action):
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"
    return action


def _curves(action: bpy.types.Action) -> Iterator[bpy.types.FCurve]:
    """All curves of an action; Blender 5 keeps them in bags, one for each slot."""
    if hasattr(action, "fcurves"):
        yield from action.fcurves
    else:
        for layer in action.layers:
            for strip in layer.strips:
                for bag in strip.channelbags:
                    yield from bag.fcurves
