"""How much is baked and where to; the bake while it runs, and what came of it. How well it is rendered: Render."""

import bpy
from bpy.app.translations import pgettext_iface

from ..presets import preferences
from ..presets.settings.kinds import CONTEXT
from .layout import InTab
from .wrapping import draw_text

# So many of the last warnings are listed.
LISTED = 8

LEVELS = {"ERROR": "CANCEL", "WARNING": "ERROR", "INFO": "INFO"}
OUTLOOKS = {"NEW": "NONE", "CONTINUE": "INFO", "COMPLETE": "CHECKMARK", "OTHER": "ERROR"}


class TRUTHBAKE_PT_bake(InTab, bpy.types.Panel):
    bl_label = "Bake"

    def draw(self, context):
        layout = self.columns()
        runtime = context.window_manager.truthbake
        settings = self.settings(context)
        draw_amount(layout.column(), settings, not runtime.is_baking)
        if runtime.is_baking:
            draw_running(layout, context, runtime)
        else:
            draw_button(layout, context, runtime, bool(preferences.output_folder(settings)))
            if runtime.text:
                draw_end(layout.box(), context, runtime)
        draw_warnings(layout, context, runtime.warnings)


def draw_amount(layout, settings, is_enabled: bool) -> None:
    """What is baked and where to."""
    layout.enabled = is_enabled
    amount = layout.column(align=True)
    amount.prop(settings.output, "scenes")
    amount.prop(settings.output, "frames_per_scene", text="Frames", text_ctxt=CONTEXT)
    layout.prop(settings.output, "seed")
    folder = layout.row(align=True)
    folder.prop(settings.output, "folder", text="Output", placeholder=preferences.default_output(settings))
    folder.menu("TRUTHBAKE_MT_recent_outputs", text="", icon="DOWNARROW_HLT")


def draw_button(layout, context, runtime, has_folder: bool) -> None:
    """What is there and what is wrong, and the one button, called after what it does."""
    if not has_folder:
        layout.operator("truthbake.use_home_folder", icon="HOME")
    if runtime.outlook_text:
        draw_text(layout, context, runtime.outlook_text, icon=OUTLOOKS[runtime.outlook])
    row = layout.row(align=True)
    row.scale_y = 1.5
    if runtime.outlook == "CONTINUE":
        row.operator("truthbake.bake_background", text="Continue", icon="RENDER_ANIMATION")
    else:
        row.operator("truthbake.bake_background", icon="RENDER_ANIMATION")
    row.operator("truthbake.check_bake", text="", icon="CHECKMARK")
    if runtime.variants:
        text = pgettext_iface("Bake Sweep: {count} Variants").format(count=runtime.variants)
        layout.operator("truthbake.bake_sweep", text=text, translate=False, icon="RENDERLAYERS")
    draw_checklist(layout, context, runtime)


def draw_checklist(layout, context, runtime) -> None:
    """What the last check found, errors first, each with what to do."""
    if not runtime.is_checked:
        return
    column = layout.box().column()
    if not any(level != "INFO" for level, *_ in runtime.problems):
        column.label(text="Ready to bake", icon="CHECKMARK")
    for level, text, advice in runtime.problems:
        draw_text(column, context, text, icon=LEVELS[level])
        if advice:
            todo = column.column()
            todo.active = False
            draw_text(todo, context, advice, icon="BLANK1")


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
        row = layout.row(align=True)
        look = row.operator("truthbake.open_data_set", text="Look at It", icon="IMAGE_DATA")
        look.folder, look.use_picture = runtime.folder, True
        row.operator("truthbake.open_output", text="", icon="FILE_FOLDER")


def draw_warnings(layout, context, warnings) -> None:
    """The last warnings, folded away."""
    if not warnings:
        return
    header, body = layout.panel("truthbake_warnings", default_closed=True)
    count = pgettext_iface("Warnings: {count}").format(count=len(warnings))
    header.label(text=count, icon="ERROR", translate=False)
    if body:
        for text in warnings[-LISTED:]:
            draw_text(body, context, text, icon="DOT", most=4)
