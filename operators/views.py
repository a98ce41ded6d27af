"""The 3D views of a window: through the camera while a scene is staged, then back to where they were."""

import bpy

_KEPT = (
    "view_perspective",
    "view_location",
    "view_rotation",
    "view_distance",
    "view_camera_zoom",
    "view_camera_offset",
)

# Area -> its view before. A view through the camera takes over the camera's rotation, so all of it is kept.
_before: dict[int, dict] = {}


def look_through_camera(window: bpy.types.Window) -> None:
    """Let the window's 3D views look through the scene's camera."""
    for area in _areas(window):
        view = area.spaces.active.region_3d
        _before[area.as_pointer()] = {key: _copy(getattr(view, key)) for key in _KEPT}
        view.view_perspective = "CAMERA"


def look_back(window: bpy.types.Window) -> None:
    """Bring the window's 3D views back to what they showed before `look_through_camera`."""
    for area in _areas(window):
        view = area.spaces.active.region_3d
        for key, value in _before.pop(area.as_pointer(), {}).items():
            setattr(view, key, value)


def _areas(window: bpy.types.Window) -> list[bpy.types.Area]:
    return [area for area in window.screen.areas if area.type == "VIEW_3D"]


def _copy(value):
    return value if isinstance(value, str | float) else tuple(value)  # a vector would follow the view
