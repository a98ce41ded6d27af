"""A bake in another process: listened to without waiting, and stopped together with all that it started."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from typing import Any

from ...farm.local import event_of, told

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

    def wait_for_workers(self, seconds: float = 1.0) -> None:
        """Wait until what a killed process had started is gone too, so that nobody holds its files."""
        until = time.monotonic() + seconds
        while self._signal(0) and time.monotonic() < until:
            time.sleep(0.02)

    def _signal(self, number: int) -> bool:
        """Send a signal to all of them; False if there are none any more."""
        if os.name != "posix":
            return False
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nothing left; macOS says it the second way
            os.killpg(self.pid, number)
            return True
        return False

    def _read_events(self) -> None:
        for line in self._process.stdout:
            if event := event_of(line):
                self._events.put(event)

    def _read_errors(self) -> None:
        ours = False
        for line in self._process.stderr:
            is_ours = line.startswith("truthbake: ")
            if (text := told(line)) and (is_ours or not ours):
                self.complaint = text.removeprefix("truthbake: ")
                ours = is_ours
