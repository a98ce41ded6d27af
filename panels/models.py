"""The lists of models: a row with what is known of each, and the chosen one's facts and warnings in words."""

import bpy
from bpy.app.translations import pgettext_iface

from ..presets import fields
from ..presets.model_key import model_key
from ..presets.settings.lists import active_key
from .items import NEEDS
from .layout import draw_fields
from .lists import draw_list
from .wrapping import draw_text

# Settings of a model that stand right below the list, and those that have panels of their own.
FIRST = ("unit", "class_name")
SYMMETRIES, KEYPOINTS = ("symmetries",), ("keypoints", "skeleton", "keypoint_depth")
# Distractors have no class and no labels.
NO_LABEL = {"class_id", *SYMMETRIES, *KEYPOINTS}
_SHORT = {"AUTO": "", "MM": "mm", "CM": "cm", "M": "m", "INCH": "in", "BOP": "mm"}


class TRUTHBAKE_UL_models(bpy.types.UIList):
    """Models: class, how many, unit, triangles, and marks for symmetries, keypoints and warnings"""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property):
        facts = context.window_manager.truthbake_models.facts.get(model_key(item))
        numbers = _numbers(item, facts)
        row = layout.split(factor=0.4 if numbers else 0.7, align=True)
        row.label(text=shown_name(item, facts), icon=_icon(facts), translate=False)
        marks = row.row(align=True)
        marks.alignment = "RIGHT"
        marks.label(text=numbers, translate=False)
        if points := len(item.keypoints) or (facts.keypoints if facts else 0):
            marks.label(text=str(points), icon="EMPTY_AXIS", translate=False)
        if item.symmetries or (facts and facts.symmetries):
            marks.label(text="", icon="MOD_MIRROR")

    def filter_items(self, context, data, property_name):
        if not self.filter_name and not self.use_filter_sort_alpha:
            return [], []
        # Facts would cost more than all the rest; a file's name begins with that of its class.
        names = [shown_name(item, None).lower() for item in getattr(data, property_name)]
        flags, order = [], []
        if self.filter_name:
            wanted = self.filter_name.lower()
            flags = [self.bitflag_filter_item if wanted in name else 0 for name in names]
        if self.use_filter_sort_alpha:
            places = {index: place for place, index in enumerate(sorted(range(len(names)), key=names.__getitem__))}
            order = [places[index] for index in range(len(names))]
        return flags, order


def shown_name(item, facts) -> str:
    """What the labels call the models of an item; of a folder with several classes the folder's name."""
    path = item.path.rstrip("/\\")
    file = bpy.path.basename(path) or path
    if item.class_name:
        return item.class_name
    return facts.name if facts and facts.models == 1 and facts.name else file


def _icon(facts) -> str:
    if facts is None:
        return "QUESTION"
    if not facts.models:  # nothing of it can be used
        return "CANCEL"
    return "ERROR" if facts.warnings or facts.clash else "FILE_3D"


def _numbers(item, facts) -> str:
    """The unit, how many models with how many triangles, and how many a scene holds where the item says so."""
    parts = []
    if facts and facts.triangles:
        models = f"{facts.models} x " if facts.models > 1 else ""
        parts = [_SHORT[item.unit] or facts.unit, f"{models}{short(facts.triangles // facts.models)} △"]
    if item.count_how != "CONSTANT" or item.count[0]:
        parts.append(_range(item.count))
    return "  ".join(part for part in parts if part)


def _range(pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}-{pair[1]}"


def short(number: int) -> str:
    """A number in at most four letters: 999, 1.2k, 35k, 1.2M."""
    for factor, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= factor:
            return f"{number / factor:.{1 if number < 10 * factor else 0}f}{letter}"
    return str(number)


def draw_models(layout, context, group, section: str) -> None:
    """The list of a section's models, and below it the chosen one's first settings, facts and warnings."""
    state = context.window_manager.truthbake_models
    item = draw_list(layout, group, fields.recipe().child(section).child("models"), f"{section}.models")
    if state.is_checking:
        layout.progress(factor=state.progress, text=pgettext_iface("Checking Models"))
    if item is None:
        return
    draw_model(layout, group, item, section, FIRST)
    if _units_differ(group.models):
        layout.operator("truthbake.share_unit", icon="DUPLICATE").section = section
    facts = state.facts.get(model_key(item))
    if facts is None:
        draw_text(layout, context, pgettext_iface("Not checked as it is now: press Check Models"), icon="QUESTION")
        return
    if facts.models:
        draw_text(layout, context, _sentence(facts), icon="INFO")
    warnings = [text for text in (*facts.warnings, facts.clash) if text]
    if warnings:
        box = layout.box()
        for text in warnings:
            draw_text(box, context, text, icon="ERROR")


def _units_differ(models) -> bool:
    found = [0] * len(models)
    models.foreach_get("unit", found)  # one by one it takes a fifth of a millisecond, with 500 of them
    return min(found) != max(found)


def _sentence(facts) -> str:
    """What is known of an item, in words."""
    if facts.models == 1:
        known = pgettext_iface("{triangles} triangles, {size} across")
    else:
        known = pgettext_iface("{models} models, {triangles} triangles, up to {size} across")
    size = f"{facts.size:.3g} m" if facts.size >= 1 else f"{1000 * facts.size:.3g} mm"
    return known.format(models=facts.models, triangles=f"{facts.triangles:,}", size=size)


def draw_model(layout, group, item, section: str, keys) -> None:
    """Some settings of the chosen model."""
    listed = [field for field in fields.recipe().child(section).child("models").fields if field.key in keys]
    path = f"{section}.models"
    index = getattr(group, active_key("models"))
    draw_fields(layout.column(), item, listed, f"{path}[{index}]", NEEDS.get(path))


def chosen(group):
    """The chosen model of a section, or None."""
    index = getattr(group, active_key("models"))
    return group.models[index] if 0 <= index < len(group.models) else None
