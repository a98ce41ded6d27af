"""Signals end a bake soon, with the right exit code, and nothing half is left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.blender.baking import tree_of
from tests.house import ROOT, module

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to send")

RECIPE = """
objects: {count: 2}
distractors: {count: 0}
lights: {count: 0}
background: {mode: hdri}
placement: {mode: float}
camera: {distance: [0.35, 0.6]}
render: {samples: 1, denoise: "off", device: cpu, max_bounces: 0, resolution: [64, 48]}
passes: {depth: false}
output: {scenes: 1000, frames_per_scene: 2, seed: 7, formats: []}
"""
# Minutes for one frame.
LONG = ["--set", "render.samples=16384", "--set", "render.resolution=[1600,1200]", "--set", "render.max_bounces=12"]
# A bake ends within 1.5 s, several workers within 1.5 s each; the rest is for a busy machine.
SOON = 8.0


class Bake:
    """A bake in a process of its own, with a temporary folder of its own."""

    def __init__(self, folder: Path, *arguments: str):
        self.output, self.temporary = folder / "out", folder / "temporary"
        self.temporary.mkdir(exist_ok=True)
        recipe = folder / "recipe.yaml"
        recipe.write_text(RECIPE)
        command = [sys.executable, ROOT / "run_addon.py", "bake", "--recipe", recipe, "--output", self.output]
        self.process = subprocess.Popen(
            [*map(str, command), "--progress", "json", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"TMPDIR": str(self.temporary)},
            start_new_session=True,
        )

    def wait_for(self, event: str) -> dict:
        for line in self.process.stdout:
            found = json.loads(line)
            if found["event"] == event:
                return found
        raise AssertionError(f"the bake ended before {event}: {self.process.stderr.read()}")

    def end(self, number: int, group: bool = False) -> tuple[int, float, str]:
        """Send a signal: (exit code, seconds until the end, standard error)."""
        began = time.monotonic()
        (os.killpg if group else os.kill)(self.process.pid, number)
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, time.monotonic() - began, err

    def members(self) -> list[int]:
        """The living processes of its session: itself and its workers."""
        found = []
        for entry in Path("/proc").iterdir() if Path("/proc/self/stat").exists() else []:
            try:
                state, _, _, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            except (OSError, ValueError):
                continue
            if entry.name.isdigit() and int(session) == self.process.pid and state != "Z":
                found.append(int(entry.name))
        return found

    def kept(self) -> list[str]:
        folder = self.output / "scenes"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def check_clean(self) -> None:
        """No process, no temporary file, and nothing but whole scenes in the data set."""
        assert self.members() == []
        assert list(self.temporary.iterdir()) == []
        assert {path.name for path in self.output.iterdir()} <= {"dataset.yaml", "models", "scenes"}
        store = module("dataset.store").Store.open(self.output)
        assert [problem for scene in store.scenes() for problem in store.problems(scene, hashes=True)] == []
        assert self.kept() == [f"{scene:06d}" for scene in store.scenes()]


@pytest.fixture
def begin(tmp_path):
    bakes: list[Bake] = []

    def start(*arguments: str) -> Bake:
        bakes.append(Bake(tmp_path, *arguments))
        return bakes[-1]

    yield start
    for bake in bakes:
        for process in bake.members():
            os.kill(process, signal.SIGKILL)
        bake.process.wait()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_between_frames(begin, number, code):
    bake = begin()
    bake.wait_for("scene")
    ended, seconds, err = bake.end(number)
    assert (ended, err) == (code, "")
    assert seconds < SOON
    assert bake.kept()[:1] == ["000000"]
    bake.check_clean()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_amid_a_long_frame(begin, number, code):
    bake = begin(*LONG)
    bake.wait_for("start")
    time.sleep(0.7)  # deep in Cycles
    ended, seconds, err = bake.end(number)
    assert (ended, err) == (code, "")
    assert seconds < SOON
    bake.check_clean()


def test_a_second_signal_does_not_wait(begin):
    bake = begin(*LONG)
    bake.wait_for("start")
    time.sleep(0.7)
    bake.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    code, seconds, _ = bake.end(signal.SIGINT)
    assert code == 130 and seconds < 1.0
    bake.check_clean()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_while_starting(begin, number, code):
    bake = begin()
    time.sleep(0.5)
    ended, _, err = bake.end(number)
    if ended != -number:  # so early that Python itself was not up
        assert (ended, err) == (code, "")
    assert bake.members() == []
    assert [path.name for path in bake.temporary.iterdir() if path.name.startswith("truthbake")] == []


def test_workers_and_the_same_command_continues(begin, tmp_path):
    bake = begin("--workers", "2")
    bake.wait_for("scene")
    code, seconds, err = bake.end(signal.SIGINT, group=True)  # as Ctrl-C does: everybody gets it
    assert (code, err) == (130, "")
    assert seconds < SOON
    bake.check_clean()
    before, kept = tree_of(bake.output / "scenes"), bake.kept()

    bake = begin("--workers", "2")
    skipped = bake.wait_for("start")["skipped"]
    assert skipped == len(kept) > 0
    bake.wait_for("scene")
    code, seconds, err = bake.end(signal.SIGTERM)
    assert (code, err) == (143, "")
    assert seconds < SOON
    bake.check_clean()
    assert len(bake.kept()) > len(kept)
    assert before.items() <= tree_of(bake.output / "scenes").items()


def test_workers_amid_long_frames(begin):
    bake = begin("--workers", "2", *LONG)
    bake.wait_for("start")
    time.sleep(0.7)
    assert len(bake.members()) in (0, 3)  # 0 where there is no /proc to look
    code, seconds, _ = bake.end(signal.SIGTERM)
    assert code == 143 and seconds < SOON
    bake.check_clean()


def test_workers_end_when_their_parent_is_killed(begin):
    bake = begin("--workers", "2", *LONG)
    bake.wait_for("start")
    time.sleep(0.7)
    bake.process.kill()
    bake.process.wait()
    patience = time.monotonic() + SOON
    while bake.members() and time.monotonic() < patience:
        time.sleep(0.1)
    assert bake.members() == []
    assert not (bake.output / ".working").exists()


def test_what_a_killed_bake_leaves_goes_with_the_next(begin):
    bake = begin(*LONG)
    bake.wait_for("start")
    time.sleep(0.7)
    bake.process.kill()
    bake.process.wait()
    assert list((bake.output / ".working").iterdir()) != []
    left = [path for path in bake.temporary.iterdir() if path.name.startswith("truthbake-")]
    assert left != []
    bake = begin(*LONG)
    bake.wait_for("start")
    time.sleep(0.7)
    bake.end(signal.SIGTERM)
    assert not (bake.output / ".working").exists()
    assert [path for path in left if path.exists()] == []


def test_a_reader_that_goes_away_stops_the_bake(begin):
    bake = begin()
    bake.wait_for("frame")
    bake.process.stdout.close()
    bake.process.wait(timeout=30)
    assert bake.process.returncode != 0
    bake.process.stderr.close()
    bake.check_clean()
