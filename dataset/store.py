"""The store: the one truth on disk from which everything else is exported.

::

    DIR/dataset.yaml                header: recipe, seed, versions, conventions, models, asset hashes
    DIR/models/KEY.ply              target meshes, metres, the model's own frame
    DIR/scenes/NNNNNN/              one committed scene each, whole or not there at all
        scene.json                  what was staged, warnings
        files.json                  size and SHA-256 of every other file: how a broken scene is noticed
        labels/FFFFFF.json          camera, poses, boxes, visibility, amodal silhouettes (see records.py)
        rgb/FFFFFF.png|jpg  instances/FFFFFF.png  depth/FFFFFF.exr  normals/FFFFFF.exr
        forward_flow/FFFFFF.exr  backward_flow/FFFFFF.exr  occlusion/FFFFFF.png   (see passes.py)
    DIR/exports/FORMAT/             what the exporters write

A scene is written into a hidden working folder and enters by one rename.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import yaml

from ..processes import is_running
from .passes import PASSES, setting
from .records import CONVENTIONS, FrameLabels, ModelRecord

FORMAT = "truthbake-store"
SCHEMA = 1
HEADER = "dataset.yaml"


# What a header holds besides plain values, and without what it is none.
_PARTS = {"recipe": dict, "models": list, "assets": dict, "versions": dict}
_NEEDED = {"recipe", "models"}


class StoreError(ValueError):
    """The data set on disk is not what was asked for; the message is one line for the user."""


class RecipeConflict(StoreError):
    """The folder holds a data set of another recipe or seed."""


# Faster by ten times, where the library was built with it. But things nested by thousands crash it: what no header of
# ours has, flow style and great depth, is read by the slow one, which raises.
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEP = re.compile(r"(?:^|[-?:]|[&!]\S*)[ \t]*[\[{](?![\]}])|^ {200}|(?:[-?:] +){9}", re.MULTILINE)


class _Plain(yaml.SafeDumper):
    """Writes what it is given twice in full each time: the same header is the same bytes, shared lists or not."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def parse_header(text: str) -> Any:
    """What a header says: plain YAML. yaml.YAMLError, or RecursionError where a stranger nested it too deeply."""
    return yaml.load(text, yaml.SafeLoader if _DEEP.search(text) else _FAST)


def to_json_bytes(data: Any) -> bytes:
    """The one way this project writes JSON labels: sorted, compact, the shortest exact floats."""
    return (json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n").encode()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a kill, sees the old content or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    os.replace(temporary, path)


@dataclass(frozen=True)
class FrameFiles:
    """One stored frame: labels in memory, images read when asked for."""

    scene: int
    frame: int
    folder: Path
    labels: FrameLabels

    def path(self, kind: str) -> Path | None:
        """The file of one kind (rgb, or one of `passes.PASSES`), or None where that pass was off."""
        found = sorted((self.folder / kind).glob(f"{self.frame:06d}.*"))
        return found[0] if found else None

    @property
    def rgb_path(self) -> Path:
        path = self.path("rgb")
        if path is None:
            raise StoreError(f"{self.folder / 'rgb'}: frame {self.frame:06d} is missing; bake again to render it anew")
        return path

    def _required(self, kind: str) -> Path:
        path = self.path(kind)
        if path is None:
            raise StoreError(f"{self.folder}: frame {self.frame:06d} has no {kind}; switch {setting(kind)} on and bake")
        return path

    def image(self, kind: str) -> np.ndarray:
        """An image of the frame, one of `passes.PASSES`; StoreError where that pass was off."""
        return PASSES[kind].read(self._required(kind))

    def instances(self) -> np.ndarray:
        """(H, W) uint16 instance image, 0 is background."""
        return self.image("instances")

    def depth(self) -> np.ndarray:
        """(H, W) float32 planar depth in metres, inf for background."""
        return self.image("depth")

    def normals(self) -> np.ndarray:
        """(H, W, 3) float32 unit normals in OpenCV camera axes."""
        return self.image("normals")


class SceneWriter:
    """Collects one scene in a working folder. Frames may be added from several threads."""

    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, kind: str, frame: int, suffix: str) -> Path:
        """Where a frame's file of one kind goes; its folder is made."""
        path = self.folder / kind / f"{frame:06d}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def add_frame(self, labels: FrameLabels, rgb: Path, images: Mapping[str, np.ndarray]) -> None:
        """Add one frame. ``rgb`` is an image file, moved in; the images are some of `passes.PASSES`."""
        frame = labels.frame
        shutil.move(rgb, self.path("rgb", frame, rgb.suffix))
        for kind, image in images.items():
            PASSES[kind].write(self.path(kind, frame, PASSES[kind].suffix), image)
        self.path("labels", frame, ".json").write_bytes(to_json_bytes(labels.to_json()))

    def finish(self, description: dict[str, Any]) -> None:
        """Write scene.json and the checksums; the folder is whole afterwards."""
        (self.folder / "scene.json").write_bytes(to_json_bytes(description))
        listed = {
            path.relative_to(self.folder).as_posix(): {
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }
        (self.folder / "files.json").write_bytes(to_json_bytes(listed))


class Store:
    """A data set folder. Make one with ``open_or_create`` (to bake) or ``open`` (to read)."""

    def __init__(self, root: Path, header: dict[str, Any]):
        self.root = root
        self.header = header

    @classmethod
    def open(cls, root: Path | str) -> Store:
        """Open an existing data set; StoreError if there is none or it is not readable."""
        root = Path(root)
        path = root / HEADER
        if not os.path.isfile(path):
            raise StoreError(f"{root}: no data set here ({HEADER} is missing); bake one first")
        try:
            header = parse_header(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
            raise StoreError(f"{path}: not readable as YAML: {' '.join(str(error).split())}") from None
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            raise StoreError(f"{path}: not the header of a Truthbake data set")
        if header.get("schema") != SCHEMA:
            raise StoreError(f"{path}: schema {header.get('schema')} is not known here; this version reads {SCHEMA}")
        for key, kind in _PARTS.items():
            if not isinstance(header.setdefault(key, None if key in _NEEDED else kind()), kind):
                raise StoreError(f"{path}: is cut or broken: its {key} cannot be read")
        return cls(root, header)

    @classmethod
    def open_or_create(cls, root: Path | str, header: dict[str, Any], free: set[str] = frozenset()) -> Store:
        """Open ``root`` for baking with ``header``, or make it.

        ``header`` holds ``recipe``, ``seed``, ``versions``, ``models``, ``assets``. A folder that holds another recipe,
        seed or asset is refused (RecipeConflict, the differences named); dotted recipe keys in ``free`` may differ.
        While it holds no scene, the new recipe simply takes its place.
        """
        root = Path(root)
        full = {"format": FORMAT, "schema": SCHEMA, "conventions": dict(CONVENTIONS)} | header
        if os.path.exists(root / HEADER):
            store = cls.open(root)
            differences = list(_differences(store.header, full, free))
            remove_working(root)
            if differences and not store.scenes() and not (root / ".working").exists():
                shutil.rmtree(root / "models", ignore_errors=True)
            elif differences:
                shown = "; ".join(differences[:5]) + ("; ..." if len(differences) > 5 else "")
                raise RecipeConflict(f"{root}: holds a data set of another recipe ({shown}); choose another folder")
            else:
                full["versions"] = store.header["versions"]
        elif os.path.exists(root) and not os.path.isdir(root):
            raise StoreError(f"{root}: is a file; the output must be a folder")
        store = cls(root, full)
        try:
            text = yaml.dump(full, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
            write_atomically(root / HEADER, text.encode())
        except OSError as error:
            raise StoreError(f"{root}: cannot be written ({error.strerror}); choose another output folder") from None
        remove_working(root)
        return store

    @property
    def models(self) -> list[ModelRecord]:
        """The models of the header; StoreError where one names a file outside of the data set."""
        try:
            found = [ModelRecord.from_json(data) for data in self.header["models"]]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise StoreError(f"{self.root / HEADER}: its models cannot be read ({reason})") from None
        for model in found:
            path = PurePath(model.file)
            if path.is_absolute() or ".." in path.parts:
                raise StoreError(f"{self.root / HEADER}: the model file {model.file!r} lies outside of the data set")
        return found

    @property
    def recipe(self) -> dict[str, Any]:
        return self.header["recipe"]

    def exports(self, name: str) -> Path:
        """Where an export goes unless told otherwise."""
        return self.root / "exports" / name

    def scene_folder(self, scene: int) -> Path:
        return self.root / "scenes" / f"{scene:06d}"

    def scenes(self) -> list[int]:
        """The committed scenes, ascending."""
        folder = self.root / "scenes"
        names = [path.name for path in folder.iterdir()] if os.path.isdir(folder) else []
        return sorted(int(name) for name in names if name.isdigit() and len(name) == 6)

    def problems(self, scene: int, hashes: bool = False) -> list[str]:
        """What is wrong with a committed scene's files: one line each, empty when whole."""
        folder = self.scene_folder(scene)
        try:
            listed = json.loads((folder / "files.json").read_bytes())
        except FileNotFoundError:
            return [f"{folder}/files.json: missing"]
        except (OSError, ValueError):
            return [f"{folder}/files.json: not readable as JSON"]
        if not isinstance(listed, dict) or not all(isinstance(item, dict) for item in listed.values()):
            return [f"{folder}/files.json: does not list the scene's files"]
        found = []
        for name, expected in listed.items():
            path = folder / name
            if not path.is_file():
                found.append(f"{path}: missing")
            elif path.stat().st_size != expected.get("bytes"):
                found.append(f"{path}: {path.stat().st_size} bytes instead of {expected.get('bytes')}")
            elif hashes and hashlib.sha256(path.read_bytes()).hexdigest() != expected.get("sha256"):
                found.append(f"{path}: content differs from what was baked")
        return found

    def is_whole(self, scene: int) -> bool:
        """Whether a scene is committed and none of its files is missing or cut short."""
        return os.path.isdir(self.scene_folder(scene)) and not self.problems(scene)

    def description(self, scene: int) -> dict[str, Any]:
        """The scene's scene.json."""
        return json.loads((self.scene_folder(scene) / "scene.json").read_bytes())

    def frames(self, scene: int) -> Iterator[FrameFiles]:
        """The frames of one committed scene in order; StoreError at one that is not readable."""
        folder = self.scene_folder(scene)
        for path in sorted((folder / "labels").glob("*.json")):
            labels = _read_labels(path)
            yield FrameFiles(scene, labels.frame, folder, labels)

    def frame_numbers(self, scene: int) -> list[int]:
        """The frames of one committed scene, ascending; nothing is read."""
        names = [path.stem for path in (self.scene_folder(scene) / "labels").glob("*.json")]
        return sorted(int(name) for name in names if name.isdigit())

    def frame(self, scene: int, frame: int) -> FrameFiles:
        """One frame; StoreError if it is not there or not readable."""
        folder = self.scene_folder(scene)
        return FrameFiles(scene, frame, folder, _read_labels(folder / "labels" / f"{frame:06d}.json"))

    @contextlib.contextmanager
    def write_scene(self, scene: int) -> Iterator[SceneWriter]:
        """Collect one scene; it is committed when the block ends after ``finish`` and dropped on any exception."""
        working = self.root / ".working" / f"{scene:06d}.{socket.gethostname()}.{os.getpid()}"
        shutil.rmtree(working, ignore_errors=True)
        _make_folder(working)
        try:
            yield SceneWriter(working)
            self._commit(working, scene)
        finally:
            shutil.rmtree(working, ignore_errors=True)
            with contextlib.suppress(OSError):
                working.parent.rmdir()

    def _commit(self, working: Path, scene: int) -> None:
        if not (working / "files.json").is_file():
            raise StoreError(f"scene {scene:06d} was not finished and is not kept")
        target = self.scene_folder(scene)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            if self.is_whole(scene):
                return  # another worker was first; both rendered the same bytes
            # A broken scene leaves by a rename too, so that no moment shows half of it.
            os.rename(target, working.with_name(working.name + ".broken"))
            shutil.rmtree(working.with_name(working.name + ".broken"))
        try:
            os.rename(working, target)
        except OSError:
            if not self.is_whole(scene):  # else another worker was first in just this moment
                raise


def _read_labels(path: Path) -> FrameLabels:
    try:
        return FrameLabels.from_json(json.loads(path.read_bytes()))
    except FileNotFoundError:
        raise StoreError(f"{path}: missing; bake again to render it anew") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise StoreError(f"{path}: not readable ({reason}); bake again to render it anew") from None


def _make_folder(folder: Path) -> None:
    """Make a folder and its parent, which another worker may be removing as empty at this moment."""
    for _ in range(10):
        with contextlib.suppress(FileNotFoundError):
            folder.mkdir(parents=True)
            return
    folder.mkdir(parents=True)


def remove_working(root: Path, own: bool = False) -> None:
    """Delete the working folders whose process on this host is gone; this process's ``own`` too if it ends at once."""
    for folder in (root / ".working").glob("*"):
        _, _, owner = folder.name.partition(".")
        host, _, process = owner.removesuffix(".broken").rpartition(".")
        is_ours = own and process == str(os.getpid())
        if host == socket.gethostname() and (is_ours or not is_running(process)):
            shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        (root / ".working").rmdir()


def flatten(data: Any, prefix: str = "") -> dict[str, Any]:
    """Nested dicts to one dict with dotted keys; lists are leaves."""
    if not isinstance(data, dict):
        return {prefix: data}
    flat: dict[str, Any] = {}
    for key, value in data.items():
        flat |= flatten(value, f"{prefix}.{key}" if prefix else str(key))
    return flat


def recipe_differences(there: dict[str, Any], now: dict[str, Any], free: set[str]) -> Iterator[str]:
    """What tells two whole recipes apart, one line each; dotted keys in ``free`` do not count."""
    before, after = flatten(there), flatten(now)
    # What most often differs first.
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key != "output.seed", key)):
        if key not in free and before.get(key) != after.get(key):
            yield f"{key}: {before.get(key)} there, {after.get(key)} now"


def _differences(old: dict[str, Any], new: dict[str, Any], free: set[str]) -> Iterator[str]:
    seeds = old.get("seed"), new.get("seed")
    if seeds[0] != seeds[1]:
        yield f"seed: {seeds[0]} there, {seeds[1]} now"
    yield from recipe_differences(old["recipe"], new["recipe"], free | {"output.seed"})
    before, after = old.get("assets", {}), new.get("assets", {})
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield f"{name}: the file has changed" if name in before and name in after else f"{name}: not in both"
