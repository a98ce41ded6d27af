"""Recipes by clicks and keys: taken from the menu, changed, undone, reverted, kept under a name; files dropped."""

import time

from tests.model_files import write_stl
from tests.real.dropping import drop

REVERT = "truthbake.revert_recipe"


def is_marked(window) -> bool:
    """Whether the button Revert is to be seen, which stands beside the mark."""
    return window._search(REVERT, "TRUTHBAKE_PT_recipe", 0.7) is not None


def wait_for_mark(window, wanted: bool) -> None:
    end = time.monotonic() + 30
    while is_marked(window) != wanted:
        assert time.monotonic() < end, f"marked as changed: {not wanted}; {window.picture('mark')}"


def test_choose_change_undo_revert_and_keep(open_window, blender):
    window = open_window()
    window.choose("TRUTHBAKE_MT_recipes", "bop_room.yaml")
    loaded = window.facts()["recipe"]
    assert loaded["background"]["mode"] == "room"
    wait_for_mark(window, False)

    window.open_panel("Bake")
    window.fill("truthbake.output.seed", 7)
    wait_for_mark(window, True)
    window.picture("changed", window.sidebar())
    for _ in range(3):  # a field that was filled twice is two steps
        window.move(400, 400)
        window.keys("ctrl+z")
        if window.facts()["recipe"] == loaded:
            break
    wait_for_mark(window, False)
    assert window.facts()["recipe"] == loaded

    window.fill("truthbake.output.seed", 8)
    wait_for_mark(window, True)
    window.press(REVERT)
    wait_for_mark(window, False)
    assert window.facts()["recipe"] == loaded

    window.fill("truthbake.output.seed", 9)
    window.press("truthbake.save_recipe")
    window.keys("ctrl+a")
    window.type("mine")
    window.picture("save")
    window.keys("Return", "Return")
    kept = blender.user / "scripts" / "presets" / "truthbake" / "mine.yaml"
    end = time.monotonic() + 30
    while not kept.exists():
        assert time.monotonic() < end, window.picture("saved")
        time.sleep(0.1)
    wait_for_mark(window, False)
    assert "seed: 9" in kept.read_text(encoding="utf-8")
    window.choose("TRUTHBAKE_MT_recipes", "mine.yaml")
    assert window.facts()["recipe"]["output"]["seed"] == 9


def test_files_dropped_on_the_view(open_window, display, blender):
    window = open_window()
    folder = blender.user / "dropped"  # a Blender in a container sees its own folders only
    folder.mkdir()
    recipe = folder / "theirs.yaml"
    recipe.write_text("render: {samples: 3}\n", encoding="utf-8")
    drop(display, 500, 600, [recipe])
    wait_for(window, lambda recipe: recipe["render"]["samples"] == 3)

    for name in ("bolt.stl", "nut.stl"):
        write_stl(folder / name)
    drop(display, 500, 600, [folder / "bolt.stl", folder / "nut.stl"])
    window.settle()
    window.picture("chooser")  # Blender's own importer, or ours
    window.keys("t")
    window.picture("dialog")
    window.keys("Return")
    found = wait_for(window, lambda recipe: recipe["objects"]["models"])
    assert [item["path"] for item in found["objects"]["models"]] == [str(folder / "bolt.stl"), str(folder / "nut.stl")]


def wait_for(window, until) -> dict:
    """The first recipe for which `until` holds."""
    end = time.monotonic() + 30
    while not until(recipe := window.facts()["recipe"]):
        assert time.monotonic() < end, window.picture("waited")
    return recipe
