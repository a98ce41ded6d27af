"""Looks at the models of a recipe one by one: what they are like, and what is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bpy.app.translations import pgettext_rpt

from ...scene.assets import AssetError
from ...scene.assets.catalogue import DISTRACTOR, TARGET, Asset, load_listed
from ...scene.assets.formats import METRES, carries_unit, size_warning, unit_scale
from ...scene.assets.listing import BUILTIN, Listed, listed_models
from .facts import Facts

# From here on a model is slow to place and to render.
MANY_TRIANGLES = 1_000_000
LARGE, TINY = 10.0, 0.001  # metres
# So many files are named in a warning before the others are counted.
NAMED = 2
_LETTERS = {1.0: "m", 0.01: "cm", 0.001: "mm", 0.0254: "in"}
# What the recipe itself says of points and turns is no fact of the files.
_OF_FILES = {"symmetries": [], "keypoints": [], "skeleton": []}


def look_at_all(
    sources: Sequence[tuple[str, str, Mapping[str, Any]]], known: Mapping[str, Facts]
) -> Iterator[tuple[float, str, Facts | None]]:
    """Look at (key, kind, item of the recipe's list); yields after each model its share of all work.

    With the last model of an item come its key and the facts, before that an empty key and None. An item whose files
    are as they were in ``known`` is passed over.
    """
    doubles = _doubles(sources)
    for number, (key, kind, source) in enumerate(sources):
        steps = _look(source, kind, known.get(key))
        while not isinstance(step := next(steps), Facts):
            yield (number + step) / len(sources), "", None
        clash = doubles.get(int(source.get("class_id") or 0), "") if kind == TARGET else ""
        yield (number + 1) / len(sources), key, replace(step, clash=clash)


def _look(source: Mapping[str, Any], kind: str, known: Facts | None) -> Iterator[float | Facts]:
    """The share of an item's models that was looked at, after each of them, and the facts in the end."""
    try:
        listed, warnings = listed_models([source | _OF_FILES], "" if kind == TARGET else f"{DISTRACTOR}_", "all", ())
    except AssetError as error:
        yield Facts(warnings=(str(error),), unit=_letters(source))
        return
    state = _state(listed)
    if known and known.state == state:
        yield known
        return
    refused, found = [], []
    for number, item in enumerate(listed):
        more: list[str] = []
        try:
            asset = load_listed(item, kind, more)
        except AssetError as error:
            refused.append(str(error))
        else:
            size = size_warning(item.path, item.unit, asset.diameter)
            warnings += [text for text in more if text != size]  # said below, in the words of the sidebar
            found.append((item, asset, _triangles(asset)))
        yield (number + 1) / len(listed)
    yield Facts(
        name=listed[0].class_name,
        models=len(listed),
        triangles=sum(triangles for _, _, triangles in found),
        size=max((asset.diameter for _, asset, _ in found), default=0.0),
        unit=_letters(source, listed[0]),
        symmetries=sum(bool(asset.symmetries.discrete or asset.symmetries.continuous) for _, asset, _ in found),
        keypoints=max((len(asset.keypoints.points) for _, asset, _ in found), default=0),
        warnings=(*_first(refused), *_first(warnings), *_oddities(source, found)),
        state=state,
    )


def _oddities(source: Mapping[str, Any], found: list[tuple[Listed, Asset, int]]) -> Iterator[str]:
    """What is no mistake, but rarely meant."""
    if str(source.get("unit") or "auto").lower() == "auto" and source["path"] != BUILTIN:
        silent = [item.path for item, _, _ in found if not carries_unit(item.path) and unit_scale(item.path) == 1.0]
        if silent:
            yield _about(
                silent, pgettext_rpt("{files}: the file has no unit, metres are assumed; choose the unit if it differs")
            )
    if not source.get("normalize_size"):
        large = [item.path for item, asset, _ in found if asset.diameter > LARGE]
        if large:
            is_small = str(source.get("unit") or "auto").upper() in ("MM", "BOP")
            doubt = pgettext_rpt("{files}: more than 10 m across; is the unit right?")
            advice = pgettext_rpt("{files}: more than 10 m across; set Unit to Millimetres if these are its units")
            yield _about(large, doubt if is_small else advice)
        tiny = [item.path for item, asset, _ in found if asset.diameter < TINY]
        if tiny:
            yield _about(tiny, pgettext_rpt("{files}: less than 1 mm across; is the unit right?"))
    many = [item.path for item, _, triangles in found if triangles > MANY_TRIANGLES]
    if many:
        yield _about(many, pgettext_rpt("{files}: more than a million triangles; Decimate makes it faster"))


def _doubles(sources: Sequence[tuple[str, str, Mapping[str, Any]]]) -> dict[int, str]:
    """What is to be said of class numbers that classes of different names were given."""
    names: dict[int, list[str]] = {}
    for _, kind, source in sources:
        number = int(source.get("class_id") or 0)
        name = str(source.get("class_name") or Path(source["path"]).stem)
        if kind == TARGET and number and name not in names.setdefault(number, []):
            names[number].append(name)
    text = pgettext_rpt("Class ID {number} is given to {names}; give each class a number of its own")
    return {
        number: text.format(number=number, names=", ".join(listed[:NAMED]) + (", ..." if len(listed) > NAMED else ""))
        for number, listed in names.items()
        if len(listed) > 1
    }


def _about(paths: list[Path], text: str) -> str:
    more = len(paths) - NAMED
    names = ", ".join(path.name for path in paths[:NAMED])
    return text.format(
        files=pgettext_rpt("{files} and {count} more").format(files=names, count=more) if more > 0 else names
    )


def _first(texts: list[str]) -> list[str]:
    """Some of them, and how many more there are."""
    more = len(texts) - NAMED
    return texts[:NAMED] + ([pgettext_rpt("... and {count} more like it").format(count=more)] if more > 0 else [])


def _triangles(asset: Asset) -> int:
    mesh = asset.mesh
    return len(mesh.loops) - 2 * len(mesh.polygons)


def _letters(source: Mapping[str, Any], item: Listed | None = None) -> str:
    unit = str(source.get("unit") or "auto").upper()
    if unit in METRES:
        return _LETTERS[METRES[unit]]
    if item is None or carries_unit(item.path):
        return ""  # the file says it, and Blender has turned it into metres
    return _LETTERS[unit_scale(item.path, item.unit)]


def _state(listed: Sequence[Listed]) -> int:
    """A number that changes with any of the files."""
    digest = hashlib.sha256()
    for item in listed:
        try:
            state = item.path.stat()
        except OSError:
            continue
        digest.update(f"{item.path}|{state.st_mtime_ns}|{state.st_size};".encode(errors="surrogateescape"))
    return int.from_bytes(digest.digest()[:6], "big")
