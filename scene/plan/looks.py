"""The looks of a scene's objects: which rule of the recipe fits whom, and what it draws.

Each object has the seven numbers of `materials.basics`, drawn for all objects one after the other, and a stream of its
own for everything else, in which every number is drawn whether it is used or not: no switch shifts another draw.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from . import draw
from .materials import PATTERNS, Basics, MaterialPlan, basics, blended, surface
from .objects import ObjectPlan, Shape
from .supplies import Supplies

# stream(scene, concern, attempt) of the data set's seed.
Streams = Callable[[int, str, int], np.random.Generator]

# A scene number that no scene has: what is drawn once for the data set.
_DATA_SET = 2**31 - 1
# Streams of rules whose objects share their numbers come after those of single objects.
_SHARED = 1_000_000

# The looks that `mixed` draws from.
_MIXED = ("random", "plastic", "metal", "glass", "picture", "texture_set", "pattern")
# Linear colours of metals at normal incidence: silver, aluminium, gold, copper, iron, titanium, brass.
_METALS = (
    (0.962, 0.949, 0.922),
    (0.913, 0.922, 0.924),
    (1.000, 0.766, 0.336),
    (0.955, 0.638, 0.538),
    (0.562, 0.565, 0.578),
    (0.542, 0.497, 0.449),
    (0.887, 0.789, 0.434),
)


@dataclass
class Pools:
    """What is left to draw without replacement, by path, in one scene."""

    left: dict[str, list]

    def take(self, path: str, items: Sequence, share: float):
        """One of the items that were not taken yet; all again once none is left."""
        left = self.left.get(path) or list(items)
        self.left[path] = left
        return left.pop(_place(left, share))


def _place(items: Sequence, share: float) -> int:
    return min(int(share * len(items)), len(items) - 1)


def materials(
    section: Mapping[str, Any],
    objects: Sequence[ObjectPlan],
    shapes: Mapping[str, Shape],
    supplies: Supplies,
    scene: int,
    stream: Streams,
) -> dict[int, MaterialPlan]:
    """The materials of all objects, by instance."""
    own = {kind: stream(scene, f"{kind} materials", 0) for kind in ("target", "distractor")}
    places = {"target": 0, "distractor": 0}
    pools = Pools({})
    found = {}
    for item in objects:
        number, rule = rule_for(section, item, shapes)
        numbers = basics(own[item.kind], rule)
        # What an object has is its own whatever happens to the number of objects of the other kind.
        more = stream(scene, f"{item.kind} textures", places[item.kind])
        places[item.kind] += 1
        if rule["draw"] != "instance":
            shape = shapes[item.model]
            key = _SHARED * (number + 1) + (shape.class_id if rule["draw"] == "class" else 0)
            more = stream(_DATA_SET if rule["draw"] == "data_set" else scene, "target textures", key)
            numbers = basics(more, rule)
        modes = _class_hues(rule, shapes[item.model], stream) if rule["use_class_color"] else None
        found[item.instance] = _look(rule, numbers, more, modes, supplies, pools)
    return found


def rule_for(section: Mapping[str, Any], item: ObjectPlan, shapes: Mapping[str, Shape]) -> tuple[int, dict[str, Any]]:
    """The number and the settings of the first rule that fits an object; -1 and the section's own where none does."""
    for number, rule in enumerate(section["rules"]):
        if rule["kind"] in ("all", f"{item.kind}s") and fits(rule["models"], shapes[item.model]):
            pictures = rule["pictures"] or section["pictures"]
            return number, rule | {
                "pictures": pictures,
                "texture_sets": rule["texture_sets"] or section["texture_sets"],
            }
    return -1, {**section, **_PLAIN_RULE, "look": section[f"{item.kind}s"]}


# What the section does not say.
_PLAIN_RULE = {
    "draw": "instance",
    "inputs": ["roughness", "metallic", "specular"],
    "use_replacement": True,
    "patterns": [pattern for pattern in PATTERNS if pattern != "plain"],
    "color_mix": 0.0,
    "use_class_color": False,
    "color_variation": 0.0,
    "use_emission": False,
    "emission_strength": 1.0,
}


def fits(models: str, shape: Shape) -> bool:
    """Whether one of the patterns (commas between them) fits a model's class name, key or file; case does not count."""
    source = getattr(shape, "source", None)
    names = {shape.name.lower(), shape.key.lower()} | ({Path(source).as_posix().lower()} if source else set())
    patterns = [part.strip().lower() for part in models.split(",") if part.strip()]
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _class_hues(rule: Mapping[str, Any], shape: Shape, stream: Streams) -> list[float]:
    """The hues of a class: the same in every scene of the data set."""
    rng = stream(shape.class_id, "class colours", 0)
    return [rng.random() for _ in range(rule["color_modes"])]


def _look(
    rule: Mapping[str, Any],
    numbers: Basics,
    rng: np.random.Generator,
    hues: list[float] | None,
    supplies: Supplies,
    pools: Pools,
) -> MaterialPlan:
    mixed, picture, texture_set = rng.random(), rng.random(), rng.random()
    repeats, mix = draw.number(rng, rule["repeats"]), draw.number(rng, rule["color_mix"])
    mode, turn = rng.random(), draw.number(rng, rule["color_variation"])
    glow = draw.number(rng, rule["emission_strength"])
    special = [rng.random() for _ in range(3)]
    pattern = blended(rng, surface(rng, rule["patterns"] or ["plain"]))
    if hues:
        numbers = replace(numbers, hue=hues[_place(hues, mode)] + turn)
    plain = replace(numbers.material(), repeats=repeats, color_mix=mix, emission=glow if rule["use_emission"] else 0.0)
    look = rule["look"] if rule["look"] != "mixed" else _MIXED[_place(_MIXED, mixed)]
    if look == "keep":
        return replace(plain, look="keep")
    if look == "adjust":
        return replace(plain, look="adjust", inputs=tuple(rule["inputs"]))
    if look in ("plastic", "metal", "glass"):
        return _stuff(look, plain, numbers, special)
    if look in ("picture", "texture_set"):
        path = rule[f"{look}s"]
        items = (supplies.pictures if look == "picture" else supplies.texture_sets).get(path, ())
        if items:
            share = picture if look == "picture" else texture_set
            known = items[_place(items, share)] if rule["use_replacement"] else pools.take(path, items, share)
            return replace(plain, **{"picture" if look == "picture" else "maps": known})
        look = "pattern"
    if look != "pattern":
        return plain
    # Objects are more colourful than floors and walls.
    first = plain.color if hues else colorsys.hsv_to_rgb(special[0], 0.2 + 0.7 * special[1], 0.15 + 0.75 * special[2])
    return replace(plain, surface=replace(pattern, first=first))


def _stuff(look: str, plain: MaterialPlan, numbers: Basics, special: list[float]) -> MaterialPlan:
    """Plastic, metal or glass; the ranges of the recipe do not count here."""
    one, two, three = special
    if look == "plastic":
        color = colorsys.hsv_to_rgb(numbers.hue % 1.0, 0.4 + 0.6 * one, 0.1 + 0.8 * two)
        return replace(plain, color=color, roughness=0.05 + 0.45 * three, metallic=0.0, specular=0.5, transmission=0.0)
    if look == "metal":
        color = _METALS[_place(_METALS, one)]
        return replace(plain, color=color, roughness=0.05 + 0.4 * two, metallic=1.0, specular=0.5, transmission=0.0)
    color = colorsys.hsv_to_rgb(numbers.hue % 1.0, 0.3 * one * one, 0.85 + 0.15 * two)
    return replace(plain, color=color, roughness=0.15 * three**2, metallic=0.0, specular=0.5, transmission=1.0)
