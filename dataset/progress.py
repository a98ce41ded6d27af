"""What exporters and checks share to tell how far they are and to use the processor."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

# Most of the time goes into files and compression, which let other threads run; more than this gains nothing.
THREADS = min(4, os.cpu_count() or 1)

# Told how much is done of how much, after each frame: scenes, in parts where a frame counts. It may raise Stopped.
Progress = Callable[[float, int], None]

T = TypeVar("T")


class Stopped(Exception):
    """Whoever listens to the progress wants no more of it; what is half done goes."""


def silent(done: float, total: int) -> None:
    """The progress of those who do not want to know."""


def part(progress: Progress, done: int, total: int) -> Progress:
    """The progress within one of ``total`` things, after ``done`` of them."""
    return lambda place, count: progress(done + place / count, total)


def each(found: Iterable[T], count: int, progress: Progress) -> Iterator[T]:
    """``count`` things one after the other, telling so after each."""
    for place, item in enumerate(found, start=1):
        yield item
        progress(place, count)
