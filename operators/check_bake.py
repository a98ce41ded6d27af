"""The checklist before a bake: made by the button Check and by Bake, shown in the panel and, if need be, in a popup."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_iface, pgettext_rpt

from ..presets import current, preferences
from . import checklist, look_ahead
from .runtime import now

_ICONS = {checklist.ERROR: "CANCEL", checklist.WARNING: "ERROR", checklist.INFO: "INFO"}


class TRUTHBAKE_OT_check_bake(bpy.types.Operator):
    bl_idname = "truthbake.check_bake"
    bl_label = "Check"
    bl_description = "Look for what would go wrong: files, folders, disk space, device; nothing is baked"

    def execute(self, context):
        problems = check(context)
        found = errors(problems)
        warnings = [problem for problem in problems if problem.level == checklist.WARNING]
        if found:
            self.report({"WARNING"}, pgettext_rpt("{count} problems to solve before baking").format(count=len(found)))
        elif warnings:
            self.report({"WARNING"}, pgettext_rpt("Ready to bake, {count} warnings").format(count=len(warnings)))
        else:
            self.report({"INFO"}, pgettext_rpt("Ready to bake"))
        return {"FINISHED"}


class TRUTHBAKE_OT_use_home_folder(bpy.types.Operator):
    bl_idname = "truthbake.use_home_folder"
    bl_label = "Use Home Folder"
    bl_description = "Let the data set go into a folder of its own, named after the recipe, in your home folder"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        settings = current.settings(context)
        settings.output.folder = str(Path.home() / "truthbake" / preferences.data_set_name(settings))
        look_ahead.update()
        return {"FINISHED"}


def check(context: bpy.types.Context) -> list[checklist.Problem]:
    """Check the user's settings and this machine, and show what was found."""
    facts = checklist.gather(context)
    problems = checklist.check(facts)
    look_ahead.checked(facts.written, [tuple(problem) for problem in problems])
    return problems


def errors(problems: list[checklist.Problem]) -> list[checklist.Problem]:
    """Those that block the bake."""
    return [problem for problem in problems if problem.level == checklist.ERROR]


def pop_up(context: bpy.types.Context) -> None:
    """Show what blocks the bake at the mouse."""

    def draw(menu, context):
        for level, text, advice in now.problems:
            if level != checklist.INFO:
                menu.layout.label(text=text, icon=_ICONS[level], translate=False)
                if advice:
                    menu.layout.label(text=advice, icon="BLANK1", translate=False)

    context.window_manager.popup_menu(draw, title=pgettext_iface("Before Baking"), icon="CHECKMARK")


classes = (TRUTHBAKE_OT_check_bake, TRUTHBAKE_OT_use_home_folder)
register, unregister = bpy.utils.register_classes_factory(classes)
