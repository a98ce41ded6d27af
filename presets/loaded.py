"""Which recipe the settings came from, and whether they have been changed since.

What the settings held when they were loaded or saved is kept as text in the scene (`scene.truthbake_loaded`), beside
the settings themselves. So both go through undo, saving and opening of files together, and whether they differ follows
from the two alone, at any moment; nothing has to be told when a setting changes, and nothing can be missed. Reading all
settings is too slow for a draw function: `look` does it, a few times a second at most, and panels show what it found.
In the background, where no timer runs, whoever asks gets a fresh answer.
"""

import json
from typing import Any

import bpy
from bpy.props import BoolProperty, PointerProperty, StringProperty

from . import portable, tree

# The session's number of a scene -> what `look` found there.
_found: dict[int, bool] = {}


class TRUTHBAKE_PG_loaded(bpy.types.PropertyGroup):
    path: StringProperty(name="Recipe File", description="The file that the settings were loaded from or saved to")
    variant: StringProperty(name="Variant", description="Which variant of the recipe's sweep was loaded")
    text: StringProperty(name="Loaded", description="What the settings held then, as JSON", options={"HIDDEN"})
    is_changed: BoolProperty(
        name="Changed",
        description="The settings differ from the recipe that was loaded",
        get=lambda self: differs(self.id_data) if bpy.app.background else _found.get(self.id_data.session_uid, False),
    )

    @classmethod
    def register(cls):
        bpy.types.Scene.truthbake_loaded = PointerProperty(
            name="Loaded Recipe", description="Which recipe the settings came from", type=cls
        )

    @classmethod
    def unregister(cls):
        del bpy.types.Scene.truthbake_loaded


def remember(scene: bpy.types.Scene, path: str, said: dict[str, Any], variant: str = "") -> None:
    """Note that the settings are now those of a recipe file.

    said: what the file says; where it names no models or output folder, the user may change these freely.
    """
    loaded = scene.truthbake_loaded
    form = portable.without_own(tree.to_dict(scene.truthbake), portable.own_of(said))
    loaded.path, loaded.variant, loaded.text = path, variant, json.dumps(form, separators=(",", ":"))
    _found[scene.session_uid] = False


def forget(scene: bpy.types.Scene) -> None:
    """Note that the settings belong to no recipe file."""
    scene.property_unset("truthbake_loaded")
    _found.pop(scene.session_uid, None)


def held(scene: bpy.types.Scene) -> dict[str, Any]:
    """What the settings held when they were loaded or saved; {} when they never were, or nobody can tell."""
    try:
        form = json.loads(scene.truthbake_loaded.text or "{}")
    except ValueError:
        return {}
    return form if isinstance(form, dict) else {}


def differs(scene: bpy.types.Scene) -> bool:
    """Whether the settings are others than those that were loaded. Reads all of them."""
    before = held(scene)
    return bool(before) and portable.without_own(tree.to_dict(scene.truthbake), portable.own_of(before)) != before


def look(scenes: list[bpy.types.Scene]) -> bool:
    """Compare the settings of these scenes; True where a panel that was drawn before shows something else now."""
    seen = {scene.session_uid: differs(scene) for scene in scenes}
    is_news = any(_found.get(uid, False) != found for uid, found in seen.items())
    _found.clear()
    _found.update(seen)
    return is_news


register, unregister = bpy.utils.register_classes_factory((TRUTHBAKE_PG_loaded,))
