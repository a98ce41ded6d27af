"""The tab's first panel: which recipe."""

import bpy

from .layout import InSidebar


class TRUTHBAKE_MT_recipes(bpy.types.Menu):
    bl_label = "Recipes"
    bl_description = "Load a built-in recipe or one of yours"

    def draw(self, context):
        layout = self.layout
        # Blender's own list of preset files: the built-in recipes and those in the user's folder.
        self.path_menu(
            bpy.utils.preset_paths("truthbake"),
            "truthbake.choose_recipe",
            filter_ext=lambda suffix: suffix.lower() in {".yaml", ".yml"},
        )
        layout.separator()
        layout.operator("truthbake.choose_recipe", text="Open File...", icon="FILE_FOLDER")


class TRUTHBAKE_PT_recipe(InSidebar, bpy.types.Panel):
    bl_label = "Truthbake"

    def draw(self, context):
        row = self.columns().row(align=True)
        name = self.settings(context).name
        row.menu("TRUTHBAKE_MT_recipes", text=bpy.path.display_name(name, has_ext=False) if name else "Recipe")
        row.operator("truthbake.choose_recipe", text="", icon="FILE_FOLDER")
