"""Buttons behind which there is long work that knows no Blender: the window stays awake meanwhile."""

from __future__ import annotations

import atexit
import traceback
from collections.abc import Callable
from typing import Any

import bpy
from bpy.app.translations import pgettext_iface, pgettext_rpt

from ..dataset.progress import Stopped
from ..dataset.verify.reading import one_line
from .jobs.mistakes import MISTAKES
from .jobs.work import Tell, Work, running, stop_all
from .redraw import redraw_sidebars

INTERVAL = 0.1  # seconds between two looks at the thread


class ModalJob:
    """For operators of long, pure work: scripts wait for its end (`execute`), a button does not (`invoke`).

    An operator says in `prepare` what to do and in `conclude` what came of it; both may ask Blender, the work between
    them runs in a thread and may not. Escape stops it, and so does `truthbake.cancel_work`.
    """

    def prepare(self, context: bpy.types.Context) -> tuple[str, Callable[[Tell], Any]]:
        """What is worked on, such as a folder, and the work; raises the user's mistakes."""
        raise NotImplementedError

    def conclude(self, context: bpy.types.Context, result: Any) -> set[str]:
        """Report what came of it; the operator's answer."""
        raise NotImplementedError

    def execute(self, context):
        try:
            _, call = self._prepared(context)
            result = call(lambda share, text: None)
        except (*MISTAKES, OSError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return self.conclude(context, result)

    def invoke(self, context, event):
        if context.window is None or bpy.app.background:
            return self.execute(context)
        try:
            subject, call = self._prepared(context)
        except (*MISTAKES, OSError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self._work = Work(self.bl_label, subject, call)
        self._shown = None
        self._timer = context.window_manager.event_timer_add(INTERVAL, window=context.window)
        context.window_manager.modal_handler_add(self)
        self._work.start()
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if event.type == "ESC" and event.value == "PRESS" and not self._work.is_cancelling:
            self._work.cancel()
            return {"RUNNING_MODAL"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        if not self._work.is_over:
            self._show(context)
            return {"PASS_THROUGH"}
        self._leave(context)
        return self._end(context) | {"PASS_THROUGH"}

    def cancel(self, context):
        """Blender takes the operator away: its window closes, or the file."""
        self._work.cancel()
        self._leave(context)

    def _prepared(self, context):
        subject, call = self.prepare(context)
        if subject in running:
            raise BlockingIOError(
                pgettext_rpt("{job} is at work on {folder}; wait for it or cancel it").format(
                    job=pgettext_iface(running[subject].label, "Operator"), folder=subject
                )
            )
        return subject, call

    def _end(self, context) -> set[str]:
        error = self._work.error
        if error is None:
            return self.conclude(context, self._work.result)
        if isinstance(error, Stopped):
            self.report({"INFO"}, pgettext_rpt("{job} cancelled").format(job=pgettext_iface(self.bl_label, "Operator")))
        elif isinstance(error, (*MISTAKES, OSError)):
            self.report({"ERROR"}, str(error))
        else:  # ours: the console has all of it
            traceback.print_exception(error)
            self.report({"ERROR"}, one_line(error))
        return {"CANCELLED"}

    def _show(self, context) -> None:
        work = self._work
        shown = (round(work.share, 2), work.text, work.is_cancelling)
        if shown == self._shown:
            return
        self._shown = shown
        key = "{job}: stopping" if work.is_cancelling else "{job}: {percent} %, Esc to cancel"
        text = pgettext_iface(key).format(
            job=pgettext_iface(self.bl_label, "Operator"), percent=round(100 * work.share)
        )
        context.workspace.status_text_set(text)
        redraw_sidebars()

    def _leave(self, context) -> None:
        context.window_manager.event_timer_remove(self._timer)
        self._work.close()
        if context.workspace:
            context.workspace.status_text_set(None)
        redraw_sidebars()


class TRUTHBAKE_OT_cancel_work(bpy.types.Operator):
    bl_idname = "truthbake.cancel_work"
    bl_label = "Cancel"
    bl_description = "Stop what is at work on the data set; nothing half done is left"

    @classmethod
    def poll(cls, context):
        if running:
            return True
        cls.poll_message_set("Nothing is at work")
        return False

    def execute(self, context):
        for work in running.values():
            work.cancel()
        return {"FINISHED"}


@bpy.app.handlers.persistent
def _before_load(*_) -> None:
    stop_all()


def register():
    bpy.utils.register_class(TRUTHBAKE_OT_cancel_work)
    bpy.app.handlers.load_pre.append(_before_load)
    atexit.register(stop_all)


def unregister():
    stop_all()
    atexit.unregister(stop_all)
    bpy.app.handlers.load_pre.remove(_before_load)
    bpy.utils.unregister_class(TRUTHBAKE_OT_cancel_work)
