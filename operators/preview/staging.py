"""From the user's recipe to a staged scene that stays to be looked at, and back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import bpy
from bpy.app.translations import pgettext_n

from ...dataset.records import FrameLabels
from ...presets import current, switches, tree
from ...render.annotate import Model
from ...render.bake import Baker
from ...render.sensor.sight import check as check_lens
from ...scene.assets.arrays import mesh_arrays
from ...scene.assets.catalogue import Asset, clear_cache
from ...scene.plan.camera import check_camera_file
from ...scene.plan.scene import ScenePlan, plan_scene
from ...scene.stage import randomizing
from ...scene.stage.datablocks import MARK, is_marked, remove, remove_marked
from ...scene.stage.stage import Stage
from ...scene.stage.staged import Staged
from ...scene.stage.supplies import gather
from ..jobs import model_library, words
from ..jobs.mistakes import MISTAKES
from . import labels, retiring, views

# What may go wrong on a stage, as for a bake's scenes.
FAILURES = (*MISTAKES, OSError, RuntimeError, ValueError)
# Looks at a staged frame, and returns warnings.
Finish = Callable[[Baker, Staged, int, FrameLabels], list[str]]


@dataclass(frozen=True)
class Planned:
    """A scene that can be built: everything that the user may have got wrong has been checked."""

    plan: ScenePlan
    assets: list[Asset]
    warnings: list[str]

    @property
    def recipe(self) -> dict[str, Any]:
        return self.plan.recipe


def plan(recipe: dict[str, Any], index: int) -> Planned:
    """Plan scene ``index`` of a recipe as a bake would. Raises the user's mistakes; no scene is touched."""
    recipe = switches.in_effect(recipe)
    assets, warnings = model_library.load(recipe)
    supplies, notices = gather(recipe)
    randomizing.check(recipe)
    check_camera_file(recipe)
    check_lens(recipe)
    warnings = [words.in_sidebar(text) for text in warnings]
    return Planned(plan_scene(recipe, assets, supplies, recipe["output"]["seed"], index), assets, warnings + notices)


def planned_here(context: bpy.types.Context, index: int) -> Planned:
    """Scene ``index`` of the recipe in the sidebar. Raises the user's mistakes."""
    return plan(tree.checked(current.settings(context)), index)


def show(
    context: bpy.types.Context, planned: Planned, frame: int, device: str = "CPU", finish: Finish | None = None
) -> list[str]:
    """Show a frame of a scene in place of what was staged before; returns warnings. Raises FAILURES.

    ``finish`` has the last word on the staged frame, with its labels; what it returns are warnings too.

    ``frame`` counts from 0; one that the scene does not have is its last one. Nothing is kept in Python: every step
    stages anew, so that undo finds nothing to break.
    """
    window = context.window
    before = views.shown() if window and current.is_staged(window.scene) else None
    origin = leave(context, with_views=before is None, is_followed=True)
    built = Stage(planned.assets)
    try:
        with traceless():
            staged, frame, text, more = _labelled(built, planned, frame, device, finish)
        built.randomizing.keep_for_later()
    except BaseException:
        built.close()
        views.look_back()
        raise
    scene = built.picture
    scene[current.ORIGIN] = origin
    index = planned.plan.scene
    scene[current.SCENE], scene[current.FRAME], scene[current.FRAMES] = index, frame, len(staged.shots)
    scene[current.LABELS] = text
    warnings = planned.warnings + staged.warnings + more
    scene[current.WARNINGS] = "\n".join(warnings)
    remove([built.truth])
    if window:
        window.scene = scene
        views.look_through_camera()
        if before is not None:
            views.show_again(before)
    context.window_manager.truthbake_preview.scene_index = index
    return warnings


def _labelled(
    built: Stage, planned: Planned, frame: int, device: str, finish: Finish | None
) -> tuple[Staged, int, str, list[str]]:
    """Build a scene and show a frame of it; the scene, the frame's number, its labels as JSON, and warnings."""
    staged = built.build(planned.plan)
    frame = min(frame, len(staged.shots) - 1)
    recipe = planned.recipe | {"passes": dict.fromkeys(planned.recipe["passes"], False)}
    with Baker(built, models(planned), recipe, device) as baker:
        baker.begin(staged)
        found = baker.label(staged, frame)
        built.show(staged, frame)  # the ground truth may have been taken through another lens
        warnings = finish(baker, staged, frame, found[0]) if finish else []
        return staged, frame, labels.to_json(staged, *found), warnings


def models(planned: Planned) -> dict[str, Model]:
    """What labelling needs of the models that stand in a scene."""
    keys = {item.model for item in planned.plan.everything}
    return {asset.key: model_library.model(asset, mesh_arrays(asset)) for asset in planned.assets if asset.key in keys}


@contextlib.contextmanager
def traceless() -> Iterator[None]:
    """Remove afterwards what Blender makes by itself to show renders, where it was not there before."""
    before = {image.name for image in _viewers()}
    try:
        yield
    finally:
        bpy.data.batch_remove([image for image in _viewers() if image.name not in before])


def _viewers() -> list[bpy.types.Image]:
    return [image for image in bpy.data.images if image.type in {"RENDER_RESULT", "COMPOSITING"}]


def is_any() -> bool:
    """Whether something staged is in the file; its scene may have been removed by hand, and the rest remains."""
    return any(is_marked(block) for block in (*bpy.data.scenes, *bpy.data.collections, *bpy.data.cameras))


def leave(context: bpy.types.Context, with_views: bool = True, is_followed: bool = False) -> bpy.types.Scene:
    """Show the user's scene in every window and remove what was staged; returns the user's scene.

    ``is_followed`` says that something else is staged at once.
    """
    origin = current.scene(context)
    if origin.get(MARK):  # the user removed theirs, and a file without any scene breaks Blender
        origin = bpy.data.scenes.new("Scene")
    for window in context.window_manager.windows:
        if window.scene.get(MARK):
            behind = current.origin(window.scene)
            window.scene = origin if behind.get(MARK) else behind
    if with_views:
        views.look_back()
    randomizing.put_back()
    remove_marked(but=retiring.retire() if is_followed else ())
    retiring.redraw()
    return origin


def why_not(context: bpy.types.Context, is_step: bool) -> str:
    """For polls: why nothing can be staged now, nor cleared; empty where it can.

    A step goes on from what is staged. A data set's scene has other neighbours than the recipe in the sidebar.
    """
    if bpy.app.is_job_running("RENDER"):  # two at once are more than Blender bears, and it may be the staged scene
        return pgettext_n("Blender is rendering; wait for it, or stop it with Esc")
    if is_step and context.scene.get(current.DATA_SET):
        return pgettext_n("This scene comes from a data set; turn the pages there, or clear it first")
    return ""


class Stageable:
    """An operator that stages, clears or renders: greyed out, with the reason, while that cannot be."""

    is_step = False  # whether it goes on from what is staged

    @classmethod
    def poll(cls, context):
        if reason := why_not(context, cls.is_step):
            cls.poll_message_set(reason)
            return False
        return True


def forget_models() -> None:
    """Take the imported models out of the file, unless a staged scene shows them: the next stage imports them anew."""
    if not is_any():
        clear_cache()


def one_line(error: BaseException) -> str:
    """What went wrong, for a report."""
    return " ".join(str(error).split())
