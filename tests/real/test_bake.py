"""The panel Bake in a real window: the checklist, two workers, Cancel, Continue, and a Blender that dies."""

import os
import signal
import time
from pathlib import Path

from tests.real.window import gone


def choose_folder(window, folder) -> None:
    """Type a path; a click begins, for Return over a path does nothing."""
    window.click(*window.find("truthbake.output.folder"))
    window.keys("ctrl+a")
    window.type(folder)
    window.keys("Return")


def test_check_bake_cancel_continue(open_window, tmp_path):
    window = open_window(output__scenes=200, farm__workers=2, background__use_unused_pictures=True)
    before = window.facts()
    (tmp_path / "file").write_text("no folder")
    choose_folder(window, tmp_path / "file")
    window.press("truthbake.bake_background", lambda state: state["runtime"]["truthbake"]["is_checked"])
    time.sleep(1.0)
    window.picture("blocked")
    window.keys("Escape")
    assert not window.state()["is_baking"]
    window.picture("checklist", window.sidebar())

    choose_folder(window, tmp_path / "data")
    window.wait(lambda state: not state["runtime"]["truthbake"]["is_checked"])  # it was about other settings
    window.press("truthbake.check_bake", lambda state: state["runtime"]["truthbake"]["is_checked"])
    window.picture("ready", window.sidebar())
    window.press("truthbake.bake_background", lambda state: state["is_baking"])
    window.wait(lambda state: state["runtime"]["truthbake"]["left"] and state["progress"] > 0.05)
    window.picture("baking", window.sidebar())
    workers = window.workers()
    assert len(workers) == 3
    pressed = time.monotonic()
    window.press("truthbake.cancel_bake", lambda state: not state["is_baking"])
    while not all(map(gone, workers)):
        assert time.monotonic() - pressed < 60, "a worker outlives Cancel"
        time.sleep(0.05)
    window.wait(lambda state: not state["is_baking"])
    ended = time.monotonic()
    state = window.wait(lambda state: state["runtime"]["truthbake"]["outlook"] == "CONTINUE")
    assert time.monotonic() - ended < 1.0, "the button says Continue at once, the driver a little later"
    window.picture("cancelled", window.sidebar())
    kept = len(list((tmp_path / "data" / "scenes").glob("[0-9]*")))
    assert state["runtime"]["truthbake"]["outlook_text"].startswith(f"{kept} of 200 scenes")
    assert not (tmp_path / "data" / ".working").exists()

    window.fill("truthbake.output.scenes", kept + 2)
    window.press("truthbake.bake_background", lambda state: state["is_baking"])
    window.wait(lambda state: not state["is_baking"])
    window.wait(lambda state: state["runtime"]["truthbake"]["outlook"] == "COMPLETE")
    window.picture("complete", window.sidebar())
    assert window.state()["longest_gap"] < 5.0
    after = window.facts()
    assert after["counts"] == before["counts"]
    assert after["settings"] == before["settings"]


def test_a_killed_blender_leaves_no_worker(open_window, tmp_path):
    window = open_window(output__scenes=300, farm__workers=2)
    window.press("truthbake.bake_background", lambda state: state["is_baking"])
    window.wait(lambda state: state["progress"] > 0.01)
    workers = window.workers()
    assert len(workers) == 3
    parents = {pid: int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in workers}
    blender = next(parent for parent in parents.values() if parent not in workers)
    os.kill(blender, signal.SIGKILL)
    window.process.wait(30)
    end = time.monotonic() + 15
    while not all(map(gone, workers)):
        assert time.monotonic() < end, "a bake outlives its Blender"
        time.sleep(0.1)
    assert not (tmp_path / "data" / ".working").exists()
