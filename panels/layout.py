"""What the panels share: their place, and how settings are drawn."""

from ..presets import current, fields


class InSidebar:
    """A panel in the tab Truthbake of the 3D View's sidebar."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Truthbake"

    def settings(self, context):
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
    column = layout.column(align=True)
    row = column.row(align=True)
    if how == "CONSTANT":
        row.prop(group, key, index=0, text=name)
    elif how in ("NORMAL", "CHOICE"):
        row.prop(group, f"{key}_numbers", text=name)
    else:
        row.prop(group, key, index=0, text=f"{name} Min")
        column.prop(group, key, index=1, text="Max")
    row.prop(group, f"{key}_how", text="", icon_only=True)


def draw_section(layout, group, section: str, needs, left_out) -> None:
    """Every setting of a section but lists and those left out, in order of declaration.

    needs: {key: (other key, its values)}; a setting is greyed out unless the other one has one of the values.
    """
    for field in fields.recipe().child(section).fields:
        if field.kind == "list" or field.key in left_out:
            continue
        column = layout.column()
        if field.key in needs:
            other, values = needs[field.key]
            column.active = getattr(group, other) in values
        if field.varies:
            draw_varying(column, group, field.key, field.name)
        else:
            column.prop(group, field.key)
