"""Truthbake without a window: the same operators, started from a command line.

    blender -b [scene.blend] -P run_addon.py -- COMMAND ...      any Blender 4.2 and later
    python run_addon.py COMMAND ...                              with the bpy module

Commands: bake, sweep, export, verify, report, recipes, submit. `COMMAND --help` explains each.
Exit codes: 0 all done, 1 some work failed, 2 usage, recipe or input error.

An extension `truthbake` that is enabled already is used as it is. Otherwise this file's own folder is registered as an
extension for the length of the run; preferences are never saved.
"""

import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent
ID = "truthbake"
REPOSITORY = "truthbake_checkout"  # the short-lived repository that holds a link to this folder
LIBRARIES = {  # import name -> name on the package index
    "numpy": "numpy",
    "yaml": "PyYAML",
    "OpenEXR": "OpenEXR",
    "PIL": "pillow",
    "pycocotools": "pycocotools",
    "plyfile": "plyfile",
    "tqdm": "tqdm",
}


class StartError(RuntimeError):
    """Truthbake cannot start here; the message is one line for the user."""


def command_arguments(argv: list[str], inside_blender: bool) -> list[str]:
    """Our own arguments: all that follows `--` in Blender's command line, or all of Python's."""
    rest = argv[1:]
    if inside_blender:
        return rest[rest.index("--") + 1 :] if "--" in rest else []
    return rest[1:] if rest[:1] == ["--"] else rest


def missing_libraries() -> list[str]:
    """Package names of the core libraries that this Python cannot find."""
    return [package for name, package in LIBRARIES.items() if find_spec(name) is None]


def enabled_extension() -> str | None:
    """Module name of a Truthbake that this Blender has enabled, whatever its repository; else None."""
    import bpy

    pattern = re.compile(rf"bl_ext\.\w+\.{ID}")
    for name in bpy.context.preferences.addons.keys():  # noqa: SIM118 - a collection, not a dict
        if pattern.fullmatch(name) and getattr(sys.modules.get(name), "__addon_enabled__", False):
            return name
    return None


def register_folder(folder: Path = HERE) -> tuple[str, contextlib.ExitStack]:
    """Enable `folder` as the extension `bl_ext.<repository>.truthbake` for this process.

    Returns the module name and a stack whose `close()` removes what was made for it; Blender disables the extension
    itself when its repository goes, or when it quits.
    Raises StartError when a core library is missing or the extension does not register.
    """
    import addon_utils

    undo = contextlib.ExitStack()
    try:
        repository = _repository_of(folder) or _temporary_repository(folder, undo)
        name = f"bl_ext.{repository}.{ID}"
        _ensure_libraries(name, folder)
        errors: list[Exception] = []
        # The wheels are settled above; Blender's own refresh would drop those of extensions that this session ignores.
        loaded = addon_utils.enable(name, refresh_handled=True, handle_error=errors.append)
        if loaded is None:
            raise StartError(f"cannot enable {folder} as an extension") from (errors[0] if errors else None)
    except BaseException:
        undo.close()
        raise
    return name, undo


def _repository_of(folder: Path) -> str | None:
    """The enabled repository of this Blender in which `folder` is installed, if any."""
    import bpy

    for repository in bpy.context.preferences.extensions.repos:
        candidate = Path(repository.directory) / ID
        if repository.enabled and candidate.exists() and candidate.samefile(folder):
            return repository.module
    return None


def _temporary_repository(folder: Path, undo: contextlib.ExitStack) -> str:
    """A local repository in a temporary folder, holding a link to `folder`; `undo` removes both."""
    import bpy

    root = Path(tempfile.mkdtemp(prefix=f"truthbake-{os.getpid()}-"))
    undo.callback(shutil.rmtree, root, ignore_errors=True)
    link = root / ID
    _link(folder, link)
    undo.callback(_unlink, link)
    repositories = bpy.context.preferences.extensions.repos
    repository = repositories.new(
        name="Truthbake (this run)", module=REPOSITORY, custom_directory=str(root), remote_url=""
    )
    undo.callback(repositories.remove, repository)
    return repository.module


def _link(folder: Path, link: Path) -> None:
    try:
        link.symlink_to(folder, target_is_directory=True)
    except OSError:  # Windows gives symbolic links to administrators only; a junction or a copy does as well
        try:
            import _winapi

            _winapi.CreateJunction(str(folder), str(link))
        except (ImportError, AttributeError, OSError):
            shutil.copytree(folder, link, ignore=shutil.ignore_patterns(".*", "build", "dist", "demo", "__pycache__"))


def _unlink(link: Path) -> None:
    """Remove the link alone: deleting the temporary folder must never follow it into the checkout."""
    with contextlib.suppress(OSError):
        if link.is_symlink():
            link.unlink()
        elif hasattr(os.path, "isjunction") and os.path.isjunction(link):
            os.rmdir(link)
        elif os.name == "nt":
            os.rmdir(link)  # a junction on Python 3.11: goes without touching its target; fails on a real folder


def _ensure_libraries(name: str, folder: Path) -> None:
    """Unpack the wheels of an installed extension if they are needed; raise StartError if a library is missing."""
    if not missing_libraries():
        return
    if _manifest_has_wheels(folder):
        import addon_utils

        addon_utils.extensions_refresh(addon_modules_pending=[name])
    missing = missing_libraries()
    if not missing:
        return
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    system = {"linux": "linux", "win32": "windows", "darwin": "macos"}.get(sys.platform, "")
    wheels = [path for path in (folder / "build" / "wheels").glob(f"{system}-*-{python}") if path.is_dir()]
    source = f'--no-index --find-links "{wheels[0]}" ' if wheels else ""
    raise StartError(
        f"this Blender's Python {python} lacks {', '.join(missing)}: install the extension zip (made by "
        f"`make extension`), or run {sys.executable} -m pip install {source}{' '.join(missing)}"
    )


def _manifest_has_wheels(folder: Path) -> bool:
    import tomllib

    return bool(tomllib.loads((folder / "blender_manifest.toml").read_text(encoding="utf-8")).get("wheels"))


def run(arguments: list[str]) -> int:
    """Enable Truthbake, hand it the arguments, and return its exit code."""
    with contextlib.ExitStack() as cleanup:
        name = enabled_extension()
        if name is None:
            name, undo = register_folder()
            cleanup.push(undo)
        if missing := missing_libraries():
            raise StartError(f"the enabled extension {name} lacks {', '.join(missing)}: install it again from its zip")
        return int(import_module(f"{name}.operators.command_line").main(arguments) or 0)


def start(argv: list[str]) -> int:
    """`run` with every mistake of the surroundings told in one line."""
    inside_blender = "bpy" in sys.modules
    arguments = command_arguments(argv, inside_blender)
    try:
        if find_spec("bpy") is None:
            raise StartError("the bpy module is missing: pip install bpy, or start with blender -b -P run_addon.py --")
        import bpy  # noqa: F401

        return run(arguments)
    except StartError as error:
        if arguments in ([], ["--help"], ["-h"]):
            print(__doc__)
        cause = f" ({error.__cause__})" if error.__cause__ else ""
        print(f"truthbake: {error}{cause}", file=sys.stderr)
        return 2


def leave(code: int) -> NoReturn:
    """End the process with `code` at once.

    Blender's own way out prints leak reports, and the bpy module can hang there after an interrupted render.
    """
    bpy = sys.modules.get("bpy")
    temporary = Path(getattr(getattr(bpy, "app", None), "tempdir", "") or ".")
    if temporary.name.startswith("blender_"):
        shutil.rmtree(temporary, ignore_errors=True)
    for own in Path(tempfile.gettempdir()).glob(f"truthbake-{os.getpid()}-*"):
        _unlink(own / ID)
        shutil.rmtree(own, ignore_errors=True)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError, RuntimeError):  # a signal may come amid a flush
            stream.flush()
    os._exit(code)


def leave_on_signals() -> None:
    """End at once on SIGINT and SIGTERM, until a command that has something to finish takes over.

    Python's own KeyboardInterrupt, thrown into the imports of Blender or numpy, makes them crash.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: leave(128 + number))


if __name__ == "__main__":
    leave_on_signals()
    try:
        status = start(sys.argv)
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
    except BaseException:
        import traceback

        traceback.print_exc()
        status = 1
    leave(status)
