"""Randomizers of anything: which properties a recipe varies, and the numbers that each one draws."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...data_path import DataPathError, Step, parse, render
from . import draw
from .streams import CONCERNS


class RandomizerError(ValueError):
    """A randomizer that cannot be applied; the message is one line for the user."""


@dataclass(frozen=True)
class Randomizer:
    """One item of the recipe's ``randomizers``.

    Attributes:
        key: where it stands in the recipe, "randomizers[2]".
        path: its data path in the one spelling of `data_path.render`; ``steps`` the same, read.
        spec: the distribution of each component, as recipes have it.
        words: what to draw from where the property has words; empty takes all that it has.
        per_frame: draw for each frame instead of once for the scene.
    """

    key: str
    path: str
    steps: tuple[Step, ...]
    spec: draw.Spec
    words: tuple[str, ...]
    per_frame: bool

    @property
    def is_pattern(self) -> bool:
        """Whether the datablock's name has a * in it, and so stands for all that match."""
        return len(self.steps) > 1 and self.steps[1].kind == "key" and "*" in self.steps[1].value

    def of(self, name: str) -> Randomizer:
        """The same for one datablock."""
        steps = (self.steps[0], Step("key", name), *self.steps[2:])
        return replace(self, steps=steps, path=render(steps))

    def stream(self, seed: int, scene: int, frame: int) -> np.random.Generator:
        """Its own random stream, by its path: other randomizers, and their order in the recipe, change no draw."""
        digest = hashlib.sha256(self.path.encode()).digest()
        own = [int.from_bytes(digest[at : at + 4], "little") for at in (0, 4)]
        key = (scene, CONCERNS["randomizers"], 0, *own, frame + 1 if self.per_frame else 0)
        return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def randomizers(recipe: dict[str, Any]) -> list[Randomizer]:
    """Those that the recipe uses, in its order. RandomizerError for a bad path, or one that is given twice."""
    found: dict[str, Randomizer] = {}
    for index, item in enumerate(recipe["randomizers"]):
        if not item["use"]:
            continue
        key = f"randomizers[{index}]"
        try:
            steps = parse(item["path"])
        except DataPathError as error:
            raise RandomizerError(f"{key}: {item['path']} {error}") from None
        path = render(steps)
        if path in found:
            raise RandomizerError(f"{key}: {path} is varied by {found[path].key} already")
        words = tuple(choice["word"] for choice in item["choices"])
        found[path] = Randomizer(key, path, steps, item["value"], words, item["per"] == "frame")
    return list(found.values())


def numbers(rng: np.random.Generator, spec: draw.Spec, count: int, is_whole: bool) -> list[float]:
    """One number for each component, independent of each other; whole ones are rounded, a range's ends included."""
    if not is_whole:
        return [draw.number(rng, spec) for _ in range(count)]
    if isinstance(spec, list | tuple):
        return [float(draw.count(rng, [round(end) for end in spec])) for _ in range(count)]
    return [float(round(draw.number(rng, spec))) for _ in range(count)]


def cut(spec: draw.Spec, low: float, high: float) -> draw.Spec:
    """A normal distribution without ends of its own, cut at those of the property; others stay as they are.

    Raises RandomizerError when the distribution reaches beyond the property's ends all the same.
    """
    if isinstance(spec, dict) and "normal" in spec and "within" not in spec and low <= spec["normal"][0] <= high:
        first, last = draw.ends(spec)
        spec = spec | {"within": [max(first, low), min(last, high)]}
    first, last = draw.ends(spec)
    if first < low or last > high:
        shown = f"{first:.6g}" if first < low else f"{last:.6g}"
        raise RandomizerError(f"takes {low:.6g} to {high:.6g}, its value reaches {shown}")
    return spec
