"""Bake every variant of the loaded recipe's sweep, one data set each, in the background."""

from __future__ import annotations

from dataclasses import replace

import bpy
from bpy.app.translations import pgettext_rpt

from ..presets import current
from . import bake_background, check_bake, checklist, chosen, look_ahead
from .jobs.mistakes import MISTAKES
from .jobs.outlook import Found, Outlook
from .runtime import now


class TRUTHBAKE_OT_bake_sweep(bpy.types.Operator):
    bl_idname = "truthbake.bake_sweep"
    bl_label = "Bake Sweep"
    bl_description = (
        "Bake each variant of the loaded recipe's sweep into a folder of its own below the output folder, with the "
        "settings as they are now"
    )
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context):
        if now.is_baking:
            cls.poll_message_set("A bake is running")
            return False
        loaded = current.scene(context).truthbake_loaded
        if loaded.variant:
            cls.poll_message_set("One variant of the sweep is loaded; load the recipe itself")
            return False
        if not loaded.path:
            cls.poll_message_set("Load a recipe with a sweep first, such as syn_grid")
            return False
        return True

    def execute(self, context):
        scene = current.scene(context)
        variants = look_ahead.variants_of.__wrapped__(scene.truthbake_loaded.path, "")  # as the file is now
        if not variants:
            self.report({"ERROR"}, pgettext_rpt("This recipe has no sweep; syn_grid has one"))
            return {"CANCELLED"}
        problems = check(context, variants)
        if errors := check_bake.errors(problems):
            self.report({"ERROR"}, ": ".join(filter(None, errors[0][1:])))
            return {"CANCELLED"}
        settings = scene.truthbake
        try:
            recipe = chosen.recipe(settings)
            bake_background.start(recipe, chosen.folder(settings), sweep=scene.truthbake_loaded.path)
        except (*MISTAKES, OSError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


def check(context: bpy.types.Context, variants: int) -> list[checklist.Problem]:
    """The checklist for all variants: what lies in the folder is theirs to look at, and each needs its room."""
    facts = checklist.gather(context)
    if facts.written:
        outlook = Outlook(scenes=variants * facts.written["output"]["scenes"])
        facts = replace(facts, found=Found(), outlook=outlook, scene_bytes=0)
    problems = checklist.check(facts)
    look_ahead.checked(facts.written, [tuple(problem) for problem in problems])
    return problems


classes = (TRUTHBAKE_OT_bake_sweep,)
register, unregister = bpy.utils.register_classes_factory(classes)
