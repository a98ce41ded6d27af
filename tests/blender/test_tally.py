"""A bake's events added up, and the words for it."""

import pytest

from tests.house import module

tally_module = module("operators.jobs.tally")
words = module("operators.jobs.words")


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tally(clock):
    return tally_module.Tally(clock=clock)


def start(tally, scenes=4, frames=8, skipped=2):
    tally.add({"event": "start", "scenes": scenes, "skipped": skipped, "frames": frames, "device": "CPU"})


def bake(tally, clock, scene, frames=2, seconds=10.0):
    for frame in range(frames):
        clock.now += seconds
        tally.add({"event": "frame", "scene": scene, "frame": frame, "seconds": seconds})
    tally.add({"event": "scene", "scene": scene})


def test_from_the_start_to_the_end(tally, clock):
    clock.now = 5.0
    assert (
        words.state(tally) == "Starting Blender" and words.count(tally) == words.pace(tally) == words.left(tally) == ""
    )
    start(tally)
    assert words.state(tally) == "Scene 3 of 6 on CPU" and words.count(tally) == "0 of 8 images"
    bake(tally, clock, 2)
    bake(tally, clock, 3)
    assert (tally.progress, words.pace(tally), words.left(tally)) == (0.5, "6.0 images per minute", "About 40 s left")
    assert words.state(tally) == "Scene 5 of 6 on CPU" and words.span(tally.elapsed) == "45 s"
    bake(tally, clock, 4)
    bake(tally, clock, 5)
    assert tally.progress == 1 and words.left(tally) == ""
    tally.add({"event": "done", "scenes": 4, "skipped": 2, "failed": [], "seconds": 80.0})
    assert words.state(tally) == "Exporting"
    tally.end()
    clock.now += 1000
    rows = [("Scenes Baked", "4"), ("Images Baked", "8"), ("There Before", "2"), ("Duration", "1 min 25 s")]
    assert words.summary(tally) == rows


def test_a_scene_that_fails_leaves_no_gap_in_the_progress(tally, clock):
    start(tally)
    bake(tally, clock, 2)
    tally.add({"event": "frame", "scene": 3, "frame": 0, "seconds": 1.0})
    tally.add({"event": "error", "scene": 3, "message": "no room"})
    bake(tally, clock, 4)
    bake(tally, clock, 5)
    assert tally.progress == 1 and tally.errors == ["no room"]
    tally.add({"event": "done", "scenes": 3, "skipped": 2, "failed": [3], "seconds": 1.0})
    assert ("Failed", "1") in words.summary(tally)


def test_images_of_a_scene_that_is_not_kept_are_not_counted(tally, clock):
    start(tally)
    bake(tally, clock, 2)
    tally.add({"event": "frame", "scene": 3, "frame": 0, "seconds": 1.0})
    tally.end()
    assert words.summary(tally)[:2] == [("Scenes Baked", "1"), ("Images Baked", "2")]
    tally.add({"event": "start", "scenes": 4, "skipped": 0, "frames": 8, "device": "CPU"})  # the next variant
    bake(tally, clock, 2)
    assert words.summary(tally)[:2] == [("Scenes Baked", "2"), ("Images Baked", "4")]


def test_each_warning_once(tally):
    assert tally.add({"event": "warning", "message": "a"})
    assert not tally.add({"event": "warning", "message": "a"})
    assert tally.add({"event": "warning", "message": "b", "scene": 3})
    assert tally.warnings == ["a", "b"]


def test_the_variants_of_a_sweep(tally, clock):
    for number, name in ((1, "dim"), (2, "bright")):
        tally.add({"event": "variant", "name": name, "number": number, "variants": 2})
        assert words.state(tally) == f"{number}/2 {name}: Starting Blender" and tally.progress == (number - 1) / 2
        start(tally, skipped=0)
        bake(tally, clock, 0)
        bake(tally, clock, 1)
        assert tally.progress == (number - 1) / 2 + 0.25
        assert words.left(tally) == ("About 2 min left" if number == 1 else "About 40 s left")
        bake(tally, clock, 2)
        bake(tally, clock, 3)
        tally.add({"event": "done", "scenes": 4, "skipped": 0, "failed": [], "seconds": 80.0})
    tally.add({"event": "sweep", "done": ["dim", "bright"], "failed": {}, "seconds": 160.0})
    assert tally.progress == 1 and ("Images Baked", "16") in words.summary(tally)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.9, "59 s"), (60, "1 min"), (3700, "1 h 1 min"), (90000, "1 d 1 h")],
)
def test_lengths_of_time(seconds, text):
    assert words.span(seconds) == text
