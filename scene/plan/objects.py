"""Which models a scene holds: targets and distractors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from . import draw

UNSCALED = (1.0, 1.0, 1.0)


class Shape(Protocol):
    """What planning needs to know of a model: its key and its box, metres, model frame."""

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


def choose_all(
    recipe: dict[str, Any], shapes: Sequence[Shape], objects: np.random.Generator, distractors: np.random.Generator
) -> list[ObjectPlan]:
    """Targets first, then distractors, numbered from 1."""
    section = recipe["objects"]
    targets = choose(
        objects, [shape for shape in shapes if shape.kind == "target"], section["count"], section["use_replacement"]
    )
    others = choose(
        distractors, [shape for shape in shapes if shape.kind == "distractor"], recipe["distractors"]["count"], True
    )
    return [ObjectPlan(number, shape.key, shape.kind) for number, shape in enumerate(targets + others, start=1)]
