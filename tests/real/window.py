"""A Blender window and the hands in front of it: the mouse and the keyboard, as an artist has them (xdotool).

    window = open_window()                                  # the fixture of tests/real/conftest.py
    window.open_panel("Preview")                            # by a click on its header
    window.press("truthbake.stage_scene", lambda state: state["scene"] == "Truthbake")
    window.fill("truthbake.output.scenes", 3)               # types into the field
    window.choose("TRUTHBAKE_MT_recipes", "quickstart.yaml")  # opens the menu, takes the entry
    window.picture("staged", window.sidebar())              # a picture of a part of the screen

A driver inside Blender (driver/) tells where regions and panels are, what is under the mouse, and what became of it; it
presses nothing. A click that a busy window swallowed is repeated, and everything waits for states, not for times.
"""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("driver")
TINY = {"render.samples": 1, "render.resolution": [64, 48], "output.scenes": 3, "output.frames_per_scene": 2}

ROW = 11  # pixels: about half a row of buttons
COLUMNS = (0.7, 0.35, 0.93, 0.85, 0.25, 0.55, 0.15, 0.78, 0.45, 0.06, 0.62)  # shares of a panel's width, in this order
MARGIN = 40  # pixels at the top and bottom of the sidebar where nothing is looked for


class Window:
    """One Blender with its windows; the folder holds its pictures, what it said, and what the driver told."""

    def __init__(self, blender, display: str, folder: Path, settings: dict):
        self.folder = folder
        self.seen: dict[str, tuple[str, int, int]] = {}  # what was found -> its panel, and where from the body's corner
        self.clicks = 0
        self.noticed: set[str] = set()  # what was seen on the way
        (folder / "settings.json").write_text(json.dumps(settings))
        # A Blender in a container sees its own folders, not always this checkout: it is handed everything it reads.
        driver = shutil.copytree(DRIVER, folder / "driver", ignore=shutil.ignore_patterns("__pycache__"))
        self.environment = {**blender.environment, "DISPLAY": display, "HOME": str(folder / "home")}
        (folder / "home").mkdir()
        self.said = (folder / "said.txt").open("w+", encoding="utf-8")
        window = ["-noaudio", "--window-geometry", "0", "0", "1600", "1000"]
        self.process = subprocess.Popen(
            [blender.command, *window, "--python", str(driver / "start.py"), "--", str(folder)],
            env=self.environment,
            stdout=self.said,
            stderr=subprocess.STDOUT,
            cwd=blender.user,
        )

    # What Blender tells

    def state(self) -> dict:
        """What the driver told last; see driver/."""
        return self._told("state.json")

    def facts(self) -> dict:
        """Datablock counts, every setting of the user's scene, and the recipe, as they are now."""
        (self.folder / "facts.json").unlink(missing_ok=True)
        (self.folder / "ask").touch()
        self._until((self.folder / "facts.json").exists, 30, "the facts")
        return self._told("facts.json")

    def wait(self, until, seconds: float = 180) -> dict:
        """The first state for which `until(state)` holds."""
        kept = {}

        def holds() -> bool:
            if not (self.folder / "state.json").exists():
                return False
            kept["state"] = self.state()
            return until(kept["state"])

        self._until(holds, seconds, "a state")
        return kept["state"]

    def workers(self) -> list[int]:
        """The process ids of the Blenders that this one started, the containers around them left out."""
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):  # it ended meanwhile
                continue
            children.setdefault(parent, []).append(int(stat.parent.name))
        found, left = [], list(children.get(self.process.pid, []))
        while left:
            pid = left.pop()
            left += children.get(pid, [])
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if b"run_addon.py" in command:
                found.append(pid)
        return found

    def wait_until_gone(self, pids: list[int], seconds: float = 20) -> None:
        self._until(lambda: all(map(gone, pids)), seconds, "the end of a process", pause=0.02)

    def console(self) -> str:
        """What it printed so far."""
        return (self.folder / "said.txt").read_text(encoding="utf-8", errors="replace")

    def complaints(self) -> list[str]:
        """The lines of the console that tell of errors; warnings of Blender's own about this machine are none."""
        lines = self.console().splitlines()
        return [line for line in lines if ("Traceback" in line or "Error" in line) and " WARNING " not in line]

    # Mouse and keys

    def mouse(self, *arguments) -> None:
        """Anything that xdotool can do: `mouse("mousemove", 10, 20, "click", 1)`."""
        command = ["xdotool", *(str(argument) for argument in arguments)]
        subprocess.run(command, env=self.environment, check=True, timeout=20)

    def keys(self, *names: str) -> None:
        """Press keys where the mouse is, `keys("ctrl+z")`, and let the window take them in."""
        self.mouse("key", *names)
        self.settle()

    def type(self, text) -> None:
        self.mouse("type", "--delay", 15, str(text))
        self.settle()

    def move(self, x: int, y: int) -> dict:
        """Put the mouse somewhere; what is under it there: {"command": ...} or {"path", "index", "value"}."""
        self.mouse("mousemove", x, y)
        return self.settle()

    def click(self, x: int, y: int, button: int = 1) -> None:
        self.move(x, y)
        self.mouse("click", button)
        self.clicks += 1
        self.settle()

    def settle(self) -> dict:
        """Wait until Blender has taken in all events so far; what is under the mouse then."""
        start = self._told("under.json")["tick"]
        self._until(lambda: self._told("under.json")["tick"] >= start + 3, 90, "an answer", pause=0.005)
        return self._told("under.json")

    # Panels

    def panel(self, name: str) -> dict:
        """A panel by its class or the label in its header; it has `header` and `body` [x, top, width, height]."""
        panels = self.panels()
        for panel in panels:
            if name in (panel["name"], panel["label"]):
                return panel
        self.fail(f"no panel {name} among {', '.join(panel['label'] for panel in panels)}")

    def panels(self) -> list[dict]:
        """The tab's panels from top to bottom; for another tab than Truthbake one that is as large as the sidebar."""
        state = self.state()
        whole = {"name": "sidebar", "label": "", "is_open": True, "header": state["sidebar"], "body": state["sidebar"]}
        return state["panels"] or [whole]

    def open_panel(self, name: str, is_open: bool = True) -> None:
        """Click the header until the panel is open, or closed."""
        for _ in range(5):
            if self.panel(name)["is_open"] == is_open:
                return
            x, top, _, height = self.panel(name)["header"]
            y = self.scroll_to(top + height // 2)
            self.click(x + 14, y)
            end = time.monotonic() + 5
            while time.monotonic() < end and self.panel(name)["is_open"] != is_open:
                time.sleep(0.05)
            self._rest()
        self.fail(f"the panel {name} does not {'open' if is_open else 'close'}")

    def close_panel(self, name: str) -> None:
        self.open_panel(name, False)

    def scroll_to(self, y: int) -> int:
        """Turn the wheel over the sidebar until what is at height `y` is in sight; its height then."""
        x, top, _, height = self.state()["sidebar"]
        for _ in range(60):
            above, below = top + MARGIN - y, y - (top + height - MARGIN)
            if max(above, below) <= 0:
                return y
            before = self.panels()[0]["header"][1]
            self.mouse("mousemove", x + 4, top + height // 2, "click", 4 if above > 0 else 5)
            self._rest()
            moved = self.panels()[0]["header"][1] - before
            if not moved:  # the end
                return y
            y += moved
        return y

    def _rest(self) -> None:
        """Wait until the sidebar stands still."""
        self.settle()
        last, end = None, time.monotonic() + 10
        while time.monotonic() < end:
            time.sleep(0.12)  # the driver tells every tenth of a second
            panels = self.panels()
            if panels == last:
                return
            last = panels

    # Buttons and fields

    def find(self, wanted: str, panel: str = "") -> tuple[int, int]:
        """Where something is: an operator `truthbake.stage_scene`, a command's beginning
        `truthbake.remove_item(path="objects`,
        a data path `truthbake.output.scenes` (with `[1]` for the second number), or a menu `TRUTHBAKE_MT_recipes`.

        Found by moving the mouse over the open panels, or one of them. Fails with a picture.
        """
        if wanted in self.seen:
            name, right, down = self.seen[wanted]
            corner = [item["body"] for item in self.panels() if item["name"] == name and item["is_open"]]
            if corner and self._is_under(wanted, corner[0][0] + right, y := self.scroll_to(corner[0][1] + down)):
                return corner[0][0] + right, y
        names = [self.panel(panel)["name"]] if panel else [item["name"] for item in self.panels()]
        self._rest()
        self.noticed = set()
        for share in COLUMNS:
            for name in names:
                if place := self._search(wanted, name, share):
                    return place
        self.fail(f"no {wanted} in {panel or 'the open panels'}, only {', '.join(sorted(self.noticed))}")

    def _search(self, wanted: str, name: str, share: float) -> tuple[int, int] | None:
        height = self.panel(name)["body"][3]
        for down in range(ROW, height, ROW):
            x, top, width, _ = self.panel(name)["body"]
            y = self.scroll_to(top + down)
            right = round(share * width)
            if self._is_under(wanted, x + right, y):
                if self._is_under(wanted, x + right, y + 3):  # not at its very edge
                    y, down = y + 3, down + 3
                self.seen[wanted] = (name, right, down)
                return x + right, y
        return None

    def _is_under(self, wanted: str, x: int, y: int) -> bool:
        under = self.move(x, y)
        if "_MT_" in wanted or "_PT_" in wanted:  # menus and popovers: only Ctrl C tells
            self.mouse("key", "ctrl+c")
            self.settle()
            return f'"{wanted}"' in self._clipboard()
        path = under.get("path", "")
        self.noticed.add(under.get("command", path))
        if wanted in (path, f"{path}[{under.get('index')}]"):
            return True
        # Blender quotes choices otherwise than texts.
        command, wanted = (text.replace("'", '"') for text in (under.get("command", ""), wanted))
        return f"bpy.ops.{wanted}{'' if '(' in wanted else '('}" in command

    def _clipboard(self) -> str:
        return self._told("under.json")["clipboard"]

    def press(self, wanted: str, until=None, panel: str = "", seconds: float = 15) -> dict:
        """Click a button and wait for what it does; a click that a busy window swallowed is repeated."""
        for _ in range(5):
            self.click(*self.find(wanted, panel))
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                if until is None or until(self.state()):
                    return self.state()
                time.sleep(0.05)
        self.fail(f"{wanted} was pressed in vain")

    def fill(self, path: str, value, panel: str = "") -> None:
        """Type into a field: a click into a text, Return over a number begins, Ctrl A takes all, Return ends."""
        for _ in range(4):
            x, y = self.find(path, panel)
            is_text = isinstance(self.move(x, y).get("value"), str)
            self.mouse(*(("click", 1) if is_text else ("key", "Return")), "sleep", 0.2)
            self.settle()
            self.keys("ctrl+a")
            self.type(value)
            self.keys("Return")
            now = self.move(x, y).get("value")
            if str(now) == str(value) or (isinstance(now, float) and abs(now - float(value)) < 1e-5):
                return
        self.fail(f"{path} became {now}, not {value}")

    def tick(self, path: str, value: bool = True, panel: str = "") -> None:
        """Click a checkbox unless it is as wanted."""
        for _ in range(4):
            x, y = self.find(path, panel)
            if self.move(x, y)["value"] == value:
                return
            self.click(x, y)
        self.fail(f"{path} does not become {value}")

    def choose(self, menu: str, entry: str, panel: str = "", look=None) -> None:
        """Open a menu and take the entry with `entry` in its command, by the arrow keys; `look()` at it before."""
        for _ in range(3):
            self.click(*self.find(menu, panel))
            time.sleep(0.3)
            seen = []
            for _ in range(60):
                self.keys("Down")
                self.keys("ctrl+c")
                seen.append(self._clipboard())
                if entry in seen[-1]:
                    if look:
                        look()
                    self.keys("Return")
                    self.clicks += 1  # of a hand with a mouse
                    return
                if seen.count(seen[-1]) > 3:
                    break
            self.keys("Escape")
        self.fail(f"no {entry} in {menu}: {seen}")

    def areas(self, kind: str) -> list[dict]:
        """The areas of a kind in all windows: `box`, and `regions` with the box of each."""
        return [area for window in self.state()["windows"] for area in window["areas"] if area["type"] == kind]

    def bring_to_front(self) -> None:
        """Raise the first window above the others, as a click on its title bar does; there is no title bar here."""
        self.mouse("search", "--onlyvisible", "--class", "blender", "windowraise", "%1")
        self.settle()

    # Pictures

    def sidebar(self) -> list[int]:
        """The part of the screen that `picture` takes for the sidebar."""
        return self.state()["sidebar"]

    def picture(self, name: str, box: list[int] | None = None) -> Path:
        """Take a picture of the screen, or of the box [x, top, width, height] of it."""
        self._rest()
        path = self.folder / f"{name}.png"
        self._shoot(path, ["-crop", "{2}x{3}+{0}+{1}".format(*box)] if box else [])
        return path

    def _shoot(self, path: Path, crop: list[str]) -> None:
        command = ["import", "-window", "root", *crop, "+repage", str(path)]
        subprocess.run(command, env=self.environment, check=True, timeout=60)

    # The end

    def close(self) -> None:
        """Quit; the console must hold no error."""
        (self.folder / "quit").touch()
        try:
            self.process.wait(180)
        finally:
            self.process.kill()
            self.said.close()
        assert not self.complaints(), self.console()

    def _told(self, name: str) -> dict:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def _until(self, holds, seconds: float, what: str, pause: float = 0.05) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert self.process.poll() is None, self.console()
            if time.monotonic() > end:
                self.fail(f"waited in vain for {what}")
            time.sleep(pause)

    def fail(self, text: str) -> None:
        self._shoot(self.folder / "failed.png", [])
        state = self.state() if (self.folder / "state.json").exists() else "it told nothing at all"
        pytest.fail(f"{text}; see {self.folder}/failed.png\n{state}\n{self.console()}")


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
