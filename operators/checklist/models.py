"""Whether the models that the recipe names are there. None is read: an importer may still refuse one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from bpy.app.translations import pgettext_rpt

from ...scene.assets import cad, characters
from ...scene.assets.formats import READABLE, SUFFIXES
from ...scene.assets.listing import BUILTIN
from ...scene.plan import draw
from .facts import Facts
from .problem import ERROR, INFO, WARNING, Problem

# Of a folder so many files are looked at: a network drive may hold a million.
MOST = 5000
# So many names are told.
NAMED = 3


def problems(facts: Facts) -> Iterator[Problem]:
    """For objects, distractors and people, as far as they take part."""
    recipe = facts.recipe
    if recipe is None:
        return
    objects, distractors, people = recipe["objects"], recipe["distractors"], recipe["people"]
    if any(_some(item["count"]) for item in (objects, *objects["models"])):
        if not objects["models"]:
            yield Problem(INFO, pgettext_rpt("No models are listed: the built-in parts are baked"))
        yield from _listed(objects["models"], SUFFIXES, pgettext_rpt("Objects"), facts.has_cascadio)
    elif not _some(people["count"]):
        text = pgettext_rpt("No objects and no people: nothing is labelled")
        yield Problem(WARNING, text, pgettext_rpt("Raise Count under Objects"))
    if _some(distractors["count"]):
        yield from _listed(distractors["models"], SUFFIXES, pgettext_rpt("Distractors"), facts.has_cascadio)
    if _some(people["count"]):
        yield from _listed(people["characters"], characters.SUFFIXES, pgettext_rpt("People"), facts.has_cascadio)


def _some(count: Any) -> bool:
    return draw.ends(count)[1] > 0


def _listed(items: Sequence[Any], suffixes: Sequence[str], where: str, has_cascadio: bool) -> Iterator[Problem]:
    """What is wrong with the paths of one list; those of a kind are one problem."""
    paths = [Path(item["path"]).expanduser() for item in items if item["path"] != BUILTIN]
    unnamed = sum(not item["path"] for item in items)
    paths = [path for path in paths if str(path) != "."]
    missing = [path for path in paths if not os.path.exists(path)]
    files = [path for path in paths if os.path.isfile(path)]
    folders = {path: _models_in(path, suffixes) for path in paths if os.path.isdir(path)}
    if unnamed:
        text = pgettext_rpt("{where}: an entry names no file").format(where=where)
        yield Problem(ERROR, text, pgettext_rpt("Choose its file, or remove the entry"))
    if missing:
        text = pgettext_rpt("{where}: there is no {names}").format(where=where, names=_names(missing))
        yield Problem(ERROR, text, pgettext_rpt("Correct the path, or remove the entry"))
    if strange := [path for path in files if path.suffix.lower() not in suffixes]:
        text = pgettext_rpt("{where}: {names} cannot be read").format(where=where, names=_names(strange))
        formats = READABLE if suffixes is SUFFIXES else ", ".join(suffixes)
        yield Problem(ERROR, text, pgettext_rpt("Convert to one of {formats}").format(formats=formats))
    if empty := [path for path, models in folders.items() if not models]:
        text = pgettext_rpt("{where}: no model in {names}").format(where=where, names=_names(empty))
        yield Problem(ERROR, text, pgettext_rpt("Choose a folder that holds models"))
    models = [path for path in files if path not in strange] + [file for found in folders.values() for file in found]
    broken = [path for path in models[:MOST] if not _is_readable(path)]
    if broken:
        text = pgettext_rpt("{where}: {names} is empty or cannot be opened").format(where=where, names=_names(broken))
        left_out = pgettext_rpt("It is left out; export the model again")
        yield Problem(WARNING if len(broken) < len(models) else ERROR, text, left_out)
    if not has_cascadio and (surfaces := [path for path in models if cad.is_cad(path)]):
        text = pgettext_rpt("{where}: STEP and IGES need the library cascadio").format(where=where)
        advice = pgettext_rpt("Install the extension with its wheels, or convert {names}")
        level = WARNING if len(surfaces) < len(models) else ERROR
        yield Problem(level, text, advice.format(names=_names(surfaces)))


def _models_in(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    """The models among the first files of a folder and those below it."""
    files = (Path(root, name) for root, _, names in os.walk(folder, followlinks=True) for name in names)
    return [path for path in islice(files, MOST) if path.suffix.lower() in suffixes]


def _is_readable(path: Path) -> bool:
    return os.access(path, os.R_OK) and path.stat().st_size > 0


def _names(paths: Sequence[Path]) -> str:
    """The first names; all of a path only where a name alone does not tell."""
    more = "" if len(paths) <= NAMED else f" (+{len(paths) - NAMED})"
    return ", ".join(str(path) if len(paths) == 1 else path.name for path in paths[:NAMED]) + more
