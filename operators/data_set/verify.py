"""Check a data set."""

import bpy
from bpy.app.translations import pgettext_rpt

from ...dataset.store import Store
from ...dataset.verify import verify
from ..modal_job import ModalJob
from . import runtime, session
from .folder import OnDataSet


class TRUTHBAKE_OT_verify(ModalJob, OnDataSet, bpy.types.Operator):
    bl_idname = "truthbake.verify"
    bl_label = "Verify"
    bl_description = "Check every label of the data set against its images and models"
    bl_options = {"REGISTER"}

    def prepare(self, context):
        self._store = store = Store.open(self.data_set(context))
        return str(store.root), lambda tell: verify(store, lambda done, total: tell(done / max(total, 1), ""))

    def conclude(self, context, result):
        shown = session.current()
        if shown is None and not bpy.app.background:  # its problems are to be seen
            shown = session.open_store(self._store.root, in_thread=True)
            runtime.follow()
        if shown is not None and shown.store.root == self._store.root:
            shown.problems = result
            runtime.publish()
        for text in result[:20]:
            self.report({"WARNING"}, text)
        if result:
            self.report({"INFO"}, pgettext_rpt("{count} problems").format(count=len(result)))
        else:
            self.report({"INFO"}, "Every label holds")
        return {"FINISHED"}
