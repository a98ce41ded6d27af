"""Properties of Blender's by their data path: found through RNA, step by step, and nothing else.

A step is looked up among the properties that RNA declares, in a collection's items or in custom properties. Python's
own attributes and functions are never reached, whatever the path says.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy

from ...data_path import DataPathError, Step, parse, render
from .animation import is_animated

# Blender's own state: no part of a scene.
_CLOSED = frozenset({"window_managers", "screens", "workspaces", "libraries", "texts", "brushes", "palettes"})
_KINDS = {"FLOAT": "float", "INT": "int", "BOOLEAN": "bool", "ENUM": "enum"}
_ROUNDING = 1e-5  # relative: Blender keeps single precision

# From a collection of bpy.data and a name to a datablock that goes before the file's own, or None.
Preferred = Callable[[str, str], bpy.types.ID | None]


class PropertyError(ValueError):
    """A path that leads nowhere, or to what cannot vary; the message is one line, the path in front."""


class MissingBlock(PropertyError):
    """The datablock that the path begins with is not there."""


@dataclass(frozen=True)
class Property:
    """An animatable property, or one component of it.

    Attributes:
        block: the datablock that a path begins with.
        owner: what holds the property; ``key`` its RNA name, or a custom property's key (``is_custom``).
        component: index in a vector, or None for all of it.
        kind: float, int, bool or enum.
        size: how many numbers: 1, or the components that vary (a colour's alpha stays).
        low, high: hard limits, in the unit of a recipe (degrees for angles).
        words: of an enum.
    """

    path: str
    block: bpy.types.ID
    owner: Any
    key: str
    is_custom: bool
    component: int | None
    kind: str
    size: int
    low: float
    high: float
    words: tuple[str, ...]
    is_angle: bool

    def read(self) -> Any:
        """The value as Blender has it: a number, bool or word, or a list of them for a vector."""
        value = self.owner[self.key] if self.is_custom else getattr(self.owner, self.key)
        if self.component is not None:
            return value[self.component]
        return list(value) if hasattr(value, "__len__") and not isinstance(value, str) else value

    def write(self, value: Any) -> None:
        """Give it a value as `read` returns it. Raises PropertyError when Blender does not keep it."""
        try:
            if self.component is not None:
                (self.owner[self.key] if self.is_custom else getattr(self.owner, self.key))[self.component] = value
            elif self.is_custom:
                self.owner[self.key] = value
            else:
                setattr(self.owner, self.key, value)
        except (AttributeError, TypeError, ValueError, OverflowError) as error:
            raise PropertyError(f"{self.path}: {' '.join(str(error).split())}") from None
        self.owner.id_data.update_tag()
        if not _same(self.read(), value):
            raise PropertyError(f"{self.path}: Blender keeps {_show(self.read())} instead of {_show(value)}")

    def drawn(self, numbers: list[float]) -> Any:
        """Numbers as a recipe has them, one for each component that varies, as a value for `write`; not for an enum."""
        values: list[Any] = [math.radians(number) if self.is_angle else number for number in numbers]
        if self.kind != "float":
            values = [int(value) if self.kind == "int" else value >= 0.5 for value in values]
        now = self.read()
        return values + now[len(values) :] if isinstance(now, list) else values[0]

    def written(self, number: float) -> float:
        """A number of Blender's as a recipe has it."""
        return math.degrees(number) if self.is_angle else float(number)


def find(steps: tuple[Step, ...], preferred: Preferred = lambda collection, name: None) -> Property:
    """The property that a path leads to. Raises PropertyError, which names the first step that fails."""
    path = render(steps)
    block, at = _block(path, steps, preferred)
    owner: Any = block
    while at < len(steps):
        step, done = steps[at], render(steps[:at])
        if step.kind == "index":
            raise PropertyError(f"{path}: {done} is no list; {step} leads nowhere")
        if step.kind == "key":
            if not _has_custom(owner, step.value):
                near = _near(step.value, _custom_keys(owner))
                raise PropertyError(f"{path}: {done} has no custom property {step}{near}")
            return _property(path, block, owner, steps, at, None)
        declared = _declared(path, owner, step, done)
        if declared.type == "POINTER":
            owner = getattr(owner, step.value)
            if owner is None:
                raise PropertyError(f"{path}: {render(steps[: at + 1])} is empty")
            at += 1
        elif declared.type == "COLLECTION":
            owner = _item(path, getattr(owner, step.value), steps, at + 1)
            at += 2
        else:
            return _property(path, block, owner, steps, at, declared)
    raise PropertyError(f"{path}: is no single property; go on with one of {_listed(_varying_names(owner))}")


def collection(steps: tuple[Step, ...]) -> str:
    """The collection of bpy.data that a path begins with. PropertyError where there is none."""
    first = steps[0].value
    known = [prop.identifier for prop in bpy.data.bl_rna.properties if prop.type == "COLLECTION"]
    known = [name for name in known if name not in _CLOSED]
    if first not in known:
        raise PropertyError(f"{render(steps)}: Blender's data has no {first}{_near(first, known)}")
    return first


def path_of(owner: Any, key: str, index: int = -1) -> str:
    """The path of a property that Blender shows, as `find` reads it back; "" where it has none.

    ``owner`` is what holds the property ``key``, ``index`` a component or -1. Sockets are named by their names where
    these are unique: their order changes between versions of Blender.
    """
    try:
        # Blender writes the path of an embedded node tree through the material or world that holds it.
        steps = list(parse(repr(owner)))
        if bpy.data.bl_rna.properties.get(steps[0].value) is None:
            return ""
        named = []
        for at, step in enumerate(steps):
            if step.kind == "index" and steps[at - 1].kind == "name":
                step = _by_name((*named,), step)
            named.append(step)
        custom = key not in owner.bl_rna.properties
        named.append(Step("key" if custom else "name", key))
        if index >= 0:
            named.append(Step("index", index))
        return find(tuple(named)).path
    except (DataPathError, PropertyError, AttributeError, KeyError, TypeError):
        return ""


def _block(path: str, steps: tuple[Step, ...], preferred: Preferred) -> tuple[bpy.types.ID, int]:
    """The datablock that a path begins with, and how many steps that took."""
    first = steps[0].value
    collection(steps)
    if len(steps) < 2 or steps[1].kind != "key":
        raise PropertyError(f'{path}: name the datablock in quotes, as in {first}["Name"]')
    name = steps[1].value
    items = getattr(bpy.data, first)
    block = preferred(first, name) or items.get(name)
    if block is None:
        raise MissingBlock(f"{path}: there is no {first}{steps[1]}{_near(name, items.keys())}")
    if block.library is not None:
        raise PropertyError(f"{path}: {first}{steps[1]} is linked from another file")
    return block, 2


def _declared(path: str, owner: Any, step: Step, done: str) -> bpy.types.Property:
    declared = owner.bl_rna.properties.get(step.value) if hasattr(owner, "bl_rna") else None
    if declared is None or step.value == "rna_type":
        known = [name for name in owner.bl_rna.properties.keys() if name != "rna_type"]  # noqa: SIM118 - a collection
        raise PropertyError(f"{path}: {done} has no property {step.value}{_near(step.value, known)}")
    return declared


def _item(path: str, items: Any, steps: tuple[Step, ...], at: int) -> Any:
    """The item of a collection that step ``at`` names."""
    done = render(steps[:at])
    if at >= len(steps) or steps[at].kind == "name":
        raise PropertyError(f"{path}: {done} is a list; choose an item by its name or number in brackets")
    step = steps[at]
    if step.kind == "index":
        if step.value >= len(items):
            raise PropertyError(f"{path}: {done} has {len(items)} items; {step} leads nowhere")
        return items[step.value]
    item = items.get(step.value)
    if item is None:
        raise PropertyError(f"{path}: {done} has no {step}{_near(step.value, items.keys())}")
    return item


def _property(path: str, block, owner, steps: tuple[Step, ...], at: int, declared) -> Property:
    """The property at step ``at``, which is the last one but for a component's index."""
    key, rest = steps[at].value, steps[at + 1 :]
    if rest and (len(rest) > 1 or rest[0].kind != "index"):
        raise PropertyError(f"{path}: {render(steps[: at + 1])} is a property; only a component's index may follow")
    component = rest[0].value if rest else None
    details = _of_custom(path, owner, key) if declared is None else _of_declared(path, owner, declared)
    length = details.pop("length")
    if component is not None and component >= length:
        count = f"has {length} components" if length else "is a single value"
        raise PropertyError(f"{path}: {render(steps[: at + 1])} {count}; {rest[0]} leads nowhere")
    varying = details.pop("varying")
    if owner.id_data.library is not None:
        raise PropertyError(f"{path}: belongs to {owner.id_data.name}, which is linked from another file")
    if owner.bl_rna.identifier.startswith("TRUTHBAKE_"):
        raise PropertyError(f"{path}: is a setting of the recipe; give it a range there")
    if is_animated(owner, key, declared is None, component):
        raise PropertyError(f"{path}: has keyframes or a driver, which would undo every change")
    size = 1 if component is not None else varying
    return Property(path, block, owner, key, declared is None, component, size=size, **details)


def _of_declared(path: str, owner: Any, declared: bpy.types.Property) -> dict[str, Any]:
    kind = _KINDS.get(declared.type)
    is_set = kind == "enum" and declared.is_enum_flag
    if kind is None or is_set or not declared.is_animatable or declared.is_readonly:
        raise PropertyError(f"{path}: is nothing that Blender can animate, and so cannot vary")
    length = 0 if kind == "enum" else declared.array_length
    if length and sum(1 for size in declared.array_dimensions if size) > 1:
        raise PropertyError(f"{path}: is a matrix; vary location, rotation or scale")
    words = tuple(item.identifier for item in declared.enum_items) if kind == "enum" else ()
    is_number = kind in ("float", "int")
    is_angle = kind == "float" and declared.unit == "ROTATION" and declared.subtype != "QUATERNION"
    low, high = (declared.hard_min, declared.hard_max) if is_number else (0.0, 1.0)
    if is_angle:
        low, high = math.degrees(low), math.degrees(high)
    is_colour = length == 4 and declared.subtype in ("COLOR", "COLOR_GAMMA")
    varying = 3 if is_colour else length or 1
    return _details(kind, (low, high), words, is_angle, length, varying)


def _of_custom(path: str, owner: Any, key: str) -> dict[str, Any]:
    value = owner[key]
    values = list(value) if hasattr(value, "__len__") and not isinstance(value, str | bytes | dict) else [value]
    kinds = {type(item): kind for item in values for kind in ("bool", "int", "float") if type(item).__name__ == kind}
    if len(kinds) != 1 or len({type(item) for item in values}) != 1:
        raise PropertyError(f"{path}: is no number, and so cannot vary")
    (kind,) = kinds.values()
    limits = owner.id_properties_ui(key).as_dict() if kind != "bool" else {}
    low, high = limits.get("min", -math.inf), limits.get("max", math.inf)
    length = len(values) if hasattr(value, "__len__") else 0
    return _details(kind, (low, high), (), False, length, len(values))


def _details(kind: str, limits, words: tuple[str, ...], is_angle: bool, length: int, varying: int) -> dict[str, Any]:
    """What `_property` needs to know; ``length`` of the vector or 0, ``varying`` how many of its components vary."""
    low, high = limits
    return {
        "kind": kind,
        "low": low,
        "high": high,
        "words": words,
        "is_angle": is_angle,
        "length": length,
        "varying": varying,
    }


def _has_custom(owner: Any, key: str) -> bool:
    return key in _custom_keys(owner)


def _custom_keys(owner: Any) -> list[str]:
    """Custom properties; empty for what can have none."""
    try:
        return list(owner.keys())
    except (AttributeError, TypeError):
        return []


def _by_name(before: tuple[Step, ...], index: Step) -> Step:
    """An item's name instead of its number, where the name leads to the same item."""
    items = bpy.data.path_resolve(render(before))
    item = items[index.value]
    name = getattr(item, "name", "")
    return Step("key", name) if isinstance(name, str) and name and items.get(name) == item else index


def _varying_names(owner: Any) -> list[str]:
    return [
        prop.identifier
        for prop in owner.bl_rna.properties
        if prop.type in _KINDS and prop.is_animatable and not prop.is_readonly
    ]


def _near(word: str, known) -> str:
    found = difflib.get_close_matches(word, list(known), n=3)
    return f"; did you mean {' or '.join(found)}?" if found else ""


def _listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


def _same(kept: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return len(kept) == len(wanted) and all(map(_same, kept, wanted))
    if isinstance(wanted, float):
        return math.isclose(kept, wanted, rel_tol=_ROUNDING, abs_tol=_ROUNDING)
    return kept == wanted


def _show(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_show, value)) + "]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
