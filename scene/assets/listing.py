"""Which models a recipe's list stands for, with their names and numbers, before any of them is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import layouts, splits
from .formats import AssetError, carries_unit, unit_scale
from .importers import part_names
from .numbering import Numbers
from .treatment import Treatment

BUILTIN = "builtin:parts"
PARTS = Path(__file__).resolve().parents[2] / "assets" / "parts"


@dataclass(frozen=True)
class Listed:
    """One model to import. ``source`` is its item in the recipe's list, ``entry`` that item's index.

    ``part`` is its place among the parts of its file where they are separated, else None.
    """

    path: Path
    unit: str
    class_name: str
    key: str
    id: int
    class_id: int
    source: Mapping[str, Any]
    entry: int
    treatment: Treatment
    part: int | None = None


@dataclass(frozen=True)
class _Candidate:
    """A model with the name that it asks for."""

    found: layouts.Found
    class_name: str
    entry: int
    part: int | None = None


def listed_models(
    sources: Sequence[Mapping[str, Any]], prefix: str, split: str, shares: Sequence[int]
) -> tuple[list[Listed], list[str]]:
    """All models of one split that the items of a recipe's list name, and warnings; keys begin with ``prefix``.

    Numbers and keys are given to the models of all splits, so that a class has the same number in each. AssetError.
    """
    warnings: list[str] = []
    candidates = [item for entry, source in enumerate(sources) for item in _candidates(source, entry, warnings)]
    classes = [(item.class_name, int(sources[item.entry].get("class_id") or 0)) for item in candidates]
    numbers = Numbers([item.found.path if item.part is None else Path() for item in candidates], classes)
    keys = [numbers.key(item.found.stem, prefix) for item in candidates]
    places = [f"{item.found.place}#{'' if item.part is None else item.part}" for item in candidates]
    limits = [int(sources[item.entry].get("limit") or 0) for item in candidates]
    named = [(item.class_name, place) for item, place in zip(candidates, places)]
    taken = splits.members(named, split, shares, limits)
    if candidates and not taken:
        raise AssetError(
            f"objects.split: {split} is empty, because each class has too few models ({len(candidates)} in all); "
            "add models or set it to all"
        )
    listed = []
    for index in taken:
        item = candidates[index]
        source = sources[item.entry]
        listed.append(
            Listed(
                path=item.found.path,
                unit=_unit(source, item.found.path),
                class_name=item.class_name,
                key=keys[index],
                id=numbers.ids[index],
                class_id=numbers.class_ids[index],
                source=source,
                entry=item.entry,
                treatment=Treatment.of(source),
                part=item.part,
            )
        )
    return listed, warnings + numbers.clashes


def _candidates(source: Mapping[str, Any], entry: int, warnings: list[str]) -> list[_Candidate]:
    """What one item of the list stands for."""
    path = PARTS if source["path"] == BUILTIN else Path(source["path"])
    names = [item["name"] for item in source.get("classes") or []]
    candidates = []
    for found in layouts.find(path, str(source.get("layout") or "auto"), names):
        unit_scale(found.path, _unit(source, found.path))  # a wrong unit is the recipe's fault, not this file's
        own = str(source.get("class_name") or "")
        if not source.get("separate_parts"):
            candidates.append(_Candidate(found, own or found.class_name, entry))
            continue
        try:
            parts = part_names(found.path, Treatment.of(source))
        except AssetError as error:
            warnings.append(f"left out: {error}")
            continue
        for part, name in enumerate(parts):
            place = layouts.Found(found.path, name, f"{found.stem}_{name}", found.place)
            candidates.append(_Candidate(place, own or name, entry, part))
    if not candidates:
        raise AssetError(warnings.pop().removeprefix("left out: ") if warnings else f"{path}: holds no model")
    return candidates


def _unit(source: Mapping[str, Any], path: Path) -> str:
    unit = str(source.get("unit") or "AUTO").upper()
    return "MM" if source["path"] == BUILTIN and unit == "AUTO" and not carries_unit(path) else unit
