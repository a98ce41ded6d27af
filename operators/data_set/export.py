"""Write a data set in other formats; nothing is rendered."""

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt
from bpy.props import StringProperty

from ...presets import current, tree
from ..jobs.driver import drain
from ..jobs.export import export_store, opened
from ..modal_job import ModalJob
from .folder import OnDataSet


class TRUTHBAKE_OT_export(ModalJob, OnDataSet, bpy.types.Operator):
    bl_idname = "truthbake.export"
    bl_label = "Export"
    bl_description = "Write the baked data set in the chosen formats; nothing is rendered"
    bl_options = {"REGISTER"}

    formats: StringProperty(name="Formats", description="Names with commas; empty takes the recipe's")
    output: StringProperty(
        name="Output", description="Folder for the exports; empty puts them into the data set", subtype="DIR_PATH"
    )

    assignments: StringProperty(name="Settings", description="KEY=VALUE for this export alone, one on each line")

    def prepare(self, context):
        chosen = (
            self.formats.split(",") if self.formats else tree.to_dict(current.settings(context))["output"]["formats"]
        )
        self._names = [name.strip() for name in chosen]
        root = Path(bpy.path.abspath(self.output)).absolute() if self.output else None
        store = opened(self.data_set(context), self.assignments.splitlines())
        return str(store.root), lambda tell: drain(export_store(store, self._names, root, tell))

    def conclude(self, context, result):
        if result.get("event") == "warning":
            self.report({"WARNING"}, result["message"])
        self.report({"INFO"}, pgettext_rpt("Exported {formats}").format(formats=", ".join(self._names)))
        return {"FINISHED"}
