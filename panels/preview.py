"""One scene of the data set, to look at before baking."""

import bpy

from .layout import InTab


class TRUTHBAKE_PT_preview(InTab, bpy.types.Panel):
    bl_label = "Preview"

    def draw(self, context):
        layout = self.columns()
        runtime = context.window_manager.truthbake
        layout.prop(runtime, "scene_index")
        row = layout.row(align=True)
        row.operator("truthbake.stage_scene", icon="SCENE_DATA").index = runtime.scene_index
        row.operator("truthbake.clear_stage", text="Clear")
