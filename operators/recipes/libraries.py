"""Team libraries: which folders of recipes are offered beside the user's own."""

import os
from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt
from bpy.props import StringProperty

from ...presets.preferences import preferences
from .browsing import GLOB


class TRUTHBAKE_OT_add_library(bpy.types.Operator):
    bl_idname = "truthbake.add_library"
    bl_label = "Add Library"
    bl_description = "Choose a folder whose recipes are offered beside the built-in ones and yours"
    bl_options = {"INTERNAL"}

    directory: StringProperty(
        name="Folder", description="Where the recipes lie", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: StringProperty(
        name="Filter", description="Files that the browser shows", default=GLOB, options={"HIDDEN"}
    )

    @classmethod
    def poll(cls, context):
        return _has_entry(cls, context)

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        folder = Path(bpy.path.abspath(self.directory)) if self.directory else None
        if folder is None or not os.path.isdir(folder):
            self.report({"ERROR"}, pgettext_rpt("{folder}: no such folder").format(folder=self.directory or "?"))
            return {"CANCELLED"}
        found = preferences(context)
        if any(Path(bpy.path.abspath(library.folder)) == folder for library in found.libraries):
            self.report({"ERROR"}, pgettext_rpt("{folder}: is among the libraries already").format(folder=folder))
            return {"CANCELLED"}
        taken = {library.name for library in found.libraries}
        name = folder.name or str(folder)
        library = found.libraries.add()
        library.folder = str(folder)
        library.name = next(
            each for each in (name, *(f"{name} {number}" for number in range(2, len(taken) + 3))) if each not in taken
        )
        found.active_library = len(found.libraries) - 1
        context.preferences.is_dirty = True
        return {"FINISHED"}


class TRUTHBAKE_OT_remove_library(bpy.types.Operator):
    bl_idname = "truthbake.remove_library"
    bl_label = "Remove Library"
    bl_description = "Take the chosen folder out of the list; its recipes stay where they are"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context):
        if not _has_entry(cls, context):
            return False
        if not preferences(context).libraries:
            cls.poll_message_set("There is no library to remove")
            return False
        return True

    def execute(self, context):
        found = preferences(context)
        if not 0 <= found.active_library < len(found.libraries):
            self.report({"ERROR"}, "Choose a library in the list first")
            return {"CANCELLED"}
        found.libraries.remove(found.active_library)
        found.active_library = max(0, min(found.active_library, len(found.libraries) - 1))
        context.preferences.is_dirty = True
        return {"FINISHED"}


def _has_entry(cls, context) -> bool:
    """Whether there are preferences to change: a checkout that is enabled for one run has none."""
    if isinstance(preferences(context), bpy.types.AddonPreferences):
        return True
    cls.poll_message_set("Install Truthbake as an extension to have preferences")
    return False


classes = (TRUTHBAKE_OT_add_library, TRUTHBAKE_OT_remove_library)
