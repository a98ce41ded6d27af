"""One scene of the data set, to look at before baking."""

import bpy
from bpy.app.translations import pgettext_iface

from ..presets import current
from .layout import InTab
from .overlay.header import draw_button
from .wrapping import draw_text

MOST = 3  # warnings of a staged scene that are shown


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
            draw_shown(layout, context, shown)
        row = layout.row(align=True)
        row.operator("truthbake.preview_frame", icon="IMAGE_DATA")
        row.popover(panel="TRUTHBAKE_PT_preview_picture", text="", icon="PREFERENCES")


class TRUTHBAKE_PT_preview_picture(bpy.types.Panel):
    bl_label = "Preview Frame"
    bl_description = "How large and how well Preview Frame renders"
    bl_space_type = "VIEW_3D"
    bl_region_type = "HEADER"  # a popover: shown by its button alone

    def draw(self, context):
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        preview = context.window_manager.truthbake_preview
        layout.prop(preview, "width")
        layout.prop(preview, "samples")


def draw_shown(layout, context, shown) -> None:
    """Which frame of the staged scene is shown, the way to the others, and its labels."""
    row = layout.row(align=True)
    # Scenes and frames count from 0 here too, as in the data set's files.
    text = pgettext_iface("Scene {scene}, frame {frame} (0-{last})")
    row.label(text=text.format(scene=shown.scene, frame=shown.frame, last=shown.frames - 1), translate=False)
    row.operator("truthbake.step_frame", text="", icon="TRIA_LEFT").direction = "PREVIOUS"
    row.operator("truthbake.step_frame", text="", icon="TRIA_RIGHT").direction = "NEXT"
    row = layout.row(align=True)
    row.use_property_split = False
    draw_button(row, context, is_named=True)
    if shown.warnings:
        box = layout.box()
        for warning in shown.warnings[:MOST]:
            draw_text(box, context, warning, icon="ERROR")
