"""The frame that is looked at, as a picture in an image editor."""

from __future__ import annotations

import bpy

from ...dataset import views
from ...dataset.store import StoreError
from ...dataset.verify.reading import READ_ERRORS, one_line
from .. import pictures
from ..redraw import redraw_sidebars
from . import session

PICTURE = "Data Set Frame"


def show(context: bpy.types.Context) -> bool:
    """Show the frame of the open data set; where it cannot be read, a line that says why, and False."""
    shown = session.current()
    if shown is None:
        return False
    shown.message = ""
    try:
        pixels = views.picture(shown.store.frame(shown.scene, shown.frame), shown.view)
    except StoreError as error:
        shown.message = str(error)
    except READ_ERRORS as error:
        shown.message = f"scene {shown.scene}, frame {shown.frame}: not readable ({one_line(error)})"
    if shown.message:
        pixels = views.notice(shown.message)
    is_new = not pictures.is_there(PICTURE)
    image = pictures.show(context, PICTURE, pixels)
    if is_new and not bpy.app.background:
        _offer_pages(image.name)
    redraw_sidebars()
    return not shown.message


def _offer_pages(name: str) -> None:
    """Open the sidebar beside a picture at our tab: a window of its own hides the one that it was called from."""
    tries = iter(range(20))

    def turn() -> float | None:
        for window in bpy.context.window_manager.windows:
            for area in window.screen.areas:
                if area.type == "IMAGE_EDITOR" and area.spaces.active.image == bpy.data.images.get(name):
                    area.spaces.active.show_region_ui = True
                    region = next(region for region in area.regions if region.type == "UI")
                    try:
                        region.active_panel_category = "Truthbake"
                    except (AttributeError, TypeError):  # the first paint makes the tabs
                        area.tag_redraw()
                        return 0.1 if next(tries, None) is not None else None
        return None

    bpy.app.timers.register(turn, first_interval=0.1)


def show_soon() -> None:
    """Show it as soon as Blender has nothing else to do: a field that is dragged asks many times."""
    if bpy.app.background:
        show(bpy.context)
    elif not bpy.app.timers.is_registered(_show_now):
        bpy.app.timers.register(_show_now, first_interval=0.0)


def stop() -> None:
    """Show nothing more: the extension goes."""
    if bpy.app.timers.is_registered(_show_now):
        bpy.app.timers.unregister(_show_now)


def _show_now() -> None:
    windows = bpy.context.window_manager.windows
    if windows:
        with bpy.context.temp_override(window=windows[0]):
            show(bpy.context)
