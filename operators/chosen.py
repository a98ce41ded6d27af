"""What the sidebar's settings ask for, as another Blender can be told: a whole recipe, and where it goes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import bpy

from ..presets import preferences, tree


def recipe(settings: bpy.types.PropertyGroup) -> dict[str, Any]:
    """The settings, and what they leave open from the preferences, as a checked recipe. RecipeError."""
    # Relative paths mean this process's folder, not that of the file that the recipe is handed over in.
    whole = tree.validate(tree.checked(settings), folder=os.getcwd())
    whole["farm"]["workers"] = preferences.workers(settings)
    whole["render"]["device"] = preferences.device(settings).lower()
    return whole


def folder(settings: bpy.types.PropertyGroup) -> Path | None:
    """Where a bake goes, as an absolute path; None where nothing says so."""
    chosen = preferences.output_folder(settings)
    return Path(chosen).absolute() if chosen else None
