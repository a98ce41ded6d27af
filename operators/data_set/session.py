"""The data set that is open in the sidebar: which frame is looked at, and its numbers, counted in a thread.

Plain state of this process, in no file. `runtime` shows it to the panels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ...dataset.numbers import Numbers, count
from ...dataset.store import Store, StoreError
from ..jobs.work import Work


@dataclass
class Session:
    """An open data set. ``scene`` and ``frame`` are numbers of the data set, ``view`` is one of `views.VIEWS`.

    ``message`` says in a line why the frame cannot be shown. ``problems`` are those that verifying found, None before.
    """

    store: Store
    scenes: list[int]
    scene: int = 0
    frame: int = 0
    view: str = "masks"
    message: str = ""
    problems: list[str] | None = None
    numbers: Numbers = field(default_factory=Numbers)
    counting: Work | None = None

    def frames(self) -> list[int]:
        """The frames of the scene that is looked at."""
        return self.store.frame_numbers(self.scene)

    def go(self, scene: int, frame: int) -> None:
        """Turn to the scene that is next to a number, and there to a frame in the same way."""
        if self.scenes:
            self.scene = _nearest(self.scenes, scene)
        self.frame = _nearest(self.frames(), frame)

    def step(self, to: str) -> bool:
        """Turn the page: FIRST, PREVIOUS, NEXT, LAST of all frames, PREVIOUS_SCENE, NEXT_SCENE; False at the end."""
        before = (self.scene, self.frame)
        if not self.scenes:
            return False
        if to in ("FIRST", "LAST"):
            self.scene = self.scenes[0 if to == "FIRST" else -1]
            self.frame = _end(self.frames(), to == "LAST")
        elif to in ("PREVIOUS", "NEXT"):
            frames, forth = self.frames(), to == "NEXT"
            others = [number for number in frames if (number > self.frame if forth else number < self.frame)]
            if others:
                self.frame = others[0 if forth else -1]
            elif self._step_scene(forth):
                self.frame = _end(self.frames(), not forth)
        elif self._step_scene(to == "NEXT_SCENE"):
            self.frame = _end(self.frames(), False)
        return before != (self.scene, self.frame)

    def _step_scene(self, forth: bool) -> bool:
        others = [number for number in self.scenes if (number > self.scene if forth else number < self.scene)]
        if others:
            self.scene = others[0 if forth else -1]
        return bool(others)


# The one data set that is open; a list, so that whoever imports it sees the same one.
_open: list[Session] = []


def current() -> Session | None:
    """The data set that is open."""
    return _open[0] if _open else None


def open_store(folder: Path, in_thread: bool) -> Session:
    """Open a data set in place of the one before, and count it, in a thread or at once. StoreError."""
    store = Store.open(folder)
    scenes = store.scenes()
    if not scenes:
        raise StoreError(f"{folder}: no finished scene to look at; bake first")
    before = current()
    session = Session(store, scenes, view=before.view if before else "masks")
    same = before is not None and before.store.root == store.root
    session.go(*((before.scene, before.frame) if same else (scenes[0], 0)))
    close()
    _open.append(session)
    numbers = session.numbers
    session.counting = Work("Count", str(folder), lambda tell: count(store, numbers, lambda *_: tell(0.0, "")))
    if in_thread:
        session.counting.start(is_listed=False)
    else:
        count(store, numbers)
    return session


def close() -> None:
    """Close what is open, and stop counting it."""
    session = current()
    if session is None:
        return
    if session.counting is not None:
        session.counting.cancel()
    _open.clear()


def _nearest(numbers: list[int], wanted: int) -> int:
    return min(numbers, key=lambda number: abs(number - wanted), default=0)


def _end(numbers: list[int], is_last: bool) -> int:
    return numbers[-1 if is_last else 0] if numbers else 0
