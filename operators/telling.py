"""What a timer found out: told in the status bar and the Info editor."""

from collections.abc import Iterable

import bpy

_untold: list[tuple[str, str]] = []  # reports (level, text) on their way to the user


class TRUTHBAKE_OT_tell(bpy.types.Operator):
    """Bring what a timer found out into the status bar and the Info editor"""

    bl_idname = "truthbake.tell"
    bl_label = "Background Bake"
    bl_options = {"INTERNAL"}

    # Only reports of an operator that Blender itself runs are shown, so this one lets it come round once.
    def invoke(self, context, event):
        self._timer = context.window_manager.event_timer_add(0.01, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        context.window_manager.event_timer_remove(self._timer)
        while _untold:
            level, text = _untold.pop(0)
            self.report({level}, text)
        return {"FINISHED", "PASS_THROUGH"}


def add(level: str, text: str) -> None:
    """Note a report (INFO, WARNING, ERROR) for the next `tell`."""
    _untold.append((level, text))


def tell() -> None:
    """Show what was noted; without a window it waits."""
    windows = bpy.context.window_manager.windows
    if _untold and windows:
        with bpy.context.temp_override(window=windows[0]):
            bpy.ops.truthbake.tell("INVOKE_DEFAULT")


def warn(operator: bpy.types.Operator, texts: Iterable[str]) -> None:
    """Warnings of an operator whose own ones the file browser would show in a popup, which takes the next click."""
    for text in texts:
        if bpy.app.background:
            operator.report({"WARNING"}, text)
        else:
            add("WARNING", text)
    tell()


classes = (TRUTHBAKE_OT_tell,)
register, unregister = bpy.utils.register_classes_factory(classes)
