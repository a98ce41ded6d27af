"""The recipe reference of the documentation, written from the settings themselves."""

from typing import Any

from . import fields, text, tree
from .fields import Field

_INTRODUCTION = f"""# Recipe reference

A recipe is a YAML file. Every key has a default, so a recipe names only what it changes; later recipes override
earlier ones, and `--set KEY=VALUE` overrides all. Relative paths start in the folder of the recipe.
`schema: {tree.SCHEMA}` at the top names the version of this format.

A number that may vary is drawn anew each time it is needed:

| written | drawn |
|---|---|
| `4` | always 4 |
| `[1, 4]` | uniform between both ends; whole numbers with both ends included |
| `{{log_uniform: [0.01, 10]}}` | uniform in the logarithm: every order of magnitude is equally likely |
| `{{normal: [1.0, 0.1]}}` | normal with mean and deviation, cut at the setting's limits |
| `{{normal: [1.0, 0.1], within: [0.9, 1.2]}}` | the same, cut there |
| `{{choice: [1, 2, 5]}}` | one of them; a number given twice is twice as likely |

A file may also have a section `sweep`: named variants of the recipe, which the command `sweep` bakes into a data set
each. See [Varying anything](varying.md), which also explains `randomizers`.

This page is written by `run_addon.py recipes reference`.
"""

_TYPES = {"bool": "true or false", "text": "text", "file": "file or folder", "folder": "folder", "list": "list"}


def reference() -> str:
    """Every key with type, unit, limits, default and meaning, as Markdown."""
    return _INTRODUCTION + "".join(_section(section) for section in fields.recipe().fields)


def _section(section: Field) -> str:
    each = [f"A list; each of `{section.path}`:\n"] if section.kind == "list" else []
    lines = [f"\n## {section.key}\n", f"{section.description}.\n", *each]
    return "\n".join([*lines, *_table(section.fields), *_details(section.fields)]) + "\n"


def _details(listed: tuple[Field, ...]) -> list[str]:
    """What the rows of a table have no room for: the items of lists, and the words of choices."""
    lines = []
    for field in listed:
        if field.kind == "list":
            lines += [f"\nEach of `{field.path}`:\n", *_table(field.fields), *_details(field.fields)]
        elif field.choices:
            lines += [f"\n`{field.path}`:\n", *(f"* `{word}`: {meaning}" for word, meaning in field.choices)]
    return lines


def _table(listed: tuple[Field, ...]) -> list[str]:
    rows = [
        f"| `{field.key}` | {_type(field)} | {field.unit} | {_limits(field)} | {_default(field)} "
        f"| {field.description} |"
        for field in listed
    ]
    return ["| key | type | unit | limits | default | what it does |", "|---|---|---|---|---|---|", *rows]


def _type(field: Field) -> str:
    if field.kind in ("int", "float"):
        number = "whole number" if field.kind == "int" else "number"
        if field.varies:
            return f"{number}, may vary"
        return f"{field.size} {number}s" if field.size else number
    if field.kind in ("enum", "set"):
        words = ", ".join(f"`{word}`" for word in field.words)
        return ("one of " if field.kind == "enum" else "any of ") + words
    return _TYPES[field.kind]


def _limits(field: Field) -> str:
    low, high = (None if limit is None else f"{limit:.10g}" for limit in (field.low, field.high))
    if low is None or high is None:
        return f"at least {low}" if low is not None else f"at most {high}" if high is not None else ""
    return f"{low} to {high}"


def _default(field: Field) -> str:
    shown: Any = field.default
    return "" if shown == "" else f"`{text.dump({'x': shown}).removeprefix('x: ').strip()}`"
