"""What an output folder holds, seen from the recipe that is to be baked there. Nothing is rendered, little is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ...dataset.store import FORMAT, HEADER, SCHEMA, parse_header, recipe_differences

# Nothing of this recipe, a part of it, all of it, or what cannot be continued.
NEW, CONTINUE, COMPLETE, OTHER = "NEW", "CONTINUE", "COMPLETE", "OTHER"


@dataclass(frozen=True)
class Found:
    """What lies in a folder. ``stamp`` changes whenever the rest may have."""

    folder: str = ""
    stamp: tuple = ()
    recipe: Mapping[str, Any] | None = None  # of the data set that is there
    mistake: str = ""  # why its header cannot be used
    scenes: frozenset[int] = field(default_factory=frozenset)  # committed, whole or not
    is_foreign: bool = False  # it holds files, but no data set


@dataclass(frozen=True)
class Outlook:
    """What a bake would do: its kind, how many of the recipe's scenes are there, and the first difference."""

    kind: str = NEW
    there: int = 0
    scenes: int = 0
    difference: str = ""


def read(folder: str, known: Found | None = None) -> Found:
    """Look into a folder; ``known`` is returned where nothing has changed since."""
    if not folder:
        return Found()
    root = Path(folder)
    stamp = tuple(_changed(path) for path in (root, root / HEADER, root / "scenes"))
    if known is not None and (known.folder, known.stamp) == (folder, stamp):
        return known
    if stamp[1] is None:
        return Found(folder, stamp, is_foreign=_holds_files(root))
    recipe, mistake = _recipe(root / HEADER)
    return Found(folder, stamp, recipe, mistake, _scenes(root / "scenes"))


def judge(found: Found, recipe: Mapping[str, Any], free: frozenset[str]) -> Outlook:
    """What baking a whole recipe into that folder would mean; keys in ``free`` may differ."""
    scenes = recipe["output"]["scenes"]
    if found.mistake:
        return Outlook(OTHER, 0, scenes, found.mistake)
    if found.recipe is None or not found.scenes:  # without a scene the new recipe takes the place of the old one
        return Outlook(NEW, 0, scenes)
    difference = next(recipe_differences(found.recipe, recipe, free), "")
    if difference:
        return Outlook(OTHER, len(found.scenes), scenes, difference)
    there = sum(scene < scenes for scene in found.scenes)
    return Outlook(COMPLETE if there == scenes else CONTINUE if there else NEW, there, scenes)


def _changed(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _holds_files(root: Path) -> bool:
    try:
        return any(not path.name.startswith(".") for path in root.iterdir())
    except OSError:
        return False


def _recipe(path: Path) -> tuple[Mapping[str, Any] | None, str]:
    """The recipe in a data set's header, or why there is none."""
    try:
        header = parse_header(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        return None, f"{path}: cannot be read: {' '.join(str(error).split())}"
    if not isinstance(header, dict) or header.get("format") != FORMAT or not isinstance(header.get("recipe"), dict):
        return None, f"{path}: is not the header of a Truthbake data set"
    if header.get("schema") != SCHEMA:
        return None, f"{path}: is from another version of Truthbake"
    return header["recipe"], ""


def _scenes(folder: Path) -> frozenset[int]:
    try:
        return frozenset(int(path.name) for path in folder.iterdir() if path.name.isdigit() and len(path.name) == 6)
    except OSError:
        return frozenset()
