"""Keys, object ids and class ids of the models of a library. No bpy here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from .formats import bop_id


class Numbers:
    """Hands out keys, object ids and class ids: wished ones first come, first served; the others by position."""

    def __init__(self, files: Sequence[Path], classes: Sequence[tuple[str, int]]):
        wished = [bop_id(path) for path in files]
        self.ids: list[int] = []
        self.clashes: list[str] = []
        taken: set[int] = set()
        reserved = {wish for wish in wished if wish}
        highest = max([*reserved, len(files), 0])  # of all numbers given or wished so far
        for index, (path, wish) in enumerate(zip(files, wished)):
            number = wish if wish is not None else index + 1
            if number in taken or (wish is None and number in reserved):
                number = highest + 1
                if wish is not None:
                    self.clashes.append(f"{path}: object id {wish} is taken by an earlier model; it becomes {number}")
            taken.add(number)
            highest = max(highest, number)
            self.ids.append(number)
        self.class_ids = self._classes(classes)
        self._keys: set[str] = set()

    def _classes(self, classes: Sequence[tuple[str, int]]) -> list[int]:
        named = {name: number for name, number in classes if number > 0}
        reserved = set(named.values())
        for (name, number), own in zip(classes, self.ids):
            if name in named or number > 0:
                continue
            if own in reserved:
                own = max([*reserved, *self.ids]) + 1
            named[name] = own
            reserved.add(own)
        return [number if number > 0 else named[name] for name, number in classes]

    def key(self, stem: str, prefix: str = "") -> str:
        """A name that is unique, also where case does not count, and safe as a file name."""
        stem = prefix + (re.sub(r"[^A-Za-z0-9_.-]+", "_", stem).strip("._") or "model")
        key, count = stem, 1
        while key.lower() in self._keys:
            count += 1
            key = f"{stem}_{count}"
        self._keys.add(key.lower())
        return key
