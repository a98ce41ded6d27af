"""Whether the textures, HDRIs, photographs, environments and camera files that the recipe names are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...render.sensor.sight import check as check_lens
from ...scene.assets.pictures import pictures, texture_sets
from ...scene.plan.camera import check_camera_file
from ...scene.stage import randomizing
from ...scene.stage.environment import environments
from ...scene.stage.sky import hdris
from ...scene.stage.supplies import wanted
from ..jobs.mistakes import MISTAKES
from .facts import Facts
from .problem import ERROR, Problem

# Of a folder of pictures so many are opened; the bake opens them all before its first scene.
MOST = 100


def problems(facts: Facts) -> Iterator[Problem]:
    """The mistakes that the bake would end with, all of them; each says itself which setting to correct."""
    if facts.recipe is None:
        return
    told = set()
    for look in _looks(facts.recipe):
        try:
            look()
        except (*MISTAKES, OSError) as error:
            if str(error) not in told:
                told.add(str(error))
                yield Problem(ERROR, str(error))


def _looks(recipe: dict[str, Any]) -> Iterator[Callable[[], Any]]:
    section = recipe["background"]
    for look, path, key in wanted(recipe):
        if path:
            read = pictures if look == "picture" else texture_sets
            yield lambda read=read, path=path, key=key: read(path, key, MOST)
    yield lambda: hdris(section["hdri_path"])
    if section["mode"] == "photograph" and section["photographs"]:
        yield lambda: pictures(section["photographs"], "background.photographs", MOST)
    if section["mode"] == "environment":
        yield lambda: environments(section["environment"])
    yield lambda: check_camera_file(recipe)
    yield lambda: check_lens(recipe)
    yield lambda: randomizing.check(recipe)
