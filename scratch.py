"""Folders for files that live for a moment, named after the process, so that a killed one's are found and removed."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from .processes import is_running

_PREFIX = "truthbake-"


def new() -> tempfile.TemporaryDirectory:
    """A temporary folder of this process. What killed processes left behind goes first."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        process = folder.name.removeprefix(_PREFIX).split("-")[0]
        if process.isdigit() and not is_running(process):
            shutil.rmtree(folder, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-")


def remove_own() -> None:
    """Remove this process's folders, whoever still uses them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}{os.getpid()}-*"):
        shutil.rmtree(folder, ignore_errors=True)
