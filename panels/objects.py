"""What the data set is about, and what lies around: the models of objects and distractors, and how many of them."""

import bpy

from ..presets import fields
from .layout import InTab, draw_fields
from .models import FIRST, KEYPOINTS, NO_LABEL, SYMMETRIES, chosen, draw_model, draw_models
from .needs import NEEDS
from .parts import settings_of
from .sections import part_panel


class TRUTHBAKE_PT_objects(InTab, bpy.types.Panel):
    bl_label = "Objects"

    def draw(self, context):
        layout = self.columns()
        objects = self.settings(context).objects
        draw_models(layout, context, objects, "objects")
        draw_fields(layout, objects, settings_of("objects"), "objects", NEEDS["objects"])


class TRUTHBAKE_PT_distractors(InTab, bpy.types.Panel):
    bl_label = "Distractors"
    bl_options = {"DEFAULT_CLOSED"}

    def draw_header(self, context):
        self.layout.prop(self.settings(context).distractors, "use", text="")

    def draw(self, context):
        layout = self.columns()
        distractors = self.settings(context).distractors
        layout.active = distractors.use
        draw_models(layout, context, distractors, "distractors")
        draw_fields(layout, distractors, settings_of("distractors"), "distractors")


def _model_panel(section: str, name: str, label: str, keys=()) -> type:
    """A closed panel with settings of the chosen model: ``keys``, or all that stand nowhere else."""

    def poll(cls, context):
        return chosen(getattr(cls.settings(context), section)) is not None

    def draw(self, context):
        group = getattr(self.settings(context), section)
        layout = self.columns()
        layout.active = section == "objects" or group.use
        shown = keys or _rest(section)
        draw_model(layout, group, chosen(group), section, shown)
        if keys == KEYPOINTS:
            layout.operator("truthbake.read_keypoints")

    own = {"poll": classmethod(poll), "draw": draw, "bl_label": label, "bl_options": {"DEFAULT_CLOSED"}}
    own["bl_parent_id"] = f"TRUTHBAKE_PT_{section}"
    return type(f"TRUTHBAKE_PT_{section}_{name}", (InTab, bpy.types.Panel), own)


def _rest(section: str) -> set[str]:
    keys = {field.key for field in fields.recipe().child(section).child("models").fields}
    return keys - {*FIRST, *SYMMETRIES, *KEYPOINTS} - (NO_LABEL if section == "distractors" else set())


# Which of the models take part; what is special to the chosen one.
objects_panels = (
    TRUTHBAKE_PT_objects,
    _model_panel("objects", "model", "Chosen Model"),
    _model_panel("objects", "symmetries", "Symmetries", SYMMETRIES),
    _model_panel("objects", "keypoints", "Keypoints", KEYPOINTS),
    part_panel("objects", "selection"),
)
distractors_panels = (TRUTHBAKE_PT_distractors, _model_panel("distractors", "model", "Chosen Model"))
