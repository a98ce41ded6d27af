"""Two kinds of tests share this file.

tests/pure     needs no Blender. The checkout is importable as the package `truthbake`; its `__init__.py` does not run.
tests/blender  needs the bpy module; without it they fail, so that nobody takes a skipped run for a passed one.
"""

import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Blender reads these when it starts (import bpy): the tests never see or touch the user's own settings.
_user = tempfile.TemporaryDirectory(prefix="truthbake-tests-", ignore_cleanup_errors=True)
os.environ["BLENDER_USER_RESOURCES"] = _user.name


def _stub_package():
    stub = ModuleType("truthbake")
    stub.__path__ = [str(ROOT)]
    sys.modules.setdefault("truthbake", stub)
    tests = ModuleType("tests")
    tests.__path__ = [str(ROOT / "tests")]
    sys.modules.setdefault("tests", tests)


_stub_package()


class RootIsNoTestPackage:
    """pytest takes a folder with an `__init__.py` for a test package; this says that the root is a plain folder."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path, parent):
        return pytest.Dir.from_parent(parent, path=path) if path == ROOT else None


def pytest_configure(config):
    config.pluginmanager.register(RootIsNoTestPackage(), "root-is-no-test-package")


def pytest_sessionfinish(session, exitstatus):
    session.config.truthbake_status = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """Leave at once: some Blenders crash while they free registered classes, after all is tested and told."""
    status = getattr(config, "truthbake_status", None)
    if "bpy" in sys.modules and status is not None:
        from tests import house

        _user.cleanup()
        house.leave(status)


def pytest_collection_modifyitems(items):
    """Fail at once, with the reason, when tests that need Blender were asked for and there is none."""
    folder = ROOT / "tests" / "blender"
    if importlib.util.find_spec("bpy") is None and any(folder in item.path.parents for item in items):
        raise pytest.UsageError(
            "tests/blender needs the bpy module: pip install bpy (make test does it), or run tests/pure alone"
        )
