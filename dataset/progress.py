"""What exporters and checks share to tell how far they are and to use the processor."""

from __future__ import annotations

import os
from collections.abc import Callable

# Most of the time goes into files and compression, which let other threads run; more than this gains nothing.
THREADS = min(4, os.cpu_count() or 1)

Progress = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """The progress of those who do not want to know."""
