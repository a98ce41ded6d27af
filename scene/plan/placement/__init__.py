"""Where the objects of a scene start or stand: one module for each kind of placement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ..objects import ObjectPlan, Shape
from . import chain, flight, given, stack, surface, volume
from .boxes import boxes_overlap
from .volume import Poses

__all__ = ["boxes_overlap", "place", "reserved"]

_MODES = {
    "float": volume.fill,
    "drop": partial(volume.fill, grows=True),
    "stack": stack.pile,
    "surface": surface.spread,
    "flight": flight.start,
    "chain": chain.link,
    "single": given.single,
    "fixed": given.fixed,
}


def place(
    rng: np.random.Generator, section: dict[str, Any], objects: Sequence[ObjectPlan], shapes: dict[str, Shape]
) -> Poses:
    """Poses (4, 4) object-to-world by instance, and the instances that found no room.

    A pure function of its arguments. But for poses that the recipe gives, no two objects overlap; where objects are
    thrown, stacked or dropped, physics goes on from here.
    """
    waiting = reserved(section, objects)
    return _MODES[section["mode"]](rng, section, [item for item in objects if item not in waiting], shapes)


def reserved(section: dict[str, Any], objects: Sequence[ObjectPlan]) -> list[ObjectPlan]:
    """The objects that are placed when the views are known: the distractors, where they are to hide targets."""
    return [item for item in objects if item.kind == "distractor"] if section["occlusion"][1] > 0 else []
