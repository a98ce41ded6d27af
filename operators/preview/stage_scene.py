"""Stage one scene of the recipe to look at it, step to its neighbours and through its frames, and take it away."""

import random

import bpy
from bpy.app.translations import pgettext_tip
from bpy.props import EnumProperty, IntProperty

from ...presets import current
from .. import pictures
from . import staging
from .preview_frame import PICTURE

_NEXT = ("NEXT", "Next", "The one after")
_PREVIOUS = ("PREVIOUS", "Previous", "The one before")
# A data set of one scene has nothing to choose from: its recipe does, whatever is baked of it.
_MANY = 1000


class _Stages(staging.Stageable):
    """An operator that stages: UNDO, since the file holds the staged scene."""

    bl_options = {"REGISTER", "UNDO"}

    def stage(self, context, index: int, frame: int) -> set[str]:
        try:
            warnings = staging.show(context, staging.planned_here(context, index), frame)
        except staging.FAILURES as error:
            staging.forget_models()
            self.report({"ERROR"}, staging.one_line(error))
            return {"CANCELLED"}
        for text in warnings:
            self.report({"WARNING"}, text)
        return {"FINISHED"}


class TRUTHBAKE_OT_stage_scene(_Stages, bpy.types.Operator):
    bl_idname = "truthbake.stage_scene"
    bl_label = "Stage Scene"
    bl_description = "Build one scene of the data set, as it will be baked, in a scene of its own"

    index: IntProperty(name="Scene", description="Which scene of the data set", min=0, default=0)
    frame: IntProperty(name="Frame", description="Which frame of the scene, from 0", min=0, default=0)

    def execute(self, context):
        return self.stage(context, self.index, self.frame)


class TRUTHBAKE_OT_step_scene(_Stages, bpy.types.Operator):
    bl_idname = "truthbake.step_scene"
    bl_label = "Step Scene"
    bl_description = "Stage another scene of the data set"

    is_step = True

    direction: EnumProperty(
        name="Direction",
        description="Which scene comes",
        items=[_NEXT, _PREVIOUS, ("RANDOM", "Random", "Any other scene of the data set")],
        default="NEXT",
    )

    @classmethod
    def description(cls, context, properties):
        if properties.direction == "RANDOM":
            return pgettext_tip("Stage any other scene of the data set")
        is_next = properties.direction == "NEXT"
        return pgettext_tip("Stage the next scene of the data set" if is_next else "Stage the scene before this one")

    def execute(self, context):
        shown = current.shown(context)
        index = shown.scene if shown else context.window_manager.truthbake_preview.scene_index
        if self.direction == "RANDOM":
            index = _other(index, current.settings(context).output.scenes)
        else:
            index += 1 if self.direction == "NEXT" else -1
        if index < 0:
            self.report({"ERROR"}, "Scene 0 is the first one")
            return {"CANCELLED"}
        return self.stage(context, index, 0)


class TRUTHBAKE_OT_step_frame(_Stages, bpy.types.Operator):
    bl_idname = "truthbake.step_frame"
    bl_label = "Step Frame"
    bl_description = "Show another frame of the staged scene: its camera, its lens, and its objects where it has them"

    is_step = True

    direction: EnumProperty(name="Direction", description="Which frame comes", items=[_NEXT, _PREVIOUS], default="NEXT")

    @classmethod
    def description(cls, context, properties):
        is_next = properties.direction == "NEXT"
        return pgettext_tip("Show the scene's next frame" if is_next else "Show the scene's frame before this one")

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        shown = current.shown(context)
        if shown is None:
            cls.poll_message_set("Stage a scene first")
            return False
        if shown.frames == 1:
            cls.poll_message_set("This scene has one frame only")
            return False
        return True

    def execute(self, context):
        shown = current.shown(context)
        frame = shown.frame + (1 if self.direction == "NEXT" else -1)
        return self.stage(context, shown.scene, frame % shown.frames)


class TRUTHBAKE_OT_clear_stage(staging.Stageable, bpy.types.Operator):
    bl_idname = "truthbake.clear_stage"
    bl_label = "Clear Stage"
    bl_description = "Remove the staged scene and the picture of its frame, and go back to the scene before"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        if staging.is_any() or pictures.is_there(PICTURE):
            return True
        cls.poll_message_set("No scene is staged")
        return False

    def execute(self, context):
        staging.leave(context)
        staging.forget_models()
        pictures.forget(PICTURE)
        return {"FINISHED"}


def _other(index: int, scenes: int) -> int:
    """A random scene of a data set that is not ``index``."""
    # Which scene comes is no part of the data set: Python's own generator, left unseeded, may choose.
    others = [number for number in range(scenes if scenes > 1 else _MANY) if number != index]
    return random.choice(others)
