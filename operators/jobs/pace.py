"""How fast images come, and how long the rest will take."""

from __future__ import annotations

from collections import deque

# Seconds: the pace is that of the recent past, which grows with the bake, so that the estimate settles.
SHORTEST, LONGEST = 30.0, 600.0
# A pace is told after so many images, and is never that of fewer.
FEWEST = 3


class Pace:
    """Told when images are done, it estimates from the last half of the bake, at most from its last ten minutes.

    Scenes begin with images that take longer (staging, a first render), so a few images alone would mislead. All times
    are seconds on any one clock.
    """

    def __init__(self, began: float):
        self._began = began
        self._done: deque[float] = deque()  # when each image was done
        self._base = began  # from here on `_done` counts

    def add(self, instant: float) -> None:
        """One more image is done."""
        self._done.append(instant)
        recent = instant - min(LONGEST, max(SHORTEST, (instant - self._began) / 2))
        while len(self._done) > FEWEST and self._done[0] < recent:
            self._base = self._done.popleft()

    @property
    def rate(self) -> float:
        """Images a second; 0 while that is not known."""
        if len(self._done) < FEWEST or self._done[-1] <= self._base:
            return 0.0
        return len(self._done) / (self._done[-1] - self._base)

    def left(self, images: int, instant: float, at_once: int = 1) -> float | None:
        """Seconds until ``images`` more are done, None while that is not known.

        It counts down while images are at work: ``at_once`` of them, one for each worker.
        """
        if not self.rate or not images:
            return None
        begun = min(float(at_once), self.rate * (instant - self._done[-1]), float(images))
        return (images - begun) / self.rate
