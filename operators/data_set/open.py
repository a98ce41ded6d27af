"""Open a data set to look at it, and close it."""

import contextlib
import os
from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt
from bpy.props import BoolProperty, StringProperty

from ...dataset.store import HEADER, StoreError
from ...presets import recent
from .. import pictures
from . import runtime, session, showing
from .folder import OfOpenDataSet, OnDataSet


class TRUTHBAKE_OT_open_data_set(OnDataSet, bpy.types.Operator):
    bl_idname = "truthbake.open_data_set"
    bl_label = "Open Data Set"
    bl_description = "Choose a data set's folder, or the dataset.yaml in it, to look at it here"
    bl_options = {"REGISTER"}

    filepath: StringProperty(
        name="Data Set",
        description="The folder of a data set, or its dataset.yaml",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    filter_glob: StringProperty(
        name="Filter", description="Files that the browser shows", default=HEADER, options={"HIDDEN"}
    )
    use_picture: BoolProperty(
        name="Show Frame", description="Show its first frame in an image editor", default=False, options={"SKIP_SAVE"}
    )

    def invoke(self, context, event):
        if self.folder:  # a menu's entry
            return self.execute(context)
        with contextlib.suppress(StoreError):
            start = self.data_set(context)
            self.filepath = f"{start}/" if os.path.isdir(start) else ""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        try:
            opened = session.open_store(self._chosen(context), in_thread=not bpy.app.background)
        except (StoreError, OSError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        recent.remember(opened.store.root)
        runtime.follow()
        if self.use_picture and opened.scenes:
            showing.show(context)
        name = opened.store.root.name
        self.report({"INFO"}, pgettext_rpt("{name}: {count} scenes").format(name=name, count=len(opened.scenes)))
        return {"FINISHED"}

    def _chosen(self, context) -> Path:
        if not self.filepath:
            return self.data_set(context)
        path = Path(bpy.path.abspath(self.filepath)).absolute()
        return path.parent if path.name == HEADER else path


class TRUTHBAKE_OT_close_data_set(OfOpenDataSet, bpy.types.Operator):
    bl_idname = "truthbake.close_data_set"
    bl_label = "Close Data Set"
    bl_description = "Put the data set away, and the picture of its frame"

    def execute(self, context):
        close()
        return {"FINISHED"}


def close() -> None:
    """Close the data set that is open, and remove what it left in the file."""
    session.close()
    runtime.publish()
    pictures.forget(showing.PICTURE)
