"""Several Blenders side by side on this machine, each with its share of the scenes."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..processes import ending

Event = dict[str, Any]

_running: list[subprocess.Popen] = []

# A worker's exit code for a mistake in its input, which all workers share.
MISTAKE = 2

RUN_ADDON = Path(__file__).resolve().parents[1] / "run_addon.py"


class InputMistake(RuntimeError):
    """A worker refused its input; the message is one line for the user."""


def truthbake_command(blender: str = "") -> list[str]:
    """How to start Truthbake in another process: ``blender``, or the Blender or Python that runs now."""
    if blender:
        return [blender, "-b", "-P", str(RUN_ADDON), "--"]
    # Inside Blender sys.executable is its bundled Python, which cannot import bpy by itself.
    if running := _blender_binary():
        return [running, "-b", "-P", str(RUN_ADDON), "--"]
    return [sys.executable, str(RUN_ADDON)]


def _blender_binary() -> str:
    bpy = sys.modules.get("bpy")
    return getattr(getattr(bpy, "app", None), "binary_path", "") or ""


def start(command: list[str]) -> subprocess.Popen:
    """Start one process whose stdout brings JSON lines."""
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def kill_all() -> None:
    """End all workers of this process at once; what they leave in the data set is the caller's to remove."""
    for process in _running:
        process.kill()
    for process in _running:
        process.wait()


def event_of(line: str) -> Event | None:
    """A line of output as an event; None for anything else that Blender prints."""
    if not line.startswith('{"event":'):
        return None
    try:
        return json.loads(line)
    except ValueError:
        return None


def bake(command: list[str], workers: int) -> Iterator[Event]:
    """Run ``command`` (a worker's bake) ``workers`` times, each with its share; yields the events of all as one run.

    A worker that breaks down is an error event; its scenes stay missing, so that the same command continues. One that
    refuses its input (exit code 2) ends them all with InputMistake. Closing the iterator stops all workers.
    """
    lines: queue.Queue[tuple[int, str | None]] = queue.Queue()
    processes = [start([*command, "--worker", f"{number}/{workers}"]) for number in range(workers)]
    _running.extend(processes)
    errors = [_Reader(number, process, lines) for number, process in enumerate(processes)]
    total: Event = {}
    done: Event = {}
    starting = workers
    held: list[Event] = []
    told: set[str] = set()  # what all workers warn of alike is told once
    try:
        running = workers
        while running:
            try:
                number, line = lines.get(timeout=0.2)
            except queue.Empty:
                yield {"event": "alive"}  # lets the driver look at its stop request
                continue
            if line is None:
                running -= 1
                code = processes[number].wait()
                if code not in (0, 1):
                    errors[number].finish()
                if code == MISTAKE:
                    raise InputMistake(errors[number].last.removeprefix("truthbake: ") or "a worker refused its input")
                if code not in (0, 1):
                    done["failed"] = [*done.get("failed", []), f"worker {number}"]
                    said = errors[number].last if code > 0 else ""
                    text = f": {said}" if said else f" {ending(code)}"
                    yield {"event": "error", "worker": number, "message": f"worker {number}{text}"}
                continue
            event = event_of(line)
            if event is None or _is_repeated(event, told):
                continue
            if event["event"] == "start":
                _add(total, event)
                starting -= 1
                if starting == 0:
                    yield total
                    yield from held
            elif event["event"] == "done":
                _add(done, event)
            elif starting:
                held.append(event)
            else:
                yield event
        if starting:
            yield from held
        yield {"event": "done", "scenes": 0, "failed": [], "seconds": 0.0} | done
    finally:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        for process in processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _running.remove(process)


class _Reader:
    """Reads one process's streams in threads, so that no pipe ever fills up."""

    def __init__(self, number: int, process: subprocess.Popen, lines: queue.Queue):
        self.last = ""
        threading.Thread(target=self._stdout, args=(number, process.stdout, lines), daemon=True).start()
        self._errors = threading.Thread(target=self._stderr, args=(process.stderr,), daemon=True)
        self._errors.start()

    def finish(self) -> None:
        """Wait until ``last`` is the process's last word; a grandchild may hold the stream open, so not for ever."""
        self._errors.join(timeout=2.0)

    def _stdout(self, number, stream, lines) -> None:
        for line in stream:
            lines.put((number, line))
        lines.put((number, None))

    def _stderr(self, stream) -> None:
        for line in stream:
            self.last = told(line) or self.last


def told(line: str) -> str:
    """What a line of stderr says, "" for nothing: the last line of Blender's tracebacks names a place of its own."""
    text = line.strip()
    return "" if text.startswith("Location: ") else text


def _is_repeated(event: Event, told: set[str]) -> bool:
    """Whether it is a warning about the whole data set that another worker has told before."""
    if event["event"] != "warning" or "scene" in event:
        return False
    is_known = event["message"] in told
    told.add(event["message"])
    return is_known


def _add(total: Event, event: Event) -> None:
    """Add up the workers' numbers; lists are joined, times are the longest, the rest is the first one's."""
    for key, value in event.items():
        if key == "seconds":
            total[key] = max(total.get(key, 0.0), value)
        elif isinstance(value, (int, list)):
            total[key] = total[key] + value if key in total else value
        else:
            total.setdefault(key, value)
