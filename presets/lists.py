"""The lists among the settings: found by their path, as a recipe names them."""

import re

import bpy

from . import fields
from .errors import RecipeError
from .fields import Field
from .settings.lists import active_key

_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")


def find(settings: bpy.types.PropertyGroup, path: str) -> tuple[bpy.types.PropertyGroup, Field]:
    """What holds the list ``path`` ("objects.models", "objects.models[2].keypoints"), and the list's own field.

    Raises RecipeError when there is no such list, or no such item on the way.
    """
    group, field = settings, fields.recipe()
    steps = path.split(".")
    for number, step in enumerate(steps):
        match = _STEP.fullmatch(step)
        child = field.child(match[1]) if match else None
        is_last = number == len(steps) - 1
        if child is None or child.kind not in ("section", "list") or is_last != (child.kind == "list" and not match[2]):
            raise RecipeError(f"{path}: no such list")
        if is_last:
            return group, child
        group = getattr(group, child.key)
        if match[2]:
            if int(match[2]) >= len(group):
                raise RecipeError(f"{path}: the list has no item {match[2]}")
            group = group[int(match[2])]
        field = child
    raise RecipeError(f"{path}: no such list")


def add(group: bpy.types.PropertyGroup, key: str) -> bpy.types.PropertyGroup:
    """A new item behind the active one, which becomes the active one."""
    items = getattr(group, key)
    place = min(getattr(group, active_key(key)) + 1, len(items))
    items.add()
    items.move(len(items) - 1, place)
    setattr(group, active_key(key), place)
    return items[place]


def remove(group: bpy.types.PropertyGroup, key: str) -> bool:
    """Take the active item out; False when there is none."""
    items, active = getattr(group, key), getattr(group, active_key(key))
    if not 0 <= active < len(items):
        return False
    items.remove(active)
    setattr(group, active_key(key), max(0, min(active, len(items) - 1)))
    return True


def move(group: bpy.types.PropertyGroup, key: str, by: int) -> bool:
    """Move the active item; False when there is none or it is at the end already."""
    items, active = getattr(group, key), getattr(group, active_key(key))
    if not (0 <= active < len(items) and 0 <= active + by < len(items)):
        return False
    items.move(active, active + by)
    setattr(group, active_key(key), active + by)
    return True
