"""Who made a data set and under which licence, in COCO's words: what the recipe says, nothing made up."""

from __future__ import annotations

from typing import Any

from .store import Store


def _output(store: Store) -> dict[str, Any]:
    return store.recipe.get("output") or {}


def coco_info(store: Store) -> dict[str, Any]:
    """The ``info`` object; what the recipe leaves empty is left out."""
    output = _output(store)
    info = {
        "description": output.get("description"),
        "version": output.get("version"),
        "url": output.get("url"),
        "year": output.get("year"),
        "contributor": output.get("author"),
    }
    return {key: value for key, value in info.items() if value}


def coco_licences(store: Store) -> list[dict[str, Any]]:
    """The ``licenses`` list: one entry with id 1, or none when the recipe names no licence."""
    output = _output(store)
    if not output.get("licence"):
        return []
    return [{"id": 1, "name": output["licence"], "url": output.get("licence_url") or ""}]
