"""One setting by its dotted key, items of lists included: ``materials.rules[0].look``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from . import tree
from .errors import RecipeError

_STEP = re.compile(r"([A-Za-z_]\w*)((?:\[\d{1,4}\])*)")


def is_path(key: Any) -> bool:
    """Whether a key of a recipe is a dotted one, rather than the name of a section."""
    return isinstance(key, str) and ("." in key or "[" in key)


def checked(path: str, value: Any, positions: Mapping[str, str], folder: str | None) -> Any:
    """The value in the normal form of a recipe. Raises RecipeError, with the line of ``path`` in ``positions``.

    Relative paths are taken from ``folder`` when it is given.
    """
    steps = _steps(path, positions)
    layer = value
    for step in reversed(steps):
        # Items before the one that is meant stand for those of the recipe, which this one does not know.
        layer = [*({} for _ in range(step)), layer] if isinstance(step, int) else {step: layer}
    normal = tree.validate(layer, positions, folder)
    for step in steps:
        if isinstance(normal, dict) and step not in normal:
            raise RecipeError(tree.locate(path, "no such key", positions))
        normal = normal[step]
    return normal


def assign(recipe: dict[str, Any], path: str, value: Any, positions: Mapping[str, str]) -> dict[str, Any]:
    """A new recipe in which that setting has a value in normal form. RecipeError where a list has no such item."""
    return _put(recipe, _steps(path, positions), value, path, positions)


def _steps(path: str, positions: Mapping[str, str]) -> list[str | int]:
    steps: list[str | int] = []
    for part in path.split("."):
        match = _STEP.fullmatch(part)
        if not match:
            raise RecipeError(tree.locate(path, "is no key; write SECTION.KEY or SECTION.LIST[0].KEY", positions))
        steps += [match[1], *map(int, re.findall(r"\d+", match[2]))]
    if isinstance(steps[-1], int):
        raise RecipeError(tree.locate(path, "names a whole item; go on with one of its settings", positions))
    return steps


def _put(holder: Any, steps: list[str | int], value: Any, path: str, positions: Mapping[str, str]) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        return {**holder, step: _put(holder[step], rest, value, path, positions)}
    if step >= len(holder):
        raise RecipeError(tree.locate(path, f"the list has {len(holder)} items, so none with number {step}", positions))
    return [_put(item, rest, value, path, positions) if at == step else item for at, item in enumerate(holder)]
