"""Preview in a real window, with clicks and keys: stage, labels, steps, undo, a frame's pictures, clear."""

import subprocess
import time

import numpy as np
from PIL import Image

RECIPE = {
    "objects__count": (3, 3),
    "render__resolution": (320, 240),
    "output__frames_per_scene": 2,
    "output__seed": 3,
}


def staged(state) -> bool:
    return state["scene"] == "Truthbake"


def view_area(window) -> list[int]:
    """The middle of the 3D view on the screen, without headers and sidebar: [x, top, width, height]."""
    areas = window.state()["windows"][0]["areas"]
    x, top, _, height = next(area["box"] for area in areas if area["type"] == "VIEW_3D")
    return [x + 80, top + 80, window.sidebar()[0] - x - 160, height - 160]


def colourful(path) -> int:
    """How many pixels of a picture have a strong colour: the scene is shaded in grey, lines and names are not."""
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    return int((pixels.max(axis=2) - pixels.min(axis=2) > 110).sum())


def test_preview(open_window):
    window = open_window(**RECIPE)
    before, counts = window.state()["view"], window.state()["counts"]
    facts = window.facts()

    window.press("truthbake.stage_scene", lambda state: staged(state) and state["view"] != before)
    time.sleep(2.0)
    window.picture("preview")
    shown = colourful(window.picture("labels", view_area(window)))
    index = window.state()["runtime"]["truthbake_preview"]["scene_index"]

    window.tick("truthbake_preview.show_labels", False, "Preview")
    time.sleep(1.0)
    hidden = colourful(window.picture("no_labels", view_area(window)))
    assert shown > hidden + 500, (shown, hidden)
    window.tick("truthbake_preview.show_labels", True, "Preview")

    window.press(
        'truthbake.step_scene(direction="NEXT"',
        lambda state: state["runtime"]["truthbake_preview"]["scene_index"] == index + 1,
        "Preview",
    )
    first = window.state()["view"]
    window.press('truthbake.step_frame(direction="NEXT"', lambda state: state["view"] != first, "Preview")

    # Undo with the mouse over the 3D view: the frame before, the scene before, and the user's own scene again.
    x, top, width, height = view_area(window)
    window.move(x + width // 2, top + height // 2)
    for _ in range(12):
        window.keys("ctrl+z")
        if window.state()["scenes"] == ["Scene"]:
            break
        time.sleep(0.3)
    state = window.wait(lambda state: state["scenes"] == ["Scene"] and state["view"] == before)
    assert state["counts"] == counts, "undo leaves nothing over"

    window.press("truthbake.stage_scene", staged, "Preview")
    window.press(
        "truthbake.preview_frame",
        lambda state: any(
            area.get("image") == "Truthbake Preview" for one in state["windows"] for area in one["areas"]
        ),
        "Preview",
        seconds=60,
    )
    time.sleep(1.5)
    window.picture("preview_frame")
    sizes = [area.get("size", [0, 0]) for one in window.state()["windows"] for area in one["areas"]]
    assert max(size[0] for size in sizes) > 3 * 320

    raise_first(window)
    window.press("truthbake.clear_stage", lambda state: state["scenes"] == ["Scene"], "Preview")
    state = window.wait(lambda state: state["view"] == before)
    opened = {"screens", "all_ids"}  # the window with the pictures stays, empty
    assert {k: n for k, n in state["counts"].items() if k not in opened} == {
        k: n for k, n in counts.items() if k not in opened
    }
    assert window.facts()["settings"] == facts["settings"]


def raise_first(window) -> None:
    """Bring Blender's first window to the front; there is no window manager here that would."""
    names = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", "Blender"],
        env=window.environment, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    # The window with the pictures was opened later: X numbers windows in order.
    window.mouse("windowraise", min(names, key=int), "windowfocus", min(names, key=int))
    time.sleep(1.0)
