"""What the panels share: their place, and how settings are drawn."""

from bpy.app.translations import pgettext_iface

from ..presets import current
from ..presets.settings.kinds import CONTEXT
from ..presets.settings.lists import active_key
from .items import NEEDS
from .lists import draw_list


class InSidebar:
    """A panel in the tab Truthbake of the 3D View's sidebar."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Truthbake"
    bl_translation_context = CONTEXT

    @staticmethod
    def settings(context):
        """The user's settings, also while a staged scene is shown."""
        return current.settings(context)

    def columns(self):
        """A layout with labels to the left of their values."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        return layout


class InTab(InSidebar):
    """A panel inside the first one of the tab."""

    bl_parent_id = "TRUTHBAKE_PT_recipe"


def draw_varying(layout, group, key: str, name: str) -> None:
    """A number that varies: its field or fields, and a menu with the ways to vary."""
    how = getattr(group, f"{key}_how")
    context = group.bl_rna.properties[key].translation_context
    column = layout.column(align=True)
    row = column.row(align=True)
    if how == "CONSTANT":
        row.prop(group, key, index=0, text=name, text_ctxt=context)
    elif how in ("NORMAL", "CHOICE"):
        row.prop(group, f"{key}_numbers", text=name, text_ctxt=context)
    else:
        low = pgettext_iface("{name} Min", CONTEXT).format(name=pgettext_iface(name, context))
        row.prop(group, key, index=0, text=low, translate=False)
        column.prop(group, key, index=1, text="Max", text_ctxt=CONTEXT)
    row.prop(group, f"{key}_how", text="", icon_only=True)


def draw_fields(layout, group, listed, path: str, needs=None) -> None:
    """The settings ``listed`` of a group that is called ``path`` in a recipe; of each list the chosen item's too.

    needs: {key: (other key, its values)}; unless the other setting has one of the values, this one is left out where
    the other is a choice, and greyed out where it is a switch: Blender's own panels do so too.
    """
    for field in listed:
        if not is_shown(group, field, needs or {}):
            continue
        is_needed = _is_needed(group, needs or {}, field.key)
        if field.kind == "list":
            draw_items(layout, group, field, f"{path}.{field.key}")
            continue
        column = layout.column()
        column.active = is_needed
        if field.varies:
            draw_varying(column, group, field.key, field.name)
        else:
            column.prop(group, field.key)


def is_shown(group, field, needs) -> bool:
    """Whether a setting is drawn at all, be it greyed out."""
    _, values = needs.get(field.key, ("", ()))
    return True in values or _is_needed(group, needs, field.key)


def _is_needed(group, needs, key: str) -> bool:
    """Whether the setting that another one leans on has one of the right values, and counts itself."""
    if key not in needs:
        return True
    other, values = needs[key]
    return getattr(group, other) in values and _is_needed(group, needs, other)


def draw_items(layout, group, field, path: str) -> None:
    """A list, and below it the settings of its chosen item."""
    item = draw_list(layout, group, field, path)
    if item is not None:
        index = getattr(group, active_key(field.key))
        draw_fields(layout.column(), item, field.fields, f"{path}[{index}]", NEEDS.get(path))
