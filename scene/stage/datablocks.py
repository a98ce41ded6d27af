"""Datablocks that a stage made, so that it can take all of them away again.

Each carries a mark in the file, because Python's references do not survive undo or loading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import bpy

MARK = "truthbake_stage"
_PREFIX = "truthbake"
_NUMBERED = re.compile(r"\.\d{3}$")
# Shape keys go with their mesh; the rest belongs to the window.
_NOT_OURS = {"shape_keys", "window_managers", "screens", "workspaces"}


def all_blocks() -> Iterator[bpy.types.ID]:
    """Every datablock of the file that can be removed."""
    for kind in (name for name in dir(bpy.data) if name not in _NOT_OURS):
        blocks = getattr(bpy.data, kind)
        if isinstance(blocks, bpy.types.bpy_prop_collection):
            yield from blocks


def remove(blocks: Sequence[bpy.types.ID]) -> None:
    """Remove datablocks, and what Cycles keeps of scenes among them if a user asked for persistent data there.

    Blender itself would keep it, and with it a pointer to the removed scene, which it follows whenever anything is
    linked, imported or removed later: a crash once other data lie in that memory.
    """
    for block in blocks:
        if isinstance(block, bpy.types.Scene):
            block.render.use_persistent_data = False
    bpy.data.batch_remove(blocks)


def is_marked(block: bpy.types.ID) -> bool:
    """Whether a datablock carries the mark; those of another file that was saved with a stage are not this one's."""
    return bool(block.get(MARK)) and (block.library is None or bool(block.library.get(MARK)))


def remove_marked(but: Sequence[bpy.types.ID] = ()) -> None:
    """Remove every datablock that carries the mark, whoever made it and when."""
    remove([block for block in all_blocks() if is_marked(block) and block not in but])


class Made:
    """Remembers what was made, in order, and removes it: objects and lights before the data they use."""

    def __init__(self):
        self._blocks: list[bpy.types.ID] = []

    def __call__(self, block):
        """Remember and mark a new datablock; returns it."""
        block[MARK] = True
        self._blocks.append(block)
        return block

    def named(self, collection: str) -> dict[str, bpy.types.ID]:
        """What was made in a collection of bpy.data, by the stage's own names for it ("truthbake...").

        Blender numbers a name that the file has already; counted here in order, the second light is "truthbake
        light.001" whatever else the file holds.
        """
        kind = getattr(bpy.types, bpy.data.bl_rna.properties[collection].fixed_type.identifier)
        counts: dict[str, int] = {}
        found = {}
        for block in self._alive():
            asked = _NUMBERED.sub("", block.name)
            if isinstance(block, kind) and asked.lower().startswith(_PREFIX):
                number = counts[asked] = counts.get(asked, -1) + 1
                found[f"{asked}.{number:03d}" if number else asked] = block
        return found

    def remove(self) -> None:
        """Remove everything made so far; what the user removed meanwhile is passed over."""
        alive = self._alive()
        self._blocks.clear()
        remove(alive)

    def _alive(self) -> list[bpy.types.ID]:
        alive = []
        for block in self._blocks:
            try:
                block.name  # noqa: B018 - a removed datablock raises here
            except ReferenceError:
                continue
            alive.append(block)
        return alive
