"""The sidebar in a real window, with a real mouse: stage a scene, bake it, and the window stays awake meanwhile."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("drive_window.py")


TINY = {"render.samples": 1, "render.resolution": [64, 48], "output.scenes": 3, "output.frames_per_scene": 2}


class Window:
    """A Blender window and the mouse in front of it."""

    def __init__(self, blender, display: str, folder: Path, **settings):
        self.folder = folder
        chosen = {name.replace("__", "."): value for name, value in settings.items()}
        (folder / "settings.json").write_text(json.dumps(TINY | chosen | {"output.folder": str(folder / "data")}))
        # A Blender in a container sees its own folders, not always this checkout: it is handed everything it reads.
        driver = shutil.copy(DRIVER, folder)
        self.environment = {**blender.environment, "DISPLAY": display}
        self.said = (folder / "said.txt").open("w+", encoding="utf-8")
        window = ["-noaudio", "--window-geometry", "0", "0", "1600", "1000"]
        self.process = subprocess.Popen(
            [blender.command, *window, "--python", driver, "--", str(folder)],
            env=self.environment,
            stdout=self.said,
            stderr=subprocess.STDOUT,
            cwd=blender.user,
        )

    def state(self) -> dict:
        return json.loads((self.folder / "state.json").read_text(encoding="utf-8"))

    def wait(self, until, seconds: float = 180) -> dict:
        """The first state for which `until(state)` holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.console()
            if (self.folder / "state.json").exists() and until(state := self.state()):
                return state
            time.sleep(0.1)
        self.picture("waited")
        state = self.state() if (self.folder / "state.json").exists() else "it told nothing at all"
        pytest.fail(f"waited in vain; see {self.folder}/waited.png\n{state}\n{self.console()}")

    def mouse(self, *arguments) -> None:
        command = ["xdotool", *(str(argument) for argument in arguments)]
        subprocess.run(command, env=self.environment, check=True, timeout=20)

    def find(self, operator: str) -> tuple[int, int]:
        """Where a button is: Ctrl C over one copies the command that it stands for."""
        x, y, width, height = self.state()["sidebar"]
        share = 0.6 if operator == "truthbake.clear_stage" else 0.35  # the right one of two in a row
        for pause in (0.25, 1.0):  # a busy machine answers late: look again, with more patience
            for row in range(y + 6, y + height, 9):
                self.mouse("mousemove", int(x + width * share), row, "sleep", 0.12, "key", "ctrl+c", "sleep", pause)
                if f"bpy.ops.{operator}(" in self.state()["clipboard"]:
                    return int(x + width * share), row + 2
        self.picture("searched")
        pytest.fail(f"no button {operator}; see {self.folder}/searched.png")

    def press(self, operator: str, until) -> dict:
        """Click a button and wait for what it does; a click that a busy window swallowed is repeated."""
        for _ in range(5):
            self.mouse("mousemove", *self.find(operator), "sleep", 0.2, "click", 1)
            end = time.monotonic() + 15
            while time.monotonic() < end:
                if until(state := self.state()):
                    return state
                time.sleep(0.05)
        self.picture("pressed")
        pytest.fail(f"{operator} was pressed in vain; see {self.folder}/pressed.png\n{self.state()}\n{self.console()}")

    def picture(self, name: str) -> None:
        command = ["import", "-window", "root", str(self.folder / f"{name}.png")]
        subprocess.run(command, env=self.environment, check=True, timeout=60)

    def console(self) -> str:
        self.said.flush()
        return (self.folder / "said.txt").read_text(encoding="utf-8", errors="replace")

    def close(self) -> str:
        """Quit; what it printed."""
        (self.folder / "quit").touch()
        try:
            self.process.wait(180)
        finally:
            self.process.kill()
            self.said.close()
        return (self.folder / "said.txt").read_text(encoding="utf-8", errors="replace")


@pytest.fixture
def open_window(blender, display, tmp_path):
    """Open a window with the tab in sight; keywords are settings, `output__scenes=3`."""
    for tool in ("xdotool", "import"):
        if shutil.which(tool) is None:
            pytest.fail(f"this test needs {tool}")
    opened = []

    def open_one(**settings) -> Window:
        window = Window(blender, display, tmp_path, **settings)
        opened.append(window)
        window.wait(lambda state: state["tab"] == "Truthbake")
        time.sleep(2.0)
        return window

    yield open_one
    for window in opened:
        if window.process.poll() is None:
            window.close()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


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
    said = window.close()
    assert "Traceback" not in said and "Error" not in said, said
    done = blender("-b", "-P", blender.runner, "--", "verify", tmp_path / "data")
    assert done.returncode == 0, done.stdout + done.stderr


def test_cancel_then_quit_while_baking(open_window, tmp_path):
    window = open_window(output__scenes=300)
    window.press("truthbake.bake_background", lambda state: state["is_baking"])
    running = window.wait(lambda state: state["count"] and state["progress"] > 0.02)
    window.picture("baking")
    state = window.press("truthbake.cancel_bake", lambda state: not state["is_baking"])
    end = time.monotonic() + 15
    while not gone(running["pid"]):
        assert time.monotonic() < end, "the background Blender outlives Cancel"
        time.sleep(0.05)
    assert "whole scenes are kept" in state["text"] and not state["is_alert"]
    scenes = len(list((tmp_path / "data" / "scenes").glob("[0-9]*")))
    assert 1 <= scenes < 300

    window.press("truthbake.bake_background", lambda state: state["is_baking"])
    again = window.wait(lambda state: state["count"] and state["text"].startswith(f"Scene {scenes + 1} "))
    said = window.close()
    assert "Traceback" not in said and "Error" not in said, said
    time.sleep(0.5)
    assert gone(again["pid"]), "a bake outlives its Blender"
