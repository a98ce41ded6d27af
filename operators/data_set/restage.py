"""A frame of a data set as a scene in Blender, exactly as it was rendered."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from bpy.app.translations import pgettext_rpt

from ...dataset.records import FrameLabels
from ...dataset.store import Store, StoreError
from ...presets import RecipeError, current, recipes
from ...render.bake import Baker
from ...scene.stage.staged import Staged
from ...scene.stage.supplies import gather
from ..jobs.bake import header
from ..preview import staging

TOLERANCE = 1e-5  # metres, and parts of a unit vector


def restage(context: bpy.types.Context, store: Store, scene: int, frame: int) -> list[str]:
    """Stage a frame's scene from the data set's own recipe and seed; returns what is not as it was, a line each.

    The settings in the sidebar stay as they are. Raises what staging raises.
    """
    stored = store.frame(scene, frame).labels
    recipe = recipe_of(store)
    planned = staging.plan(recipe, scene)
    told = _changed(store, recipe, planned)

    def finish(baker: Baker, staged: Staged, number: int, labels: FrameLabels) -> list[str]:
        later = baker.set_up(staged, number)
        words = ", ".join(_words()[what] for what in later)
        notes = [pgettext_rpt("a render shows the picture without {words}").format(words=words)] if later else []
        return differences(stored, labels) + baker.warnings + notes

    told += staging.show(context, planned, frame, device(recipe), finish)
    staged_scene = next(one for one in bpy.data.scenes if current.is_staged(one))
    staged_scene[current.DATA_SET] = str(store.root)
    return told


def recipe_of(store: Store) -> dict[str, Any]:
    """The recipe of a data set, checked like any that is read from a file; StoreError names what is wrong."""
    try:
        recipe = recipes.compose([], overrides=store.recipe)
    except (RecipeError, KeyError, TypeError) as error:
        raise StoreError(f"{store.root}: its recipe cannot be staged here: {error}") from None
    seed = store.header.get("seed")
    if not isinstance(seed, int):
        raise StoreError(f"{store.root}: its seed {seed!r} is no whole number")
    recipe["output"]["seed"] = seed
    return recipe


def device(recipe: dict[str, Any]) -> str:
    """What Cycles renders the staged scene on: the graphics card of the preferences unless the recipe says CPU."""
    addon = bpy.context.preferences.addons.get("cycles")
    has_card = addon is not None and addon.preferences.compute_device_type != "NONE"
    return "GPU" if has_card and recipe["render"]["device"] != "cpu" else "CPU"


def differences(stored: FrameLabels, staged: FrameLabels) -> list[str]:
    """How a staged frame differs from its stored labels: one line, none where all poses agree within `TOLERANCE`."""
    there = {label.instance: label for label in staged.objects}
    moved, farthest = 0, 0.0
    for label in stored.objects:
        other = there.pop(label.instance, None)
        if other is None or other.model != label.model:
            moved += 1
            continue
        away = float(np.abs(other.object_to_camera - label.object_to_camera).max())
        farthest = max(farthest, away)
        moved += not away <= TOLERANCE
    moved += len(there)
    if moved:
        text = "{moved} of {count} objects do not stand as the labels say, by up to {far} m"
        values = {"moved": moved, "count": max(len(stored.objects), len(staged.objects)), "far": f"{farthest:.2g}"}
        return [pgettext_rpt(text).format(**values)]
    if not np.allclose(stored.camera.K, staged.camera.K, rtol=0, atol=1e-3):
        return [pgettext_rpt("the lens is not that of the labels")]
    return []


def _words() -> dict[str, str]:
    """What is done to a picture after it is rendered."""
    return {
        "develop": pgettext_rpt("the sensor's lens, light and noise"),
        "photograph": pgettext_rpt("the photograph behind it"),
        "jpeg": pgettext_rpt("JPEG's losses"),
    }


def _changed(store: Store, recipe: dict[str, Any], planned: staging.Planned) -> list[str]:
    """Files and versions that are not those of the bake: one line each at most."""
    now = header(recipe, planned.assets, gather(planned.recipe)[0])
    before, after = store.header.get("assets") or {}, now["assets"]
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    told = []
    if names:
        shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
        told.append(pgettext_rpt("files have changed since the bake: {names}").format(names=shown))
    rendered = (store.header.get("versions") or {}).get("blender")
    if rendered != bpy.app.version_string:
        text = "rendered by Blender {then}, this is {now}: pixels may differ"
        told.append(pgettext_rpt(text).format(then=rendered, now=bpy.app.version_string))
    return told
