"""The 3D views: through the camera while a scene is staged, then back to where they were."""

from collections.abc import Iterator

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

# 3D view -> what it showed before. A view through the camera takes over the camera's rotation, so all of it is kept.
# Views are no part of the file that undo restores, and stay themselves in an area that is maximised: pointers live on.
_before: dict[int, dict] = {}


def look_through_camera() -> None:
    """Let the 3D views of the windows that show a staged scene look through its camera."""
    for space in _on_stage():
        if space.as_pointer() not in _before:
            _before[space.as_pointer()] = _view(space)
        space.region_3d.view_perspective = "CAMERA"


def look_back() -> None:
    """Bring all 3D views back to what they showed before `look_through_camera`, those of other workspaces too."""
    for screen in bpy.data.screens:
        for space in _spaces(screen):
            _set(space, _before.pop(space.as_pointer(), {}))
    _before.clear()


def shown() -> dict[int, dict]:
    """What the 3D views on a staged scene show now, for `show_again`."""
    return {space.as_pointer(): _view(space) for space in _on_stage()}


def show_again(kept: dict[int, dict]) -> None:
    """Bring views back as `shown` found them; the user may have looked at the staged scene from elsewhere."""
    for space in _on_stage():
        _set(space, kept.get(space.as_pointer(), {}))


@bpy.app.handlers.persistent
def _follow(*_) -> None:
    """Undo and redo take staged scenes away and bring them back, but leave the views alone."""
    if not any(current.is_staged(window.scene) for window in bpy.context.window_manager.windows):
        look_back()
    elif not _before:
        look_through_camera()


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


def _on_stage() -> Iterator[bpy.types.SpaceView3D]:
    """The 3D views of all windows that show a staged scene: one window's scene is also that of its children."""
    for window in bpy.context.window_manager.windows:
        if current.is_staged(window.scene):
            yield from _spaces(window.screen)


def _spaces(screen: bpy.types.Screen) -> Iterator[bpy.types.SpaceView3D]:
    """The 3D views of a screen, also those that lie behind another editor."""
    return (space for area in screen.areas for space in area.spaces if space.type == "VIEW_3D" and space.region_3d)


def _view(space: bpy.types.SpaceView3D) -> dict:
    return {key: _copy(getattr(space.region_3d, key)) for key in _KEPT}


def _set(space: bpy.types.SpaceView3D, values: dict) -> None:
    for key, value in values.items():
        setattr(space.region_3d, key, value)


def _copy(value):
    return value if isinstance(value, str | float) else tuple(value)  # a vector would follow the view
