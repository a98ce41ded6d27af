"""What is done with a data set that is baked."""

import bpy

from .layout import InTab


class TRUTHBAKE_PT_data_set(InTab, bpy.types.Panel):
    bl_label = "Data Set"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        layout = self.columns()
        output = self.settings(context).output
        layout.row().prop(output, "formats")
        column = layout.column()
        column.enabled = bool(output.folder)
        column.operator("truthbake.export", icon="EXPORT")
        row = column.row(align=True)
        row.operator("truthbake.verify", icon="CHECKMARK")
        row.operator("truthbake.report", icon="URL")
