"""The panel Data Set in a real window: open, turn pages by mouse and keys, verify and stop it, open a frame's scene."""

import os
import time

SCENES = 600


def state_of(state: dict) -> dict:
    return state["runtime"]["truthbake_data_set"]


def copy_scenes(folder, count: int) -> None:
    """More scenes in no time, as hard links: checks take as long as on a data set of that size."""
    first = folder / "scenes" / "000000"
    for number in range(1, count):
        for path in first.rglob("*"):
            copy = folder / "scenes" / f"{number:06d}" / path.relative_to(first)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                os.link(path, copy)


def test_look_at_a_data_set(blender, open_window, tmp_path):
    bake = ["bake", "--recipe", "quickstart", "--output", tmp_path / "data", "--scenes", "0:1"]
    small = ("render.resolution=[320,240]", "render.samples=4", "output.frames_per_scene=3")
    done = blender("-b", "-P", blender.runner, "--", *bake, *(part for text in small for part in ("--set", text)))
    assert done.returncode == 0, done.stderr
    copy_scenes(tmp_path / "data", SCENES)

    window = open_window()
    before = window.facts()
    # An image editor where the properties are: Shift F10 over an area.
    beside = window.areas("PROPERTIES")[0]["regions"]["WINDOW"]
    middle = beside[0] + beside[2] // 2, beside[1] + beside[3] // 2
    window.move(*middle)
    window.keys("shift+F10")
    window.wait(lambda state: bool(window.areas("IMAGE_EDITOR")))
    for name in ("Objects", "Preview", "Bake"):
        window.close_panel(name)
    window.open_panel("Data Set")
    window.press("truthbake.open_data_set", lambda state: state_of(state)["is_open"])
    window.wait(lambda state: not state_of(state)["is_counting"])
    assert state_of(window.state())["images"] == 3 * SCENES

    window.press("truthbake.browse_frames(to='NEXT'", lambda state: state_of(state)["frame"] == 1)
    window.move(*middle)
    window.keys("Next")
    window.wait(lambda state: state_of(state)["frame"] == 2, 20)
    window.keys("shift+Next")
    window.wait(lambda state: (state_of(state)["scene"], state_of(state)["frame"]) == (1, 0), 20)
    window.keys("Prior")
    window.wait(lambda state: (state_of(state)["scene"], state_of(state)["frame"]) == (0, 2), 20)
    window.open_panel("Numbers")
    time.sleep(1.0)
    window.picture("data_set")
    window.picture("data_set_panel", window.sidebar())
    window.close_panel("Numbers")

    window.press("truthbake.verify", lambda state: state_of(state)["is_working"])
    window.wait(lambda state: state_of(state)["progress"] > 0.01)
    window.picture("verifying", window.sidebar())
    window.keys("Escape")
    stopped = time.monotonic()
    window.wait(lambda state: not state_of(state)["is_working"], 20)
    assert time.monotonic() - stopped < 2.0
    assert not state_of(window.state())["is_verified"]
    window.press("truthbake.verify", lambda state: state_of(state)["is_working"])
    window.press("truthbake.cancel_work", lambda state: not state_of(state)["is_working"])

    window.press("truthbake.open_frame_scene", lambda state: state["shown"] == 0)
    time.sleep(1.0)
    window.picture("staged")
    window.open_panel("Preview")
    window.press("truthbake.clear_stage", lambda state: state["shown"] is None)
    window.press("truthbake.close_data_set", lambda state: not state_of(state)["is_open"])
    after = window.facts()
    assert after == before
    window.close()
