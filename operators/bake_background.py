"""Bake in a second Blender, so that this one's window stays free, and so that Cancel works in the middle of a frame."""

from __future__ import annotations

import atexit
import os
import tempfile
import threading
from pathlib import Path

import bpy
from bpy.app.translations import pgettext_iface, pgettext_rpt

from ..dataset.store import remove_working
from ..farm.local import truthbake_command
from ..presets import current, recent, recipes
from ..processes import ending
from . import check_bake, chosen, look_ahead, telling
from .jobs import words
from .jobs.background import BackgroundProcess
from .jobs.mistakes import MISTAKES
from .jobs.tally import Tally
from .redraw import redraw_sidebars
from .runtime import now

INTERVAL = 0.25  # seconds between two looks at the process


class _Running:
    """The one bake that runs."""

    def __init__(self, command: list[str], workers: int, folder: Path, temporary: list[Path]):
        self.folder, self.temporary = folder, temporary
        self.tally = Tally(workers)
        self.process = BackgroundProcess(command)

    def close(self) -> None:
        self.process.end()
        _remove(self.temporary)

    def tidy(self) -> None:
        """Remove what killed ones were at, which may be large."""
        self.process.wait_for_workers()
        for folder in (self.folder, *self.folder.glob("*/")):  # variants of a sweep lie below
            if (folder / ".working").exists():
                remove_working(folder)


_running: _Running | None = None


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
        return True

    def invoke(self, context, event):
        problems = check_bake.check(context)
        if check_bake.errors(problems):
            check_bake.pop_up(context)
            self.report({"WARNING"}, pgettext_rpt("Not baked; see the checklist"))
            return {"CANCELLED"}
        return self._start(context)

    def execute(self, context):
        if errors := check_bake.errors(check_bake.check(context)):
            more = pgettext_rpt(" (and {count} more problems)").format(count=len(errors) - 1) if errors[1:] else ""
            self.report({"ERROR"}, ": ".join(filter(None, errors[0][1:])) + more)
            return {"CANCELLED"}
        return self._start(context)

    def _start(self, context):
        settings = current.settings(context)
        try:
            start(chosen.recipe(settings), chosen.folder(settings))
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
        now.is_cancelling, now.text = True, pgettext_iface("Cancelling")
        _running.process.stop()
        return {"FINISHED"}


class TRUTHBAKE_OT_open_output(bpy.types.Operator):
    bl_idname = "truthbake.open_output"
    bl_label = "Open Folder"
    bl_description = "Show the folder of the last bake in the file manager"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context):
        if now.folder:
            return True
        cls.poll_message_set("Bake a data set first")
        return False

    def execute(self, context):
        if not os.path.isdir(now.folder):
            text = pgettext_rpt("{folder}: there is no such folder any more; bake again").format(folder=now.folder)
            self.report({"ERROR"}, text)
            return {"CANCELLED"}
        return bpy.ops.wm.path_open(filepath=now.folder)


def start(recipe: dict, folder: Path, sweep: str = "") -> None:
    """Start the background Blender with a whole recipe; a timer follows it. OSError if it does not start.

    ``sweep`` is a recipe file whose variants are all baked, each on top of the recipe.
    """
    global _running
    handle, name = tempfile.mkstemp(prefix="recipe-", suffix=".yaml", dir=bpy.app.tempdir or None)
    temporary = [Path(name)]
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(recipes.dump(recipe))
    bake = ["sweep", "--recipe", sweep, "--settings", name] if sweep else ["bake", "--recipe", name]
    bake += ["--output", str(folder), "--progress", "json", "--parent", str(os.getpid())]
    try:
        if any(item["use"] for item in recipe["randomizers"]):
            temporary.append(Path(name).with_suffix(".blend"))
            _copy_file(temporary[-1])
            bake += ["--blend", str(temporary[-1])]
        _running = _Running(truthbake_command() + bake, recipe["farm"]["workers"], folder, temporary)
    except (OSError, RuntimeError) as error:
        _remove(temporary)
        raise OSError(" ".join(str(error).split())) from error
    look_ahead.forget_check()
    recent.remember(folder)
    now.folder, now.summary, now.warnings = str(folder), [], _running.tally.warnings
    _show()
    bpy.app.timers.register(step, first_interval=INTERVAL)


def _copy_file(path: Path) -> None:
    """The file as it is now, for a Blender that varies what is in it; saving a copy changes nothing of this one."""
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, check_existing=False)


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def step() -> float | None:
    """Take over what the background Blender said, without waiting; seconds until the next look, None after the last."""
    if _running is None:
        return None
    code = _running.process.exit_code()  # asked first: all that was said before the end is heard below
    for event in _running.process.events():
        if event["event"] == "warning":
            event["message"] = words.in_sidebar(event["message"])
        is_new = _running.tally.add(event)
        if event["event"] == "warning" and is_new:
            telling.add("WARNING", event["message"])
    if code is None:
        _show()
    else:
        _finish(code)
    telling.tell()
    return INTERVAL if code is None else None


def stop_now(text: str = "") -> None:
    """End a running bake at once."""
    global _running
    if _running is None:
        return
    ended, _running = _running, None
    ended.close()
    ended.tidy()
    _say_end("WARNING", text or pgettext_iface("Stopped; whole scenes are kept, bake again to continue"))
    if bpy.app.timers.is_registered(step):
        bpy.app.timers.unregister(step)


def _finish(code: int) -> None:
    global _running
    ended, _running = _running, None
    ended.close()
    threading.Thread(target=ended.tidy, daemon=True).start()
    tally = ended.tally
    tally.end()
    now.summary = words.summary(tally)
    if not tally.scenes_there + tally.scenes_baked:
        now.folder = ""  # there is nothing to look at
    if now.is_cancelling:
        text = pgettext_iface("Cancelled; {scenes} whole scenes are kept, bake again to continue")
        _say_end("INFO", text.format(scenes=tally.scenes_there + tally.scenes_baked))
    elif tally.variants_failed:
        text = pgettext_iface("{count} of {variants} variants failed; {name}: {reason}")
        name, reason = next(iter(tally.variants_failed.items()))
        count = len(tally.variants_failed)
        _say_end("ERROR", text.format(count=count, variants=tally.variants, name=name, reason=reason))
    elif code == 0 and tally.variants:
        _say_end("INFO", pgettext_iface("All {variants} variants are there").format(variants=tally.variants))
    elif code == 0 and tally.is_done:
        baked = pgettext_iface("{scenes} scenes baked").format(scenes=tally.scenes_done)
        _say_end("INFO", baked if tally.scenes else pgettext_iface("Every scene was there already"))
    elif tally.broken and tally.is_done:
        text = pgettext_iface("{reason}; {count} scenes are missing, bake again to continue")
        _say_end("ERROR", text.format(reason=tally.broken, count=tally.scenes - tally.scenes_done))
    elif tally.failed and tally.is_done:
        failed = ", ".join(str(scene) for scene in tally.failed[:5])
        reason = tally.errors[0] if tally.errors else ended.process.complaint
        text = pgettext_iface("{count} scenes failed ({scenes}): {reason}")
        _say_end("ERROR", text.format(count=len(tally.failed), scenes=failed, reason=reason))
    else:
        reason = (ended.process.complaint or (tally.errors or [""])[0]) if 0 <= code < 128 else ""
        text = pgettext_iface("The background Blender {ending}; whole scenes are kept, bake again to continue")
        _say_end("ERROR", reason or text.format(ending=ending(code)))


def _say_end(level: str, text: str) -> None:
    now.is_baking = now.is_cancelling = False
    now.text, now.is_alert = text, level != "INFO"
    now.progress, now.count, now.pace, now.left, now.elapsed = 0.0, "", "", "", ""
    telling.add(level, text)
    look_ahead.soon()
    redraw_sidebars()


def _show() -> None:
    tally = _running.tally
    shown = {
        "is_baking": True,
        "is_alert": False,
        "progress": tally.progress,
        "count": words.count(tally),
        "text": now.text if now.is_cancelling else words.state(tally),
        "pace": words.pace(tally),
        "left": words.left(tally),
        "elapsed": words.span(tally.elapsed),
    }
    if any(getattr(now, name) != value for name, value in shown.items()):
        for name, value in shown.items():
            setattr(now, name, value)
        redraw_sidebars()


@bpy.app.handlers.persistent
def _before_load(*_) -> None:
    if _running is not None:
        stop_now(pgettext_iface("Stopped by opening another file; whole scenes are kept, bake again to continue"))
    else:
        now.text, now.is_alert = "", False
    now.summary, now.warnings = [], []


def _at_exit() -> None:
    # Blender is half gone by now: only the process matters, and what it was at.
    if _running is not None:
        _running.close()
        _running.tidy()


classes = (TRUTHBAKE_OT_bake_background, TRUTHBAKE_OT_cancel_bake, TRUTHBAKE_OT_open_output)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


def register():
    telling.register()
    check_bake.register()
    _register_classes()
    look_ahead.register()
    bpy.app.handlers.load_pre.append(_before_load)
    atexit.register(_at_exit)


def unregister():
    stop_now()
    atexit.unregister(_at_exit)
    bpy.app.handlers.load_pre.remove(_before_load)
    look_ahead.unregister()
    _unregister_classes()
    check_bake.unregister()
    telling.unregister()
