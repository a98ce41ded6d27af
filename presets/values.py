"""One value from a recipe, checked against its field and brought into the one form that a recipe dict has."""

import difflib
import math
import os
import unicodedata
from dataclasses import replace
from typing import Any

from . import distributions, numbers
from .fields import Field

_INT_LOW, _INT_HIGH = -(2**31), 2**31 - 1
_BOOLS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_SHOWN = 60  # characters of a wrong value in a message

# A path that starts so names something that Truthbake brings along.
BUILTIN = "builtin:"


class Wrong(ValueError):
    """The value does not fit its field; the message is what follows the key."""


def one(field: Field, value: Any, folder: str | None = None) -> Any:
    """The normal form of any value but sections and lists.

    Relative paths are taken from `folder` when it is given. Raises Wrong.
    """
    match field.kind:
        case "int" | "float":
            if field.varies:
                return _varying(field, value)
            return _vector(field, value) if field.size else _number(field, value)
        case "bool":
            return _bool(value)
        case "enum":
            return _word(field, value)
        case "set":
            if isinstance(value, str):  # as a command line lists them: bop,coco
                value = [word.strip() for word in value.split(",") if word.strip()]
            words = value if isinstance(value, list | tuple | set) else [value]
            chosen = {_word(field, word) for word in words}
            return [word for word in field.words if word in chosen]
    text = _text(value)
    return absolute(text, folder) if field.kind in ("file", "folder") and folder is not None else text


def absolute(path: str, folder: str) -> str:
    """A path as seen from a folder; empty paths and built-in things stay as they are."""
    if not path or path.startswith(BUILTIN):
        return path
    full = os.path.abspath(os.path.join(folder, os.path.expanduser(path)))
    # Two leading slashes mean "beside the .blend file" to Blender, and nothing to anybody else.
    return full[1:] if full.startswith("//") else full


def show(value: Any) -> str:
    """A value in a message: as it would stand in the recipe, cut when long."""
    if isinstance(value, str):
        text = value if value.strip() and value.isprintable() else repr(value)
    elif isinstance(value, bool):
        text = str(value).lower()
    elif value is None:
        text = "nothing"
    elif isinstance(value, dict):
        text = "a section" if value else "{}"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(show(item) for item in value[:10]) + (", ...]" if len(value) > 10 else "]")
    else:
        text = str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def suggest(word: str, among: list[str] | tuple[str, ...]) -> str:
    """ "; did you mean X?" or nothing."""
    found = difflib.get_close_matches(word.lower(), among, n=1)
    return f"; did you mean {found[0]}?" if found else ""


def _number(field: Field, value: Any) -> int | float:
    what = "a whole number" if field.kind == "int" else "a number"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"{show(value)} is not {what}")
    low, high = field.low, field.high
    if field.kind == "int":
        if not math.isfinite(value) or value != int(value):
            raise Wrong(f"{show(value)} is not {what}")
        normal = int(value)
        low, high = (_INT_LOW if low is None else low), (_INT_HIGH if high is None else high)
    else:
        try:
            kept = numbers.stored(value, field.unit)
        except OverflowError:  # a whole number of hundreds of digits
            kept = math.inf
        if not math.isfinite(kept):
            raise Wrong(f"{show(value)} is not a number that Blender can store")
        normal = numbers.written(kept, field.unit)
    if low is not None and normal < low:
        raise Wrong(f"{show(value)} is below {low:.10g}{_unit(field)}")
    if high is not None and normal > high:
        raise Wrong(f"{show(value)} is above {high:.10g}{_unit(field)}")
    return normal


def _unit(field: Field) -> str:
    return f" {field.unit}" if field.unit else ""


def _vector(field: Field, value: Any) -> list:
    if not isinstance(value, list | tuple):
        raise Wrong(f"{show(value)} is not a list of {field.size} numbers")
    if len(value) != field.size:
        raise Wrong(f"{show(value)} has {len(value)}; {field.size} numbers are needed")
    return [_number(field, item) for item in value]


def _varying(field: Field, value: Any) -> Any:
    """A number that varies, in its shortest form: see `distributions`."""
    if not isinstance(value, dict):
        return _pair(field, value) if isinstance(value, list | tuple) else _number(field, value)
    names = [str(name) for name in value if name != distributions.WITHIN]
    if len(names) != 1 or names[0] not in distributions.NAMES:
        hint = suggest(names[0], distributions.NAMES) if len(names) == 1 else ""
        raise Wrong(
            f"{{{', '.join(map(str, value))}}} is no distribution; known are {', '.join(distributions.NAMES)}{hint}"
        )
    name, given = names[0], value[names[0]]
    if distributions.WITHIN in value and name != "normal":
        raise Wrong(f"within belongs to normal, not to {name}")
    match name:
        case "constant":
            return _number(field, given)
        case "uniform":
            return _pair(field, given)
        case "log_uniform":
            pair = _pair(field, given)
            if (pair[0] if isinstance(pair, list) else pair) <= 0:
                raise Wrong(f"log_uniform {show(given)} must lie above 0")
            return {name: pair} if isinstance(pair, list) else pair
        case "choice":
            if not isinstance(given, list | tuple) or not given:
                raise Wrong(f"choice {show(given)} is not a list of numbers")
            choices = [_number(field, item) for item in given]
            return choices[0] if len(set(choices)) == 1 else {name: choices}
    return _normal(field, given, value.get(distributions.WITHIN))


def _pair(field: Field, value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) != 2:
        has = f" has {len(value)}" if isinstance(value, list | tuple) else " is none"
        raise Wrong(f"{show(value)}{has}; a range is [low, high]")
    normal = [_number(field, item) for item in value]
    if normal[0] > normal[1]:
        raise Wrong(f"{show(value)} has its low end above its high end")
    return normal[0] if normal[0] == normal[1] else normal


def _normal(field: Field, value: Any, within: Any) -> Any:
    """Mean and deviation; the limits of the setting cut the curve where it would reach beyond them."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong(f"normal {show(value)} is not [mean, deviation]")
    mean = _number(field, value[0])
    free = replace(field, kind="float", low=0.0, high=None)
    deviation = _number(free, value[1])
    if deviation == 0:
        return mean
    if within is not None:
        ends = _pair(field, within)
        if not isinstance(ends, list) or not ends[0] <= mean <= ends[1]:
            raise Wrong(f"within {show(within)} does not hold the mean {show(mean)}")
        return {"normal": [mean, deviation], distributions.WITHIN: ends}
    low, high = mean - distributions.REACH * deviation, mean + distributions.REACH * deviation
    if (field.low is None or low >= field.low) and (field.high is None or high <= field.high):
        return {"normal": [mean, deviation]}
    free = replace(field, low=None, high=None)
    whole = math.floor if field.kind == "int" else float
    low = _number(free, whole(low)) if field.low is None else max(field.low, _number(free, whole(low)))
    high = _number(free, whole(high)) if field.high is None else min(field.high, _number(free, whole(high)))
    return {"normal": [mean, deviation], distributions.WITHIN: [low, high]}


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _BOOLS:
        return _BOOLS[value.lower()]
    raise Wrong(f"{show(value)} is not true or false")


def _word(field: Field, value: Any) -> str:
    if isinstance(value, bool):  # older YAML readers take on and off for true and false
        value = "on" if value else "off"
    if isinstance(value, str) and value.lower() in field.words:
        return value.lower()
    hint = suggest(value, field.words) if isinstance(value, str) else ""
    raise Wrong(f"{show(value)} is not one of {', '.join(field.words)}{hint}")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        hint = "; put it in quotes" if isinstance(value, bool | int | float) or hasattr(value, "isoformat") else ""
        raise Wrong(f"{show(value)} is not text{hint}")
    if not all(_keeps(char) for char in value):
        raise Wrong(f"{show(value)} holds a control character")
    return value


def _keeps(char: str) -> bool:
    """Whether Blender's text properties and YAML both give the character back."""
    return char in "\n\t" or not (
        unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in "\ufeff\ufffe\uffff"
    )
