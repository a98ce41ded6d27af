"""What the data set is about: the models and how many of them."""

import bpy

from .layout import InTab, draw_section
from .sections import NEEDS


class TRUTHBAKE_PT_objects(InTab, bpy.types.Panel):
    bl_label = "Objects"

    def draw(self, context):
        layout = self.columns()
        objects = self.settings(context).objects
        if not objects.models:
            layout.label(text="Empty: the built-in parts", icon="INFO")
        draw_section(layout, objects, "objects", NEEDS.get("objects", {}), ())
