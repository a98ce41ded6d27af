"""What holds for all files of one user: where data sets go, where a team keeps its recipes, what computes.

A recipe comes first wherever it says something. Read with `preferences()`; nothing here reaches for a network.
"""

import os
from types import SimpleNamespace
from typing import Any

import bpy
from bpy.props import CollectionProperty, EnumProperty, IntProperty, StringProperty

from .settings.kinds import in_own_words
from .settings.render import DEVICES

# The extension's own name, whatever repository it is installed in: Blender keeps preferences under it.
ROOT = __package__.rpartition(".")[0]


@in_own_words
class TRUTHBAKE_PG_library(bpy.types.PropertyGroup):
    name: StringProperty(name="Name", description="What the recipes of this folder are listed under")
    folder: StringProperty(
        name="Folder", description="Where the recipes lie, such as a folder on a shared drive", subtype="DIR_PATH"
    )


class Preferences:
    """The properties of the add-on's preferences, which `panels.preferences` registers and draws."""

    output_folder: StringProperty(
        name="Default Output Folder",
        description="Where new data sets go, each into a folder named after its recipe, when a recipe names no folder",
        subtype="DIR_PATH",
    )
    libraries: CollectionProperty(
        name="Team Libraries",
        description="Folders whose recipes are offered beside the built-in ones and yours",
        type=TRUTHBAKE_PG_library,
    )
    active_library: IntProperty(name="Active Library", description="Which of the libraries is chosen")
    workers: IntProperty(
        name="Workers",
        description="How many Blenders bake side by side when the recipe leaves it open",
        min=1,
        max=1024,
        soft_max=64,
        default=1,
    )
    device: EnumProperty(
        name="Device", description="What computes when the recipe leaves it open", items=DEVICES, default="AUTO"
    )


def preferences(context: bpy.types.Context | None = None) -> Any:
    """The user's preferences; where Truthbake runs without an entry in them, an object with the same defaults."""
    entry = (context or bpy.context).preferences.addons.get(ROOT)
    found = entry.preferences if entry else None
    return _defaults() if found is None else found


def default_output(settings: bpy.types.PropertyGroup) -> str:
    """Where a data set goes whose recipe names no folder: below the default output folder; "" where there is none."""
    root = preferences().output_folder
    return os.path.join(_absolute(root), data_set_name(settings)) if root else ""


def output_folder(settings: bpy.types.PropertyGroup) -> str:
    """Where a bake of these settings goes, as an absolute path: the recipe's folder, else the default; "" for none."""
    return _absolute(settings.output.folder) or default_output(settings)


def _absolute(folder: str) -> str:
    # Blender's fields know only their own `//`; what is typed as in a recipe or a shell must not become a folder `~`.
    return os.path.expanduser(bpy.path.abspath(folder))


def workers(settings: bpy.types.PropertyGroup) -> int:
    """How many Blenders bake these settings side by side, at least 1."""
    return settings.farm.workers or preferences().workers


def device(settings: bpy.types.PropertyGroup) -> str:
    """What computes these settings, as an item of `render.device`; AUTO where neither side decides."""
    chosen = settings.render.device
    return preferences().device if chosen == "AUTO" else chosen


def data_set_name(settings: bpy.types.PropertyGroup) -> str:
    """The name of the recipe, else that of the .blend file, as a folder can be called."""
    name = settings.name or bpy.path.display_name_from_filepath(bpy.data.filepath)
    return bpy.path.clean_name(name).strip("_.") or "data_set"


def _defaults() -> SimpleNamespace:
    empty = {StringProperty: "", CollectionProperty: (), IntProperty: 0}
    return SimpleNamespace(
        **{
            key: declared.keywords.get("default", empty.get(declared.function))
            for key, declared in Preferences.__annotations__.items()
        }
    )


register, unregister = bpy.utils.register_classes_factory((TRUTHBAKE_PG_library,))
