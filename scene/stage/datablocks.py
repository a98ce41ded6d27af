"""Datablocks that a stage made, so that it can take all of them away again.

Each carries a mark in the file, because Python's references do not survive undo or loading.
"""

from __future__ import annotations

import bpy

MARK = "truthbake_stage"
_KINDS = ("scenes", "collections", "objects", "cameras", "lights", "meshes", "materials", "worlds", "images")


def remove_marked() -> None:
    """Remove every datablock that carries the mark, whoever made it and when."""
    bpy.data.batch_remove([block for kind in _KINDS for block in getattr(bpy.data, kind) if block.get(MARK)])


class Made:
    """Remembers what was made, in order, and removes it: objects and lights before the data they use."""

    def __init__(self):
        self._blocks: list[bpy.types.ID] = []

    def __call__(self, block):
        """Remember and mark a new datablock; returns it."""
        block[MARK] = True
        self._blocks.append(block)
        return block

    def remove(self) -> None:
        """Remove everything made so far; what the user removed meanwhile is passed over."""
        alive = []
        for block in self._blocks:
            try:
                block.name  # noqa: B018 - a removed datablock raises here
            except ReferenceError:
                continue
            alive.append(block)
        self._blocks.clear()
        bpy.data.batch_remove(alive)
