"""A data set on one page."""

import bpy

from ...dataset.report import report
from ...dataset.store import Store
from ..modal_job import ModalJob
from .folder import OnDataSet


class TRUTHBAKE_OT_report(ModalJob, OnDataSet, bpy.types.Operator):
    bl_idname = "truthbake.report"
    bl_label = "Open Report"
    bl_description = "Write the data set's report, pictures and numbers, and open it in the browser"
    bl_options = {"REGISTER"}

    def prepare(self, context):
        store = Store.open(self.data_set(context))
        return str(store.root), lambda tell: report(store, None, lambda done, total: tell(done / max(total, 1), ""))

    def conclude(self, context, result):
        if not bpy.app.background:
            bpy.ops.wm.url_open(url=result.as_uri())
        return {"FINISHED"}
