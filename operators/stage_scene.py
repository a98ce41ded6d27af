"""Stage one scene of the recipe to look at it, and take it away again."""

import bpy
from bpy.props import IntProperty

from ..presets import current, switches, tree
from ..scene.plan.scene import plan_scene
from ..scene.stage.datablocks import MARK, remove_marked
from ..scene.stage.randomizing import put_back
from ..scene.stage.stage import Stage
from ..scene.stage.supplies import gather
from .jobs import model_library
from .jobs.mistakes import MISTAKES
from .views import look_back, look_through_camera


class TRUTHBAKE_OT_stage_scene(bpy.types.Operator):
    bl_idname = "truthbake.stage_scene"
    bl_label = "Stage Scene"
    bl_description = "Build one scene of the data set, as it will be baked, in a scene of its own"
    bl_options = {"REGISTER", "UNDO"}

    index: IntProperty(name="Scene", description="Which scene of the data set", min=0, default=0)

    def execute(self, context):
        origin = current.scene(context)
        stage = None
        try:
            recipe = switches.in_effect(tree.checked(origin.truthbake))
            assets, warnings = model_library.load(recipe)
            supplies, notices = gather(recipe)
            plan = plan_scene(recipe, assets, supplies, recipe["output"]["seed"], self.index)
            leave_stage(context)
            stage = Stage(assets)
            staged = stage.build(plan)
            stage.show(staged, 0)
        except MISTAKES as error:
            if stage is not None:
                stage.close()
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        stage.picture.render.engine = "CYCLES"
        stage.picture[current.ORIGIN] = origin.name
        stage.randomizing.keep_for_later()
        bpy.data.scenes.remove(stage.truth)
        if context.window:
            context.window.scene = stage.picture
            look_through_camera(context.window)
        for text in warnings + notices + staged.warnings:
            self.report({"WARNING"}, text)
        return {"FINISHED"}


class TRUTHBAKE_OT_clear_stage(bpy.types.Operator):
    bl_idname = "truthbake.clear_stage"
    bl_label = "Clear Stage"
    bl_description = "Remove the staged scene and go back to the scene before"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if any(scene.get(MARK) for scene in bpy.data.scenes):
            return True
        cls.poll_message_set("No scene is staged")
        return False

    def execute(self, context):
        leave_stage(context)
        return {"FINISHED"}


def leave_stage(context) -> None:
    """Show the user's scene in every window and remove what was staged."""
    origin = current.scene(context)
    for window in context.window_manager.windows:
        if window.scene.get(MARK):
            window.scene = origin
            look_back(window)
    put_back()
    remove_marked()
