"""One function a command: options in, exit code out."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

from ... import scratch
from ...dataset import exporters
from ...dataset.contact_sheet import contact_sheet
from ...dataset.exporters import check_formats, is_export
from ...dataset.report import report
from ...dataset.store import Store, StoreError, remove_working
from ...dataset.verify import verify, verify_bop, verify_coco
from ...farm import local
from ...presets import RecipeError, library, recipes, reference, tree
from ...presets.sweeps import Variant
from ...scene.stage.randomizing import put_back
from ..jobs.driver import drain, listeners, stop
from . import stopping
from .progress import shown
from .stopping import leftovers

# Seconds for the frame at hand after a signal; a parent of several workers waits for all of them.
GRACE = 1.0
# Scenes are numbered with six digits.
MAX_SCENES = 1_000_000


def bake(options: argparse.Namespace) -> int:
    """Bake, in this process or in several workers, then export."""
    if not options.output:
        raise StoreError("--output: no output folder; choose where the data set goes")
    open_blend(options)
    outcome = bake_recipe(effective_recipe(options), Path(options.output), options)
    if stop.signal is not None:
        return 128 + stop.signal
    return 1 if outcome.get("failed") else 0


def bake_recipe(recipe: dict[str, Any], output: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Bake a whole recipe into a folder as the options say; returns the last event of each kind in one."""
    formats = recipe["output"]["formats"] if options.export is None else _names(options.export)
    check_formats(formats)
    first, last = scene_range(options.scenes, recipe["output"]["scenes"])
    workers = 1 if options.worker else min(recipe["farm"]["workers"] or 1, max(1, last - first))
    outcome: dict[str, Any] = {}
    leave_nothing(
        local.kill_all, lambda: remove_working(output, own=True), lambda: exporters.remove_own(output / "exports")
    )
    if options.parent:
        stopping.end_with(options.parent)
    with stopping.watched(GRACE * workers), shown(options.progress, options.verbose) as listener:
        remember = outcome.update
        listeners.extend([remember, listener])
        try:
            if workers > 1:
                with scratch.new() as folder:
                    drain(local.bake(_worker_command(options, recipe, output, Path(folder)), workers))
                remove_working(output)  # of workers that broke down
            else:
                # The operators read the scene's settings, as the sidebar sets them.
                tree.apply(bpy.context.scene.truthbake, recipe)
                worker, count = (int(part) for part in (options.worker or "0/1").split("/"))
                bpy.ops.truthbake.bake(output=str(output), first=first, last=last, worker=worker, workers=count)
            exports = formats and not options.worker and stop.signal is None
            if exports and Store.open(output).scenes():
                bpy.ops.truthbake.export(folder=str(output), formats=",".join(formats))
            if stop.signal is not None:
                listener({"event": "stopped", "signal": stop.signal})
        finally:
            listeners.remove(remember)
            listeners.remove(listener)
    return outcome


def open_blend(options: argparse.Namespace) -> None:
    """Open the file of ``--blend``, if there is one: its datablocks, and its settings where no recipe is given."""
    if not options.blend:
        return
    path = Path(options.blend).absolute()
    if not path.is_file():
        raise RecipeError(f"--blend {options.blend}: no such file")
    with shown("none", options.verbose):
        bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False, use_scripts=False)
    put_back()  # a preview may stand in the file


def effective_recipe(options: argparse.Namespace, variant: Variant | None = None) -> dict[str, Any]:
    """The recipes, a variant of their sweep, ``--set`` and the other options as one checked recipe. RecipeError."""
    output: dict[str, Any] = {}
    if options.seed is not None:
        output["seed"] = options.seed
    if options.frames_per_scene is not None:
        output["frames_per_scene"] = options.frames_per_scene
    overrides: dict[str, Any] = {"output": output}
    if options.device:
        overrides["render"] = {"device": options.device}
    if options.workers is not None:
        if options.workers < 1:
            raise RecipeError(f"--workers: {options.workers} is below 1")
        overrides["farm"] = {"workers": options.workers}
    for name in ("objects", "distractors"):
        if paths := getattr(options, name):
            overrides[name] = {"models": [{"path": path, "unit": options.unit or "auto"} for path in paths]}
    if options.settings:
        whole = recipes.compose([options.settings], options.assignments, overrides)
        return recipes.compose([], base=whole, variant=variant)
    if not options.recipe and bpy.data.filepath:  # a .blend file was opened: its own settings
        return recipes.compose([], options.assignments, overrides, tree.checked(bpy.context.scene.truthbake))
    return recipes.compose(options.recipe or ["quickstart"], options.assignments, overrides, variant=variant)


def scene_range(text: str | None, scenes: int) -> tuple[int, int]:
    """``A:B``, ``A:`` or ``:B`` as numbers; the recipe's scenes where a side is missing. RecipeError."""
    if text is None:
        return 0, scenes
    match = re.fullmatch(r"(\d*):(\d*)", text)
    if not match:
        raise RecipeError(f"--scenes {text}: give A:B, for example 0:100")
    first, last = int(match[1] or 0), int(match[2] or scenes)
    if last <= first:
        raise RecipeError(f"--scenes {text}: holds no scene; {first} must be below {last}")
    if last > MAX_SCENES:
        raise RecipeError(f"--scenes {text}: {last} is above {MAX_SCENES}")
    return first, last


def _worker_command(options: argparse.Namespace, recipe: dict[str, Any], output: Path, folder: Path) -> list[str]:
    """The arguments of one worker: the same bake, without its own workers and export.

    The whole recipe goes as a file in ``folder``: it may come from a .blend file, which the workers open only where the
    recipe varies what is in it.
    """
    path = folder / "recipe.yaml"
    path.write_text(recipes.dump(recipe), encoding="utf-8")
    command = ["bake", "--recipe", str(path), "--output", str(output), "--progress", "json", "--export", "none"]
    command += ["--parent", str(os.getpid())]
    command += ["--scenes", options.scenes] if options.scenes else []
    command += ["--blend", bpy.data.filepath] if recipe["randomizers"] and bpy.data.filepath else []
    return [*local.truthbake_command(), *command]


def export(options: argparse.Namespace) -> int:
    """Export from the store."""
    root = Path(options.output) if options.output else Path(options.folder) / "exports"
    leave_nothing(lambda: exporters.remove_own(root))
    with stopping.watched(GRACE), shown("bar", False) as listener:
        listeners.append(listener)
        try:
            formats = check_formats(_names(options.format))
            bpy.ops.truthbake.export(
                folder=options.folder,
                formats=",".join(formats),
                output=options.output or "",
                assignments="\n".join(options.assignments),
            )
        finally:
            listeners.remove(listener)
    return 0 if stop.signal is None else 128 + stop.signal


def leave_nothing(*removals: Callable[[], None]) -> None:
    """What must go when a signal ends the process: these, and its temporary folders."""
    temporary = Path(bpy.app.tempdir)
    own = [lambda: shutil.rmtree(temporary, ignore_errors=True)] if temporary.name.startswith("blender_") else []
    leftovers[:] = [*removals, scratch.remove_own, *own]


def check_data_set(options: argparse.Namespace) -> int:
    """Verify a store or an export; 1 if anything is wrong."""
    folder = Path(options.folder)
    checks = {"bop": verify_bop, "coco": verify_coco}
    kind = options.format or (is_export(folder) if not (folder / "dataset.yaml").exists() else None)
    if kind:
        inside = folder / "exports" / kind
        checked = inside if inside.is_dir() else folder
        if not checked.is_dir():
            raise StoreError(f"{checked}: no such folder")
        problems = checks[kind](checked)
    else:
        checked = folder
        problems = verify(Store.open(folder))
    for text in problems:
        print(text)
    if not problems:
        print(f"{checked}: every label holds", file=sys.stderr)
    return 1 if problems else 0


def write_report(options: argparse.Namespace) -> int:
    """The report page and the contact sheet."""
    store = Store.open(options.folder)
    print(report(store))
    print(contact_sheet(store, store.root / "contact_sheet.png"))
    return 0


def manage_recipes(options: argparse.Namespace) -> int:
    """List, show, check and document recipes."""
    if options.action == "show":
        print(recipes.dump(recipes.compose(options.recipe, options.assignments)), end="")
    elif options.action == "check":
        return _check_recipes(options.recipe)
    elif options.action == "reference":
        print(reference.reference(), end="")
    else:
        known = library.by_name()
        for shelf in reversed(library.shelves()):
            title = {"BUILTIN": "built in", "USER": "yours"}.get(shelf.kind, shelf.name)
            for entry in shelf.entries:
                hidden = "" if known[entry.name] == entry else "; by its path only"
                print(f"{entry.name:16} {entry.description} ({title}{hidden})")
            if shelf.problem:
                print(f"truthbake: team library {shelf.name}: {shelf.problem}", file=sys.stderr)
    return 0


def _check_recipes(names: list[str]) -> int:
    code = 0
    for name in names:
        try:
            recipes.compose([name])
            print(f"{name}: good")
        except RecipeError as error:
            print("\n".join(error.problems), file=sys.stderr)
            code = 2
    return code


def _names(text: str) -> list[str]:
    return [] if text == "none" else [name.strip() for name in text.split(",") if name.strip()]


COMMANDS = {
    "bake": bake,
    "export": export,
    "verify": check_data_set,
    "report": write_report,
    "recipes": manage_recipes,
}
