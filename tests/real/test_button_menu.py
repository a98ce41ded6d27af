"""The right mouse button on one of Blender's own fields, in a real window."""

import time

from tests.real.window import Window

HEIGHT = 'objects["Cube"].location[2]'


def choose_last(window: Window, place: tuple[int, int], picture: str) -> None:
    """The last entry of the menu behind the right mouse button."""
    window.mouse("mousemove", *place, "sleep", 0.3, "click", 3, "sleep", 1.0)
    window.picture(picture)
    window.mouse("key", "End", "sleep", 0.3, "key", "Return")


def test_a_field_of_blenders_varies_and_no_more(open_window):
    item_tab = open_window(tab="Item")
    place = item_tab.find("location[2]")
    choose_last(item_tab, place, "offered")
    item_tab.wait(lambda state: state["randomizers"] == [HEIGHT], 20)
    time.sleep(0.5)
    choose_last(item_tab, place, "offered_again")
    item_tab.wait(lambda state: state["randomizers"] == [], 20)
