"""How a folder of models is laid out, and so what its models are called and which class they have. No bpy here.

====================  ================================================================  ==============================
layout                files                                                             class of a model
====================  ================================================================  ==============================
files                 every readable file below the folder                              the file's name
folders               every readable file below ``CLASS/``                              CLASS
bop                   ``obj_NNNNNN.ply`` beside ``models_info.json``                    the file's name
shapenet              ``taxonomy.json``, ``SYNSET/MODEL/models/model_normalized.obj``   the synset's first word
scanned               ``NAME/meshes/model.obj``, ``NAME/materials/textures/*.png``      NAME
====================  ================================================================  ==============================
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .formats import BOP_INFO, AssetError, discover, natural_key

TAXONOMY = "taxonomy.json"
LAYOUTS = ("auto", "files", "folders", "bop", "shapenet", "scanned")
# Where ShapeNetCore keeps the mesh of a model, version 2 and version 1.
_SHAPENET_MESHES = ("models/model_normalized.obj", "model.obj")
_SCANNED_MESH = "meshes/model.obj"


@dataclass(frozen=True)
class Found:
    """A model in a folder: ``class_name``, and a ``stem`` that names the model among all others.

    ``place`` is its path below the folder that was searched, with forward slashes: the same wherever that lies.
    """

    path: Path
    class_name: str
    stem: str
    place: str


def find(path: Path | str, layout: str = "auto", classes: Sequence[str] = ()) -> list[Found]:
    """The models that ``path``, a file or a folder, stands for, in natural order; only those of ``classes`` if given.

    AssetError where there is nothing to read, or a class is not there.
    """
    path = Path(path).expanduser()
    layout = layout.lower()
    if layout not in LAYOUTS:
        raise AssetError(f"{path}: unknown layout {layout}; use one of {', '.join(LAYOUTS)}")
    if os.path.isdir(path):
        layout = _told_by_files(path) if layout == "auto" else layout
        if layout == "shapenet":
            return _shapenet(path, classes)
    found = list(_scanned(path) if layout == "scanned" and os.path.isdir(path) else _files(path, layout))
    if classes:
        _check_classes(path, classes, sorted({item.class_name for item in found}))
        found = [item for item in found if item.class_name in classes]
    return found


def _told_by_files(folder: Path) -> str:
    if os.path.isfile(folder / TAXONOMY):
        return "shapenet"
    if os.path.isfile(folder / BOP_INFO):
        return "bop"
    if any(True for _ in folder.glob(f"*/{_SCANNED_MESH}")):
        return "scanned"
    return "files"


def _files(path: Path, layout: str) -> Iterator[Found]:
    if layout == "bop" and os.path.isdir(path) and not os.path.isfile(path / BOP_INFO):
        raise AssetError(f"{path}: is no BOP models folder ({BOP_INFO} is missing); set layout to files")
    for file in discover(path):
        place = file.relative_to(path) if file != path else Path(file.name)
        if layout != "folders" or file == path:
            yield Found(file, file.stem, file.stem, place.as_posix())
        elif len(place.parts) > 1:  # what lies beside the folders belongs to none of them
            yield Found(file, place.parts[0], f"{place.parts[0]}_{file.stem}", place.as_posix())


def _scanned(folder: Path) -> Iterator[Found]:
    models = sorted(folder.glob(f"*/{_SCANNED_MESH}"), key=lambda mesh: natural_key(mesh.parts[-3]))
    if os.path.isfile(folder / _SCANNED_MESH):  # the folder of a single object
        models.insert(0, folder / _SCANNED_MESH)
    if not models:
        raise AssetError(f"{folder}: holds no scanned objects (NAME/{_SCANNED_MESH}); set layout to files")
    for mesh in models:
        name = mesh.resolve().parts[-3]
        yield Found(mesh, name, name, mesh.relative_to(folder).as_posix())


def _shapenet(folder: Path, classes: Sequence[str]) -> list[Found]:
    synsets = _synsets(folder)
    there = {number: words for number, words in synsets.items() if os.path.isdir(folder / number)}
    if classes:
        known = sorted({word for words in there.values() for word in words})
        _check_classes(folder, [name for name in classes if name not in there], known)
        wanted = [(_synset_of(name, there), name) for name in classes]
    else:
        wanted = [(number, number) for number in sorted(there)]
    found = []
    for number, name in wanted:
        class_name = there[number][0] if name == number else name
        for model in sorted((folder / number).iterdir(), key=lambda item: natural_key(item.name)):
            mesh = next((model / place for place in _SHAPENET_MESHES if os.path.isfile(model / place)), None)
            if mesh:
                stem = f"{class_name}_{model.name}"
                found.append(Found(mesh, class_name, stem, mesh.relative_to(folder).as_posix()))
    if not found:
        raise AssetError(f"{folder}: holds no models (SYNSET/MODEL/{_SHAPENET_MESHES[0]}); unpack ShapeNetCore.v2 here")
    return found


def _synsets(folder: Path) -> dict[str, list[str]]:
    """Synset number -> its words, as taxonomy.json has them: "airplane,aeroplane,plane"."""
    file = folder / TAXONOMY
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        synsets = {str(item["synsetId"]): [word.strip() for word in item["name"].split(",")] for item in entries}
    except OSError as error:
        raise AssetError(f"{file}: cannot be read ({error.strerror}); set layout to files") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise AssetError(f"{file}: is not the taxonomy of ShapeNet; set layout to files or folders") from None
    # The numbers become names of folders: nothing else may pass.
    return {number: words for number, words in synsets.items() if re.fullmatch(r"\d+", number)}


def _synset_of(name: str, synsets: dict[str, list[str]]) -> str:
    """The synset that a class name means: one whose first word it is, else one that has it among its words."""
    if name in synsets:
        return name
    candidates = sorted(synsets, key=lambda number: (name not in synsets[number], synsets[number][0] != name, number))
    return candidates[0]


def _check_classes(path: Path, classes: Sequence[str], known: Sequence[str]) -> None:
    for name in classes:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
            hint = f"did you mean {near[0]}?" if near else f"there are {shown or 'none'}"
            raise AssetError(f"{path}: has no class {name}; {hint}")
