"""Long work that knows no Blender, in a thread of its own: how far it is, what came of it, and a way to stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ...dataset.progress import Stopped

# Told the share that is done, 0 to 1, and what goes on; raises Stopped when nobody wants the rest.
Tell = Callable[[float, str], None]

STOPPING = 2.0  # seconds that ending waits for a thread to clean up behind itself


class Work:
    """One call in a thread. ``subject`` is what it works on: each subject has one work at a time (`running`)."""

    def __init__(self, label: str, subject: str, call: Callable[[Tell], Any]):
        self.label, self.subject = label, subject
        self.share, self.text = 0.0, ""
        self.result: Any = None
        self.error: BaseException | None = None
        self._stop = threading.Event()
        # A daemon: a Blender that ends does not wait for it longer than `stop_all` does.
        self._thread = threading.Thread(target=self._run, args=(call,), daemon=True, name=f"truthbake {label}")

    def start(self, is_listed: bool = True) -> None:
        """Begin; `running` holds it until it is closed, unless it is to go unnoticed."""
        if is_listed:
            running[self.subject] = self
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether it came to an end, whichever."""
        return not self._thread.is_alive()

    @property
    def is_cancelling(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Let it stop after the frame at hand."""
        self._stop.set()

    def close(self, seconds: float = STOPPING) -> None:
        """Wait for the thread, so long at most, and take it off the list."""
        self._thread.join(seconds)
        if running.get(self.subject) is self:
            del running[self.subject]

    def _run(self, call: Callable[[Tell], Any]) -> None:
        try:
            self.result = call(self._tell)
        except BaseException as error:  # told by whoever polls, in the thread of the window
            self.error = error

    def _tell(self, share: float, text: str) -> None:
        self.share, self.text = share, text
        if self._stop.is_set():
            raise Stopped


running: dict[str, Work] = {}


def stop_all() -> None:
    """Stop every work and wait for them a little: the file is about to go, or Blender."""
    for work in list(running.values()):
        work.cancel()
    for work in list(running.values()):
        work.close()
