"""What tells one item of a list of models from another, as far as its files and their treatment go."""

import bpy

# What decides which models an item stands for and what they are like.
_KEYS = ("path", "unit", "layout", "limit", "separate_parts", "up_axis", "normalize_size", "decimate")


def model_key(item: bpy.types.PropertyGroup) -> str:
    """A text that changes when the item names other models, or the same ones in another unit or form."""
    return "|".join([str(getattr(item, key)) for key in _KEYS])
