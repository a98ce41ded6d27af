"""Somebody else's scene from a .blend file: its objects around ours, without its scripts, and gone with the stage."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..assets.quiet import caught_output
from .datablocks import Made, all_blocks
from .sky import BackgroundError

# How .blend files begin: plain, gzip (before 3.0), Zstandard.
_MAGIC = (b"BLENDER", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_KEY = "background.environment"
# Their objects take no part: cameras, and what only helps animation.
_LEFT_OUT = {"CAMERA", "SPEAKER", "LIGHT_PROBE"}


def environments(path: str) -> list[str]:
    """The .blend files of a file or folder (recursive, sorted). BackgroundError where there is none, or one is none."""
    root = Path(path)
    below = root.rglob("*.blend") if os.path.isdir(root) else ()
    found = [root] if os.path.isfile(root) else sorted(file for file in below if os.path.isfile(file))
    if not found:
        raise BackgroundError(f"{path}: no .blend file here; {_KEY} wants a file or a folder of them")
    for file in found:
        try:
            with file.open("rb") as opened:
                begin = opened.read(8)
        except OSError as error:
            raise BackgroundError(f"{file}: cannot be read ({error.strerror}); {_KEY} wants .blend files") from None
        if not begin.startswith(_MAGIC):
            raise BackgroundError(f"{file}: is not a .blend file; correct {_KEY}")
    return [str(file) for file in found]


@dataclass(frozen=True)
class Environment:
    """``solids`` belong into both scenes, ``lights`` into the picture's; ``world`` is None where the file has none."""

    solids: list[bpy.types.Object]
    lights: list[bpy.types.Object]
    world: bpy.types.World | None


class Lodging:
    """Keeps one environment while scene after scene is staged in it."""

    def __init__(self):
        self._made = Made()
        self._wanted: tuple[str, str] = ("", "")
        self._found: Environment | None = None

    def show(
        self, path: str, collection: str, solids: bpy.types.Collection, lights: bpy.types.Collection
    ) -> bpy.types.World | None:
        """Stand the objects of a .blend file in the two collections; returns its world. No path, no objects."""
        if (path, collection) != self._wanted:
            self.remove()
            if path:
                self._found = append(path, collection, self._made)
                for item in self._found.solids:
                    solids.objects.link(item)
                for item in self._found.lights:
                    lights.objects.link(item)
            self._wanted = (path, collection)
        return self._found.world if self._found else None

    def remove(self) -> None:
        """Take everything away again."""
        self._wanted, self._found = ("", ""), None
        self._made.remove()


def append(path: str, collection: str, made: Made) -> Environment:
    """Copy a .blend file's first scene, or one of its collections, into this file; ``made`` remembers everything.

    Appending runs no script, and drivers are taken out before anything is evaluated. BackgroundError where the file is
    broken or has no such collection.
    """
    before = set(all_blocks())
    try:
        with caught_output():
            return _append(path, collection)
    finally:
        for block in all_blocks():
            if block not in before:
                made(block)
                _still(block)


def _append(path: str, collection: str) -> Environment:
    try:
        with bpy.data.libraries.load(path, link=False) as (source, target):
            if collection and collection not in source.collections:
                near = difflib.get_close_matches(collection, source.collections, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise BackgroundError(
                    f"{path}: has no collection {collection}{hint}; correct background.environment_collection"
                )
            if collection:
                target.collections = [collection]
            elif source.scenes:
                target.scenes = [source.scenes[0]]
            else:
                raise BackgroundError(f"{path}: holds no scene; name a collection in background.environment_collection")
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise BackgroundError(f"{path}: cannot be opened as a .blend file ({reason}); correct {_KEY}") from None
    (root,) = target.collections if collection else target.scenes
    if root is None:
        raise BackgroundError(f"{path}: cannot be read by this Blender; save it again or correct {_KEY}")
    items = list(root.all_objects if collection else dict.fromkeys(_shown(root.view_layers[0].layer_collection)))
    items = [item for item in items if item.type not in _LEFT_OUT and not item.hide_render]
    if not any(item.type != "LIGHT" for item in items):
        raise BackgroundError(f"{path}: holds nothing to see; correct {_KEY}")
    lights = [item for item in items if item.type == "LIGHT"]
    solids = [item for item in items if item.type != "LIGHT"]
    return Environment(solids, lights, None if collection else root.world)


def _shown(layer: bpy.types.LayerCollection) -> Iterator[bpy.types.Object]:
    """The objects of all collections that take part in a view layer's render."""
    if layer.exclude or layer.collection.hide_render:
        return
    yield from layer.collection.objects
    for child in layer.children:
        yield from _shown(child)


def _still(block: bpy.types.ID) -> None:
    """Take out what would run code, the drivers, and what would pass for one of our instances."""
    for owner in (block, getattr(block, "node_tree", None), getattr(block, "shape_keys", None)):
        data = getattr(owner, "animation_data", None)
        for driver in list(data.drivers) if data else ():
            data.drivers.remove(driver)
    if isinstance(block, bpy.types.Object):
        block.pass_index = 0
        if block.type == "LIGHT":
            # What stands in the picture but has no depth would make the ground truth wrong.
            block.visible_camera = False
