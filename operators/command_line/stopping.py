"""SIGINT and SIGTERM: the job stops after its frame; a long frame is given up, and nothing half is left behind.

Python runs a signal's handler only between two of its own steps, which a render does not take. The number of a signal
is therefore also written to a socket at once (`signal.set_wakeup_fd`), where a thread waits for it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator

from ...processes import is_running
from ..jobs.driver import stop

SIGNALS = (signal.SIGINT, signal.SIGTERM)

# What must go when the process gives up in the middle of a frame.
leftovers: list[Callable[[], None]] = []


_watching: set[int] = set()


def end_with(process: int) -> None:
    """Ask this process to stop as soon as the one that started it, ``process``, is gone.

    A killed one cannot say so itself, and not every system has process groups. What starts this process may also be a
    script that starts the one named: either's end counts.
    """
    if process in _watching:
        return
    _watching.add(process)
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent and is_running(str(process)):
            time.sleep(0.5)
        signal.raise_signal(signal.SIGTERM)  # os.kill would end a process on Windows with nothing removed

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def watched(grace: float) -> Iterator[None]:
    """Turn signals into a stop request; after ``grace`` seconds, or at a second signal, end the process at once."""
    ended = threading.Event()
    reader, writer = socket.socketpair()
    writer.setblocking(False)

    def wait() -> None:
        received = reader.recv(1)
        if not received or received[0] not in SIGNALS:
            return
        stop.signal = received[0]
        reader.settimeout(grace)
        with contextlib.suppress(OSError):
            reader.recv(1)  # a second signal, or the end of the patience
        if not ended.is_set():
            for remove in leftovers:
                with contextlib.suppress(OSError):
                    remove()
            os._exit(128 + stop.signal)

    # A handler of ours is needed for the wake-up to happen instead of the default, which ends the process.
    handlers = {number: signal.signal(number, lambda number, frame: None) for number in SIGNALS}
    before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        signal.set_wakeup_fd(before)
        for number, handler in handlers.items():
            signal.signal(number, handler or signal.SIG_DFL)  # None: it was not Python's
        writer.close()
        thread.join(timeout=1.0)
        reader.close()
