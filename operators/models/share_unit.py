"""One unit for a whole list: files from one source share theirs, and most formats do not say it."""

import bpy
from bpy.props import EnumProperty

from ...presets import current
from ...presets.settings.lists import active_key
from ..redraw import redraw_sidebars

SECTIONS = (("objects", "Objects", "The models with labels"), ("distractors", "Distractors", "Those without"))


class TRUTHBAKE_OT_share_unit(bpy.types.Operator):
    bl_idname = "truthbake.share_unit"
    bl_label = "Use Unit for All"
    bl_description = "Give all models of the list the unit of the chosen one, and check them"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    section: EnumProperty(name="List", description="Whose models", items=SECTIONS, options={"HIDDEN"})

    def execute(self, context):
        group = getattr(current.settings(context), self.section)
        chosen = getattr(group, active_key("models"))
        if not 0 <= chosen < len(group.models):
            return {"CANCELLED"}
        for model in group.models:
            model.unit = group.models[chosen].unit
        redraw_sidebars()
        if bpy.ops.truthbake.check_models.poll():
            bpy.ops.truthbake.check_models("EXEC_DEFAULT" if bpy.app.background else "INVOKE_DEFAULT")
        return {"FINISHED"}
