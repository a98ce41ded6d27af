"""The menu behind the right mouse button of any field: let it vary, or let it be again."""

import bpy

_OPERATORS = ("randomize_property", "keep_property")


def draw(menu, context) -> None:
    """Offer what fits the field; nothing where nothing can vary."""
    if getattr(context, "button_prop", None) is None:
        return
    fitting = [name for name in _OPERATORS if getattr(bpy.ops.truthbake, name).poll()]
    if fitting:
        menu.layout.separator()
    for name in fitting:
        menu.layout.operator(f"truthbake.{name}", icon="MOD_NOISE")


def register():
    bpy.types.UI_MT_button_context_menu.append(draw)


def unregister():
    bpy.types.UI_MT_button_context_menu.remove(draw)
