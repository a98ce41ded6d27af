"""Blender's importers print to the process's own streams; here that is caught, to be read or forgotten."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import tempfile
from collections.abc import Iterator


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.flush()
    with contextlib.suppress(AttributeError, OSError):
        # Blender's own buffer of C: without this its lines would come out after the streams are back
        library = ctypes.cdll.ucrtbase if sys.platform == "win32" else ctypes.CDLL(None)
        library.fflush(None)


@contextlib.contextmanager
def caught_output() -> Iterator[list[str]]:
    """Catch what Blender prints to stdout and stderr; the list holds its lines once the block is left.

    Where the process has no streams (a window without a console), nothing is caught and nothing goes wrong.
    """
    lines: list[str] = []
    kept: dict[int, int] = {}
    with tempfile.TemporaryFile() as sink:
        _flush()
        try:
            for stream in (1, 2):
                with contextlib.suppress(OSError):
                    kept[stream] = os.dup(stream)
                    os.dup2(sink.fileno(), stream)
            yield lines
        finally:
            _flush()
            for stream, original in kept.items():
                os.dup2(original, stream)
                os.close(original)
            sink.seek(0)
            lines += sink.read().decode("utf-8", "replace").splitlines()
