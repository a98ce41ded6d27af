"""Runs inside a Blender with a window: opens the tab, then tells ten times a second what is to be seen there.

    blender --python drive_window.py -- FOLDER

Reads FOLDER/settings.json first ({"output.scenes": 3, ...}, and "tab" for another tab of the sidebar), writes
FOLDER/state.json until FOLDER/quit exists.
The buttons are pressed from outside, by the mouse. `longest_gap` is the longest time in which the window did nothing
else, measured while a background bake ran.
"""

import json
import os
import sys
import time
from importlib import import_module

import bpy

FOLDER = sys.argv[sys.argv.index("--") + 1]
tab = "Truthbake"
beats = {"last": 0.0, "longest": 0.0, "number": 0}


def view():
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    region = next(region for region in area.regions if region.type == "UI")
    return window, area, region


def prepare():
    settings = bpy.context.scene.truthbake
    with open(os.path.join(FOLDER, "settings.json"), encoding="utf-8") as file:
        wanted = json.load(file)
    global tab
    tab = wanted.pop("tab", tab)
    for path, value in wanted.items():
        section, key = path.split(".")
        setattr(getattr(settings, section), key, value)
    view()[1].spaces.active.show_region_ui = True
    return None


def open_tab():
    """Again and again: on a busy machine the first paint, which makes the tabs, may take a while."""
    _, area, region = view()
    area.tag_redraw()
    try:
        region.active_panel_category = tab
    except AttributeError:  # no tabs yet
        return 0.5
    return None


def beat():
    runtime = bpy.context.window_manager.truthbake
    instant = time.monotonic()
    if runtime.is_baking and beats["last"]:
        beats["longest"] = max(beats["longest"], instant - beats["last"])
        beats["number"] += 1
    beats["last"] = instant if runtime.is_baking else 0.0
    return 0.02


def tell():
    window, area, region = view()
    runtime = bpy.context.window_manager.truthbake
    running = import_module("bl_ext.user_default.truthbake.operators.bake_background")._running
    state = {
        "tab": region.active_panel_category,
        "sidebar": [region.x, window.height - region.y - region.height, region.width, region.height],
        "clipboard": bpy.context.window_manager.clipboard,
        "scene": window.scene.name,
        "scenes": [scene.name for scene in bpy.data.scenes],
        "view": [round(number, 4) for row in area.spaces.active.region_3d.view_matrix for number in row],
        "randomizers": [item.path for item in bpy.context.scene.truthbake.randomizers],
        "is_baking": runtime.is_baking,
        "progress": runtime.progress,
        "count": runtime.count,
        "text": runtime.text,
        "is_alert": runtime.is_alert,
        "pid": running.process.pid if running else 0,
        "longest_gap": beats["longest"],
        "beats": beats["number"],
    }
    with open(os.path.join(FOLDER, "state.new"), "w", encoding="utf-8") as file:
        json.dump(state, file)
    os.replace(os.path.join(FOLDER, "state.new"), os.path.join(FOLDER, "state.json"))
    if os.path.exists(os.path.join(FOLDER, "quit")):
        bpy.ops.wm.quit_blender()
    return 0.1


bpy.context.preferences.view.show_splash = False
bpy.app.timers.register(prepare, first_interval=2.0)
bpy.app.timers.register(open_tab, first_interval=4.0)
bpy.app.timers.register(beat, first_interval=5.0)
bpy.app.timers.register(tell, first_interval=5.0)
