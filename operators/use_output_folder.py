"""Take a folder as the output folder."""

import bpy
from bpy.props import StringProperty

from ..presets import current


class TRUTHBAKE_OT_use_output_folder(bpy.types.Operator):
    bl_idname = "truthbake.use_output_folder"
    bl_label = "Use Output Folder"
    bl_description = "Bake into this folder; whole scenes that are there already are kept"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    folder: StringProperty(name="Folder", description="Where the data set is written", subtype="DIR_PATH")

    def execute(self, context):
        current.settings(context).output.folder = self.folder
        return {"FINISHED"}
