"""The sidebar's recipe on other machines: written to a file, and the command that bakes it on the clipboard."""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt
from bpy.props import BoolProperty, StringProperty

from ..farm.local import truthbake_command
from ..presets import RecipeError, current, recipes
from . import chosen


class TRUTHBAKE_OT_copy_command(bpy.types.Operator):
    bl_idname = "truthbake.copy_command"
    bl_label = "Copy Command Line"
    bl_description = (
        "Write the recipe to a file and copy the command that bakes it: any machine that sees both the file and the "
        "output folder may run it, several at a time with --scenes"
    )
    bl_options = {"INTERNAL"}

    filepath: StringProperty(
        name="File", description="Where the recipe is written", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: StringProperty(default="*.yaml;*.yml", options={"HIDDEN"})
    check_existing: BoolProperty(
        name="Check Existing", description="Warn before a file is overwritten", default=True, options={"HIDDEN"}
    )

    @classmethod
    def poll(cls, context):
        if chosen.folder(current.settings(context)):
            return True
        cls.poll_message_set("Choose an output folder first")
        return False

    def invoke(self, context, event):
        if not self.filepath:
            folder = chosen.folder(current.settings(context))
            self.filepath = str(folder.with_name(f"{folder.name}.yaml"))
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        settings = current.settings(context)
        try:
            recipe = chosen.recipe(settings)
            if _varies_the_file(recipe) and not bpy.data.filepath:
                self.report({"ERROR"}, pgettext_rpt("Save this Blender file first: the randomizers vary what is in it"))
                return {"CANCELLED"}
            path = _with_suffix(Path(bpy.path.abspath(self.filepath)).absolute())
            path.write_text(recipes.dump(recipe), encoding="utf-8", newline="\n")
        except (RecipeError, OSError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        command = bake_command(recipe, path, chosen.folder(settings))
        join = subprocess.list2cmdline if sys.platform == "win32" else shlex.join
        context.window_manager.clipboard = join(command)
        self.report({"INFO"}, pgettext_rpt("Recipe written to {file}, command copied").format(file=path))
        return {"FINISHED"}


def bake_command(recipe: dict[str, Any], path: Path, folder: Path) -> list[str]:
    """What bakes the recipe that is in the file ``path`` into ``folder``, from any shell."""
    command = [*truthbake_command(), "bake", "--recipe", str(path), "--output", str(folder)]
    return command + (["--blend", bpy.data.filepath] if _varies_the_file(recipe) else [])


def _varies_the_file(recipe: dict[str, Any]) -> bool:
    return any(item["use"] for item in recipe["randomizers"])


def _with_suffix(path: Path) -> Path:
    return path if path.suffix.lower() in (".yaml", ".yml") else path.with_name(f"{path.name}.yaml")
