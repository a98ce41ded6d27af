"""The recipe's sections: a closed panel for each noun, and sub-panels for its rarer settings."""

import bpy

from ..presets import fields
from .layout import InTab, draw_fields, draw_items, is_shown
from .needs import NEEDS
from .parts import PARTS, part, settings_of


def section_panels(section: str, label: str, parent: str = InTab.bl_parent_id) -> tuple[type, ...]:
    """The panel of a section, and those of its parts inside."""
    main = _panel(section, label, parent)
    return (main, *(part_panel(section, piece.name, main.__name__) for piece in PARTS.get(section, ())))


def part_panel(section: str, name: str, parent: str) -> type:
    """The sub-panel of one part of a section; it is not there while none of its settings counts."""
    piece = part(section, name)
    switch = piece.switch
    needs = NEEDS.get(section, {})

    def poll(cls, context):
        group = getattr(cls.settings(context), section)
        return any(is_shown(group, field, needs) for field in settings_of(section, name))

    def draw_header(self, context):
        self.layout.prop(getattr(self.settings(context), section), switch, text="")

    def draw(self, context):
        group = getattr(self.settings(context), section)
        layout = self.columns()
        layout.active = not switch or getattr(group, switch)
        draw_fields(layout, group, settings_of(section, name), section, needs)

    own = {"poll": classmethod(poll), "draw": draw} | ({"draw_header": draw_header} if switch else {})
    return _make(f"{section}_{name}", piece.label, parent, own)


def _panel(section: str, label: str, parent: str) -> type:
    def draw(self, context):
        settings = self.settings(context)
        field = fields.recipe().child(section)
        if field.kind == "list":
            draw_items(self.columns(), settings, field, section)
        else:
            group = getattr(settings, section)
            draw_fields(self.columns(), group, settings_of(section), section, NEEDS.get(section, {}))

    return _make(section, label, parent, {"draw": draw})


def _make(name: str, label: str, parent: str, own: dict) -> type:
    own |= {"bl_label": label, "bl_parent_id": parent, "bl_options": {"DEFAULT_CLOSED"}}
    return type(f"TRUTHBAKE_PT_{name}", (InTab, bpy.types.Panel), own)


scene_panels = (
    *section_panels("distractors", "Distractors"),
    *section_panels("materials", "Materials"),
    *section_panels("lights", "Lights"),
    *section_panels("background", "Background"),
    *section_panels("placement", "Placement"),
    *section_panels("camera", "Camera & Sensor"),
    *section_panels("sensor", "Sensor", "TRUTHBAKE_PT_camera"),
    *section_panels("people", "People"),
    *section_panels("randomizers", "Randomizers"),
    *section_panels("passes", "Ground Truth"),
    *section_panels("output", "Output"),
)
bake_panels = section_panels("render", "Render", "TRUTHBAKE_PT_bake")
farm_panels = section_panels("farm", "Render Farm")
