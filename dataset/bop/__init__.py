"""BOP: https://github.com/thodan/bop_toolkit/blob/master/docs/bop_datasets_format.md, split ``train_pbr``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import images
from ..links import link_or_copy
from ..progress import THREADS, Progress, each, part, silent
from ..provenance import coco_info, coco_licences
from ..records import TARGET, Camera, ModelRecord
from ..store import FrameFiles, Store, to_json_bytes
from .frame import DEPTH_SCALE, depth_image, describe_camera, describe_objects
from .models import write_models

SPLIT = "train_pbr"


def export_bop(store: Store, folder: Path, progress: Progress = silent) -> None:
    """Write the whole data set as BOP into the existing, empty ``folder``."""
    write_models(store, folder / "models")
    scenes = store.scenes()
    first = next((frame for scene in scenes for frame in store.frames(scene)), None)
    if first is not None:
        (folder / "camera.json").write_bytes(to_json_bytes(_camera(first.labels.camera)))
    models = {model.key: model for model in store.models}
    with ThreadPoolExecutor(THREADS) as pool:
        for done, scene in enumerate(scenes):
            progress(done, len(scenes))
            inside = part(progress, done, len(scenes))
            _write_scene(store, scene, models, folder / SPLIT / f"{scene:06d}", pool, inside)
    progress(len(scenes), len(scenes))


def _camera(camera: Camera) -> dict[str, Any]:
    return {
        "cx": float(camera.K[0, 2]),
        "cy": float(camera.K[1, 2]),
        "depth_scale": DEPTH_SCALE,
        "fx": float(camera.K[0, 0]),
        "fy": float(camera.K[1, 1]),
        "height": camera.height,
        "width": camera.width,
    }


@dataclass(frozen=True)
class _Entry:
    """What one frame adds to the scene's JSON files."""

    frame: int
    image: str
    size: tuple[int, int]
    camera: dict[str, Any]
    gt: list[dict[str, Any]]
    info: list[dict[str, Any]]
    coco: list[dict[str, Any]]


def _write_scene(
    store: Store, scene: int, models: dict[str, ModelRecord], folder: Path, pool: Any, progress: Progress
) -> None:
    for name in ("rgb", "depth", "mask", "mask_visib"):
        (folder / name).mkdir(parents=True)
    frames = list(store.frames(scene))
    written = pool.map(lambda frame: _write_frame(frame, models, folder), frames)
    entries = list(each(written, len(frames), progress))
    if not any((folder / "depth").iterdir()):
        (folder / "depth").rmdir()
    for name, content in {
        "scene_camera": {entry.frame: entry.camera for entry in entries},
        "scene_gt": {entry.frame: entry.gt for entry in entries},
        "scene_gt_info": {entry.frame: entry.info for entry in entries},
    }.items():
        (folder / f"{name}.json").write_bytes(_by_image(content))
    (folder / "scene_gt_coco.json").write_bytes(to_json_bytes(_coco(store, models, entries)))


def _by_image(content: dict[int, Any]) -> bytes:
    """A JSON object with one image a line, in the order of the images, as BOP's own files are laid out."""
    lines = [f'  "{frame}": '.encode() + to_json_bytes(content[frame]).rstrip() for frame in sorted(content)]
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def _write_frame(frame: FrameFiles, models: dict[str, ModelRecord], folder: Path) -> _Entry:
    name = f"{frame.frame:06d}"
    image = f"rgb/{name}{frame.rgb_path.suffix}"
    link_or_copy(frame.rgb_path, folder / image)
    depth = None
    if frame.path("depth") is not None:
        depth = depth_image(frame.depth())
        images.write_grey_png(folder / "depth" / f"{name}.png", depth)
    objects = describe_objects(frame.labels, models, frame.instances(), depth)
    for index, item in enumerate(objects):
        (folder / "mask" / f"{name}_{index:06d}.png").write_bytes(images.mask_png(item.mask))
        (folder / "mask_visib" / f"{name}_{index:06d}.png").write_bytes(images.mask_png(item.mask_visib))
    camera = frame.labels.camera
    return _Entry(
        frame=frame.frame,
        image=image,
        size=(camera.width, camera.height),
        camera=describe_camera(frame.labels, depth is not None),
        gt=[item.gt for item in objects],
        info=[item.info for item in objects],
        coco=[item.coco for item in objects if item.coco is not None],
    )


def _coco(store: Store, models: dict[str, ModelRecord], entries: list[_Entry]) -> dict[str, Any]:
    annotations: list[dict[str, Any]] = []
    for entry in entries:
        for annotation in entry.coco:
            annotations.append({"id": len(annotations) + 1, "image_id": entry.frame} | annotation)
    return {
        "info": coco_info(store),
        "licenses": coco_licences(store),
        "categories": [
            {"id": model.id, "name": model.class_name, "supercategory": ""}
            for model in sorted(models.values(), key=lambda model: model.id)
            if model.kind == TARGET
        ],
        "images": [
            {"file_name": entry.image, "height": entry.size[1], "id": entry.frame, "width": entry.size[0]}
            for entry in entries
        ],
        "annotations": annotations,
    }
