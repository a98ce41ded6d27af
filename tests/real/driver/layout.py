"""Where things are in Blender's windows, in pixels of the screen from its top left, and what the mouse is over."""

import ctypes
import struct

import bpy
import facts

HEADER = 26  # a panel's header in the theme that Blender comes with, at a user interface scale of one
CLOSED = 4  # DNA: PNL_CLOSED

_first_panel = 0  # the address of the tab's first panel
_screen_height = 1000


def view():
    """The first window, its 3D view and that view's sidebar."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    return window, area, next(region for region in area.regions if region.type == "UI")


def follow_panels() -> None:
    """Learn from the tab's first panel, when it is drawn, where Blender keeps the panels; it draws nothing more."""

    def notice(panel, context):
        global _first_panel
        _first_panel = panel.as_pointer()

    bpy.types.TRUTHBAKE_PT_recipe.append(notice)


def state() -> dict:
    global _screen_height
    _screen_height = max(_screen_height, bpy.context.window_manager.windows[0].height)
    window, area, region = view()
    return {
        "tab": region.active_panel_category,
        "sidebar": _box(window, region),
        "panels": _panels(window, region),
        "windows": [_window(window) for window in bpy.context.window_manager.windows],
        "scene": window.scene.name,
        "view": [round(number, 4) for row in area.spaces.active.region_3d.view_matrix for number in row],
    }


def _box(window, region) -> list[int]:
    top = _screen_height - window.y - region.y - region.height
    return [window.x + region.x, top, region.width, region.height]


def _window(window) -> dict:
    areas = []
    for area in window.screen.areas:
        told = {"type": area.type, "box": _box(window, area)}
        told["regions"] = {region.type: _box(window, region) for region in area.regions if region.height > 1}
        space = area.spaces.active
        if area.type == "IMAGE_EDITOR":
            told["image"] = space.image.name if space.image else ""
            told["size"] = list(space.image.size) if space.image else []
        if area.type == "FILE_BROWSER" and space.params:
            told["directory"] = space.params.directory.decode()
            told["filename"] = space.params.filename
            if space.active_operator:
                told["options"] = facts.plain(space.active_operator.properties)
        areas.append(told)
    return {"box": [window.x, _screen_height - window.y - window.height, window.width, window.height], "areas": areas}


def under_mouse() -> dict:
    """The button below the mouse: the command it stands for, or the data path, index and value of its property."""
    manager = bpy.context.window_manager
    for window in manager.windows:
        for area in window.screen.areas:
            for region in area.regions:
                with bpy.context.temp_override(window=window, area=area, region=region):
                    if bpy.ops.ui.copy_python_command_button.poll():
                        return {"command": _command(manager)}
                    if bpy.context.property:
                        owner, path, index = bpy.context.property
                        return {"path": path, "index": index, "value": _value(owner, path, index)}
    return {}


def _command(manager) -> str:
    kept = manager.clipboard
    bpy.ops.ui.copy_python_command_button()
    command, manager.clipboard = manager.clipboard, kept
    return command


def _value(owner, path: str, index: int):
    value = owner.path_resolve(path)
    if index >= 0:
        value = value[index]
    return value if isinstance(value, str | int | float | bool) else repr(value)


def _panels(window, region) -> list[dict]:
    """The tab's panels from top to bottom: header and own content as [x, top, width, height] on the screen."""
    found = []
    if _first_panel and region.active_panel_category == "Truthbake":
        _add_panels(found, _first_panel, 0)
    left, top = _box(window, region)[:2]
    for panel in found:
        for part in ("header", "body"):
            x, y, width, height = panel[part]
            x, y = region.view2d.view_to_region(x, y, clip=False)
            panel[part] = [round(left + x), round(top + region.height - y), width, height]
    return found


def _add_panels(found: list[dict], address: int, depth: int) -> None:
    """Walk Blender's own list of panels (DNA struct Panel): Python is not told where a panel is, or whether it is open.

    next, previous, type and layout; the name, 64 bytes; the label; then place, size with and without the panels inside,
    flags, and the list of the panels inside.
    """
    while address:
        raw = ctypes.string_at(address, 168)
        name = raw[32:96].split(b"\0")[0].decode()
        label = ctypes.string_at(struct.unpack_from("<Q", raw, 96)[0]).decode()
        x, y, width, whole, _, own = struct.unpack_from("<6i", raw, 104)
        is_open = not struct.unpack_from("<h", raw, 130)[0] & CLOSED
        top = y + whole
        panel = {"name": name, "label": label, "depth": depth, "is_open": is_open}
        # Tops, as y points up in a region: the header stands above the content.
        panel |= {"header": [x, top + HEADER, width, HEADER], "body": [x, top, width, own if is_open else 0]}
        found.append(panel)
        if is_open:
            _add_panels(found, struct.unpack_from("<Q", raw, 152)[0], depth + 1)
        address = struct.unpack_from("<Q", raw, 0)[0]
