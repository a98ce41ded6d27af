"""The recipe's sections: a closed panel for each noun, and sub-panels for its rarer settings."""

import bpy
from bpy.app.translations import pgettext_iface

from ..presets import fields
from ..presets.switches import NEUTRAL
from .layout import InTab, draw_fields, draw_items, is_shown
from .needs import NEEDS
from .parts import PARTS, part, settings_of
from .wrapping import draw_text

# Sections that are nothing but a list.
LISTS = {"randomizers"}
# Sections that do nothing with a count of 0; the switch in the header is greyed out then.
COUNTED = {"people"}


def section_panels(section: str, label: str, parent: str = InTab.bl_parent_id, more=None) -> tuple[type, ...]:
    """The panel of a section, and those of its parts inside. ``more(layout, context)`` draws below the settings."""
    main = _panel(section, label, parent, more)
    return (main, *(part_panel(section, piece.name) for piece in PARTS.get(section, ()) if not piece.parent))


def part_panel(section: str, name: str) -> type:
    """The sub-panel of one part of a section; it is not there while none of its settings counts."""
    piece = part(section, name)
    parent = piece.parent or f"TRUTHBAKE_PT_{section}"
    # A part that belongs to another panel does not hang on the switch of its own section.
    switches = ((f"{section}.use",) if section in NEUTRAL and not piece.parent else ()) + (piece.switch,)

    def poll(cls, context):
        group = getattr(cls.settings(context), section)
        return any(is_shown(group, field, NEEDS.get(section, {})) for field in settings_of(section, name))

    return _make(
        f"{section}_{name}", piece.label, parent, _drawing(section, name, switches) | {"poll": classmethod(poll)}
    )


def _panel(section: str, label: str, parent: str, more=None) -> type:
    if section not in LISTS:
        switch = f"{section}.use" if section in NEUTRAL else ""
        return _make(section, label, parent, _drawing(section, "", (switch,), more))

    def draw(self, context):
        draw_items(self.columns(), self.settings(context), fields.recipe().child(section), section)

    return _make(section, label, parent, {"draw": draw})


def _drawing(section: str, name: str, switches: tuple[str, ...], more=None) -> dict:
    """The draw functions of a panel. The last of the switches, if any, stands in its header, under the others."""
    *above, own = (tuple(switch.split(".")) if switch else () for switch in switches)
    needs = NEEDS.get(section, {})

    def is_on(settings, listed) -> bool:
        return all(getattr(getattr(settings, group), key) for group, key in listed)

    def draw_header(self, context):
        settings = self.settings(context)
        is_idle = section in COUNTED and _is_none(getattr(settings, section))
        self.layout.active = is_on(settings, above) and not is_idle
        self.layout.prop(getattr(settings, own[0]), own[1], text="")

    def draw(self, context):
        settings = self.settings(context)
        layout = self.columns()
        layout.active = is_on(settings, [*above, own] if own else above)
        draw_fields(layout, getattr(settings, section), settings_of(section, name), section, needs)
        if more:
            more(layout, context)

    return {"draw": draw, "draw_header": draw_header} if own else {"draw": draw}


def _is_none(group) -> bool:
    """Whether a section's count can only be 0."""
    return group.count_how == "CONSTANT" and group.count[0] == 0


def _make(name: str, label: str, parent: str, own: dict) -> type:
    own |= {"bl_label": label, "bl_parent_id": parent, "bl_options": {"DEFAULT_CLOSED"}}
    return type(f"TRUTHBAKE_PT_{name}", (InTab, bpy.types.Panel), own)


def _draw_always(layout, context) -> None:
    text = pgettext_iface("Always baked: instance and amodal masks, boxes, 6D poses, visible fractions, cuboids")
    draw_text(layout, context, text, icon="CHECKMARK")


def _draw_nodes(layout, context) -> None:
    text = pgettext_iface("Machines without a window bake the same recipe from the command line")
    draw_text(layout, context, text, icon="INFO")
    layout.operator("truthbake.copy_command", icon="COPYDOWN")


scene_panels = (
    *section_panels("materials", "Materials"),
    *section_panels("lights", "Lights"),
    *section_panels("background", "Background"),
    *section_panels("placement", "Placement"),
    *section_panels("camera", "Camera & Sensor"),
    *section_panels("sensor", "Sensor", "TRUTHBAKE_PT_camera"),
    *section_panels("people", "People"),
    *section_panels("randomizers", "Randomizers"),
    *section_panels("passes", "Ground Truth", more=_draw_always),
    part_panel("sensor", "depth_camera"),
    *section_panels("output", "Output"),
)
bake_panels = section_panels("render", "Render", "TRUTHBAKE_PT_bake")
farm_panels = section_panels("farm", "Render Farm", more=_draw_nodes)
