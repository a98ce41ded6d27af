"""The way in for the tests: `module("scene.plan")` is that module of the checkout, registered as a real extension."""

import importlib
import importlib.util
import sys
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
_undo = ExitStack()


def load_file(path: Path, name: str) -> ModuleType:
    """A stand-alone script (run_addon.py, tools/*.py) as a module called `name`."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[name] = loaded
        spec.loader.exec_module(loaded)
    return sys.modules[name]


@cache
def extension() -> str:
    """Register the checkout once per process, as run_addon.py does; return the extension's module name."""
    import bpy  # noqa: F401 - the first import starts Blender, after conftest set its user folder

    runner = load_file(ROOT / "run_addon.py", "truthbake_run_addon")
    name, undo = runner.register_folder(ROOT)
    _undo.push(undo)
    return name


def leave(status: int) -> NoReturn:
    """End the process as run_addon.py does, with nothing left behind."""
    _undo.close()
    load_file(ROOT / "run_addon.py", "truthbake_run_addon").leave(status)


def module(name: str = "") -> ModuleType:
    """The extension's submodule, e.g. `module("scene.plan")`; without a name the extension itself."""
    return importlib.import_module(f"{extension()}.{name}" if name else extension())
