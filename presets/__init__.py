"""SAY: the recipe: the settings tree, its dict and YAML form, the built-in recipes."""

from pathlib import Path

import bpy

from . import loaded, preferences, settings
from .errors import RecipeError

__all__ = ["RecipeError", "register", "unregister"]

# Blender looks for presets/truthbake/*.yaml below this folder, the extension's own.
_PRESET_ROOT = str(Path(__file__).resolve().parents[1])


def register():
    """Register the settings tree, as `Scene.truthbake`, the preferences, and the folder of the built-in recipes."""
    settings.register()
    preferences.register()
    loaded.register()
    bpy.utils.register_preset_path(_PRESET_ROOT)


def unregister():
    """Undo `register`."""
    bpy.utils.unregister_preset_path(_PRESET_ROOT)
    loaded.unregister()
    preferences.unregister()
    settings.unregister()
