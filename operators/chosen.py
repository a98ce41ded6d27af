"""What the sidebar's settings ask for, as another Blender can be told: a whole recipe, and where it goes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import bpy

from ..presets import tree


def recipe(settings: bpy.types.PropertyGroup) -> dict[str, Any]:
    """The settings as a checked recipe whose paths are absolute. RecipeError."""
    # Relative paths mean this process's folder, not that of the file that the recipe is handed over in.
    return tree.validate(tree.checked(settings), folder=os.getcwd())


def folder(settings: bpy.types.PropertyGroup) -> Path | None:
    """Where a bake goes, as an absolute path; None where nothing says so."""
    return Path(bpy.path.abspath(settings.output.folder)).absolute() if settings.output.folder else None
