"""Checks of a BOP data set from its own files alone, whoever wrote it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from ..meshes import read_mesh
from ..progress import THREADS, Progress, silent
from ..store import StoreError
from . import geometry
from .bop_coco import check_scene_coco
from .bop_image import BopImage, BopModel, check_image
from .reading import READ_ERRORS, one_line, read_json


def verify_bop(folder: Path | str, progress: Progress = silent) -> list[str]:
    """All problems of the BOP data set in ``folder`` (with ``models/`` and splits), each one line naming the file."""
    folder = Path(folder)
    if not folder.is_dir():
        return [f"{folder}: no such folder"]
    problems: list[str] = []
    models = _read_models(folder / "models", problems)
    _check_camera(folder / "camera.json", problems)
    scenes = [scene for split in _splits(folder) for scene in _scenes(split, problems)]
    if not scenes:
        problems.append(f"{folder}: no split folder with scenes")
    with ThreadPoolExecutor(THREADS) as pool:
        for done, scene in enumerate(scenes):
            progress(done, len(scenes))
            problems += _check_scene(scene, models, pool)
    progress(len(scenes), len(scenes))
    return problems


def _splits(folder: Path) -> list[Path]:
    """Folders of scenes: those that hold a folder whose name is a number."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_dir() and not path.name.startswith("models") and any(item.name.isdigit() for item in path.iterdir())
    ]


def _scenes(split: Path, problems: list[str]) -> list[Path]:
    scenes = []
    for path in sorted(split.iterdir()):
        if path.is_dir() and path.name.isdigit():
            scenes.append(path)
        else:
            problems.append(f"{path}: readers take every entry of a split folder for a scene, and this is none")
    return scenes


def _read_models(folder: Path, problems: list[str]) -> dict[int, BopModel]:
    info = read_json(folder / "models_info.json", dict, problems) or {}
    models: dict[int, BopModel] = {}
    for key, entry in info.items():
        try:
            model = int(key)
            minimum = np.array([entry[f"min_{axis}"] for axis in "xyz"], dtype=float)
            size = np.array([entry[f"size_{axis}"] for axis in "xyz"], dtype=float)
            models[model] = BopModel(None)
            mesh = read_mesh(folder / f"obj_{model:06d}.ply")
            models[model] = BopModel(mesh)
            for problem in geometry.check_measures(mesh, minimum, size, float(entry["diameter"])):
                problems.append(f"{folder}/models_info.json: object {key}: {problem}")
            for number, matrix in enumerate(entry.get("symmetries_discrete", [])):
                for problem in geometry.check_rotation(np.array(matrix, dtype=float).reshape(4, 4)[:3, :3], 1e-3):
                    problems.append(f"{folder}/models_info.json: object {key}: discrete symmetry {number} {problem}")
        except StoreError as error:
            problems.append(str(error))
        except READ_ERRORS as error:
            problems.append(f"{folder}/models_info.json: object {key} is not readable ({one_line(error)})")
    return models


def _check_camera(path: Path, problems: list[str]) -> None:
    data = read_json(path, dict, problems)
    if data is None:
        return
    try:
        K = np.array([[data["fx"], 0, data["cx"]], [0, data["fy"], data["cy"]], [0, 0, 1]], dtype=float)
        found = geometry.check_intrinsics(K, int(data["width"]), int(data["height"]))
        problems += [f"{path}: {problem}" for problem in found]
    except READ_ERRORS as error:
        problems.append(f"{path}: not a BOP camera ({one_line(error)})")


def _check_scene(scene: Path, models: dict[int, BopModel], pool: ThreadPoolExecutor) -> list[str]:
    problems: list[str] = []
    names = ("scene_camera.json", "scene_gt.json", "scene_gt_info.json")
    cameras, truths, infos = (read_json(scene / name, dict, problems) for name in names)
    if cameras is None or truths is None or infos is None:
        return problems
    problems += _check_images(scene, cameras, truths, infos)
    keys = [key for key in cameras if key.isdigit() and key in truths and key in infos]
    images = [BopImage(scene, int(key), cameras[key], truths[key], infos[key]) for key in sorted(keys, key=int)]
    for found in pool.map(partial(_check_image_safely, models=models), images):
        problems += found
    if (scene / "scene_gt_coco.json").is_file():
        coco = read_json(scene / "scene_gt_coco.json", dict, problems)
        if coco is not None:
            problems += check_scene_coco(scene / "scene_gt_coco.json", coco, images)
    return problems


def _check_images(scene: Path, cameras: dict, truths: dict, infos: dict) -> Iterator[str]:
    """The three files and the picture folder speak of the same images, and no mask stands without an entry."""
    for key in sorted(cameras.keys() | truths.keys() | infos.keys()):
        for name, content in (("scene_camera", cameras), ("scene_gt", truths), ("scene_gt_info", infos)):
            if key not in content:
                yield f"{scene}/{name}.json: image {key} has no entry"
    folder = scene / "rgb" if (scene / "rgb").is_dir() else scene / "gray"
    if not folder.is_dir():
        yield f"{scene}: neither rgb nor gray"
        return
    known = {f"{int(key):06d}" for key in cameras if key.isdigit()}
    for path in sorted(folder.iterdir()):
        if path.stem not in known:
            yield f"{path}: has no entry in scene_camera.json"
    masks = {
        f"{int(key):06d}_{index:06d}.png"
        for key, entries in truths.items()
        if key.isdigit() and isinstance(entries, list)
        for index in range(len(entries))
    }
    for path in itertools.chain.from_iterable(sorted((scene / name).glob("*")) for name in ("mask", "mask_visib")):
        if path.name not in masks:
            yield f"{path}: belongs to no entry of scene_gt.json"


def _check_image_safely(image: BopImage, models: dict[int, BopModel]) -> list[str]:
    try:
        return list(check_image(image, models))
    except READ_ERRORS as error:
        return [f"{image.scene}: image {image.number} is not readable ({one_line(error)})"]
