"""The data sets that were written or opened last, kept in a small file in the extension's own user folder."""

import contextlib
import json
import os

import bpy

from .preferences import ROOT

MOST = 10
_FILE = "recent.json"


def remember(folder: str | os.PathLike) -> None:
    """Put a data set's folder first. Where that cannot be written down, nothing is: no work fails for it."""
    path = os.path.abspath(folder)
    kept = [path, *(other for other in _read() if other != path)][:MOST]
    with contextlib.suppress(OSError, ValueError):
        target = _file(create=True)
        temporary = f"{target}.{os.getpid()}"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump({"outputs": kept}, file, ensure_ascii=False, indent=1)
        os.replace(temporary, target)


def outputs() -> list[str]:
    """The folders that are still there, the newest first."""
    return [folder for folder in _read() if os.path.isdir(folder)]


def _read() -> list[str]:
    """What the file holds; nothing where it is missing, broken or not ours."""
    try:
        with open(_file(), encoding="utf-8") as file:
            held = json.load(file)
        return [folder for folder in held["outputs"] if isinstance(folder, str) and folder][:MOST]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def _file(create: bool = False) -> str:
    """ValueError where Truthbake runs outside a repository of extensions."""
    return os.path.join(bpy.utils.extension_path_user(ROOT, create=create), _FILE)
