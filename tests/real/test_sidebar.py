"""The sidebar in a real window, with a real mouse: stage a scene, bake it, and the window stays awake meanwhile."""

import time

from tests.real.window import gone


def test_stage_and_bake(open_window, blender, tmp_path):
    window = open_window()
    window.picture("tab")
    before = window.state()["view"]

    window.press("truthbake.stage_scene", lambda state: state["scene"] == "Truthbake" and state["view"] != before)
    time.sleep(2.0)
    window.picture("staged")

    window.press("truthbake.bake_background", lambda state: state["is_baking"])
    for step in range(100000):
        window.mouse("mousemove", 300 + 7 * step % 600, 300 + 3 * step % 300)
        state = window.state()
        if not state["is_baking"]:
            break
        time.sleep(0.03)
    time.sleep(1.0)
    window.picture("baked")
    state = window.state()
    assert state["text"] == "3 scenes baked" and not state["is_alert"], state
    assert state["beats"] > 20 and state["longest_gap"] < 5.0, state  # a window that waits would stand still throughout

    window.press("truthbake.clear_stage", lambda state: state["scenes"] == ["Scene"])
    window.wait(lambda state: state["view"] == before)  # the user's view is back as it was
    window.close()
    done = blender("-b", "-P", blender.runner, "--", "verify", tmp_path / "data")
    assert done.returncode == 0, done.stdout + done.stderr


def test_cancel_then_quit_while_baking(open_window, tmp_path):
    window = open_window(output__scenes=300)
    window.press("truthbake.bake_background", lambda state: state["is_baking"])
    window.wait(lambda state: state["count"] and state["progress"] > 0.02)
    workers = window.workers()
    assert workers
    window.picture("baking")
    state = window.press("truthbake.cancel_bake", lambda state: not state["is_baking"])
    end = time.monotonic() + 15
    while not all(map(gone, workers)):
        assert time.monotonic() < end, "the background Blender outlives Cancel"
        time.sleep(0.05)
    assert "whole scenes are kept" in state["text"] and not state["is_alert"]
    scenes = len(list((tmp_path / "data" / "scenes").glob("[0-9]*")))
    assert 1 <= scenes < 300

    window.press("truthbake.bake_background", lambda state: state["is_baking"])
    window.wait(lambda state: state["count"] and state["text"].startswith(f"Scene {scenes + 1} "))
    workers = window.workers()
    window.close()
    time.sleep(0.5)
    assert workers and all(map(gone, workers)), "a bake outlives its Blender"
