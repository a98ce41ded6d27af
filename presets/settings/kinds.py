"""Property helpers that the settings share: ranges, paths, and enum items with numbers.

Blender's properties have no way to say "these two numbers are the ends of a range", so the helpers here remember
which ones they made. Every number that is drawn at random is such a range.
"""

from bpy.props import FloatVectorProperty, IntVectorProperty, StringProperty

from ... import compat

_RANGES = []  # the deferred properties that the helpers made; compared by identity


def float_range(**keywords):
    """A [low, high] pair of numbers; the same keywords as FloatVectorProperty."""
    return _remember(FloatVectorProperty(size=2, **keywords))


def int_range(**keywords):
    """A [low, high] pair of whole numbers, both included; the same keywords as IntVectorProperty."""
    return _remember(IntVectorProperty(size=2, **keywords))


def file_path(**keywords):
    """The path of a file, or of a folder to take files from; the same keywords as StringProperty."""
    return StringProperty(subtype="FILE_PATH", options=_beside_blend_file(), **keywords)


def folder_path(**keywords):
    """The path of a folder; the same keywords as StringProperty."""
    return StringProperty(subtype="DIR_PATH", options=_beside_blend_file(), **keywords)


def is_range(owner: type, key: str) -> bool:
    """Whether the property of a settings class was made by one of the helpers above."""
    declared = owner.__annotations__.get(key)
    return any(declared is made for made in _RANGES)


def numbered(*items: tuple[str, str, str]) -> tuple[tuple[str, str, str, int], ...]:
    """Enum items with explicit numbers, in order, so that saved files survive new items at the end."""
    return tuple((*item, number) for number, item in enumerate(items))


def flags(*items: tuple[str, str, str]) -> tuple[tuple[str, str, str, int], ...]:
    """The same for properties that hold several items at once: one bit each."""
    return tuple((*item, 1 << number) for number, item in enumerate(items))


def _remember(declared):
    _RANGES.append(declared)
    return declared


def _beside_blend_file() -> set[str]:
    """What lets a path start with //: before 4.5 every path may, since then those that say so."""
    return {"PATH_SUPPORTS_BLEND_RELATIVE"} if compat.at_least(4, 5) else set()
