"""Exporting a data set, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...dataset.exporters import check_formats, export, warnings
from ...dataset.store import Store
from ...presets import RecipeError, recipes
from .work import Tell

Event = dict[str, Any]


def export_data_set(
    folder: Path, formats: list[str], root: Path | None = None, assignments: list[str] = ()
) -> Iterator[Event]:
    """Export ``folder`` to each format, below ``root`` if given; yields an event for each. StoreError, RecipeError."""
    yield from export_store(opened(folder, assignments), formats, root)


def opened(folder: Path, assignments: list[str] = ()) -> Store:
    """The store in ``folder`` with KEY=VALUE for this export alone, such as ``output.licence=CC0-1.0``.

    Only the ``output`` section says anything about exports. StoreError, RecipeError.
    """
    store = Store.open(folder)
    if not assignments:
        return store
    for text in assignments:
        if not text.startswith("output."):
            raise RecipeError(f"--set {text}: an export takes keys of output only")
    recipe = recipes.compose([], assignments, base=dict(store.recipe))
    return Store(store.root, store.header | {"recipe": recipe})


def export_store(
    store: Store, formats: list[str], root: Path | None = None, tell: Tell = lambda share, text: None
) -> Iterator[Event]:
    """Export a store to each format, without Blender; yields an event for each. StoreError."""
    names = check_formats(formats)
    for place, name in enumerate(names):

        def progress(name: str, done: float, total: int, place: int = place) -> None:
            tell((place + done / max(total, 1)) / len(names), name)

        written = export(store, [name], root, progress)[name]
        yield {"event": "export", "format": name, "output": str(written)}
    # Last, for what cannot be read was refused by now.
    for text in warnings(store, formats):
        yield {"event": "warning", "message": text}
