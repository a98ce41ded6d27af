"""Looks from time to time whether the settings differ from the recipe that was loaded; see `presets.loaded`."""

import bpy

from ...presets import current, loaded
from ..redraw import redraw_sidebars

INTERVAL = 0.2  # seconds between two looks
BUDGET = 0.004  # seconds of a look: it goes on with the next one


def step() -> float:
    """Look once; seconds until the next look."""
    scenes = {current.origin(window.scene) for window in bpy.context.window_manager.windows}
    if loaded.look(list(scenes), BUDGET):
        redraw_sidebars()
    return INTERVAL


def register():
    if not bpy.app.background:
        bpy.app.timers.register(step, first_interval=INTERVAL, persistent=True)


def unregister():
    if bpy.app.timers.is_registered(step):
        bpy.app.timers.unregister(step)
