"""Recipes by clicks and keys: taken from the menu, changed, undone, reverted, kept under a name; files dropped."""

import time

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
    window.choose("TRUTHBAKE_MT_recipes", "bop_room.yaml", picture="menu")
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
    window.choose("TRUTHBAKE_MT_recipes", "mine.yaml", picture="menu_with_mine")
    assert window.facts()["recipe"]["output"]["seed"] == 9
