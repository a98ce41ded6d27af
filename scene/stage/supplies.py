"""The files that a recipe's scenes choose from: found and checked before the first scene."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..assets.pictures import pictures, texture_sets
from ..plan.background import with_files
from ..plan.supplies import Supplies
from .environment import environments
from .sky import hdris

_READ = {"picture": pictures, "texture_set": texture_sets}


def gather(recipe: dict[str, Any]) -> tuple[Supplies, list[str]]:
    """Everything that there is to choose from, and a notice for each thing that something built-in stands in for.

    BackgroundError and PictureError name the file and the setting where something is missing or no picture.
    """
    section, materials = recipe["background"], recipe["materials"]
    found: dict[str, dict[str, list]] = {"picture": {}, "texture_set": {}}
    notices = []
    for look, path, key in wanted(recipe):
        if path and path not in found[look]:
            found[look][path] = _READ[look](path, key)
        notice = f"{key} is empty; patterns stand in for {look.replace('_', ' ')}s"
        if not path and notice not in notices:
            notices.append(notice)
    skies = hdris(section["hdri_path"])
    photographs: list[str] = []
    if section["mode"] == "photograph":
        photographs = skies
        if section["photographs"]:
            photographs = pictures(section["photographs"], "background.photographs")
        else:
            notices.append("background.photographs is empty; views of the HDRIs stand in for photographs")
    blends = environments(section["environment"]) if section["mode"] == "environment" else []
    known = with_files(section, materials)
    if section["use_unused_pictures"] and section["mode"] in ("room", "plane", "screen"):
        count = max(len(found[look].get(known[f"{look}s"], ())) for look in found)
        if count == 1:
            notices.append("background.use_unused_pictures: there is only one, and objects may show it too")
    return Supplies(skies, found["picture"], found["texture_set"], photographs, blends), notices


def wanted(recipe: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(look, path, setting) of everything in the recipe that shows pictures or texture sets."""
    section, materials = recipe["background"], recipe["materials"]
    for number, rule in enumerate([*materials["rules"], *({"look": materials[kind]} for kind in _KINDS)]):
        for look in _READ if rule["look"] == "mixed" else [rule["look"]]:
            if look in _READ:
                own = rule.get(f"{look}s")
                key = f"materials.rules[{number}].{look}s" if own else f"materials.{look}s"
                # What only `mixed` would show needs no notice: it has enough else to choose from.
                if own or materials[f"{look}s"] or rule["look"] != "mixed":
                    yield look, own or materials[f"{look}s"], key
    if section["mode"] in ("room", "plane", "screen"):
        for look in (look for look in _READ if look in section["surfaces"]):
            own = section[f"{look}s"]
            yield look, own or materials[f"{look}s"], f"background.{look}s" if own else f"materials.{look}s"


_KINDS = ("targets", "distractors")


def digests(supplies: Supplies) -> dict[str, str]:
    """What tells two states of these files apart, by name, for the papers of a data set: names and sizes."""
    listed = [("pictures", path, files) for path, files in supplies.pictures.items()]
    for path, sets in supplies.texture_sets.items():
        listed.append(("texture sets", path, [file for one in sets for file in one.files]))
    if supplies.photographs and supplies.photographs != supplies.hdris:
        listed.append(("photographs", str(Path(supplies.photographs[0]).parent), supplies.photographs))
    found: dict[str, str] = {}
    for kind, path, files in listed:
        name = f"{kind} {Path(path).name}"
        if name in found:  # folders of the same name in different places
            name = f"{name} ({1 + sum(other.startswith(name) for other in found)})"
        found[name] = _digest(Path(path), files)
    for blend in supplies.environments:
        found[f"environment {Path(blend).name}"] = hashlib.sha256(Path(blend).read_bytes()).hexdigest()
    return found


def _digest(root: Path, files) -> str:
    """The number of files and a hash of their names within ``root`` and their sizes."""
    lines = []
    for file in files:
        path = Path(file)
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        lines.append(f"{name} {path.stat().st_size}")
    return f"{len(lines)} files, {hashlib.sha256(chr(10).join(lines).encode()).hexdigest()}"
