"""What is done with a data set that is baked: its numbers, its frames one by one, checks and exports."""

import bpy
from bpy.app.translations import pgettext_iface

from ..presets import preferences
from ..presets.settings.kinds import CONTEXT
from .layout import InSidebar, InTab


class TRUTHBAKE_UL_classes(bpy.types.UIList):
    """Classes of a data set with their instances"""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property):
        row = layout.row()
        row.label(text=item.name, translate=False)
        numbers = row.row()
        numbers.alignment = "RIGHT"
        numbers.label(text=f"{item.visible} / {item.placed}", translate=False)


class TRUTHBAKE_UL_problems(bpy.types.UIList):
    """What is wrong with a data set"""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property):
        layout.label(text=item.name, icon="ERROR", translate=False)


class TRUTHBAKE_PT_data_set(InTab, bpy.types.Panel):
    bl_label = "Data Set"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        layout = self.columns()
        state = context.window_manager.truthbake_data_set
        folder = preferences.output_folder(self.settings(context))
        draw_chooser(layout, state, folder)
        if state.is_working:
            draw_working(layout, state)
        if state.is_open:
            text = pgettext_iface("{scenes} scenes, {images} images, {resolution}")
            numbers = {key: getattr(state, key) for key in ("scenes", "images", "resolution")}
            layout.label(text=text.format(**numbers), translate=False)
            if state.is_counting:
                layout.progress(factor=state.counted, text=pgettext_iface("Counting"))
            draw_pages(layout, state)
        draw_checks(layout, state, self.settings(context))


class InDataSet(InSidebar):
    """A panel inside that of the data set, as long as one is open."""

    bl_parent_id = "TRUTHBAKE_PT_data_set"

    @classmethod
    def poll(cls, context):
        return context.window_manager.truthbake_data_set.is_open


class TRUTHBAKE_PT_data_set_numbers(InDataSet, bpy.types.Panel):
    bl_label = "Numbers"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        layout = self.columns()
        state = context.window_manager.truthbake_data_set
        draw_facts(layout, state)
        draw_histogram(layout, state)
        layout.label(text="Instances by Class, Visible / Placed")
        layout.template_list("TRUTHBAKE_UL_classes", "", state, "classes", state, "active_class", rows=4)


class TRUTHBAKE_PT_data_set_pages(bpy.types.Panel):
    """Turn the pages beside the picture"""

    bl_space_type = "IMAGE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Truthbake"
    bl_label = "Data Set"

    @classmethod
    def poll(cls, context):
        return context.window_manager.truthbake_data_set.is_open

    def draw(self, context):
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        state = context.window_manager.truthbake_data_set
        layout.label(text=state.title, icon="FILE_FOLDER", translate=False)
        if state.is_working:
            draw_working(layout, state)
        draw_pages(layout, state)


def draw_chooser(layout, state, output: str) -> None:
    """Which data set is open, and the ways to another one."""
    row = layout.row(align=True)
    if state.is_open:
        row.label(text=state.title, icon="FILE_FOLDER", translate=False)
    else:
        recipes_own = row.row(align=True)
        recipes_own.enabled = bool(output)
        recipes_own.operator_context = "EXEC_DEFAULT"
        recipes_own.operator("truthbake.open_data_set", text="Open Output", icon="FILE_FOLDER")
    row.operator("truthbake.open_data_set", text="" if state.is_open else "Open...", icon="FILEBROWSER")
    row.menu("TRUTHBAKE_MT_recent_data_sets", text="", icon="DOWNARROW_HLT")
    if state.is_open:
        row.operator("truthbake.close_data_set", text="", icon="X")


def draw_working(layout, state) -> None:
    """What is at work, how far it is, and a way out."""
    row = layout.row(align=True)
    row.progress(factor=state.progress, text=pgettext_iface(state.label, "Operator"))
    stop = row.row(align=True)
    stop.enabled = not state.is_cancelling
    stop.operator("truthbake.cancel_work", text="", icon="CANCEL")


def draw_facts(layout, state) -> None:
    """What the data set is: one line a fact."""
    column = layout.column(align=True)
    draw_fact(column, state, "instances")
    if state.empty_images:
        draw_fact(column, state, "empty_images")
    for key in ("passes", "size", "seed", "truthbake", "blender"):
        draw_fact(column, state, key)
    if state.broken:
        text = pgettext_iface("{count} cannot be read: {first}").format(count=state.broken, first=state.first_broken)
        layout.label(text=text, icon="ERROR", translate=False)


def draw_fact(layout, state, key: str) -> None:
    """A fact with its name to the left, as settings have theirs."""
    split = layout.split(factor=0.4)
    name = split.row()
    name.alignment = "RIGHT"
    name.label(text=state.bl_rna.properties[key].name, text_ctxt=CONTEXT)
    split.label(text=str(getattr(state, key)), translate=False)


def draw_pages(layout, state) -> None:
    """First, previous, next and last frame, their numbers, and what is shown of them."""
    row = layout.row(align=True)
    row.scale_x = 1.3
    for to, icon in (("FIRST", "REW"), ("PREVIOUS", "PLAY_REVERSE")):
        row.operator("truthbake.browse_frames", text="", icon=icon).to = to
    row.operator("truthbake.show_frame", text="Show", icon="IMAGE_DATA")
    for to, icon in (("NEXT", "PLAY"), ("LAST", "FF")):
        row.operator("truthbake.browse_frames", text="", icon=icon).to = to
    column = layout.column(align=True)
    column.prop(state, "scene")
    column.prop(state, "frame")
    layout.prop(state, "view")
    layout.operator("truthbake.open_frame_scene", icon="SCENE_DATA")
    if state.message:
        layout.label(text=state.message, icon="ERROR", translate=False)


def draw_checks(layout, state, settings) -> None:
    """Buttons that check a data set, report on it and export it, and what the checks found."""
    is_there = state.is_open or bool(preferences.output_folder(settings))
    if not is_there:
        layout.label(text="Open a data set, or choose an output folder", icon="INFO")
    column = layout.column()
    column.enabled = is_there and not state.is_working
    row = column.row(align=True)
    row.operator("truthbake.verify", icon="CHECKMARK")
    row.operator("truthbake.report", icon="URL")
    if state.problems:
        layout.template_list("TRUTHBAKE_UL_problems", "", state, "problems", state, "active_problem", rows=4)
    elif state.is_verified:
        layout.label(text="Every label holds", icon="CHECKMARK")
    column = layout.column()
    column.enabled = is_there and not state.is_working
    column.row().prop(settings.output, "formats")
    column.operator("truthbake.export", icon="EXPORT")


def draw_histogram(layout, state) -> None:
    """Targets by visible fraction: one bar for each tenth."""
    layout.label(text="Visible Fraction")
    column = layout.column(align=True)
    column.scale_y = 0.75
    for place, (share, count) in enumerate(zip(state.fractions, state.fraction_counts, strict=True)):
        split = column.split(factor=0.3)
        limits = split.row()
        limits.alignment = "RIGHT"
        limits.label(text=f"{10 * place} - {10 * place + 10} %", translate=False)
        split.progress(factor=share, text=str(count))


data_set_panels = (
    TRUTHBAKE_UL_classes,
    TRUTHBAKE_UL_problems,
    TRUTHBAKE_PT_data_set,
    TRUTHBAKE_PT_data_set_numbers,
    TRUTHBAKE_PT_data_set_pages,
)
