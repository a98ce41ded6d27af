"""Export a data set, and check it."""

from pathlib import Path

import bpy
from bpy.props import StringProperty

from ..dataset.report import report
from ..dataset.store import Store
from ..dataset.verify import verify
from ..presets import current, tree
from .bake import output_folder
from .jobs.driver import drain
from .jobs.export import export_data_set
from .jobs.mistakes import MISTAKES


class _OnDataSet:
    folder: StringProperty(
        name="Data Set", description="The data set's folder; empty takes the recipe's output", subtype="DIR_PATH"
    )

    def data_set(self, context) -> Path:
        return output_folder(self.folder, tree.to_dict(current.settings(context)))


class TRUTHBAKE_OT_export(_OnDataSet, bpy.types.Operator):
    bl_idname = "truthbake.export"
    bl_label = "Export"
    bl_description = "Write the baked data set in the chosen formats; nothing is rendered"
    bl_options = {"REGISTER"}

    formats: StringProperty(name="Formats", description="Names with commas; empty takes the recipe's")
    output: StringProperty(
        name="Output", description="Folder for the exports; empty puts them into the data set", subtype="DIR_PATH"
    )

    assignments: StringProperty(name="Settings", description="KEY=VALUE for this export alone, one on each line")

    def execute(self, context):
        try:
            chosen = (
                self.formats.split(",")
                if self.formats
                else tree.to_dict(current.settings(context))["output"]["formats"]
            )
            root = Path(bpy.path.abspath(self.output)).absolute() if self.output else None
            names = [name.strip() for name in chosen]
            last = drain(export_data_set(self.data_set(context), names, root, self.assignments.splitlines()))
        except (*MISTAKES, OSError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if last.get("event") == "warning":
            self.report({"WARNING"}, last["message"])
        self.report({"INFO"}, f"Exported {', '.join(chosen)}")
        return {"FINISHED"}


class TRUTHBAKE_OT_verify(_OnDataSet, bpy.types.Operator):
    bl_idname = "truthbake.verify"
    bl_label = "Verify"
    bl_description = "Check every label of the data set against its images and models"
    bl_options = {"REGISTER"}

    def execute(self, context):
        try:
            problems = verify(Store.open(self.data_set(context)))
        except MISTAKES as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        for text in problems[:20]:
            self.report({"WARNING"}, text)
        self.report({"INFO"}, f"{len(problems)} problems" if problems else "Every label holds")
        return {"FINISHED"}


class TRUTHBAKE_OT_report(_OnDataSet, bpy.types.Operator):
    bl_idname = "truthbake.report"
    bl_label = "Open Report"
    bl_description = "Write the data set's report, pictures and numbers, and open it in the browser"
    bl_options = {"REGISTER"}

    def execute(self, context):
        try:
            path = report(Store.open(self.data_set(context)))
        except MISTAKES as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if not bpy.app.background:
            bpy.ops.wm.url_open(url=path.as_uri())
        return {"FINISHED"}
