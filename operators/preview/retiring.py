"""A staged scene that is replaced stays a moment longer, empty, where an image editor is open.

Until an image editor draws again it points to the scene that it drew for, and Blender follows that pointer when a
material is given to an object, as staging does: a crash if the scene were gone.
"""

import bpy

from ...presets import current
from ...scene.stage.datablocks import is_marked, remove

NAME = "Truthbake Before"
MOMENT = 0.5  # seconds


def retire() -> list[bpy.types.Scene]:
    """The staged scenes, which must not be removed now; `remove_retired` does it soon."""
    scenes = [scene for scene in bpy.data.scenes if is_marked(scene)] if _image_editors() else []
    for scene in scenes:
        scene.name = NAME
        scene.pop(current.ORIGIN, None)
    if scenes:
        _remove_soon()
    return scenes


def redraw() -> None:
    """Let all image editors draw again, for the scene that is shown now."""
    for area in _image_editors():
        area.tag_redraw()


def remove_retired() -> float | None:
    """Remove the scenes that nothing shows any more; seconds until another try while Blender renders."""
    if bpy.app.is_job_running("RENDER"):
        return MOMENT
    remove(_gone())
    return None


def _gone() -> list[bpy.types.Scene]:
    return [scene for scene in bpy.data.scenes if is_marked(scene) and not current.is_staged(scene)]


def _image_editors() -> list[bpy.types.Area]:
    windows = bpy.context.window_manager.windows
    return [area for window in windows for area in window.screen.areas if area.type == "IMAGE_EDITOR"]


def _remove_soon() -> None:
    if not bpy.app.timers.is_registered(remove_retired):
        bpy.app.timers.register(remove_retired, first_interval=MOMENT)


@bpy.app.handlers.persistent
def _follow(*_) -> None:
    """Undo and redo may bring one back: it was there when the step was made."""
    if _gone():
        _remove_soon()


def register():
    bpy.app.handlers.undo_post.append(_follow)
    bpy.app.handlers.redo_post.append(_follow)


def unregister():
    bpy.app.handlers.undo_post.remove(_follow)
    bpy.app.handlers.redo_post.remove(_follow)
    if bpy.app.timers.is_registered(remove_retired):
        bpy.app.timers.unregister(remove_retired)
