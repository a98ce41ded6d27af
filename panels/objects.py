"""What the data set is about: the models and how many of them."""

import bpy

from .layout import InTab, draw_fields
from .needs import NEEDS
from .parts import settings_of
from .sections import part_panel


class TRUTHBAKE_PT_objects(InTab, bpy.types.Panel):
    bl_label = "Objects"

    def draw(self, context):
        layout = self.columns()
        objects = self.settings(context).objects
        draw_fields(layout, objects, settings_of("objects"), "objects", NEEDS["objects"])
        if objects.models:
            layout.operator("truthbake.read_keypoints")


# Which of the models take part.
TRUTHBAKE_PT_objects_selection = part_panel("objects", "selection")
