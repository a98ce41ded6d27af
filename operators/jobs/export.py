"""Exporting a data set, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...dataset.exporters import check_formats, export, warnings
from ...dataset.store import Store
from ...presets import RecipeError, recipes

Event = dict[str, Any]


def export_data_set(
    folder: Path, formats: list[str], root: Path | None = None, assignments: list[str] = ()
) -> Iterator[Event]:
    """Export ``folder`` to each format, below ``root`` if given; yields an event for each. StoreError, RecipeError.

    ``assignments`` are KEY=VALUE for this export alone, such as ``output.licence=CC0-1.0``; only the ``output`` section
    says anything about exports.
    """
    store = Store.open(folder)
    if assignments:
        for text in assignments:
            if not text.startswith("output."):
                raise RecipeError(f"--set {text}: an export takes keys of output only")
        recipe = recipes.compose([], assignments, base=dict(store.recipe))
        store = Store(store.root, store.header | {"recipe": recipe})
    for name in check_formats(formats):
        written = export(store, [name], root)[name]
        yield {"event": "export", "format": name, "output": str(written)}
    # Last, for what cannot be read was refused by now.
    for text in warnings(store, formats):
        yield {"event": "warning", "message": text}
