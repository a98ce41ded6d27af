"""Property helpers that the settings share: numbers that vary, paths, and enum items with numbers.

Blender's properties have no way to say "this number is drawn at random, and so". A number that varies is therefore
three properties: a pair, KEY (the ends of a range; the first is the constant), and two hidden ones beside it, KEY_how
(which distribution) and KEY_numbers (what a pair cannot hold: the choices, or mean and deviation). In a recipe they are
one.
"""

from bpy.props import BoolProperty, EnumProperty, FloatVectorProperty, IntVectorProperty, StringProperty

from ... import compat

CONTEXT = "Truthbake"  # in which the names of our settings and panels are translated

HOW = (
    ("CONSTANT", "Constant", "Always the same number", "DOT", 0),
    ("UNIFORM", "Uniform", "Every number between two ends is equally likely", "ARROW_LEFTRIGHT", 1),
    ("LOG_UNIFORM", "Log-Uniform", "Every order of magnitude between two ends is equally likely", "IPO_EXPO", 2),
    ("NORMAL", "Normal", "Mean and deviation, and if wanted the ends: 1, 0.1, 0.8, 1.2", "SMOOTHCURVE", 3),
    ("CHOICE", "Choice", "One of several numbers: 0.5, 1, 2", "PRESET", 4),
)

_VARYING = []  # the deferred properties that the helpers made; compared by identity


def float_range(**keywords):
    """A number that varies; the same keywords as FloatVectorProperty, the default is a pair (low, high)."""
    return _remember(FloatVectorProperty(size=2, **keywords))


def int_range(**keywords):
    """A whole number that varies; the same keywords as IntVectorProperty, the default is a pair (low, high)."""
    return _remember(IntVectorProperty(size=2, **keywords))


def varies(owner: type) -> type:
    """Class decorator: gives each number of a settings class that varies its two hidden properties."""
    declared = dict(owner.__annotations__)
    for key, made in declared.items():
        if _is_remembered(made):
            low, high = made.keywords["default"]
            owner.__annotations__[f"{key}_how"] = EnumProperty(
                name="Distribution",
                description=f"How {made.keywords['name']} varies",
                items=HOW,
                default="CONSTANT" if low == high else "UNIFORM",
                options={"HIDDEN"},
            )
            owner.__annotations__[f"{key}_numbers"] = StringProperty(
                name=made.keywords["name"],
                description=f"{made.keywords['description']}. Numbers with commas between them: mean and deviation, or "
                "the choices",
                options={"HIDDEN"},
            )
    return owner


def in_own_words(owner: type) -> type:
    """Class decorator: Blender's own translations leave the names in this class alone.

    Its Normal is a direction, its Screen blends colours, and its Stereo has two loudspeakers.
    """
    for base in owner.__mro__:
        for declared in getattr(base, "__annotations__", {}).values():  # vars() lacks them in Python 3.14
            if hasattr(declared, "keywords"):
                declared.keywords.setdefault("translation_context", CONTEXT)
    return owner


def file_path(**keywords):
    """The path of a file, or of a folder to take files from; the same keywords as StringProperty."""
    return StringProperty(subtype="FILE_PATH", options=_beside_blend_file(), **keywords)


def folder_path(**keywords):
    """The path of a folder; the same keywords as StringProperty."""
    return StringProperty(subtype="DIR_PATH", options=_beside_blend_file(), **keywords)


def section_switch(**keywords):
    """``use``, which switches a whole section on and off; `presets.switches` says what off means."""
    what = keywords.pop("description")
    return BoolProperty(description=f"{what}. The settings stay as they are", default=True, **keywords)


def is_varying(owner: type, key: str) -> bool:
    """Whether the property of a settings class was made by one of the helpers above."""
    return _is_remembered(owner.__annotations__.get(key))


def numbered(*items: tuple[str, str, str]) -> tuple[tuple[str, str, str, int], ...]:
    """Enum items with explicit numbers, in order, so that saved files survive new items at the end."""
    return tuple((*item, number) for number, item in enumerate(items))


def flags(*items: tuple[str, str, str]) -> tuple[tuple[str, str, str, int], ...]:
    """The same for properties that hold several items at once: one bit each."""
    return tuple((*item, 1 << number) for number, item in enumerate(items))


def _remember(declared):
    _VARYING.append(declared)
    return declared


def _is_remembered(declared) -> bool:
    return any(declared is made for made in _VARYING)


def _beside_blend_file() -> set[str]:
    """What lets a path start with //: before 4.5 every path may, since then those that say so."""
    return {"PATH_SUPPORTS_BLEND_RELATIVE"} if compat.at_least(4, 5) else set()
