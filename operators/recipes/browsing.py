"""How the file browser opens for recipes."""

import os
from pathlib import Path

import bpy

from ...presets import current, library

GLOB = ";".join(f"*{suffix}" for suffix in library.SUFFIXES)


def start_folder(context: bpy.types.Context) -> str:
    """Where to look for recipes: beside the loaded one, else beside the .blend file, else among the user's own."""
    path = Path(current.scene(context).truthbake_loaded.path or ".")
    beside = [path.parent] if path.is_absolute() and not library.is_builtin(path) else []
    if bpy.data.filepath:
        beside.append(Path(bpy.data.filepath).parent)
    beside += [library.user_folder(), Path.home()]
    return str(next(folder for folder in beside if os.path.isdir(folder))) + os.sep


def hand_on_folder() -> str:
    """Where to put recipes that leave the libraries: beside the .blend file, else in the user's home."""
    return str(Path(bpy.data.filepath).parent if bpy.data.filepath else Path.home()) + os.sep
