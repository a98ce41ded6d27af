"""Data paths of Blender's as text: ``materials["Paint"].node_tree.nodes["Glass"].inputs["IOR"].default_value``.

Only names, keys and indices: nothing in a path is ever evaluated. Whether it leads anywhere, Blender's RNA decides
(`scene.stage.properties`). Every room may import this module.

    path  = name (name-step | key | index)*        "bpy.data." in front is what Blender's own copy command writes
    name-step = "." name                           a letter, then letters, digits and _
    key   = ["text"] or ['text']                   with backslash escapes for quotes, backslashes, line ends and tabs
    index = [digits]
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 1000
_PREFIX = "bpy.data."
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_INDEX = re.compile(r"\[(\d{1,9})\]")
_KEY = re.compile(r"""\[(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')\]""")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


class DataPathError(ValueError):
    """Text that is no data path; the message is one line for the user, without the path itself."""


class Step(NamedTuple):
    """One step: ``kind`` is name, key or index; ``value`` a text, or a number for an index."""

    kind: str
    value: str | int

    def __str__(self) -> str:
        if self.kind == "name":
            return f".{self.value}"
        return f"[{self.value}]" if self.kind == "index" else f"[{quoted(self.value)}]"


def parse(text: str) -> tuple[Step, ...]:
    """The steps of a path, the first one a name. Raises DataPathError."""
    if len(text) > LONGEST:
        raise DataPathError(f"is longer than {LONGEST} characters")
    rest = text.strip().removeprefix(_PREFIX)
    first = _NAME.match(rest)
    if not first:
        raise DataPathError('is no data path; write one as materials["Paint"].roughness')
    steps, at = [Step("name", first[0])], first.end()
    while at < len(rest):
        steps.append(step := _step(rest, at))
        at = _end(rest, at, step)
    return tuple(steps)


def render(steps: tuple[Step, ...]) -> str:
    """The one spelling of a path: parsing it gives the same steps."""
    return "".join(map(str, steps)).removeprefix(".")


def quoted(key: str) -> str:
    """A key as it stands between brackets."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    for letter in "ntrabf":
        escaped = escaped.replace(_ESCAPES[letter], f"\\{letter}")
    return f'"{escaped}"'


def _step(text: str, at: int) -> Step:
    if text[at] == "." and (name := _NAME.match(text, at + 1)):
        return Step("name", name[0])
    if index := _INDEX.match(text, at):
        return Step("index", int(index[1]))
    if key := _KEY.match(text, at):
        return Step("key", _plain(key[1] if key[1] is not None else key[2]))
    shown = text[at : at + 20]
    raise DataPathError(f'cannot be read at {shown!r}; only .name, ["key"] and [index] may follow')


def _end(text: str, at: int, step: Step) -> int:
    if step.kind == "name":
        return at + 1 + len(step.value)
    return (_INDEX if step.kind == "index" else _KEY).match(text, at).end()


def _plain(escaped: str) -> str:
    def one(match: re.Match) -> str:
        if match[1] not in _ESCAPES:
            raise DataPathError(f"holds \\{match[1]}, which is no escape")
        return _ESCAPES[match[1]]

    return re.sub(r"\\(.)", one, escaped)
