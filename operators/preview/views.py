"""The 3D views of a window: through the camera while a scene is staged, then back to where they were."""

import bpy

from ...presets import current

_KEPT = (
    "view_perspective",
    "view_location",
    "view_rotation",
    "view_distance",
    "view_camera_zoom",
    "view_camera_offset",
)

# Area -> its view before. A view through the camera takes over the camera's rotation, so all of it is kept. Areas are
# no part of the file that undo restores: their pointers and views live on.
_before: dict[int, dict] = {}


def look_through_camera(window: bpy.types.Window) -> None:
    """Let the window's 3D views look through the scene's camera."""
    for area in _areas(window):
        if area.as_pointer() not in _before:
            _before[area.as_pointer()] = _view(area)
        area.spaces.active.region_3d.view_perspective = "CAMERA"


def look_back(window: bpy.types.Window) -> None:
    """Bring the window's 3D views back to what they showed before `look_through_camera`."""
    for area in _areas(window):
        _set(area, _before.pop(area.as_pointer(), {}))


def shown(window: bpy.types.Window) -> dict[int, dict]:
    """What the window's 3D views show now, for `show_again`."""
    return {area.as_pointer(): _view(area) for area in _areas(window)}


def show_again(window: bpy.types.Window, kept: dict[int, dict]) -> None:
    """Bring views back as `shown` found them; the user may have looked at the staged scene from elsewhere."""
    for area in _areas(window):
        _set(area, kept.get(area.as_pointer(), {}))


@bpy.app.handlers.persistent
def _follow(*_) -> None:
    """Undo and redo take staged scenes away and bring them back, but leave the views alone."""
    for window in bpy.context.window_manager.windows:
        if not current.is_staged(window.scene):
            look_back(window)
        elif not any(area.as_pointer() in _before for area in _areas(window)):
            look_through_camera(window)


@bpy.app.handlers.persistent
def _forget(*_) -> None:
    _before.clear()


_HANDLERS = (("undo_post", _follow), ("redo_post", _follow), ("load_post", _forget))


def register():
    for name, handler in _HANDLERS:
        getattr(bpy.app.handlers, name).append(handler)


def unregister():
    for name, handler in _HANDLERS:
        getattr(bpy.app.handlers, name).remove(handler)
    _before.clear()


def _areas(window: bpy.types.Window) -> list[bpy.types.Area]:
    return [area for area in window.screen.areas if area.type == "VIEW_3D"]


def _view(area: bpy.types.Area) -> dict:
    view = area.spaces.active.region_3d
    return {key: _copy(getattr(view, key)) for key in _KEPT}


def _set(area: bpy.types.Area, values: dict) -> None:
    view = area.spaces.active.region_3d
    for key, value in values.items():
        setattr(view, key, value)


def _copy(value):
    return value if isinstance(value, str | float) else tuple(value)  # a vector would follow the view
