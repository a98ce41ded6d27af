"""The settings tree as a plain dict and back.

The dict is the recipe's one form outside Blender: `{"schema": 1, "objects": {...}, "lights": {...}, ...}`, sections and
keys in the order of declaration, numbers that vary as `distributions` says, angles in degrees, lengths in metres,
enums in lower case.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import bpy

from . import distributions, fields, numbers, values
from .errors import RecipeError
from .fields import Field

SCHEMA = 1

# Dotted key -> where it was written ("recipe.yaml:12", "--set lights.count=12"), for messages.
Positions = Mapping[str, str]


def to_dict(settings: bpy.types.PropertyGroup) -> dict[str, Any]:
    """The recipe that the settings (`scene.truthbake`) hold. Not validated: a range can be upside down."""
    return {"schema": SCHEMA, **read_fields(fields.recipe(), settings)}


def checked(settings: bpy.types.PropertyGroup) -> dict[str, Any]:
    """The settings as a valid recipe; RecipeError for ranges upside down and the like, which a sidebar lets through."""
    whole = validate(to_dict(settings))
    check(whole)
    return whole


def apply(settings: bpy.types.PropertyGroup, tree: Mapping[str, Any]) -> None:
    """Write a whole or partial recipe into the settings; what it does not name stays.

    Raises RecipeError, before anything is written.
    """
    _write_section(fields.recipe(), settings, validate(tree))


def read(field: Field, group: bpy.types.PropertyGroup) -> Any:
    """What a group holds of one of its fields, in the form of `to_dict`."""
    return _read_varying(field, group) if field.varies else _read(field, getattr(group, field.key))


def defaults() -> dict[str, Any]:
    """The recipe that says nothing."""
    return {"schema": SCHEMA, **_default_section(fields.recipe())}


def validate(tree: Any, positions: Positions | None = None, folder: str | None = None) -> dict[str, Any]:
    """Check a whole or partial recipe key by key and bring it into its normal form.

    Relative paths are taken from `folder` when it is given. Raises RecipeError with every problem found.
    """
    reader = _Reader(positions or {}, folder)
    normal = reader.section(fields.recipe(), tree, "")
    if reader.problems:
        raise RecipeError(reader.problems)
    return normal


def check(tree: dict[str, Any], positions: Positions | None = None) -> None:
    """Check what only a whole recipe can show: settings that lean on each other. Raises RecipeError."""
    problems = [locate(path, text, positions or {}) for path, text in _problems(fields.recipe(), tree, "")]
    if problems:
        raise RecipeError(problems)


def _problems(field: Field, tree: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """What a section, or an item of a list, and all below it say of themselves: pairs of a dotted key and a text."""
    prefix = f"{path}." if path else ""
    for key, text in field.problems(tree) if field.problems else ():
        yield f"{prefix}{key}", text
    for child in field.fields:
        if child.kind == "section":
            yield from _problems(child, tree[child.key], f"{prefix}{child.key}")
        elif child.kind == "list":
            for index, item in enumerate(tree[child.key]):
                yield from _problems(child, item, f"{prefix}{child.key}[{index}]")


def merge(base: dict[str, Any], layer: Mapping[str, Any]) -> dict[str, Any]:
    """A new recipe: `layer` over `base`, setting by setting; lists replace. Both in normal form."""
    sections = {field.key for field in fields.recipe().fields if field.kind == "section"}
    merged = dict(base)
    for key, value in layer.items():
        merged[key] = base.get(key, {}) | value if key in sections else value
    return merged


def locate(path: str, text: str, positions: Positions) -> str:
    """One line of a RecipeError: "recipe.yaml:12: lights.count: 12 is above 8"."""
    at = path
    while at and at not in positions:
        at = re.sub(r"(^|\.)[^.\[]*$|\[\d+\]$", "", at)
    where = positions.get(at, "")
    return ": ".join(part for part in (where, path, text) if part)


class _Reader:
    """Walks a recipe beside its fields and collects what is wrong."""

    def __init__(self, positions: Positions, folder: str | None):
        self.positions = positions
        self.folder = folder
        self.problems: list[str] = []

    def section(self, field: Field, tree: Any, path: str) -> dict[str, Any]:
        if tree is None:  # a heading with every line below it commented out
            return {}
        if not isinstance(tree, Mapping):
            example = f"{path or 'SECTION'}: {{KEY: VALUE}}"
            self._wrong(path, f"{values.show(tree)} is not a {'section' if path else 'recipe'}; write {example}")
            return {}
        read = {}
        for key, value in tree.items():
            full = f"{path}.{key}" if path else str(key)
            if not path and key == "schema":
                read[key] = self._schema(value)
                continue
            known = field.child(key) if isinstance(key, str) else None
            if known is None:
                self._wrong(full, _unknown(field, path, str(key)))
            else:
                read[key] = self._value(known, value, full)
        order = ["schema", *(known.key for known in field.fields)]
        return {key: read[key] for key in order if key in read}

    def _value(self, field: Field, value: Any, path: str) -> Any:
        if field.kind == "section":
            return self.section(field, value, path)
        if field.kind == "list":
            items = [] if value is None else value if isinstance(value, list | tuple) else [value]
            return [self._item(field, item, f"{path}[{index}]") for index, item in enumerate(items)]
        try:
            return values.one(field, value, self.folder)
        except values.Wrong as error:
            self._wrong(path, str(error))
            return field.default

    def _item(self, field: Field, item: Any, path: str) -> dict[str, Any]:
        # A bare text stands for the item's first setting: models: [parts/, bolts/].
        named = {field.fields[0].key: item} if isinstance(item, str) else item
        if not isinstance(named, Mapping):
            self._wrong(path, f"{values.show(item)} is not a {field.fields[0].key} or a group of settings")
            return {}
        return {**{known.key: known.default for known in field.fields}, **self.section(field, named, path)}

    def _schema(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            self._wrong("schema", f"{values.show(value)} is not a schema version; this Truthbake writes {SCHEMA}")
        elif value > SCHEMA:
            self._wrong("schema", f"{value} is from a newer Truthbake; this one reads up to {SCHEMA}")
        return SCHEMA

    def _wrong(self, path: str, text: str) -> None:
        self.problems.append(locate(path, text, self.positions))


def _unknown(section: Field, path: str, key: str) -> str:
    prefix = f"{path}." if path else ""
    # The right word in the wrong section, or in none, then a slip of the finger.
    elsewhere = [leaf.path for leaf in fields.recipe().leaves() if leaf.key == key]
    near = [prefix + word for word in difflib.get_close_matches(key, [known.key for known in section.fields], n=1)]
    for found in (elsewhere[0:1], near):
        if found:
            return f"no such key; did you mean {found[0]}?"
    return "no such key; known are " + ", ".join(known.key for known in section.fields)


def _default_section(section: Field) -> dict[str, Any]:
    return {
        field.key: _default_section(field)
        if field.kind == "section"
        else list(field.default)
        if isinstance(field.default, list)
        else field.default
        for field in section.fields
    }


def read_fields(section: Field, group: bpy.types.PropertyGroup) -> dict[str, Any]:
    """What a group holds of a section, or of an item of a list."""
    return {field.key: read(field, group) for field in section.fields}


def _read_varying(field: Field, group: bpy.types.PropertyGroup) -> Any:
    shown = numbers.reader(field.kind, field.unit)
    pair = [shown(number) for number in getattr(group, field.key)]
    return distributions.read(getattr(group, f"{field.key}_how"), pair, getattr(group, f"{field.key}_numbers"))


def _read(field: Field, value: Any) -> Any:
    match field.kind:
        case "section":
            return read_fields(field, value)
        case "list":
            return [read_fields(field, item) for item in value]
        case "enum":
            return value.lower()
        case "set":
            return [word for word in field.words if word.upper() in value]
        case "file" | "folder":
            return bpy.path.abspath(value)
        case "int" | "float":
            shown = numbers.reader(field.kind, field.unit)
            return [shown(number) for number in value] if field.size else shown(value)
    return value


def _write_section(section: Field, group: bpy.types.PropertyGroup, tree: Mapping[str, Any]) -> None:
    for field in section.fields:
        if field.key in tree and field.varies:
            _write_varying(field, group, tree[field.key])
        elif field.key in tree:
            _write(field, group, tree[field.key])


def _write_varying(field: Field, group: bpy.types.PropertyGroup, value: Any) -> None:
    how, pair, text = distributions.write(value)
    setattr(group, f"{field.key}_how", how)
    setattr(group, f"{field.key}_numbers", text)
    if pair:
        stored = numbers.stored if field.kind == "float" else lambda number, unit: number
        setattr(group, field.key, [stored(number, field.unit) for number in pair])


def _write(field: Field, group: bpy.types.PropertyGroup, value: Any) -> None:
    match field.kind:
        case "section":
            _write_section(field, getattr(group, field.key), value)
        case "list":
            items = getattr(group, field.key)
            items.clear()
            for item in value:
                _write_section(field, items.add(), item)
        case "enum":
            setattr(group, field.key, value.upper())
        case "set":
            setattr(group, field.key, {word.upper() for word in value})
        case "float":
            kept = (
                [numbers.stored(number, field.unit) for number in value]
                if field.size
                else numbers.stored(value, field.unit)
            )
            setattr(group, field.key, kept)
        case _:
            setattr(group, field.key, value)
