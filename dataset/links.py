"""Putting a stored file into an export without a second copy on disk."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path


def link_or_copy(source: Path, target: Path) -> None:
    """Hard-link ``source`` as ``target``; copy where the file system has no hard links or the disks differ."""
    with contextlib.suppress(OSError):
        os.link(source, target)
        return
    shutil.copyfile(source, target)
