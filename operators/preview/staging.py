"""From the user's recipe to a staged scene that stays to be looked at, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

from ...presets import current, switches, tree
from ...render.sensor.sight import check as check_lens
from ...scene.assets.catalogue import Asset
from ...scene.plan.camera import check_camera_file
from ...scene.plan.scene import ScenePlan, plan_scene
from ...scene.stage import randomizing
from ...scene.stage.datablocks import MARK, remove_marked
from ...scene.stage.stage import Stage
from ...scene.stage.supplies import gather
from ..jobs import model_library
from ..jobs.mistakes import MISTAKES
from . import views

# What may go wrong on a stage, as for a bake's scenes.
FAILURES = (*MISTAKES, OSError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Planned:
    """A scene that can be built: everything that the user may have got wrong has been checked."""

    plan: ScenePlan
    assets: list[Asset]
    warnings: list[str]

    @property
    def recipe(self) -> dict[str, Any]:
        return self.plan.recipe


def plan(settings: bpy.types.PropertyGroup, index: int) -> Planned:
    """Plan scene ``index`` of the recipe as a bake would. Raises the user's mistakes; Blender's data stay untouched."""
    recipe = switches.in_effect(tree.checked(settings))
    assets, warnings = model_library.load(recipe)
    supplies, notices = gather(recipe)
    randomizing.check(recipe)
    check_camera_file(recipe)
    check_lens(recipe)
    return Planned(plan_scene(recipe, assets, supplies, recipe["output"]["seed"], index), assets, warnings + notices)


def stage(context: bpy.types.Context, index: int, frame: int) -> list[str]:
    """Show a frame of scene ``index`` in place of what was staged before; returns warnings. Raises FAILURES.

    ``frame`` counts from 0; one that the scene does not have is its last one. Nothing is kept in Python: every step
    stages anew, so that undo finds nothing to break.
    """
    origin = current.scene(context)
    planned = plan(origin.truthbake, index)
    window = context.window
    before = views.shown(window) if window and current.is_staged(window.scene) else None
    leave(context, with_views=before is None)
    built = Stage(planned.assets)
    try:
        staged = built.build(planned.plan)
        frame = min(frame, len(staged.shots) - 1)
        built.show(staged, frame)
        built.randomizing.keep_for_later()
    except BaseException:
        built.close()
        if window:
            views.look_back(window)
        raise
    scene = built.picture
    scene.render.engine = "CYCLES"
    scene[current.ORIGIN] = origin.name
    scene[current.SCENE], scene[current.FRAME], scene[current.FRAMES] = index, frame, len(staged.shots)
    bpy.data.scenes.remove(built.truth)
    if window:
        window.scene = scene
        views.look_through_camera(window)
        if before is not None:
            views.show_again(window, before)
    context.window_manager.truthbake_preview.scene_index = index
    return planned.warnings + staged.warnings


def is_any() -> bool:
    """Whether some scene of the file is a staged one."""
    return any(scene.get(MARK) for scene in bpy.data.scenes)


def leave(context: bpy.types.Context, with_views: bool = True) -> None:
    """Show the user's scene in every window and remove what was staged."""
    origin = current.scene(context)
    for window in context.window_manager.windows:
        if window.scene.get(MARK):
            window.scene = origin
            if with_views:
                views.look_back(window)
    randomizing.put_back()
    remove_marked()


def one_line(error: BaseException) -> str:
    """What went wrong, for a report."""
    return " ".join(str(error).split())
