"""Whether there is room for the data set: an estimate, stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bpy.app.translations import pgettext_rpt

from ...scene.plan.camera import frames_per_scene
from .facts import Facts
from .problem import ERROR, INFO, WARNING, Problem

# Bytes a pixel, measured on rooms full of surfaces at 640x480 with normal noise; skies and floors take less.
COLOR = {"png": 1.2, "jpeg": 0.3}
LABELS = 0.3  # instances, silhouettes and all text
PASSES = {"depth": 2.9, "normals": 2.2, "noisy_depth": 2.2, "flow": 10.5}
EXPORTS = {"bop": 0.8, "coco": 0.1}
# The disk should not be full afterwards.
SPARE = 0.9


def problems(facts: Facts) -> Iterator[Problem]:
    """How much is needed, and whether it is there."""
    if facts.recipe is None or facts.free_bytes is None or facts.outlook is None:
        return
    needed = estimate(facts.recipe, facts.outlook.scenes - facts.outlook.there, facts.scene_bytes)
    if not needed:
        return
    text = pgettext_rpt("About {needed} are needed, {free} are free")
    text = text.format(needed=in_words(needed), free=in_words(facts.free_bytes))
    advice = pgettext_rpt("Free some space, bake fewer scenes or smaller images, or choose another disk")
    if needed > facts.free_bytes:
        yield Problem(ERROR, text, advice)
    elif needed > SPARE * facts.free_bytes:
        yield Problem(WARNING, text, advice)
    else:
        yield Problem(INFO, text)


def estimate(recipe: dict[str, Any], scenes: int, scene_bytes: int = 0) -> int:
    """Bytes of so many scenes and their exports; ``scene_bytes`` is the size of one that is there, if any."""
    width, height = recipe["render"]["resolution"]
    pixels = width * height * frames_per_scene(recipe)
    exports = pixels * sum(EXPORTS.get(name, 1.0) for name in recipe["output"]["formats"])
    stored = pixels * (COLOR[recipe["output"]["image_format"]] + LABELS)
    stored += pixels * sum(size for name, size in PASSES.items() if recipe["passes"][name])
    return int(scenes * ((scene_bytes or stored) + exports))


def in_words(size: int) -> str:
    """3.2 GB, 15 MB; with two digits, and never less than 1 MB."""
    for unit, factor in (("TB", 1e12), ("GB", 1e9)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}" if size < 10 * factor else f"{size / factor:.0f} {unit}"
    return f"{max(1, round(size / 1e6))} MB"
