"""Menus of the data sets that were written or opened last."""

import bpy

from ..presets import recent


class TRUTHBAKE_MT_recent_outputs(bpy.types.Menu):
    bl_label = "Recent Data Sets"
    bl_description = "Bake into a data set that was written or opened before"

    def draw(self, context):
        draw_recent(self.layout, "truthbake.use_output_folder")


class TRUTHBAKE_MT_recent_data_sets(bpy.types.Menu):
    bl_label = "Recent Data Sets"
    bl_description = "Open a data set that was written or opened before"

    def draw(self, context):
        draw_recent(self.layout, "truthbake.open_data_set")


def draw_recent(layout, operator: str) -> None:
    """One button for each folder; the operator's property ``folder`` takes it."""
    found = recent.outputs()  # read when the menu opens
    for folder in found:
        layout.operator(operator, text=folder, translate=False, icon="FILE_FOLDER").folder = folder
    if not found:
        layout.label(text="None yet")


classes = (TRUTHBAKE_MT_recent_outputs, TRUTHBAKE_MT_recent_data_sets)
