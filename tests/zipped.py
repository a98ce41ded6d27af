"""The installable zip for the tests that need one: built once, for this platform, from the tracked files."""

import importlib.util
from pathlib import Path

import pytest

from tests.house import ROOT, load_file


def build_zip(folder: Path) -> Path:
    """Build the extension inside `folder`; the wheels are kept in build/wheels, so a second time is fast."""
    if importlib.util.find_spec("pip") is None:
        pytest.fail("this Python has no pip, which fetches the wheels: use the environment that `make setup` makes")
    builder = load_file(ROOT / "tools" / "build_extension.py", "truthbake_build_extension")
    return builder.build([builder.this_platform()], folder / "dist", folder / "stage")[0]
