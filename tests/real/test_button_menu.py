"""The right mouse button on one of Blender's own fields, in a real window."""

import time

import pytest

from tests.real.test_sidebar import Window

HEIGHT = 'objects["Cube"].location[2]'


@pytest.fixture
def item_tab(blender, display, tmp_path):
    """A window whose sidebar shows the active object's own fields."""
    window = Window(blender, display, tmp_path, tab="Item")
    try:
        window.wait(lambda state: state["tab"] == "Item")
        yield window
    finally:
        (tmp_path / "quit").touch()
        try:
            window.process.wait(timeout=10)
        except Exception:
            window.process.kill()


def field(window: Window, path: str) -> tuple[int, int]:
    """Where a field is: Ctrl Shift Alt C over one copies its whole data path."""
    x, y, width, height = window.state()["sidebar"]
    for row in range(y + 6, y + height, 9):
        window.mouse("mousemove", x + width // 2, row, "sleep", 0.12, "key", "ctrl+shift+alt+c", "sleep", 0.3)
        if path in window.state()["clipboard"]:
            return x + width // 2, row + 2
    window.picture("searched")
    pytest.fail(f"no field {path}; see {window.folder}/searched.png")


def choose_last(window: Window, place: tuple[int, int], picture: str) -> None:
    """The last entry of the menu behind the right mouse button."""
    window.mouse("mousemove", *place, "sleep", 0.3, "click", 3, "sleep", 1.0)
    window.picture(picture)
    window.mouse("key", "End", "sleep", 0.3, "key", "Return")


def test_a_field_of_blenders_varies_and_no_more(item_tab):
    place = field(item_tab, HEIGHT)
    choose_last(item_tab, place, "offered")
    item_tab.wait(lambda state: state["randomizers"] == [HEIGHT], 20)
    time.sleep(0.5)
    choose_last(item_tab, place, "offered_again")
    item_tab.wait(lambda state: state["randomizers"] == [], 20)
