"""A bake in another process: listened to without waiting, and stopped together with all that it started."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from ...farm.local import event_of

Event = dict[str, Any]

# Seconds between the request to stop and the kill: a process deep in a render hears no request.
GRACE = 1.5


class BackgroundProcess:
    """One process that prints events. Its streams are read by threads, which touch nothing of Blender."""

    def __init__(self, command: list[str]):
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # A group of its own, so that its workers end with it.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._kill_at: float | None = None
        self.complaint = ""  # what it last said on stderr, our own line before any other
        self._readers = [threading.Thread(target=read, daemon=True) for read in (self._read_events, self._read_errors)]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def events(self) -> list[Event]:
        """What was said since the last call; never waits."""
        said = []
        while not self._events.empty():
            said.append(self._events.get())
        return said

    def exit_code(self) -> int | None:
        """None while it runs. Kills what was asked to stop and did not in time."""
        code = self._process.poll()
        if code is None:
            if self._kill_at is not None and time.monotonic() > self._kill_at:
                self.kill()
            return None
        if self._kill_at is not None:
            self.kill()  # workers may outlive the one that was to stop them
        for reader in self._readers:
            reader.join(0.2)
        return code

    def stop(self) -> None:
        """Ask it to stop; `exit_code` follows that up. Asked again, kill it."""
        if self._kill_at is not None:
            self.kill()
        elif self._process.poll() is None:
            self._kill_at = time.monotonic() + GRACE
            if os.name == "posix":
                self._signal(signal.SIGTERM)
            else:
                self.kill()

    def kill(self) -> None:
        """End it and all that it started, at once."""
        if os.name == "posix":
            self._signal(signal.SIGKILL)
        elif self._process.poll() is None:
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", str(self.pid)],
                capture_output=True,
                check=False,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )

    def end(self) -> None:
        """Kill it and wait for that."""
        self.kill()
        self._process.wait()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nothing left; macOS says it the second way
            os.killpg(self.pid, number)

    def _read_events(self) -> None:
        for line in self._process.stdout:
            if event := event_of(line):
                self._events.put(event)

    def _read_errors(self) -> None:
        ours = False
        for line in self._process.stderr:
            is_ours = line.startswith("truthbake: ")
            if line.strip() and (is_ours or not ours):
                self.complaint = line.strip().removeprefix("truthbake: ")
                ours = is_ours


@dataclass
class Tally:
    """Counts a bake's events."""

    scenes: int = 0
    skipped: int = 0
    frames: int = 0
    scenes_done: int = 0
    frames_done: int = 0
    began: float = 0.0
    is_done: bool = False
    failed: list = field(default_factory=list)
    text: str = "Starting Blender"

    def add(self, event: Event) -> None:
        """Take one event into account."""
        kind = event["event"]
        if kind == "start":
            self.scenes, self.skipped, self.frames = event["scenes"], event["skipped"], event["frames"]
            self.began = time.monotonic()
            device = f" on {event['device']}" if event["device"] else ""
            self.text = f"Scene {self.skipped + 1} of {self.skipped + self.scenes}{device}"
        elif kind == "frame":
            self.frames_done += 1
            self.text = self._pace()
        elif kind == "scene":
            self.scenes_done += 1
            self.text = self._pace()
        elif kind == "done":
            self.is_done = True
            self.failed = event["failed"]
            self.text = "Exporting"

    @property
    def progress(self) -> float:
        """From 0 to 1."""
        return min(1.0, self.frames_done / self.frames) if self.frames else float(self.is_done)

    @property
    def count(self) -> str:
        return f"{self.frames_done} of {self.frames} images" if self.frames else ""

    def _pace(self) -> str:
        total = self.skipped + self.scenes
        scene = min(self.skipped + self.scenes_done + 1, total)
        rate = 60 * self.frames_done / max(time.monotonic() - self.began, 1e-3)
        shown = f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}"
        return f"Scene {scene} of {total}, {shown} images per minute"
