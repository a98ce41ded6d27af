"""Lists of settings: the items, buttons that edit them, and the settings of the chosen one."""

import bpy
from bpy.app.translations import pgettext_n

from ..presets import fields
from ..presets.settings.kinds import CONTEXT
from ..presets.settings.lists import active_key

# Lists whose items come from somewhere else than an empty item: the operator behind +, and its properties.
ADDING = {
    "objects.models": ("truthbake.import_models", {"as_distractors": False}),
    "distractors.models": ("truthbake.import_models", {"as_distractors": True}),
}


# Lists whose rows show more than the first setting of an item.
LOOKS = {"objects.models": "TRUTHBAKE_UL_models", "distractors.models": "TRUTHBAKE_UL_models"}

# What an empty list stands for.
EMPTY = {
    "objects.models": pgettext_n("Models: the Built-in Parts", CONTEXT),
    "people.characters": pgettext_n("Characters: the Built-in Person", CONTEXT),
}


class TRUTHBAKE_UL_items(bpy.types.UIList):
    """Items of any list, by their first setting"""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property):
        first = fields.first_setting(type(item))
        row = layout.row(align=True)
        value = getattr(item, first)
        declared = item.bl_rna.properties[first]
        if not isinstance(value, str) and declared.is_array:  # as fields they would stand one above the other
            row.label(text="   ".join(f"{number:.4g}" for number in value), translate=False)
        elif declared.type == "STRING" and declared.subtype in ("FILE_PATH", "DIR_PATH"):
            path = value.rstrip("/\\")
            row.label(text=bpy.path.basename(path) or path, icon="FILE_3D", translate=False)
        else:
            row.prop(item, first, text="", emboss=False)
        if "use" in item.bl_rna.properties:
            row.prop(item, "use", text="")


def draw_list(layout, group, field, path: str):
    """A list with its buttons; returns the chosen item, or None. ``path``: as `presets.lists.find` takes it."""
    items, active = getattr(group, field.key), getattr(group, active_key(field.key))
    row = layout.row()
    row.label(text=field.name if items else EMPTY.get(path, field.name), text_ctxt=CONTEXT)
    if not items:  # most lists are: they take one line
        _draw_adding(row, path)
        return None
    row = layout.row()
    row.template_list(
        LOOKS.get(path, "TRUTHBAKE_UL_items"),
        path,
        group,
        field.key,
        group,
        active_key(field.key),
        rows=4 if path in LOOKS or len(items) > 1 else 3,
    )
    buttons = row.column(align=True)
    _draw_adding(buttons, path)
    buttons.operator("truthbake.remove_item", text="", icon="REMOVE").path = path
    if path in LOOKS:
        buttons.separator()
        buttons.operator("truthbake.check_models", text="", icon="FILE_REFRESH")
        buttons.separator()
    for direction, icon in (("UP", "TRIA_UP"), ("DOWN", "TRIA_DOWN")):
        move = buttons.operator("truthbake.move_item", text="", icon=icon)
        move.path, move.direction = path, direction
    return items[active] if 0 <= active < len(items) else None


def _draw_adding(layout, path: str) -> None:
    operator, properties = ADDING.get(path, ("truthbake.add_item", {"path": path}))
    add = layout.operator(operator, text="", icon="ADD")
    for key, value in properties.items():
        setattr(add, key, value)
