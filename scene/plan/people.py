"""Who stands in a scene, how they look and move, and what hides them. Pure draws.

Each person draws from streams of its own, each pose of a person from another: one more person, or one more frame,
changes nobody and no pose that was there before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import anatomy, draw, materials
from .objects import ObjectPlan, Shape
from .streams import stream

PERSON = "person"
# Share of the joints' range that people who simply stand use.
STANDING = 0.06
# Persons keep this far apart where the area allows it, metres; so many places are drawn for each.
DISTANCE = 0.9
_PLACES = 32
# What stands in the way keeps this far from the axis of a person.
ARM = 0.7
# Bones of rigs whose joints are not understood get turns from a table of this length.
UNKNOWN_BONES = 64
_POSES = 1 << 20  # streams of a person: its own is the first of so many, its poses the others

# Linear RGB. Skin from very fair to very dark; hair from black to grey.
SKIN = ((0.76, 0.50, 0.39), (0.66, 0.40, 0.29), (0.52, 0.29, 0.19), (0.36, 0.18, 0.11), (0.20, 0.095, 0.055),
        (0.11, 0.05, 0.03))  # fmt: skip
HAIR = ((0.008, 0.006, 0.005), (0.03, 0.016, 0.009), (0.09, 0.045, 0.02), (0.35, 0.20, 0.08), (0.22, 0.055, 0.02),
        (0.35, 0.34, 0.33))  # fmt: skip
# Key of the primitive and its width in metres.
OCCLUDERS = {"primitive_cube": 0.06, "primitive_sphere": 0.07}
CUTS = ("short", "long")
HAIRSTYLES = ("short", "short", "long", "long", "none")


@dataclass(frozen=True)
class Look:
    """Of a built-in person: cut of hair and clothes, colours as linear RGB by slot (see assets/humanoid.py)."""

    sleeves: str
    legs: str
    hair: str
    colors: Mapping[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Fall:
    """How a ragdoll starts: leaning by ``lean`` degrees towards ``direction``, ``height`` metres above the floor."""

    lean: float
    direction: float
    height: float
    ticks: int


@dataclass(frozen=True)
class PosePlan:
    """One pose: joint angles to choose from (see anatomy.clearest), turns of unknown bones (U, 3), how to fall."""

    candidates: list[dict[str, np.ndarray]]
    unknown: np.ndarray
    fall: Fall


@dataclass(frozen=True)
class PersonPlan:
    """One person at ``place`` (x, y), turned by ``turn`` degrees; size and look are for built-in persons."""

    instance: int
    model: str
    place: tuple[float, float]
    turn: float
    height: float
    girth: float
    shoulders: float
    look: Look
    poses: list[PosePlan]


@dataclass(frozen=True)
class OccluderPlan:
    """A cube or sphere that stands in the way."""

    item: ObjectPlan
    pose: np.ndarray
    material: materials.MaterialPlan


@dataclass(frozen=True)
class PeoplePlan:
    mode: str = "stand"
    persons: list[PersonPlan] = field(default_factory=list)
    occluders: list[OccluderPlan] = field(default_factory=list)

    @property
    def items(self) -> list[ObjectPlan]:
        """Persons and occluders as instances like any other."""
        found = [ObjectPlan(person.instance, person.model, PERSON) for person in self.persons]
        return found + [occluder.item for occluder in self.occluders]


def plan_people(recipe: Mapping[str, Any], shapes: Sequence[Shape], seed: int, scene: int, first: int) -> PeoplePlan:
    """Draw a scene's people; their instances are numbered from ``first``."""
    section = recipe.get("people")
    if section is None:
        return PeoplePlan()
    rng = stream(seed, scene, "people")
    count = draw.count(rng, section["count"])
    characters = [shape for shape in shapes if shape.kind == PERSON]
    poses = recipe["output"]["frames_per_scene"] if section["poses"] == "frame" else 1
    persons: list[PersonPlan] = []
    for number in range(count if characters else 0):
        persons.append(_person(section, characters, seed, scene, number, first + number, poses, persons))
    return PeoplePlan(section["mode"], persons, _occluders(recipe, seed, scene, first + len(persons), persons))


def _person(section, characters, seed, scene, number, instance, poses, others) -> PersonPlan:
    rng = stream(seed, scene, "people", (number + 1) * _POSES)
    model = draw.pick(rng, characters).key
    turn = draw.number(rng, section["turn"])
    height = draw.number(rng, section["height"])
    girth = draw.number(rng, section["girth"])
    shoulders = 2.0 * rng.random() - 1.0
    places = (rng.random((_PLACES, 2)) - 0.5) * np.array(section["area"])
    return PersonPlan(
        instance=instance,
        model=model,
        place=_free_place(places, [person.place for person in others]),
        turn=turn,
        height=height,
        girth=girth,
        shoulders=shoulders,
        look=_look(stream(seed, scene, "person looks", number)),
        poses=[
            _pose(stream(seed, scene, "people", (number + 1) * _POSES + 1 + pose), section) for pose in range(poses)
        ],
    )


def _free_place(places: np.ndarray, taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The first place that keeps its distance, or the one farthest from all others."""
    if taken:
        gaps = np.linalg.norm(places[:, None] - np.array(taken)[None], axis=2).min(axis=1)
        free = gaps >= DISTANCE
        places = places[free.argmax() if free.any() else gaps.argmax()][None]
    return (float(places[0, 0]), float(places[0, 1]))


def _look(rng: np.random.Generator) -> Look:
    sleeves, legs = draw.pick(rng, CUTS), draw.pick(rng, CUTS)
    hair = draw.pick(rng, HAIRSTYLES)
    tone, shade = draw.number(rng, [0.0, len(SKIN) - 1.0]), draw.number(rng, [0.9, 1.1])
    low = min(int(tone), len(SKIN) - 2)
    skin = tuple(shade * ((1 - tone + low) * a + (tone - low) * b) for a, b in zip(SKIN[low], SKIN[low + 1]))
    return Look(
        sleeves=sleeves,
        legs=legs,
        hair=hair,
        colors={
            "skin": skin,
            "lips": (skin[0] * 0.85, skin[1] * 0.55, skin[2] * 0.60),
            "hair": draw.pick(rng, HAIR),
            "top": draw.hsv(rng, [0.0, 0.85], [0.03, 0.7]),
            "bottom": draw.hsv(rng, [0.0, 0.5], [0.01, 0.3]),
            "shoes": draw.hsv(rng, [0.0, 0.7], [0.01, 0.6]),
            "soles": (0.6, 0.6, 0.6) if rng.random() < 0.5 else (0.03, 0.03, 0.03),
            "eyes": (0.75, 0.75, 0.74),
            "irises": draw.pick(rng, ((0.04, 0.02, 0.01), (0.05, 0.09, 0.14), (0.05, 0.07, 0.03))),
        },
    )


def _pose(rng: np.random.Generator, section: Mapping[str, Any]) -> PosePlan:
    extent = draw.number(rng, section["extent"])
    fall = Fall(
        lean=draw.number(rng, section["lean"]),
        direction=360.0 * rng.random(),
        height=draw.number(rng, section["drop_height"]),
        ticks=draw.count(rng, section["ticks"]),
    )
    unknown = 2.0 * rng.random((UNKNOWN_BONES, 3)) - 1.0
    extent = extent if section["mode"] == "joints" else STANDING
    return PosePlan(anatomy.draw_joints(rng, extent), extent * anatomy.UNKNOWN * unknown, fall)


def _occluders(
    recipe: Mapping[str, Any], seed: int, scene: int, first: int, persons: Sequence[PersonPlan]
) -> list[OccluderPlan]:
    section = recipe["people"]
    count = draw.count(stream(seed, scene, "people", 1), section["occluders"]) if persons else 0
    found = []
    low, high = (np.array(section[name], dtype=float) for name in ("occluder_min", "occluder_max"))
    for number in range(count):
        rng = stream(seed, scene, "people", 2 + number)
        size = draw.number(rng, section["occluder_size"])
        shape, width = list(OCCLUDERS.items())[number % len(OCCLUDERS)]
        pose = np.eye(4)
        pose[:3, 3] = _clear_place(low + rng.random((_PLACES, 3)) * (high - low), size, persons)
        pose[:3, :3] = anatomy.euler((0.0, 0.0, 360.0 * rng.random()))
        item = ObjectPlan(first + number, shape, "distractor", (size / width,) * 3)
        found.append(OccluderPlan(item, pose, materials.basics(rng, recipe["materials"]).material()))
    return found


def _clear_place(places: np.ndarray, size: float, persons: Sequence[PersonPlan]) -> np.ndarray:
    """The first place that leaves everybody an arm's length, beside or above; or the one that leaves most."""
    gaps = np.full(len(places), np.inf)
    for person in persons:
        beside = np.linalg.norm(places[:, :2] - np.array(person.place), axis=1) - size * np.sqrt(0.5)
        above = places[:, 2] - size / 2 - person.height
        gaps = np.minimum(gaps, np.maximum(beside, above + ARM))
    free = gaps >= ARM
    return places[free.argmax() if free.any() else gaps.argmax()]
