"""The numbers of a data set, counted frame by frame, so that one of ten thousand frames can be shown meanwhile."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field

import numpy as np

from .passes import PASSES
from .progress import Progress, silent
from .report import Statistics
from .store import Store
from .verify.reading import READ_ERRORS, one_line

BINS = 10  # of the visible fraction
PAUSE = 0.0005  # seconds after each frame: threads that wait for Python, such as a window's, get their turn at once


@dataclass
class Numbers:
    """What was counted so far. ``bytes`` are those of the scenes' own files, ``resolution`` the first frame's.

    ``fractions`` counts targets by visible fraction, in `BINS` equal steps from 0 to 1. ``broken`` has a line for each
    frame or scene that cannot be read; those do not count.
    """

    scenes: int = 0
    bytes: int = 0
    resolution: tuple[int, int] | None = None
    passes: list[str] = field(default_factory=list)
    fractions: list[int] = field(default_factory=lambda: [0] * BINS)
    statistics: Statistics = field(default_factory=Statistics)
    broken: list[str] = field(default_factory=list)
    is_complete: bool = False


def count(store: Store, numbers: Numbers, progress: Progress = silent) -> Numbers:
    """Count everything into ``numbers``, which another thread may read meanwhile; what is broken is passed over."""
    scenes = store.scenes()
    for done, scene in enumerate(scenes):
        progress(done, len(scenes))
        _count_scene(store, scene, numbers)
        numbers.scenes += 1
    progress(len(scenes), len(scenes))
    numbers.is_complete = True
    return numbers


def _count_scene(store: Store, scene: int, numbers: Numbers) -> None:
    folder = store.scene_folder(scene)
    try:
        listed = json.loads((folder / "files.json").read_bytes())
        numbers.bytes += sum(item["bytes"] for item in listed.values())
    except READ_ERRORS as error:
        numbers.broken.append(f"{folder}/files.json: not readable ({one_line(error)})")
    if not numbers.passes:
        numbers.passes = [kind for kind in ("rgb", *PASSES) if (folder / kind).is_dir()]
    found = numbers.statistics
    for number in store.frame_numbers(scene):
        time.sleep(PAUSE)
        before = len(found.fractions)
        try:
            labels = store.frame(scene, number).labels
            found.add(labels)
        except READ_ERRORS as error:
            numbers.broken.append(f"scene {scene}, frame {number}: not readable ({one_line(error)})")
            continue
        if numbers.resolution is None:
            numbers.resolution = labels.camera.width, labels.camera.height
        for fraction in found.fractions[before:]:
            numbers.fractions[min(int(np.clip(fraction, 0, 1) * BINS), BINS - 1)] += 1
