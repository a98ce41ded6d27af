"""Runs inside a Blender with a window: opens the tab, then tells again and again what is to be seen there.

    blender --python start.py -- FOLDER

Reads FOLDER/settings.json first ({"output.scenes": 3, ...}, and "tab" for another tab of the sidebar, "" for none).
Until FOLDER/quit exists, it writes fifty times a second FOLDER/under.json, what the mouse is over, and ten times
FOLDER/state.json, all else.
When FOLDER/ask appears, FOLDER/facts.json is written anew, and FOLDER/ask removed.
It looks and tells. All pressing is done from outside, with mouse and keys.
"""

import json
import os
import sys
import time

import bpy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import facts
import layout

FOLDER = sys.argv[sys.argv.index("--") + 1]
tab = "Truthbake"
beats = {"last": 0.0, "longest": 0.0, "number": 0}
ticks = 0


def prepare():
    settings = bpy.context.scene.truthbake
    with open(os.path.join(FOLDER, "settings.json"), encoding="utf-8") as file:
        wanted = json.load(file)
    global tab
    tab = wanted.pop("tab", tab)
    for path, value in wanted.items():
        section, key = path.split(".")
        setattr(getattr(settings, section), key, value)
    layout.view()[1].spaces.active.show_region_ui = bool(tab)
    return None


def open_tab():
    """Again and again: on a busy machine the first paint, which makes the tabs, may take a while."""
    _, area, region = layout.view()
    area.tag_redraw()
    if tab:
        try:
            region.active_panel_category = tab
        except AttributeError:  # no tabs yet
            return 0.5
    layout.follow_panels()
    area.tag_redraw()
    return None


def beat():
    """`longest_gap` is the longest time in which the window did nothing else, measured while a bake ran."""
    instant = time.monotonic()
    is_baking = bpy.context.window_manager.truthbake.is_baking
    if is_baking and beats["last"]:
        beats["longest"] = max(beats["longest"], instant - beats["last"])
        beats["number"] += 1
    beats["last"] = instant if is_baking else 0.0
    return 0.02


def tell_under():
    global ticks
    ticks += 1
    clipboard = bpy.context.window_manager.clipboard
    write("under.json", {"tick": ticks, "clipboard": clipboard, **layout.under_mouse()})
    return 0.02


def tell():
    state = facts.state() | layout.state() | {"longest_gap": beats["longest"], "beats": beats["number"]}
    write("state.json", state)
    if os.path.exists(os.path.join(FOLDER, "ask")):
        write("facts.json", facts.facts())
        os.unlink(os.path.join(FOLDER, "ask"))
    if os.path.exists(os.path.join(FOLDER, "quit")):
        bpy.ops.wm.quit_blender()
    return 0.1


def write(name: str, content: dict) -> None:
    """Whole or not at all, so that nobody reads a half."""
    path = os.path.join(FOLDER, name)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(content, file)
    os.replace(path + ".new", path)


bpy.context.preferences.view.show_splash = False
bpy.app.timers.register(prepare, first_interval=2.0)
bpy.app.timers.register(open_tab, first_interval=4.0, persistent=True)
for task in (beat, tell_under, tell):
    bpy.app.timers.register(task, first_interval=5.0, persistent=True)
