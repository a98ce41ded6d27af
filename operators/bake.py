"""Bake the recipe in this Blender, to the end.

The window freezes meanwhile: the sidebar uses `truthbake.bake_background`.
"""

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt
from bpy.props import IntProperty, StringProperty

from ..dataset.store import StoreError
from ..presets import current, preferences, tree
from .jobs.bake import bake
from .jobs.driver import drain
from .jobs.mistakes import MISTAKES


class TRUTHBAKE_OT_bake(bpy.types.Operator):
    bl_idname = "truthbake.bake"
    bl_label = "Bake Here"
    bl_description = "Bake the scenes that are missing in the output folder, in this Blender"
    bl_options = {"REGISTER"}

    output: StringProperty(
        name="Output", description="Where the data set is written; empty takes the recipe's", subtype="DIR_PATH"
    )
    first: IntProperty(name="First", description="First scene to bake", min=0, default=0)
    last: IntProperty(
        name="Last", description="Scene before which baking stops; 0 bakes as many as the recipe says", min=0, default=0
    )
    worker: IntProperty(name="Worker", description="Which of several workers this is", min=0, default=0)
    workers: IntProperty(name="Workers", description="How many workers share the scenes", min=1, default=1)

    def execute(self, context):
        try:
            recipe = tree.checked(current.settings(context))
            folder = output_folder(self.output, current.settings(context))
            recipe["output"]["folder"] = ""
            last = self.last or recipe["output"]["scenes"]
            scenes = range(self.first + self.worker, last, self.workers)
            outcome = drain(bake(recipe, folder, scenes))
        except (*MISTAKES, OSError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if outcome["event"] == "stopped":
            self.report({"WARNING"}, "Stopped; whole scenes are kept, bake again to continue")
        elif outcome["failed"]:
            text = pgettext_rpt("{count} scenes failed; bake again to retry them")
            self.report({"WARNING"}, text.format(count=len(outcome["failed"])))
        else:
            text = pgettext_rpt("Baked {count} scenes into {folder}")
            self.report({"INFO"}, text.format(count=outcome["scenes"], folder=folder))
        return {"FINISHED"}


def output_folder(output: str, settings: bpy.types.PropertyGroup) -> Path:
    """The folder that was asked for, as an absolute path, else that of the settings; StoreError when there is none."""
    chosen = bpy.path.abspath(output) if output else preferences.output_folder(settings)
    if not chosen:
        raise StoreError("output.folder: no output folder; choose where the data set goes")
    return Path(chosen).absolute()
