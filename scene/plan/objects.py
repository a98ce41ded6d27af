"""Which models a scene holds, how many of each and how large: targets and distractors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from . import draw
from .streams import stream

UNSCALED = (1.0, 1.0, 1.0)

_CONCERNS = {"target": "objects", "distractor": "distractors"}


class Shape(Protocol):
    """What planning needs to know of a model: its key and its box, metres, model frame.

    It may carry ``entry``, the index of the item in the recipe's list of models that it comes from; -1, as without
    it, is none: the parts and primitives that are there without being listed.
    """

    key: str
    kind: str
    minimum: np.ndarray
    maximum: np.ndarray


@dataclass(frozen=True)
class ObjectPlan:
    """One instance. ``instance`` is its number in the instance image, from 1; ``model`` the key of its model.

    ``scale`` (x, y, z) stretches the model along its own axes, about its own origin, before its rigid pose moves it.
    """

    instance: int
    model: str
    kind: str
    scale: tuple[float, float, float] = UNSCALED


@dataclass(frozen=True)
class Sized:
    """A model as large as one instance of it is: box and convex hull (K, 3), metres, model frame."""

    key: str
    kind: str
    minimum: np.ndarray
    maximum: np.ndarray
    hull: np.ndarray | None = None


def sized(item: ObjectPlan, shapes: Mapping[str, Shape]) -> Shape:
    """The model of an instance, as large as that instance is. Whoever needs a box or a hull asks here."""
    shape = shapes[item.model]
    if item.scale == UNSCALED:
        return shape
    scale = np.array(item.scale)
    hull = getattr(shape, "hull", None)
    return Sized(
        shape.key,
        shape.kind,
        np.asarray(shape.minimum) * scale,
        np.asarray(shape.maximum) * scale,
        None if hull is None else hull * scale,
    )


def choose(rng: np.random.Generator, shapes: Sequence[Shape], number: draw.Spec, use_replacement: bool) -> list[Shape]:
    """Draw as many models as ``number`` says; without replacement never more than there are."""
    wanted = draw.count(rng, number)
    if not shapes:
        return []
    if use_replacement:
        return [draw.pick(rng, shapes) for _ in range(wanted)]
    return [shapes[index] for index in rng.permutation(len(shapes))[:wanted]]


def choose_all(recipe: dict[str, Any], shapes: Sequence[Shape], seed: int, scene: int) -> list[ObjectPlan]:
    """Targets first, then distractors, numbered from 1.

    Within each kind the models that share the section's count come first, then each listed model that has a count of
    its own. Each of these groups has streams of its own, so that one group's count shifts no draw of another.
    """
    # The same streams for consecutive scenes choose the same models; their sizes stay the scene's own.
    first = scene - scene % recipe["objects"].get("change_every", 1)
    chosen = _choose_kind(recipe["objects"], "target", shapes, seed, first, scene)
    chosen += _choose_kind(recipe["distractors"], "distractor", shapes, seed, scene, scene)
    return [ObjectPlan(number, shape.key, shape.kind, scale) for number, (shape, scale) in enumerate(chosen, start=1)]


def _choose_kind(
    section: dict[str, Any], kind: str, shapes: Sequence[Shape], seed: int, chooser: int, scene: int
) -> list[tuple[Shape, tuple[float, float, float]]]:
    listed = section.get("models", [])
    groups: dict[int, list[Shape]] = {0: []}  # 0 shares the section's count, n + 1 is the listed model n
    for shape in shapes:
        if shape.kind == kind:
            entry = entry_of(shape, listed)
            own = entry >= 0 and draw.ends(listed[entry].get("count", 0)) != (0, 0)
            groups.setdefault(entry + 1 if own else 0, []).append(shape)
    repeats = section.get("use_replacement", True)
    chosen = []
    for group in sorted(groups):
        model = listed[group - 1] if group else {}
        replacement = model.get("replacement", "section")
        found = choose(
            stream(seed, chooser, _CONCERNS[kind], group),
            groups[group],
            model["count"] if group else section["count"],
            repeats if replacement == "section" else replacement == "with",
        )
        rng = stream(seed, scene, "warp", 2 * group + (kind == "distractor"))
        chosen += [(shape, _scale(rng, *_spread(section, listed, entry_of(shape, listed)))) for shape in found]
    return chosen


def entry_of(shape: Shape, listed: Sequence[dict[str, Any]]) -> int:
    """The index of a model's item in the recipe's list, or -1."""
    entry = getattr(shape, "entry", -1)
    return entry if entry < len(listed) else -1  # an empty list stands for the built-in parts


def _spread(section: dict[str, Any], listed: Sequence[dict[str, Any]], entry: int) -> tuple[draw.Spec, draw.Spec]:
    """The distributions of a model's scale and warp; what is not listed has the primitives' scale."""
    if entry < 0:
        return section.get("primitive_scale", 1.0), 1.0
    return listed[entry].get("scale", 1.0), listed[entry].get("warp", 1.0)


def _scale(rng: np.random.Generator, scale: draw.Spec, warp: draw.Spec) -> tuple[float, float, float]:
    """Four draws for each instance, whatever the distributions: one size, one stretch for each axis."""
    size = draw.number(rng, scale)
    x, y, z = (size * draw.number(rng, warp) for _ in range(3))
    return (x, y, z)
