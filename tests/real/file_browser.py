"""Blender's file browser, which opens in a window of its own: go to a folder, choose files, press the button."""

import time

from tests.real.window import Window


class FileBrowser:
    """The file browser that an operator has just opened."""

    def __init__(self, window: Window):
        self.window = window
        window.wait(lambda state: bool(window.areas("FILE_BROWSER")), 30)
        window.wait(lambda state: "EXECUTE" in window.areas("FILE_BROWSER")[0]["regions"], 30)
        window.settle()

    def area(self) -> dict:
        return self.window.areas("FILE_BROWSER")[0]

    def region(self, kind: str) -> list[int]:
        return self.area()["regions"][kind]

    def go_to(self, folder) -> None:
        """Type a folder into the field at the top."""
        wanted = str(folder).rstrip("/") + "/"
        for _ in range(4):
            x, top, width, height = self.region("UI")
            self._type_into(x + int(width * 0.4), top + height // 2, wanted)
            if self._comes(lambda: self.area()["directory"] == wanted):
                time.sleep(0.5)  # it reads the folder in a thread
                return
        self.window.fail(f"the file browser does not go to {wanted}")

    def name(self, name: str) -> None:
        """Type a file's name into the field at the bottom."""
        for _ in range(4):
            x, top, width, height = self.region("EXECUTE")
            self._type_into(x + int(width * 0.3), top + height // 2, name)
            if self._comes(lambda: self.area()["filename"] == name):
                return
        self.window.fail(f"the file browser does not take the name {name}")

    def select_all(self) -> None:
        """A over the files, as in every list of Blender's."""
        x, top, width, height = self.region("WINDOW")
        self.window.move(x + width // 2, top + height // 2)
        self.window.keys("a")

    def option(self, row: int, key: str, value: str) -> None:
        """Choose from the menu in a row of the operator's own settings, to the right of the files."""
        x, top, width, _ = self.region("TOOL_PROPS")
        for steps in range(1, 9):
            if self.area()["options"][key] == value:
                return
            self.window.click(x + int(width * 0.7), top + 18 + 24 * row)
            time.sleep(0.3)
            self.window.keys(*["Down"] * steps, "Return")
            self._comes(lambda: self.area()["options"][key] == value, 1)
        self.window.fail(f"the file browser does not set {key} to {value}")

    def confirm(self) -> None:
        """Press the button at the bottom right, and wait until the browser is gone."""
        for _ in range(4):
            x, top, width, height = self.region("EXECUTE")
            self.window.click(x + int(width * 0.91), top + height // 2)
            if self._comes(lambda: not self.window.areas("FILE_BROWSER"), 8):
                return
        self.window.fail("the file browser does not close")

    def _type_into(self, x: int, y: int, text: str) -> None:
        self.window.click(x, y)
        self.window.keys("ctrl+a")
        self.window.type(text)
        self.window.keys("Return")
        # While Blender knows how a path could go on, the field stays open: a click elsewhere ends that.
        x, top, width, height = self.region("WINDOW")
        self.window.click(x + width // 2, top + height - 20)

    def _comes(self, holds, seconds: float = 4) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if holds():
                return True
            time.sleep(0.1)
        return False
