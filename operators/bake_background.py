"""Bake in a second Blender, so that this one's window stays free, and so that Cancel works in the middle of a frame."""

from __future__ import annotations

import atexit
import os
import tempfile
from pathlib import Path

import bpy

from ..farm.local import truthbake_command
from ..presets import current, recipes, tree
from .bake import output_folder
from .jobs.background import BackgroundProcess, Tally
from .jobs.mistakes import MISTAKES
from .runtime import now

INTERVAL = 0.25  # seconds between two looks at the process


class _Running:
    """The one bake that runs."""

    def __init__(self, command: list[str], recipe: Path, blend: Path | None):
        self.recipe, self.blend = recipe, blend
        self.tally = Tally()
        self.errors: list[str] = []
        self.process = BackgroundProcess(command)

    def close(self) -> None:
        self.process.end()
        _remove(self.recipe, self.blend)


_running: _Running | None = None
_untold: list[tuple[str, str]] = []  # reports (level, text) on their way to the user


class TRUTHBAKE_OT_bake_background(bpy.types.Operator):
    bl_idname = "truthbake.bake_background"
    bl_label = "Bake"
    bl_description = "Bake the scenes that are missing in the output folder in a background Blender, then export them"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context):
        if now.is_baking:
            cls.poll_message_set("A bake is running")
            return False
        if not current.settings(context).output.folder:
            cls.poll_message_set("Choose an output folder first")
            return False
        return True

    def execute(self, context):
        try:
            # Relative paths mean this process's folder, not that of the temporary file.
            recipe = tree.validate(tree.checked(current.settings(context)), folder=os.getcwd())
            start(recipe, output_folder("", recipe))
        except (*MISTAKES, OSError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class TRUTHBAKE_OT_cancel_bake(bpy.types.Operator):
    bl_idname = "truthbake.cancel_bake"
    bl_label = "Cancel"
    bl_description = "Stop the background bake; whole scenes are kept, and baking again continues"

    @classmethod
    def poll(cls, context):
        if now.is_baking:
            return True
        cls.poll_message_set("No bake is running")
        return False

    def execute(self, context):
        now.is_cancelling, now.text = True, "Cancelling"
        _running.process.stop()
        return {"FINISHED"}


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


def start(recipe: dict, folder: Path) -> None:
    """Start the background Blender with a whole recipe; a timer follows it. OSError if it does not start."""
    global _running
    handle, name = tempfile.mkstemp(prefix="recipe-", suffix=".yaml", dir=bpy.app.tempdir or None)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(recipes.dump(recipe))
    bake = ["bake", "--recipe", name, "--output", str(folder), "--progress", "json"]
    blend = None
    try:
        if any(item["use"] for item in recipe["randomizers"]):
            blend = _copy_of_file(Path(name).with_suffix(".blend"))
            bake += ["--blend", str(blend)]
        _running = _Running(truthbake_command() + bake, Path(name), blend)
    except (OSError, RuntimeError) as error:
        _remove(Path(name), blend)
        raise OSError(" ".join(str(error).split())) from error
    _show()
    bpy.app.timers.register(step, first_interval=INTERVAL)


def _copy_of_file(path: Path) -> Path:
    """The file as it is now, for a Blender that varies what is in it; saving a copy changes nothing of this one."""
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, check_existing=False)
    return path


def _remove(*paths: Path | None) -> None:
    for path in paths:
        if path is not None:
            path.unlink(missing_ok=True)


def step() -> float | None:
    """Take over what the background Blender said, without waiting; seconds until the next look, None after the last."""
    if _running is None:
        return None
    code = _running.process.exit_code()  # asked first: all that was said before the end is heard below
    for event in _running.process.events():
        _running.tally.add(event)
        if event["event"] == "warning":
            _untold.append(("WARNING", event["message"]))
        elif event["event"] == "error":
            _running.errors.append(event["message"])
    if code is None:
        _show()
    else:
        _finish(code)
    _tell()
    return INTERVAL if code is None else None


def stop_now(text: str = "Stopped; whole scenes are kept, bake again to continue") -> None:
    """End a running bake at once."""
    global _running
    if _running is None:
        return
    _running.close()
    _running = None
    _say_end("WARNING", text)
    if bpy.app.timers.is_registered(step):
        bpy.app.timers.unregister(step)


def _finish(code: int) -> None:
    global _running
    ended, _running = _running, None
    ended.close()
    tally = ended.tally
    if now.is_cancelling:
        text = f"Cancelled; {tally.skipped + tally.scenes_done} whole scenes are kept, bake again to continue"
        _say_end("INFO", text)
    elif code == 0 and tally.is_done:
        baked = f"{tally.scenes_done} scenes baked" if tally.scenes else "Every scene was there already"
        _say_end("INFO", baked)
    elif tally.failed and tally.is_done:
        failed = ", ".join(str(scene) for scene in tally.failed[:5])
        reason = ended.errors[0] if ended.errors else ended.process.complaint
        _say_end("ERROR", f"{len(tally.failed)} scenes failed ({failed}): {reason}")
    else:
        reason = ended.process.complaint or (ended.errors or [""])[0] or f"it ended with code {code}"
        _say_end("ERROR", reason)


def _say_end(level: str, text: str) -> None:
    now.is_baking = now.is_cancelling = False
    now.text, now.is_alert = text, level != "INFO"
    now.progress, now.count = 0.0, ""
    _untold.append((level, text))
    _redraw()


def _show() -> None:
    tally = _running.tally
    text = now.text if now.is_cancelling else tally.text
    shown = (True, tally.progress, tally.count, text, False)
    if shown != (now.is_baking, now.progress, now.count, now.text, now.is_alert):
        now.is_baking, now.progress, now.count, now.text, now.is_alert = shown
        _redraw()


def _redraw() -> None:
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


def _tell() -> None:
    windows = bpy.context.window_manager.windows
    if _untold and windows:
        with bpy.context.temp_override(window=windows[0]):
            bpy.ops.truthbake.tell("INVOKE_DEFAULT")


@bpy.app.handlers.persistent
def _before_load(*_) -> None:
    stop_now("Stopped by opening another file; whole scenes are kept, bake again to continue")


def _at_exit() -> None:
    # Blender is half gone by now: only the process matters.
    if _running is not None:
        _running.close()


classes = (TRUTHBAKE_OT_bake_background, TRUTHBAKE_OT_cancel_bake, TRUTHBAKE_OT_tell)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


def register():
    _register_classes()
    bpy.app.handlers.load_pre.append(_before_load)
    atexit.register(_at_exit)


def unregister():
    stop_now()
    atexit.unregister(_at_exit)
    bpy.app.handlers.load_pre.remove(_before_load)
    _unregister_classes()
