"""Turn the pages of a data set."""

import bpy
from bpy.app.translations import pgettext_rpt
from bpy.props import EnumProperty, IntProperty

from ...dataset.store import StoreError
from . import runtime, session, showing
from .folder import OfOpenDataSet

_STEPS = [
    ("FIRST", "First", "Show the first frame of the data set"),
    ("PREVIOUS", "Previous", "Show the frame before"),
    ("NEXT", "Next", "Show the next frame"),
    ("LAST", "Last", "Show the last frame of the data set"),
    ("PREVIOUS_SCENE", "Previous Scene", "Show the first frame of the scene before"),
    ("NEXT_SCENE", "Next Scene", "Show the first frame of the next scene"),
]


class TRUTHBAKE_OT_browse_frames(OfOpenDataSet, bpy.types.Operator):
    bl_idname = "truthbake.browse_frames"
    bl_label = "Browse Frames"
    bl_description = "Show another frame of the data set in an image editor"

    to: EnumProperty(name="To", description="Which frame comes", items=_STEPS, default="NEXT")

    @classmethod
    def description(cls, context, properties):
        tips = {name: tip for name, _, tip in _STEPS}
        return bpy.app.translations.pgettext_tip(tips[properties.to])

    def execute(self, context):
        shown = session.current()
        # At the end: a bake may have gone on since the data set was opened.
        if not shown.step(self.to) and not (_opened_anew(shown) and session.current().step(self.to)):
            self.report({"INFO"}, "There is no frame beyond this one")
        showing.show(context)
        return {"FINISHED"}


def _opened_anew(shown: session.Session) -> bool:
    """Open the data set once more at the same frame, if its scenes are others by now."""
    scenes = shown.store.scenes()
    if not scenes or scenes == shown.scenes:
        return False
    try:
        session.open_store(shown.store.root, in_thread=not bpy.app.background)
    except (StoreError, OSError):
        return False  # it was removed meanwhile
    runtime.follow()
    return True


class TRUTHBAKE_OT_show_frame(OfOpenDataSet, bpy.types.Operator):
    bl_idname = "truthbake.show_frame"
    bl_label = "Show Frame"
    bl_description = "Show this frame of the data set in an image editor"

    scene: IntProperty(name="Scene", description="Number of the scene; -1 keeps the one shown", min=-1, default=-1)
    frame: IntProperty(name="Frame", description="Number of the frame; -1 keeps the one shown", min=-1, default=-1)

    def execute(self, context):
        shown = session.current()
        scene = shown.scene if self.scene < 0 else self.scene
        frame = shown.frame if self.frame < 0 else self.frame
        if scene not in shown.scenes:
            text = pgettext_rpt("{folder}: has no scene {scene}").format(folder=shown.store.root, scene=scene)
            self.report({"ERROR"}, text)
            return {"CANCELLED"}
        shown.scene, shown.frame = scene, frame
        if not showing.show(context):
            self.report({"ERROR"}, shown.message)
            return {"CANCELLED"}
        return {"FINISHED"}
