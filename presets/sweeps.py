"""Sweeps: named variants of one recipe, for experiments in which one factor at a time changes.

A recipe file may have a section of its own for them, beside those that describe a data set:

    sweep:
      factors:                            each has levels, and a level is a partial recipe
        texture: {0: {}, 1: {materials: {targets: random}}}
        light: {dim: {lights: {energy: 5}}, bright: {lights: {energy: 100}}}
      only: [0-dim, 1-bright]             of the grid these alone; all combinations where it is missing
      variants:                           further ones, or those of a sweep without factors
        dark: {lights: {count: 0}}
        glass: {"materials.rules[0].look": glass}

Lists of a partial recipe replace those of the recipe; a dotted key reaches into one.

A combination is called after its levels, joined by hyphens in the order of the factors.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from . import assigning, tree, values
from .errors import RecipeError

KEY = "sweep"
MOST = 10_000
_PARTS = ("factors", "only", "variants")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
# Names that some systems keep for devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
# What all variants of a sweep share: where it goes, and the seed, so that nothing but the factors changes.
_SHARED = ("seed", "folder")


class Variant(NamedTuple):
    """One data set of a sweep: its name, what makes it differ, and the level of each factor."""

    name: str
    layer: Layer
    levels: dict[str, str]

    def apply(self, recipe: dict[str, Any]) -> dict[str, Any]:
        """The whole recipe of this variant. RecipeError where it reaches into a list that is too short."""
        whole = tree.merge(recipe, self.layer.sections)
        for path, value in self.layer.settings.items():
            whole = assigning.assign(whole, path, value, self.layer.positions)
        return whole

    def differs(self) -> dict[str, Any]:
        """What makes it differ, as a recipe file has it."""
        return self.layer.sections | self.layer.settings


class Layer(NamedTuple):
    """A partial recipe: whole sections, then single settings by their dotted keys; and where each of them stands."""

    sections: dict[str, Any]
    settings: dict[str, Any]
    positions: dict[str, str]

    def keys(self) -> set[str]:
        """The dotted keys that it sets."""
        found = set(self.settings)
        for section, content in self.sections.items():
            found |= {f"{section}.{key}" for key in content} if isinstance(content, dict) else {section}
        return found - {"schema"}

    def over(self, other: Layer) -> Layer:
        """This one on top of another."""
        return Layer(
            tree.merge(other.sections, self.sections),
            other.settings | self.settings,
            other.positions | self.positions,
        )


def split(raw: Any) -> tuple[Any, Any]:
    """A recipe file's tree without its sweep, and the sweep; None where there is none."""
    if not isinstance(raw, dict) or KEY not in raw:
        return raw, None
    return {key: value for key, value in raw.items() if key != KEY}, raw[KEY]


def read(raw: Any, positions: Mapping[str, str], folder: str | None) -> list[Variant]:
    """The variants of a sweep in order. Raises RecipeError with every problem found, each with its line."""
    reader = _Reader(positions, folder)
    variants = reader.sweep(raw)
    if reader.problems:
        raise RecipeError(reader.problems)
    return variants


class _Reader:
    def __init__(self, positions: Mapping[str, str], folder: str | None):
        self.positions, self.folder = positions, folder
        self.problems: list[str] = []

    def sweep(self, raw: Any) -> list[Variant]:
        parts = self._mapping(raw, KEY, "{factors: {...}}")
        for key in parts.keys() - set(_PARTS):
            self._wrong(f"{KEY}.{key}", f"no such key; known are {', '.join(_PARTS)}{values.suggest(key, _PARTS)}")
        factors = self._factors(parts.get("factors"))
        found = self._grid(factors, parts.get("only")) if factors else []
        if parts.get("only") is not None and not factors:
            self._wrong(f"{KEY}.only", "chooses among the combinations of factors, and there are none")
        for name, layer in self._mapping(parts.get("variants"), f"{KEY}.variants", "{NAME: {...}}").items():
            path = f"{KEY}.variants.{name}"
            self._name(name, path)
            found.append(Variant(name, self._layer(layer, path), {}))
        if not found and not self.problems:
            self._wrong(KEY, "has no variant; give it factors or variants")
        self._all_different(found)
        return found

    def _factors(self, raw: Any) -> dict[str, dict[str, Layer]]:
        """Factor -> level -> partial recipe."""
        factors = {}
        for factor, listed in self._mapping(raw, f"{KEY}.factors", "{FACTOR: {LEVEL: {...}}}").items():
            path = f"{KEY}.factors.{factor}"
            levels = self._mapping(listed, path, "{LEVEL: {...}}")
            if not levels:
                self._wrong(path, "has no level")
            for level in levels:
                self._name(level, f"{path}.{level}")
            factors[factor] = {level: self._layer(layer, f"{path}.{level}") for level, layer in levels.items()}
        for (one, first), (other, second) in itertools.combinations(factors.items(), 2):
            for key in sorted(_common(first, second)):
                self._wrong(f"{KEY}.factors.{other}", f"sets {key}, and so does {one}: factors must not overlap")
        return factors

    def _grid(self, factors: dict[str, dict[str, Layer]], only: Any) -> list[Variant]:
        size = math.prod(len(levels) for levels in factors.values())
        if size > MOST and only is None:
            self._wrong(f"{KEY}.factors", f"make {size} combinations; more than {MOST} are too many")
            return []
        if only is None:
            return [self._combination(factors, levels) for levels in itertools.product(*factors.values())]
        if not isinstance(only, list):
            self._wrong(f"{KEY}.only", f"{values.show(only)} is not a list of combinations")
            return []
        chosen = []
        for index, name in enumerate(only):
            levels = _levels(_text(name), list(factors.values()))
            if levels is None:
                example = "-".join(next(iter(levels)) for levels in factors.values() if levels)
                text = f"{values.show(name)} is no combination; write a level of each of {', '.join(factors)}"
                self._wrong(f"{KEY}.only[{index}]", f"{text}, as {example}")
            else:
                chosen.append(self._combination(factors, levels))
        return chosen

    def _combination(self, factors: dict[str, dict[str, Layer]], levels: tuple[str, ...]) -> Variant:
        layer = Layer({}, {}, {})
        for (_, layers), level in zip(factors.items(), levels, strict=True):
            layer = layers[level].over(layer)
        return Variant("-".join(levels), layer, dict(zip(factors, levels, strict=True)))

    def _layer(self, raw: Any, path: str) -> Layer:
        """A partial recipe, checked as every recipe is; its messages name the line where it stands."""
        below = self._below(path)
        sections, settings = raw, {}
        if isinstance(raw, dict):
            sections = {key: value for key, value in raw.items() if not assigning.is_path(key)}
            settings = {key: value for key, value in raw.items() if assigning.is_path(key)}
        normal = self._checked(path, tree.validate, {} if sections is None else sections, below, self.folder) or {}
        normals = {}
        for key, value in settings.items():
            normals[key] = self._checked(path, assigning.checked, key, value, below, self.folder)
        layer = Layer(normal, normals, below)
        for key in layer.keys() & {f"output.{name}" for name in _SHARED}:
            self._wrong(f"{path}.{key}", "is the same for all variants of a sweep")
        return layer

    def _checked(self, path: str, check: Callable[..., Any], *arguments) -> Any:
        try:
            return check(*arguments)
        except RecipeError as error:
            self.problems += [text if text.startswith(self._label) else self._at(path, text) for text in error.problems]
            return None

    def _below(self, path: str) -> dict[str, str]:
        """The lines of what stands below a path, as if it were a recipe of its own."""
        start = f"{path}."
        return {key.removeprefix(start): line for key, line in self.positions.items() if key.startswith(start)}

    def _mapping(self, raw: Any, path: str, example: str) -> dict[str, Any]:
        if raw is None:
            return {}
        if isinstance(raw, dict):
            return {_text(key): value for key, value in raw.items()}
        self._wrong(path, f"{values.show(raw)} is not a section; write {path.rpartition('.')[2]}: {example}")
        return {}

    def _name(self, name: str, path: str) -> None:
        if not _NAME.fullmatch(name) or name.endswith(".") or _DEVICES.fullmatch(name):
            self._wrong(path, f"{values.show(name)} is no name for a folder; take letters, digits and . _ + -")

    def _all_different(self, variants: list[Variant]) -> None:
        names: dict[str, str] = {}
        for variant in variants:
            if variant.name.lower() in names:
                self._wrong(KEY, f"has two variants called {variant.name}")
            elif len(variant.name) > 100:
                self._wrong(KEY, f"has a variant whose name is too long: {values.show(variant.name)}")
            names[variant.name.lower()] = variant.name

    @property
    def _label(self) -> str:
        """What every line begins with: the file."""
        return next(iter(self.positions.values()), ":").rpartition(":")[0] + ":"

    def _wrong(self, path: str, text: str) -> None:
        self.problems.append(self._at(path, text))

    def _at(self, path: str, text: str) -> str:
        return tree.locate(path, text, self.positions)


def _levels(name: str, factors: list[Mapping[str, Any]]) -> tuple[str, ...] | None:
    """The levels that a combination's name is made of; hyphens may be part of a level's own name."""
    if not factors:
        return () if name == "" else None
    for level in sorted(factors[0], key=len, reverse=True):
        if len(factors) == 1:
            if name == level:
                return (level,)
        elif name.startswith(f"{level}-") and (rest := _levels(name[len(level) + 1 :], factors[1:])) is not None:
            return (level, *rest)
    return None


def _common(first: Mapping[str, Layer], second: Mapping[str, Layer]) -> set[str]:
    """What the levels of two factors both set; a list and a setting inside of it are the same."""
    one, other = (set().union(*(layer.keys() for layer in levels.values())) for levels in (first, second))
    return {
        min(left, right, key=len)
        for left in one
        for right in other
        if left == right or left.startswith((f"{right}[", f"{right}.")) or right.startswith((f"{left}[", f"{left}."))
    }


def _text(key: Any) -> str:
    """A name as it was written; YAML takes some for numbers or truth values."""
    return str(key).lower() if isinstance(key, bool) else str(key)
