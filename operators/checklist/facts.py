"""What the checks look at: gathered once, so that they are plain functions of it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import bpy

from ...presets import RecipeError, current, switches
from ...render.device import Devices
from .. import chosen
from ..jobs.bake import FREE_KEYS
from ..jobs.outlook import Found, Outlook, judge, read


@dataclass(frozen=True)
class Facts:
    """A recipe and the machine that is to bake it.

    ``recipe`` is the one in effect, ``written`` as the settings have it; None where they are wrong, and ``mistakes``
    says how. ``why_not_writable`` is empty where
    the output folder can be written. ``scene_bytes`` is the size of a scene that is there already, 0 if none is.
    ``why_no_device`` is empty where the device that was asked for is there.
    """

    recipe: dict[str, Any] | None
    written: dict[str, Any] | None = None
    mistakes: Sequence[str] = ()
    folder: Path | None = None
    is_beside_unsaved_file: bool = False
    found: Found = field(default_factory=Found)
    outlook: Outlook | None = None
    why_not_writable: str = ""
    free_bytes: int | None = None
    scene_bytes: int = 0
    has_cascadio: bool = True
    why_no_device: str = ""


def gather(context: bpy.types.Context) -> Facts:
    """The facts about the user's settings and this machine."""
    settings = current.settings(context)
    folder = chosen.folder(settings)
    found = read(str(folder or ""))
    try:
        written, mistakes = chosen.recipe(settings), []
    except RecipeError as error:
        written, mistakes = None, error.problems
    recipe = written and switches.in_effect(written)
    there = folder and nearest(folder)
    return Facts(
        recipe=recipe,
        written=written,
        mistakes=mistakes,
        folder=folder,
        is_beside_unsaved_file=settings.output.folder.startswith("//") and not bpy.data.filepath,
        found=found,
        outlook=judge(found, written, FREE_KEYS) if written else None,
        why_not_writable=_why_not_writable(there) if there else "",
        free_bytes=_free(there) if there else None,
        scene_bytes=_size_of_a_scene(found),
        has_cascadio=find_spec("cascadio") is not None,
        why_no_device=_why_no_device(recipe["render"]["device"]) if recipe else "",
    )


def nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next((path for path in (folder, *folder.parents) if os.path.exists(path)), folder)


def _why_not_writable(folder: Path) -> str:
    if not os.path.isdir(folder):
        return os.strerror(errno.ENOTDIR)
    try:
        # Asking for permission is no answer on Windows and on network drives: a nameless file is.
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or str(error)


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _size_of_a_scene(found: Found) -> int:
    """Bytes of the last scene that is there, by its own list of files."""
    if not found.scenes:
        return 0
    listed = Path(found.folder) / "scenes" / f"{max(found.scenes):06d}" / "files.json"
    try:
        return sum(int(item["bytes"]) for item in json.loads(listed.read_bytes()).values())
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return 0


def _why_no_device(wanted: str) -> str:
    return "" if wanted in ("auto", "cpu") else Devices().why_not(wanted)
