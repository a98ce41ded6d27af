"""Check Models: a look at every model in the lists, without making the window wait for all of them."""

from __future__ import annotations

import time

import bpy

from ...presets import current, tree
from ...presets.model_key import model_key
from ...scene.assets.catalogue import DISTRACTOR, TARGET
from ..preview import staging
from ..redraw import redraw_sidebars
from .facts import now
from .looking import look_at_all

INTERVAL = 0.05  # seconds between two turns
# Seconds of work in a turn, at least and at most, but for a model that takes longer alone: as long as the window took
# for itself since the last turn. Every turn makes it draw anew, which may be slow.
SHORTEST, LONGEST = 0.03, 0.25


class TRUTHBAKE_OT_check_models(bpy.types.Operator):
    bl_idname = "truthbake.check_models"
    bl_label = "Check Models"
    bl_description = (
        "Look at every model in the lists of objects and distractors: its size, triangles, symmetries and keypoints, "
        "and what is wrong with it. Esc ends it"
    )

    @classmethod
    def poll(cls, context):
        settings = current.settings(context)
        if now.is_checking:
            cls.poll_message_set("The models are being checked")
            return False
        if settings.objects.models or settings.distractors.models:
            return True
        cls.poll_message_set("Add models first; the built-in parts need no check")
        return False

    def execute(self, context):
        for step in self._begin(context):
            _note(*step)
        _keep(self._keys)
        staging.forget_models()
        return {"FINISHED"}

    def invoke(self, context, event):
        if context.window is None or bpy.app.background:
            return self.execute(context)
        self._work = self._begin(context)
        self._ended = time.monotonic()
        now.is_checking, now.progress = True, 0.0
        self._timer = context.window_manager.event_timer_add(INTERVAL, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if event.type == "ESC" and event.value == "PRESS":
            self.cancel(context)
            return {"CANCELLED"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        began = time.monotonic()
        end = began + min(max(SHORTEST, began - self._ended), LONGEST)
        redraw_sidebars()
        try:
            while time.monotonic() < end:
                _note(*next(self._work))
        except StopIteration:
            _keep(self._keys)
            return self._leave(context, {"FINISHED"})
        self._ended = time.monotonic()
        return {"PASS_THROUGH"}

    def cancel(self, context):
        """Blender takes the operator away, or Escape."""
        self._leave(context, {"CANCELLED"})

    def _begin(self, context):
        settings = current.settings(context)
        recipe = tree.to_dict(settings)
        sources = [
            (model_key(item), kind, source)
            for kind, section in ((TARGET, "objects"), (DISTRACTOR, "distractors"))
            for item, source in zip(getattr(settings, section).models, recipe[section]["models"])
        ]
        self._keys = {key for key, _, _ in sources}
        return look_at_all(sources, dict(now.facts))

    def _leave(self, context, answer: set[str]) -> set[str]:
        self._work.close()
        staging.forget_models()
        context.window_manager.event_timer_remove(self._timer)
        now.is_checking = False
        redraw_sidebars()
        return answer


def _note(share: float, key: str, facts) -> None:
    now.progress = share
    if facts is not None:
        now.facts[key] = facts


def _keep(keys: set[str]) -> None:
    """Forget what is in no list any more."""
    now.facts = {key: facts for key, facts in now.facts.items() if key in keys}
