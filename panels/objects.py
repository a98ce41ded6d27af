"""What the data set is about: the models and how many of them."""

import bpy

from ..presets import fields
from .layout import InTab, draw_fields, draw_section
from .sections import NEEDS

# Shown in a panel of its own: which of the models take part.
SELECTION = {"change_every", "split", "split_shares"}


class TRUTHBAKE_PT_objects(InTab, bpy.types.Panel):
    bl_label = "Objects"

    def draw(self, context):
        layout = self.columns()
        objects = self.settings(context).objects
        if not objects.models:
            layout.label(text="Empty: the built-in parts", icon="INFO")
        draw_section(layout, objects, "objects", NEEDS.get("objects", {}), SELECTION)
        if objects.models:
            layout.operator("truthbake.read_keypoints")


class TRUTHBAKE_PT_selection(InTab, bpy.types.Panel):
    bl_label = "Selection"
    bl_parent_id = "TRUTHBAKE_PT_objects"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        objects = self.settings(context).objects
        chosen = [field for field in fields.recipe().child("objects").fields if field.key in SELECTION]
        draw_fields(self.columns(), objects, chosen, "objects", NEEDS.get("objects", {}))
