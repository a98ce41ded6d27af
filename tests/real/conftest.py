"""Tests in a real Blender, named by the variable BLENDER; the extension is installed from its zip."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.real.window import TINY, Window
from tests.zipped import build_zip


def pytest_collection_modifyitems():
    if not os.environ.get("BLENDER"):
        raise pytest.UsageError("tests/real needs a real Blender: make real BLENDER=/path/to/blender")


class RealBlender:
    """A Blender with an empty user folder of its own, in which the zip is installed and enabled."""

    def __init__(self, folder: Path):
        self.command = os.environ["BLENDER"]
        self.user = folder
        self.environment = {**os.environ, "BLENDER_USER_RESOURCES": str(folder)}

    def __call__(self, *arguments, timeout: float = 300) -> subprocess.CompletedProcess:
        command = [self.command, *map(str, arguments)]
        environment = self.environment
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=timeout, check=False, cwd=self.user
        )

    @property
    def runner(self) -> Path:
        """The installed run_addon.py."""
        return self.user / "extensions" / "user_default" / "truthbake" / "run_addon.py"


@pytest.fixture(scope="session")
def blender(tmp_path_factory) -> RealBlender:
    real = RealBlender(tmp_path_factory.mktemp("user"))
    archive = build_zip(tmp_path_factory.mktemp("extension"))
    done = real("--command", "extension", "install-file", "-r", "user_default", "--enable", archive)
    assert done.returncode == 0, done.stdout + done.stderr
    assert real.runner.exists()
    return real


@pytest.fixture(scope="session")
def display():
    """A virtual screen; its X display name."""
    if shutil.which("Xvfb") is None:
        pytest.fail("the window tests need Xvfb")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.fixture
def open_window(blender, display, tmp_path):
    """Open a window with the tab in sight and a tiny data set in mind; keywords are settings, `output__scenes=3`, and
    `tab`, another tab; "" opens Blender as it comes, with no settings of ours.

    The window's console must hold no error when it closes.
    """
    for tool in ("xdotool", "import"):
        if shutil.which(tool) is None:
            pytest.fail(f"this test needs {tool}")
    opened = []

    def open_one(**settings) -> Window:
        if settings.get("tab") != "":
            settings = (
                TINY
                | {"output.folder": str(tmp_path / "data")}
                | {k.replace("__", "."): v for k, v in settings.items()}
            )
        window = Window(blender, display, tmp_path, settings)
        opened.append(window)
        tab = settings.get("tab", "Truthbake")
        if tab:
            window.wait(lambda state: state["tab"] == tab and (state["panels"] or tab != "Truthbake"))
        else:
            window.wait(lambda state: True)
        return window

    yield open_one
    for window in opened:
        if window.process.poll() is None:
            window.close()
