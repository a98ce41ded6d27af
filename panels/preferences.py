"""Truthbake in Blender's preferences."""

import bpy

from ..presets.preferences import ROOT, Preferences


class TRUTHBAKE_AP_preferences(Preferences, bpy.types.AddonPreferences):
    bl_idname = ROOT

    def draw(self, context):
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(self, "output_folder")
        column = layout.column()
        column.prop(self, "workers")
        column.prop(self, "device")
        self._draw_libraries(layout)
        layout.label(text="Works offline: Truthbake never uses the network", icon="INTERNET_OFFLINE")

    def _draw_libraries(self, layout):
        layout.label(text="Team Libraries")
        row = layout.row()
        row.template_list("TRUTHBAKE_UL_libraries", "", self, "libraries", self, "active_library", rows=3)
        buttons = row.column(align=True)
        buttons.operator("truthbake.add_library", text="", icon="ADD")
        buttons.operator("truthbake.remove_library", text="", icon="REMOVE")
        if 0 <= self.active_library < len(self.libraries):
            layout.prop(self.libraries[self.active_library], "folder")


class TRUTHBAKE_UL_libraries(bpy.types.UIList):
    """Team libraries, by name and folder"""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property):
        split = layout.split(factor=0.35)
        split.prop(item, "name", text="", emboss=False, icon="ASSET_MANAGER")
        split.label(text=item.folder, translate=False)


classes = (TRUTHBAKE_UL_libraries, TRUTHBAKE_AP_preferences)
