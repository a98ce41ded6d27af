"""Progress for people (a bar on stderr) and for programs (JSON lines on stdout)."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from tqdm import tqdm

from ..jobs.driver import stop

Event = dict[str, Any]


class JsonLines:
    """One object a line; ``event`` always comes first."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def __call__(self, event: Event) -> None:
        line = json.dumps({"event": event["event"]} | event)
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except BrokenPipeError:  # whoever listened is gone: so is the reason to go on
            stop.signal = signal.SIGTERM


class Bar:
    """A bar with rate and time left; warnings and errors scroll above it."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._bar: tqdm | None = None

    def __call__(self, event: Event) -> None:
        kind = event["event"]
        if kind == "start":
            skipped = f", {event['skipped']} already there" if event["skipped"] else ""
            device = f" on {event['device']}" if event["device"] else ""
            self._say(f"{event['scenes']} scenes, {event['frames']} images to bake{device}{skipped}")
            if event["frames"]:
                self._bar = tqdm(total=event["frames"], unit="image", file=self._stream, dynamic_ncols=True)
        elif kind == "frame" and self._bar is not None:
            self._bar.update()
        elif kind in ("warning", "error"):
            self._say(f"{kind}: {event['message']}")
        elif kind == "export":
            self._say(f"{event['format']}: {event['output']}")
        elif kind in ("done", "stopped"):
            if self._bar is not None:
                self._bar.close()
                self._bar = None
            if kind == "done":
                failed = f", {len(event['failed'])} failed: {event['failed']}" if event["failed"] else ""
                self._say(f"{event['scenes']} scenes baked in {event['seconds']:.1f} s{failed}")
            else:
                self._say("stopped; whole scenes are kept, run the same command again to continue")

    def _say(self, text: str) -> None:
        tqdm.write(text, file=self._stream)


@contextlib.contextmanager
def shown(kind: str, verbose: bool) -> Iterator[Any]:
    """A listener for events, while Blender's own chatter on stdout is swallowed unless ``verbose``."""
    # Blender prints from C to file descriptor 1, so that is what must be turned away.
    sys.stdout.flush()
    kept = os.dup(1)
    stream = os.fdopen(kept, "w", encoding="utf-8", closefd=True)
    nowhere = None
    if not verbose:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
    try:
        yield {"json": JsonLines(stream), "bar": Bar(sys.stderr), "none": lambda event: None}[kind]
    finally:
        sys.stdout.flush()
        if nowhere is not None:
            with contextlib.suppress(OSError, AttributeError):
                ctypes.CDLL(None).fflush(None)
            os.dup2(kept, 1)
            os.close(nowhere)
        stream.close()
