"""The button that brings a frame's scene back."""

import bpy
from bpy.app.translations import pgettext_rpt
from bpy.props import IntProperty

from ...dataset.store import Store
from ..preview import staging
from . import session
from .folder import OnDataSet
from .restage import restage


class TRUTHBAKE_OT_open_frame_scene(staging.Stageable, OnDataSet, bpy.types.Operator):
    bl_idname = "truthbake.open_frame_scene"
    bl_label = "Open Frame's Scene"
    bl_description = "Stage this frame's scene exactly as it was rendered; the settings in the sidebar stay as they are"
    bl_options = {"REGISTER", "UNDO"}

    scene: IntProperty(name="Scene", description="Number of the scene; -1 takes the one shown", min=-1, default=-1)
    frame: IntProperty(name="Frame", description="Number of the frame; -1 takes the one shown", min=-1, default=-1)

    def execute(self, context):
        shown = session.current()
        scene = self.scene if self.scene >= 0 else shown.scene if shown else 0
        frame = self.frame if self.frame >= 0 else shown.frame if shown else 0
        try:
            told = restage(context, Store.open(self.data_set(context)), scene, frame)
        except staging.FAILURES as error:
            staging.forget_models()
            self.report({"ERROR"}, staging.one_line(error))
            return {"CANCELLED"}
        for text in told:
            self.report({"WARNING"}, text)
        if not told:
            done = pgettext_rpt("Scene {scene}, frame {frame}: every pose is that of its label; render to see it again")
            self.report({"INFO"}, done.format(scene=scene, frame=frame))
        return {"FINISHED"}
