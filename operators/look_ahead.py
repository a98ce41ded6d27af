"""What a bake would do now: looked at once a second while a sidebar is in sight, so that its button can say so.

The disk is read by a thread; the settings are compared here, which takes some milliseconds.
"""

from __future__ import annotations

import functools
import threading
import time

import bpy
from bpy.app.translations import pgettext_iface

from ..presets import RecipeError, current, preferences, recipes, tree
from . import chosen
from .jobs.bake import FREE_KEYS
from .jobs.outlook import COMPLETE, CONTINUE, OTHER, Found, Outlook, judge, read
from .redraw import redraw_sidebars
from .runtime import now

INTERVAL = 1.0
# After a bake, twice: the thread needs a moment to read the folder.
SOON, HURRIED = 0.1, 2
# Of a recipe with many models a look takes longer: at most this share of the time, but after so many seconds at last.
MOST, LATEST = 0.02, 3.0
# A difference may be a whole list of models.
LONGEST = 160

_found = Found()
_reader: threading.Thread | None = None
_checked: dict | None = None  # the recipe that the checklist is about
_hurry = 0  # so many looks follow each other soon
_last: tuple = (None, None)  # what the settings held at the last look, and the recipe that this was


def look() -> float:
    """Update the outlook; seconds until the next look."""
    global _hurry
    began = time.monotonic()
    if not now.is_baking and _is_in_sight() and not _is_playing():
        update()
    if _hurry:
        _hurry -= 1
        return SOON
    return min(LATEST, max(INTERVAL, (time.monotonic() - began) / MOST))


def soon() -> None:
    """Look at once, not only when the time has come: a bake has ended."""
    global _hurry
    _hurry = HURRIED
    if bpy.app.timers.is_registered(look):
        bpy.app.timers.unregister(look)
        bpy.app.timers.register(look, first_interval=0.0, persistent=True)


def update(wait: bool = False) -> None:
    """Compare settings and output folder; the folder as it was read last, or with ``wait`` as it is now."""
    settings = current.settings(bpy.context)
    recipe = _recipe(settings)
    if now.is_checked and recipe != _checked:
        forget_check()
        redraw_sidebars()
    loaded = settings.id_data.truthbake_loaded
    now.variants = 0 if loaded.variant else variants_of(loaded.path, loaded.digest)
    folder = str(chosen.folder(settings) or "")
    _read(folder, wait)
    if _found.folder != folder:
        return  # it will have been read at the next look
    _show(judge(_found, recipe, FREE_KEYS) if recipe and folder else None)


def _recipe(settings) -> dict | None:
    """The recipe to be baked, None where the settings are wrong; checked anew only where a setting has changed."""
    global _last
    form = tree.to_dict(settings), preferences.workers(settings), preferences.device(settings)
    if form != _last[0]:
        try:
            _last = form, chosen.recipe(settings)
        except RecipeError:  # the checklist and the bake say so
            _last = form, None
    return _last[1]


def forget_check() -> None:
    """The checklist has done its work."""
    now.is_checked, now.problems = False, []


def checked(recipe: dict | None, problems: list[tuple[str, str, str]]) -> None:
    """Keep what a check of this recipe found, until the settings change."""
    global _checked
    _checked = recipe
    now.is_checked, now.problems = True, problems
    redraw_sidebars()


@functools.lru_cache(maxsize=8)
def variants_of(path: str, digest: str) -> int:
    """How many variants the sweep of a recipe file has; read once for each content that it had when it was loaded."""
    try:
        return len(recipes.sweep([path])) if path else 0
    except RecipeError:
        return 0


def _read(folder: str, wait: bool) -> None:
    global _reader
    if _reader is None or not _reader.is_alive():
        _reader = threading.Thread(target=_keep, args=(folder, _found), daemon=True)
        _reader.start()
    if wait:
        _reader.join()
        _keep(folder, _found)


def _keep(folder: str, known: Found) -> None:
    global _found
    _found = read(folder, known)


def _show(outlook: Outlook | None) -> None:
    kind, text = ("", "") if outlook is None else (outlook.kind, in_words(outlook))
    if (kind, text) != (now.outlook, now.outlook_text):
        now.outlook, now.outlook_text = kind, text
        redraw_sidebars()


def in_words(outlook: Outlook) -> str:
    """What the folder holds, in the user's language."""
    if outlook.kind == OTHER:
        difference = outlook.difference
        shown = difference if len(difference) <= LONGEST else difference[:LONGEST] + " ..."
        return pgettext_iface("Holds another data set: {difference}").format(difference=shown)
    if outlook.kind == COMPLETE:
        return pgettext_iface("All {scenes} scenes are there").format(scenes=outlook.scenes)
    if outlook.kind == CONTINUE:
        text = pgettext_iface("{there} of {scenes} scenes are there, {missing} are missing")
        return text.format(there=outlook.there, scenes=outlook.scenes, missing=outlook.scenes - outlook.there)
    return ""


def _is_in_sight() -> bool:
    """Whether any 3D view shows its sidebar."""
    return any(
        area.type == "VIEW_3D" and area.spaces.active.show_region_ui
        for window in bpy.context.window_manager.windows
        for area in window.screen.areas
    )


def _is_playing() -> bool:
    return any(window.screen.is_animation_playing for window in bpy.context.window_manager.windows)


@bpy.app.handlers.persistent
def _before_load(*_) -> None:
    now.is_checked, now.problems, now.outlook, now.outlook_text = False, [], "", ""


def register():
    bpy.app.handlers.load_pre.append(_before_load)
    if not bpy.app.background:
        bpy.app.timers.register(look, first_interval=INTERVAL, persistent=True)


def unregister():
    bpy.app.handlers.load_pre.remove(_before_load)
    if bpy.app.timers.is_registered(look):
        bpy.app.timers.unregister(look)
