"""A recipe as a file that can be handed on: paths that follow the file, and without what is the user's own."""

import os
from collections.abc import Collection
from typing import Any

from . import fields, values
from .fields import Field

# What is the user's own rather than the recipe's: loading keeps it where a recipe says nothing of it.
OWN = (("objects", "models"), ("distractors", "models"), ("output", "folder"))


def without_own(recipe: dict[str, Any], kept: Collection[tuple[str, str]]) -> dict[str, Any]:
    """The recipe without what is the user's own, but for the ``kept`` ones: pairs of a section and a key."""
    left = dict(recipe)
    for section, key in OWN:
        if (section, key) not in kept and key in left.get(section, {}):
            left[section] = {name: value for name, value in left[section].items() if name != key}
    return left


def own_of(recipe: dict[str, Any]) -> list[tuple[str, str]]:
    """Which of the user's own settings a partial recipe names."""
    return [(section, key) for section, key in OWN if key in recipe.get(section, {})]


def relative(recipe: dict[str, Any], folder: str) -> dict[str, Any]:
    """The recipe with the paths below ``folder`` relative to it, as a file in that folder may have them."""
    return _section(fields.recipe(), recipe, os.path.abspath(folder))


def _section(section: Field, tree: dict[str, Any], folder: str) -> dict[str, Any]:
    written = {}
    for key, value in tree.items():
        field = section.child(key)
        if field is None:  # the schema
            written[key] = value
        elif field.kind == "section":
            written[key] = _section(field, value, folder)
        elif field.kind == "list":
            written[key] = [_section(field, item, folder) for item in value]
        else:
            written[key] = _path(value, folder) if field.kind in ("file", "folder") else value
    return written


def _path(path: str, folder: str) -> str:
    if not os.path.isabs(path):  # empty, built-in, or relative to nobody knows what
        return path
    try:
        below = os.path.commonpath([path, folder]) == folder
    except ValueError:  # another drive
        below = False
    if not below or os.path.normpath(path) == folder:
        return path
    short = os.path.relpath(path, folder).replace(os.sep, "/")
    # Names that would be read as something else than a file beside the recipe.
    return f"./{short}" if short.startswith(("~", values.BUILTIN)) else short
