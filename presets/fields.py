"""The settings classes, walked once into plain descriptions that need no Blender."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import bpy

from . import numbers
from .settings.kinds import is_varying
from .settings.recipe import TRUTHBAKE_PG_recipe

# What the units of Blender's properties are called in a recipe.
_UNITS = {
    "LENGTH": "m",
    "ROTATION": "deg",
    "CAMERA": "mm",
    "POWER": "W",
    "MASS": "kg",
    "TIME_ABSOLUTE": "s",
}
_SUBTYPE_UNITS = {"PIXEL": "px", "PERCENTAGE": "%"}
_PATHS = {"FILE_PATH": "file", "DIR_PATH": "folder"}
_INHERITED = frozenset(bpy.types.PropertyGroup.bl_rna.properties.keys())


@dataclass(frozen=True)
class Field:
    """One setting, one section, or (path "") the whole recipe.

    Attributes:
        path: dotted key; the fields of list items have [] in it, "objects.models[].unit".
        key: last part of the path.
        kind: bool, int, float, text, file, folder, enum, set, list or section.
        size: 0 for a single number, else how many.
        varies: a number that is drawn; see `distributions` for the forms of its values.
        unit: as written in the reference: m, deg, mm, W, kg, s, px, %, or "".
        low, high: limits, in that unit; None where there is none.
        default: in the form that `to_dict` gives.
        choices: of an enum or set, lower case, in order.
        fields: of a section, or of the items of a list.
        problems: the own check of a section, or of a list's item, of settings that lean on each other.
    """

    path: str
    key: str
    name: str
    description: str
    kind: str
    size: int = 0
    varies: bool = False
    unit: str = ""
    low: float | None = None
    high: float | None = None
    default: Any = None
    choices: tuple[tuple[str, str], ...] = ()
    fields: tuple["Field", ...] = ()
    problems: Callable[[dict], Iterator[tuple[str, str]]] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The choices without their explanations."""
        return tuple(word for word, _ in self.choices)

    def child(self, key: str) -> "Field | None":
        """The field of that key in this section, or None."""
        return next((field for field in self.fields if field.key == key), None)

    def leaves(self) -> Iterator["Field"]:
        """Every setting below this one, in order; list items are not entered."""
        for field in self.fields:
            if field.kind == "section":
                yield from field.leaves()
            else:
                yield field


@cache
def recipe() -> Field:
    """The whole recipe. The settings classes must be registered."""
    return Field("", "", "Recipe", "", "section", fields=_walk(TRUTHBAKE_PG_recipe, ""))


def _walk(owner: type, prefix: str) -> tuple[Field, ...]:
    # Every group inherits a name; one that declares its own has two properties of that name, its own one last.
    declared = {prop.identifier: prop for prop in owner.bl_rna.properties}
    return tuple(
        _field(owner, prop, prefix + prop.identifier)
        for prop in declared.values()
        # Hidden properties are state of the sidebar, no part of the recipe.
        if (prop.identifier not in _INHERITED or prop.identifier in owner.__annotations__) and not prop.is_hidden
    )


@cache
def first_setting(owner: type) -> str:
    """The key of a settings class's first setting, which stands for the whole in a list."""
    return next(field.key for field in _walk(owner, ""))


def _field(owner: type, prop: bpy.types.Property, path: str) -> Field:
    common = {"path": path, "key": prop.identifier, "name": prop.name, "description": prop.description}
    match prop.type:
        case "POINTER":
            group = bpy.types.PropertyGroup.bl_rna_get_subclass_py(prop.fixed_type.identifier)
            check = getattr(group, "problems", None)
            return Field(**common, kind="section", fields=_walk(group, path + "."), problems=check)
        case "COLLECTION":
            group = bpy.types.PropertyGroup.bl_rna_get_subclass_py(prop.fixed_type.identifier)
            check = getattr(group, "problems", None)
            return Field(**common, kind="list", default=[], fields=_walk(group, path + "[]."), problems=check)
        case "BOOLEAN":
            return Field(**common, kind="bool", default=prop.default)
        case "STRING":
            return Field(**common, kind=_PATHS.get(prop.subtype, "text"), default=prop.default)
        case "ENUM":
            choices = tuple((item.identifier.lower(), item.description) for item in prop.enum_items)
            if prop.is_enum_flag:
                default = [word for word, _ in choices if word.upper() in prop.default_flag]
                return Field(**common, kind="set", choices=choices, default=default)
            return Field(**common, kind="enum", choices=choices, default=prop.default.lower())
    return Field(**common, **_number(owner, prop))


def _number(owner: type, prop: bpy.types.Property) -> dict[str, Any]:
    kind = prop.type.lower()
    # A property with a unit keeps it in its subtype, in a way that Blender itself warns about when asked.
    unit = _UNITS[prop.unit] if prop.unit != "NONE" else _SUBTYPE_UNITS.get(prop.subtype, "")
    shown = numbers.reader(kind, unit)
    size = prop.array_length
    default = [shown(value) for value in prop.default_array] if size else shown(prop.default)
    varies = is_varying(owner, prop.identifier)
    if varies:
        size, default = 0, default[0] if default[0] == default[1] else default
    is_open = numbers.is_open(kind)
    return {
        "kind": kind,
        "size": size,
        "varies": varies,
        "unit": unit,
        "low": None if is_open(prop.hard_min) else shown(prop.hard_min),
        "high": None if is_open(prop.hard_max) else shown(prop.hard_max),
        "default": default,
    }
