"""Randomize any field of Blender's: from the menu behind its right mouse button into the recipe's list."""

from __future__ import annotations

import math

import bpy
from bpy.app.translations import pgettext_rpt
from bpy.props import StringProperty

from ..data_path import DataPathError, parse, render
from ..presets import current, lists
from ..scene.stage.properties import Property, PropertyError, find, path_of

_SHARE = 0.25  # of the present value, to both sides
_STEP = 0.5  # to both sides of zero


class _AtButton:
    bl_options = {"REGISTER", "UNDO"}

    path: StringProperty(
        name="Path",
        description="Data path of the property; empty takes the field under the mouse",
        options={"SKIP_SAVE"},
    )

    def found(self, context) -> str:
        """The path that is meant, in its one spelling; "" for none."""
        try:
            return render(parse(self.path)) if self.path else path_here(context)
        except DataPathError as error:
            self.report({"ERROR"}, f"{self.path} {error}")
            return ""


class TRUTHBAKE_OT_randomize_property(_AtButton, bpy.types.Operator):
    bl_idname = "truthbake.randomize_property"
    bl_label = "Randomize with Truthbake"
    bl_description = "Let this property vary from scene to scene of the data set"

    @classmethod
    def poll(cls, context):
        return _is_asked_without_button(context) or (bool(path := path_here(context)) and _index(context, path) is None)

    def execute(self, context):
        path = self.found(context)
        if not path:
            return {"CANCELLED"}
        settings = current.settings(context)
        if (known := _index(context, path)) is not None:
            settings.active_randomizers = known
            self.report({"INFO"}, pgettext_rpt("{path} varies already").format(path=path))
            return {"FINISHED"}
        try:
            low, high = around(find(parse(path)))
        except PropertyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        settings.active_randomizers = len(settings.randomizers)
        item = lists.add(settings, "randomizers")
        item.path, item.value = path, (low, high)
        text = pgettext_rpt("{path} varies from {low} to {high}; the sidebar's panel Randomizers has more")
        self.report({"INFO"}, text.format(path=path, low=f"{low:.6g}", high=f"{high:.6g}"))
        return {"FINISHED"}


class TRUTHBAKE_OT_keep_property(_AtButton, bpy.types.Operator):
    bl_idname = "truthbake.keep_property"
    bl_label = "Randomize No More"
    bl_description = "Take this property out of what Truthbake varies"

    @classmethod
    def poll(cls, context):
        return _is_asked_without_button(context) or _index(context, path_here(context)) is not None

    def execute(self, context):
        path = self.found(context)
        index = _index(context, path)
        if index is None:
            text = pgettext_rpt("{path} does not vary" if path else "This property does not vary")
            self.report({"WARNING"}, text.format(path=path))
            return {"CANCELLED"}
        settings = current.settings(context)
        settings.active_randomizers = index
        lists.remove(settings, "randomizers")
        return {"FINISHED"}


def path_here(context: bpy.types.Context) -> str:
    """The path of the property whose button the context is about; "" where nothing can vary."""
    owner, prop = getattr(context, "button_pointer", None), getattr(context, "button_prop", None)
    if owner is None or prop is None:
        return ""
    # Blender tells the component of a vector apart from the property itself.
    hovered = getattr(context, "property", None)
    index = hovered[2] if hovered and hovered[1].endswith((prop.identifier, f'"{prop.identifier}"]')) else -1
    return path_of(owner, prop.identifier, index)


def around(found: Property) -> tuple[float, float]:
    """A range around what the property is now, inside its limits, in the units of a recipe."""
    if found.kind in ("bool", "enum"):
        return 0.0, 1.0
    now = found.read()
    values = [found.written(value) for value in (now[: found.size] if isinstance(now, list) else [now])]
    reach = max(_SHARE * abs(value) for value in values) or _STEP
    if found.kind == "int":
        reach = math.ceil(reach)
    low, high = max(found.low, min(values) - reach), min(found.high, max(values) + reach)
    return (low, high) if low <= high else (found.low, found.high)


def _index(context: bpy.types.Context, path: str) -> int | None:
    """Where the list has that path, or None."""
    for index, item in enumerate(current.settings(context).randomizers if path else ()):
        try:
            if render(parse(item.path)) == path:
                return index
        except DataPathError:
            continue
    return None


def _is_asked_without_button(context: bpy.types.Context) -> bool:
    return getattr(context, "button_prop", None) is None


classes = (TRUTHBAKE_OT_randomize_property, TRUTHBAKE_OT_keep_property)
