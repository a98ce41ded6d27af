"""How much is baked and where to; the bake while it runs, and what came of it. How well it is rendered: Render."""

import bpy
from bpy.app.translations import pgettext_iface

from .layout import InTab
from .wrapping import draw_text

# So many of the last warnings are listed.
LISTED = 8


class TRUTHBAKE_PT_bake(InTab, bpy.types.Panel):
    bl_label = "Bake"

    def draw(self, context):
        layout = self.columns()
        runtime = context.window_manager.truthbake
        draw_amount(layout.column(), self.settings(context), not runtime.is_baking)
        if runtime.is_baking:
            draw_running(layout, context, runtime)
        else:
            draw_button(layout, context, runtime)
            if runtime.text:
                draw_end(layout.box(), context, runtime)
        draw_warnings(layout, context, runtime.warnings)


def draw_amount(layout, settings, is_enabled: bool) -> None:
    """What is baked and where to."""
    layout.enabled = is_enabled
    amount = layout.column(align=True)
    amount.prop(settings.output, "scenes")
    amount.prop(settings.output, "frames_per_scene", text="Frames")
    layout.prop(settings.output, "seed")
    layout.prop(settings.output, "folder", text="Output")


def draw_button(layout, context, runtime) -> None:
    """The one button, called after what the output folder holds."""
    row = layout.column()
    row.scale_y = 1.5
    row.operator("truthbake.bake_background", icon="RENDER_ANIMATION")


def draw_running(layout, context, runtime) -> None:
    """Progress, pace, time and a way out."""
    column = layout.column(align=True)
    column.progress(factor=runtime.progress, text=runtime.count)
    draw_text(column, context, runtime.text)
    column.label(text=runtime.pace, translate=False)
    times = column.row()
    times.label(text=runtime.elapsed, icon="TIME", translate=False)
    times.label(text=runtime.left, translate=False)
    cancel = layout.row()
    cancel.scale_y = 1.5
    cancel.enabled = not runtime.is_cancelling
    cancel.operator("truthbake.cancel_bake", icon="CANCEL")


def draw_end(layout, context, runtime) -> None:
    """How the last bake ended, and ways to look at what it made."""
    draw_text(layout, context, runtime.text, icon="ERROR" if runtime.is_alert else "CHECKMARK")
    rows = layout.column(align=True)
    rows.scale_y = 0.8
    for name, value in runtime.summary:
        split = rows.split(factor=0.6)
        split.label(text=name, translate=False)
        split.label(text=value, translate=False)
    if runtime.folder:
        layout.operator("truthbake.open_output", icon="FILE_FOLDER")


def draw_warnings(layout, context, warnings) -> None:
    """The last warnings, folded away."""
    if not warnings:
        return
    header, body = layout.panel("truthbake_warnings", default_closed=True)
    count = pgettext_iface("{count} Warnings").format(count=len(warnings))
    header.label(text=count, icon="ERROR", translate=False)
    if body:
        for text in warnings[-LISTED:]:
            draw_text(body, context, text, icon="DOT", most=4)
