"""Reading files that may be broken: an error becomes a line, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image

# What broken files raise: our own readers', JSON's, Pillow's and OpenEXR's errors, and data of another shape.
READ_ERRORS = (
    OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, ZeroDivisionError, RuntimeError, SyntaxError,
    Image.DecompressionBombError,
)  # fmt: skip


def one_line(error: BaseException) -> str:
    """An error as one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def read_json(path: Path, kind: type, problems: list[str]) -> Any:
    """The JSON in ``path`` if its top level is of ``kind``; else None, and a line in ``problems``."""
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        problems.append(f"{path}: missing")
    except (OSError, ValueError) as error:
        problems.append(f"{path}: not readable as JSON ({one_line(error)})")
    else:
        if isinstance(data, kind):
            return data
        problems.append(f"{path}: holds no JSON {'object' if kind is dict else 'list'}")
    return None
