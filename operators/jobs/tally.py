"""What a bake in another process has told so far, added up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .pace import Pace

Event = dict[str, Any]

STARTING, BAKING, EXPORTING = "STARTING", "BAKING", "EXPORTING"


@dataclass
class Tally:
    """Counts a bake's events; of a sweep, those of the variant at hand."""

    workers: int = 1
    clock: Callable[[], float] = time.monotonic
    state: str = STARTING
    scenes: int = 0  # to bake
    skipped: int = 0  # there before
    scenes_done: int = 0
    frames: int = 0
    frames_done: int = 0
    device: str = ""
    is_done: bool = False
    failed: list = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)  # each once
    errors: list[str] = field(default_factory=list)
    broken: str = ""  # what became of a worker that broke down and left scenes to others
    scenes_baked: int = 0  # of all variants, as the three below
    images_baked: int = 0  # in whole scenes
    scenes_there: int = 0
    scenes_failed: int = 0
    variant: str = ""
    variants_done: int = 0
    variants: int = 0
    variants_failed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.began = self.clock()
        self.ended: float | None = None
        self.pace: Pace | None = None
        self._done_of: Counter[int] = Counter()  # images of each scene

    def add(self, event: Event) -> bool:
        """Take one event into account; False if it is a warning that was told before."""
        kind = event["event"]
        if kind == "start":
            self.scenes, self.skipped, self.frames = event["scenes"], event["skipped"], event["frames"]
            self.scenes_done = self.frames_done = 0
            self._done_of.clear()
            self.device, self.state = event["device"], BAKING
            self.scenes_there += self.skipped
            self.pace = Pace(self.clock())
        elif kind == "frame":
            self.frames_done += 1
            self._done_of[event["scene"]] += 1
            if self.pace:
                self.pace.add(self.clock())
        elif kind == "scene":
            self.scenes_done += 1
            self.scenes_baked += 1
            self.images_baked += self._done_of[event["scene"]]
        elif kind == "warning":
            if event["message"] in self.warnings:
                return False
            self.warnings.append(event["message"])
        elif kind == "error":
            self.errors.append(event["message"])
            if "worker" in event:
                self.broken = event["message"]
            if "scene" in event and self.scenes:  # the rest of its images will never come
                self.frames -= max(0, self.frames // self.scenes - self._done_of[event["scene"]])
        elif kind == "done":
            self.is_done, self.state = True, EXPORTING
            self.failed = [scene for scene in event["failed"] if isinstance(scene, int)]
            self.scenes_failed += len(self.failed)
        elif kind == "variant":
            self.variant, self.variants_done, self.variants = event["name"], event["number"] - 1, event["variants"]
            self.state, self.frames, self.frames_done, self.is_done = STARTING, 0, 0, False
        elif kind == "sweep":
            self.variants_done, self.variants_failed, self.is_done = self.variants, event["failed"], True
        return True

    def end(self) -> None:
        """The process is gone: the clock stops."""
        self.ended = self.clock()

    @property
    def total(self) -> int:
        """Scenes of the whole data set, as far as it was asked for."""
        return self.skipped + self.scenes

    @property
    def scene(self) -> int:
        """Which scene is at work, counted from 1."""
        return min(self.skipped + self.scenes_done + 1, self.total)

    @property
    def progress(self) -> float:
        """From 0 to 1."""
        share = min(1.0, self.frames_done / self.frames) if self.frames else float(self.is_done)
        return min(1.0, (self.variants_done + share) / self.variants) if self.variants else share

    @property
    def elapsed(self) -> float:
        """Seconds since the button was pressed."""
        return (self.ended or self.clock()) - self.began

    @property
    def images_per_minute(self) -> float:
        """The recent pace; 0 while it is not known."""
        return 60 * self.pace.rate if self.pace else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until the last image, None while that is not known."""
        return self.pace.left(self.frames - self.frames_done, self.clock(), self.workers) if self.pace else None
