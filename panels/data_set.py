"""What is done with a data set that is baked."""

import bpy
from bpy.app.translations import pgettext_iface

from .layout import InTab


class TRUTHBAKE_PT_data_set(InTab, bpy.types.Panel):
    bl_label = "Data Set"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        layout = self.columns()
        output = self.settings(context).output
        layout.row().prop(output, "formats")
        runtime = context.window_manager.truthbake_data_set
        if runtime.is_working:
            draw_working(layout, runtime)
            return
        column = layout.column()
        column.enabled = bool(output.folder)
        column.operator("truthbake.export", icon="EXPORT")
        row = column.row(align=True)
        row.operator("truthbake.verify", icon="CHECKMARK")
        row.operator("truthbake.report", icon="URL")


def draw_working(layout, runtime) -> None:
    """What is at work, how far it is, and a way out."""
    row = layout.row(align=True)
    row.progress(factor=runtime.progress, text=pgettext_iface(runtime.label))
    row.enabled = not runtime.is_cancelling
    row.operator("truthbake.cancel_work", text="", icon="CANCEL")
