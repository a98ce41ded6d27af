"""Driving a job to its end, and stopping it in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Event = dict[str, Any]

# An event that says nothing but "still waiting": a chance to look at the stop request.
ALIVE = "alive"

# Who hears of every event: the command line's progress, a test.
listeners: list[Callable[[Event], None]] = []


class StopRequest:
    """Set by a signal; looked at between two steps of a job."""

    def __init__(self):
        self.signal: int | None = None


stop = StopRequest()


def drain(job: Iterator[Event]) -> Event:
    """Run a job to its end; returns its last event. A stop request closes it, and it puts everything back."""
    last: Event = {}
    try:
        for event in job:
            if event["event"] != ALIVE:
                last = event
                for listener in list(listeners):
                    listener(event)
            if stop.signal is not None:
                return {"event": "stopped", "signal": stop.signal}
    finally:
        job.close()
    return last
