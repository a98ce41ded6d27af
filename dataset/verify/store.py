"""Checks of a whole store: files, labels against images, poses against masks. One line for each problem found."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from .. import images
from ..boxes import visible_boxes
from ..meshes import MeshData, read_mesh
from ..progress import THREADS, Progress, each, part, silent
from ..records import TARGET, ModelRecord
from ..store import FrameFiles, Store, StoreError
from . import geometry, labels
from .flow import check_flow
from .reading import READ_ERRORS, one_line

NORMAL_TOLERANCE = 1e-4


def verify(store: Store, progress: Progress = silent) -> list[str]:
    """All problems of a store, each one line that names the file. An empty list means that every check passed."""
    return list(_problems(store, progress))


def _problems(store: Store, progress: Progress) -> Iterator[str]:
    try:
        models = {model.key: model for model in store.models}
    except READ_ERRORS as error:
        yield f"{store.root}: the models in the header are not readable ({one_line(error)})"
        return
    meshes: dict[str, MeshData] = {}
    for model in models.values():
        yield from _check_model(store, model, meshes)
    scenes = store.scenes()
    if not scenes:
        yield f"{store.root}: no finished scene"
    with ThreadPoolExecutor(THREADS) as pool:
        for done, scene in enumerate(scenes):
            progress(done, len(scenes))
            broken = store.problems(scene, hashes=True)
            yield from broken
            if not broken:
                inside = part(progress, done, len(scenes))
                yield from _check_scene(store, scene, models, meshes, pool, inside)
    progress(len(scenes), len(scenes))


def _check_model(store: Store, model: ModelRecord, meshes: dict[str, MeshData]) -> Iterator[str]:
    if model.kind != TARGET:
        return
    path = store.root / model.file
    try:
        mesh = read_mesh(path)
    except StoreError as error:
        yield str(error)
        return
    meshes[model.key] = mesh
    for problem in geometry.check_measures(mesh, np.array(model.minimum), np.array(model.size), model.diameter):
        yield f"{path}: {problem}"


def _check_scene(
    store: Store,
    scene: int,
    models: dict[str, ModelRecord],
    meshes: dict[str, MeshData],
    pool: ThreadPoolExecutor,
    progress: Progress,
) -> Iterator[str]:
    folder = store.scene_folder(scene)
    try:
        frames = list(store.frames(scene))
    except StoreError as error:  # names the file
        yield str(error)
        return
    except READ_ERRORS as error:
        yield f"{folder}/labels: not readable ({one_line(error)})"
        return
    if not frames:
        yield f"{folder}: no frames"
    checked = pool.map(lambda frame: _check_frame_safely(frame, models, meshes), frames)
    for problems in each(checked, len(frames), progress):
        yield from problems


def _check_frame_safely(frame: FrameFiles, models: dict[str, ModelRecord], meshes: dict[str, MeshData]) -> list[str]:
    try:
        return list(_check_frame(frame, models, meshes))
    except READ_ERRORS as error:
        return [f"{_labels_path(frame)}: this frame is not readable ({one_line(error)})"]


def _check_frame(frame: FrameFiles, models: dict[str, ModelRecord], meshes: dict[str, MeshData]) -> Iterator[str]:
    path, camera = _labels_path(frame), frame.labels.camera
    for problem in geometry.check_intrinsics(camera.K, camera.width, camera.height):
        yield f"{path}: {problem}"
    for problem in geometry.check_rotation(camera.camera_to_world[:3, :3], labels.POSE_TOLERANCE):
        yield f"{path}: camera_to_world {problem}"
    shape = (camera.height, camera.width)
    if images.read_size(frame.rgb_path) != (camera.width, camera.height):
        yield f"{frame.rgb_path}: is not {camera.width} x {camera.height} pixels as its labels say"
    instances = frame.instances()
    if instances.shape != shape:
        yield f"{frame.path('instances')}: is not {camera.width} x {camera.height} pixels as its labels say"
        return
    found = visible_boxes(instances)
    labelled = [label.instance for label in frame.labels.objects]
    if labelled != sorted(set(labelled)):
        yield f"{path}: instance numbers are repeated or out of order"
    for number in sorted(set(found) - set(labelled)):
        yield f"{frame.path('instances')}: instance {number} has no labels"
    for label in frame.labels.objects:
        where = f"{path}: object {label.instance} ({label.model})"
        for problem in itertools.chain(
            labels.check_counts(label, found, camera),
            labels.check_pose(label, camera, models.get(label.model)),
            labels.check_amodal(label, camera, instances, meshes.get(label.model)),
        ):
            yield f"{where}: {problem}"
    yield from _check_maps(frame, instances > 0)
    yield from check_flow(frame, shape)


def _check_maps(frame: FrameFiles, is_object: np.ndarray) -> Iterator[str]:
    """Depth and normals, where those passes were on."""
    valid = None
    if frame.path("depth") is not None:
        depth = frame.depth()
        if depth.shape != is_object.shape:
            yield f"{frame.path('depth')}: has another size than the instance image"
            return
        valid = np.isfinite(depth) & (depth > 0)
        missing = int(np.count_nonzero(is_object & ~valid))
        if missing:
            yield f"{frame.path('depth')}: {missing} pixels of objects have no finite positive depth"
        wrong = int(np.count_nonzero(~valid & ~np.isposinf(depth)))
        if wrong:
            yield f"{frame.path('depth')}: {wrong} pixels are neither positive nor infinite"
    if frame.path("noisy_depth") is not None:
        yield from _check_noisy_depth(frame, is_object.shape)
    if frame.path("normals") is not None:
        normals = frame.normals()
        if normals.shape[:2] != is_object.shape:
            yield f"{frame.path('normals')}: has another size than the instance image"
            return
        length = np.linalg.norm(normals, axis=-1)
        wanted = is_object if valid is None else valid
        wrong = int(np.count_nonzero(~(np.abs(length[wanted] - 1) < NORMAL_TOLERANCE)))
        if wrong:
            yield f"{frame.path('normals')}: {wrong} normals are not unit vectors"


def _check_noisy_depth(frame: FrameFiles, shape: tuple[int, int]) -> Iterator[str]:
    measured = frame.image("noisy_depth")
    if measured.shape != shape:
        yield f"{frame.path('noisy_depth')}: has another size than the instance image"
        return
    wrong = int(np.count_nonzero(~(measured > 0)))
    if wrong:
        yield f"{frame.path('noisy_depth')}: {wrong} pixels are neither positive nor infinite"


def _labels_path(frame: FrameFiles) -> Path:
    return frame.folder / "labels" / f"{frame.frame:06d}.json"
