"""The tab's first panel: which recipe, and what is done with it."""

import bpy
from bpy.app.translations import pgettext_iface

from ..presets import library
from .layout import InSidebar

_TITLES = {"BUILTIN": "Built-in", "USER": "Yours"}
_ROWS = 24  # recipes that stand below one another before every library gets a column of its own


class TRUTHBAKE_MT_recipes(bpy.types.Menu):
    bl_label = "Recipes"
    bl_description = "Load a built-in recipe, one of yours, or one of a team library"

    def draw(self, context):
        # The folders are read when the menu opens, as Blender's own preset menus do it.
        shelves = sorted(library.shelves(), key=lambda shelf: shelf.kind != "BUILTIN")
        is_long = sum(len(shelf.entries) for shelf in shelves) > _ROWS
        row = self.layout.row()
        column = row.column()
        for shelf in shelves:
            if shelf.kind != "BUILTIN":
                column = row.column() if is_long else column
                column.separator()
            _draw_shelf(column, shelf)
        self.layout.separator()
        self.layout.operator("truthbake.choose_recipe", text="Open File...", icon="FILE_FOLDER")


def _draw_shelf(layout, shelf) -> None:
    is_locked = shelf.kind == "TEAM" and not shelf.is_writable and not shelf.problem
    layout.label(
        text=pgettext_iface(_TITLES[shelf.kind]) if shelf.kind in _TITLES else shelf.name,
        icon="LOCKED" if is_locked else "NONE",
        translate=False,
    )
    for entry in shelf.entries:
        name = library.shown(entry.name, str(entry.path))
        button = layout.operator("truthbake.choose_recipe", text=name, translate=False)
        button.filepath = str(entry.path)
    if shelf.problem or not shelf.entries:
        row = layout.row()
        row.enabled = False
        row.label(
            text=shelf.problem or pgettext_iface("None yet"),
            icon="ERROR" if shelf.problem else "NONE",
            translate=False,
        )


class TRUTHBAKE_MT_recipe_files(bpy.types.Menu):
    bl_label = "Recipe Files"
    bl_description = "Overwrite, remove, import and export recipes"

    def draw(self, context):
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator("truthbake.overwrite_recipe", text="Overwrite...", icon="FILE_TICK")
        layout.operator("truthbake.remove_recipe", text="Remove...", icon="TRASH")
        layout.separator()
        layout.operator("truthbake.import_recipes", text="Import...", icon="IMPORT")
        layout.operator("truthbake.export_recipe", text="Export...", icon="EXPORT")


class TRUTHBAKE_PT_recipe(InSidebar, bpy.types.Panel):
    bl_label = "Truthbake"

    def draw(self, context):
        layout = self.layout
        settings = self.settings(context)
        loaded = settings.id_data.truthbake_loaded
        name = loaded.variant or library.shown(settings.name, loaded.path)
        row = layout.row(align=True)
        row.menu("TRUTHBAKE_MT_recipes", text=name or pgettext_iface("Choose a Recipe"), translate=False)
        row.operator("truthbake.save_recipe", text="", icon="ADD")
        row.menu("TRUTHBAKE_MT_recipe_files", text="", icon="DOWNARROW_HLT")
        if loaded.is_changed:
            row = layout.row(align=True)
            row.label(text="Changed", icon="GREASEPENCIL")
            row.operator("truthbake.revert_recipe", icon="LOOP_BACK")


classes = (TRUTHBAKE_MT_recipes, TRUTHBAKE_MT_recipe_files, TRUTHBAKE_PT_recipe)
