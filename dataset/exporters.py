"""The export formats by name, and the one way an export gets onto the disk: whole, by a rename."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import shutil
import socket
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from ..processes import is_running
from .bop import export_bop
from .coco import export_coco
from .distortion import is_none
from .progress import Progress
from .records import TARGET, UNSCALED
from .store import FrameFiles, Store, StoreError, to_json_bytes

EXPORTERS: dict[str, Callable[[Store, Path, Progress], None]] = {"bop": export_bop, "coco": export_coco}

# Formats that have no place for a lens's distortion.
PINHOLES = {"bop"}
# Formats that have no place for the size of an object, only for its pose.
RIGID = {"bop"}

# Lies in the export's own root and says that we wrote it, so that only our own folders are ever replaced.
MARKER = ".truthbake-export.json"


def check_formats(names: Iterable[str]) -> list[str]:
    """The names without repeats; StoreError with a suggestion for one that does not exist."""
    checked = list(dict.fromkeys(names))
    for name in checked:
        if name not in EXPORTERS:
            near = difflib.get_close_matches(name, EXPORTERS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known formats: {', '.join(sorted(EXPORTERS))}"
            raise StoreError(f"export format {name!r} is not known; {hint}")
    return checked


def export(
    store: Store,
    names: Iterable[str],
    root: Path | str | None = None,
    progress: Callable[[str, float, int], None] | None = None,
) -> dict[str, Path]:
    """Export ``store`` in each format into ``root/NAME`` (default: the store's exports folder).

    ``progress`` gets the format's name, the scenes done and their number; what it raises drops the export.
    Returns the folder of each format.
    An older export of ours is replaced; any other folder that is not empty is refused (StoreError).
    """
    names = check_formats(names)
    scenes = store.scenes()
    if not scenes:
        raise StoreError(f"{store.root}: no finished scene to export; bake first")
    for scene in scenes:
        _named(progress, names[0] if names else "")(0, len(scenes))  # a chance to stop
        for problem in store.problems(scene):
            raise StoreError(f"{problem}; bake again to render this scene anew")
    folders = {name: Path(root) / name if root else store.exports(name) for name in names}
    for folder in folders.values():
        _check_replaceable(folder)
    for name, folder in folders.items():
        with _replacing(folder, name) as working:
            EXPORTERS[name](store, working, _named(progress, name))
    return folders


def warnings(store: Store, names: Iterable[str]) -> list[str]:
    """What the formats cannot say about this data set: one line each."""
    names = check_formats(names)
    if not (PINHOLES | RIGID).intersection(names):
        return []
    # One lens takes all frames of a scene, and objects keep their size.
    frames = [frame for scene in store.scenes() for frame in islice(store.frames(scene), 1)]
    found = []
    if any(has_distortion(frame) for frame in frames):
        found += [
            f"{name}: knows pinhole cameras only, but this data set's images are distorted (sensor.k1 to p2); "
            "its readers will project models beside their images"
            for name in names
            if name in PINHOLES
        ]
    if any(has_scale(frame) for frame in frames):
        found += [
            f"{name}: knows no sizes, but this data set's targets have some (objects.models[].scale and warp); "
            "its readers will see each model in its own size"
            for name in names
            if name in RIGID
        ]
    return found


def has_scale(frame: FrameFiles) -> bool:
    """Whether a frame holds a target that is not as large as its model."""
    return any(label.kind == TARGET and label.scale != UNSCALED for label in frame.labels.objects)


def has_distortion(frame: FrameFiles) -> bool:
    """Whether a frame was taken through a lens that distorts."""
    return not is_none(frame.labels.camera.distortion)


def _named(progress: Callable[[str, float, int], None] | None, name: str) -> Progress:
    return lambda done, total: progress(name, done, total) if progress else None


def _check_replaceable(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        if (folder / MARKER).is_file() or not any(folder.iterdir()):
            return
        raise StoreError(f"{folder}: is not empty and was not written by an export; choose another folder")
    if folder.exists() or folder.is_symlink():
        raise StoreError(f"{folder}: is not a folder; choose another output folder")


@contextlib.contextmanager
def _replacing(folder: Path, name: str) -> Iterator[Path]:
    """A hidden folder beside ``folder`` that takes its place when the block ends well."""
    owner = f"{socket.gethostname()}.{os.getpid()}"
    working, old = (folder.with_name(f".{folder.name}.{owner}.{state}") for state in ("new", "old"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(folder)
        working.mkdir()
        yield working
        (working / MARKER).write_bytes(to_json_bytes({"format": name}))
        _check_replaceable(folder)
        if folder.exists():
            os.rename(folder, old)
        try:
            os.rename(working, folder)
        except OSError:
            if old.exists():
                os.rename(old, folder)
            raise
    except OSError as error:
        raise StoreError(f"{folder}: the export failed ({error})") from None
    finally:
        shutil.rmtree(working, ignore_errors=True)
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    """Delete the working folders of exports that were killed on this host."""
    # What was moved aside may be the only copy, until a new one stands in its place.
    for state in ("new", "old") if folder.exists() else ("new",):
        for leftover in folder.parent.glob(f".{folder.name}.{socket.gethostname()}.*.{state}"):
            if not is_running(leftover.name.split(".")[-2]):
                shutil.rmtree(leftover, ignore_errors=True)


def remove_own(root: Path) -> None:
    """Remove this process's unfinished exports below ``root``, for a process that ends at once."""
    for working in root.glob(f".*.{socket.gethostname()}.{os.getpid()}.new"):
        shutil.rmtree(working, ignore_errors=True)


def is_export(folder: Path) -> str | None:
    """The format of an export that we wrote, or None."""
    try:
        return json.loads((folder / MARKER).read_bytes()).get("format")
    except (OSError, ValueError, AttributeError):
        return None
