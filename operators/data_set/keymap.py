"""Keys that turn the pages of a data set, over its picture in an image editor."""

import bpy

_KEYS = (
    ("PAGE_DOWN", False, "NEXT"),
    ("PAGE_UP", False, "PREVIOUS"),
    ("PAGE_DOWN", True, "NEXT_SCENE"),
    ("PAGE_UP", True, "PREVIOUS_SCENE"),
)
_made: list[tuple[bpy.types.KeyMap, bpy.types.KeyMapItem]] = []


def register():
    """Add the keys; a Blender without a window has no key configuration."""
    config = bpy.context.window_manager.keyconfigs.addon
    if config is None:
        return
    keymap = config.keymaps.new("Image", space_type="IMAGE_EDITOR")
    for key, shift, to in _KEYS:
        item = keymap.keymap_items.new("truthbake.browse_frames", key, "PRESS", shift=shift, repeat=True)
        item.properties.to = to
        _made.append((keymap, item))


def unregister():
    """Take the keys away again."""
    for keymap, item in _made:
        keymap.keymap_items.remove(item)
    _made.clear()
