"""One scene of the data set, to look at before baking."""

import bpy
from bpy.app.translations import pgettext_iface as translated

from ..presets import current
from .layout import InTab


class TRUTHBAKE_PT_preview(InTab, bpy.types.Panel):
    bl_label = "Preview"

    def draw(self, context):
        layout = self.columns()
        preview = context.window_manager.truthbake_preview
        shown = current.shown(context)
        layout.prop(self.settings(context).output, "seed")
        row = layout.row(align=True)
        row.prop(preview, "scene_index")
        step = row.row(align=True)
        step.enabled = (shown.scene if shown else preview.scene_index) > 0
        step.operator("truthbake.step_scene", text="", icon="TRIA_LEFT").direction = "PREVIOUS"
        row.operator("truthbake.step_scene", text="", icon="TRIA_RIGHT").direction = "NEXT"
        row.operator("truthbake.step_scene", text="", icon="FILE_REFRESH").direction = "RANDOM"
        row = layout.row(align=True)
        row.operator("truthbake.stage_scene", icon="SCENE_DATA").index = preview.scene_index
        row.operator("truthbake.clear_stage", text="Clear", icon="X")
        if shown:
            draw_frames(layout, shown)


def draw_frames(layout, shown) -> None:
    """Which frame of the staged scene is shown, and the way to the others."""
    row = layout.row(align=True)
    text = translated("Scene {scene}, frame {frame} of {frames}")
    row.label(text=text.format(scene=shown.scene, frame=shown.frame + 1, frames=shown.frames), translate=False)
    row.operator("truthbake.step_frame", text="", icon="TRIA_LEFT").direction = "PREVIOUS"
    row.operator("truthbake.step_frame", text="", icon="TRIA_RIGHT").direction = "NEXT"
