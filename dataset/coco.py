"""COCO: visible instance masks, boxes and categories in one annotations.json beside images/.

Classes with keypoints have COCO's ``keypoints`` ([x, y, v] each, in the order of the category) and ``num_keypoints``.
Pixel centres are at integers, in keypoints as in boxes and masks. A point that is outside of the image counts as not
labelled: v = 0 and x = y = 0.

Beyond COCO's own keys each annotation carries ``amodal`` (the silhouette inside the image, occluded or not),
``visible_fraction`` and ``instance``; each image its ``scene`` and ``frame``, with a stereo rig
its ``eye`` and the ``baseline`` in metres too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from . import rle
from .links import link_or_copy
from .progress import THREADS, Progress, each, part, silent
from .provenance import coco_info, coco_licences
from .records import LABELLED, ModelRecord, ObjectLabel
from .store import FrameFiles, Store, to_json_bytes


def export_coco(store: Store, folder: Path, progress: Progress = silent) -> None:
    """Write the whole data set as COCO into the existing, empty ``folder``."""
    (folder / "images").mkdir()
    licences = coco_licences(store)
    image_list: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    scenes = store.scenes()
    classes = categories(store.models)
    keypoints = {item["id"]: item.get("keypoints", []) for item in classes}
    with ThreadPoolExecutor(THREADS) as pool:
        for done, scene in enumerate(scenes):
            progress(done, len(scenes))
            frames = list(store.frames(scene))
            described = pool.map(lambda frame: _describe_frame(frame, folder, keypoints), frames)
            for image, found in each(described, len(frames), part(progress, done, len(scenes))):
                image_id = len(image_list) + 1
                image_list.append({"id": image_id} | image | ({"license": 1} if licences else {}))
                for item in found:
                    annotations.append({"id": len(annotations) + 1, "image_id": image_id} | item)
    content = {
        "info": coco_info(store),
        "licenses": licences,
        "categories": classes,
        "images": image_list,
        "annotations": annotations,
    }
    (folder / "annotations.json").write_bytes(to_json_bytes(content))
    progress(len(scenes), len(scenes))


def categories(models: list[ModelRecord]) -> list[dict[str, Any]]:
    """One category per class of the targets and people, by id."""
    names = {model.class_id: model.class_name for model in models if model.kind in LABELLED}
    return [{"id": key, "name": names[key], "supercategory": ""} | _skeleton(models, key) for key in sorted(names)]


def _skeleton(models: list[ModelRecord], class_id: int) -> dict[str, Any]:
    """A category's keypoints, those of all its models, and the lines between them as pairs of places from 1."""
    members = [model for model in models if model.kind in LABELLED and model.class_id == class_id]
    points = list(dict.fromkeys(point["name"] for model in members for point in model.keypoints))
    if not points:
        return {}
    lines = dict.fromkeys(tuple(bone) for model in members for bone in model.skeleton)
    return {
        "keypoints": points,
        "skeleton": [[points.index(start) + 1, points.index(end) + 1] for start, end in lines],
    }


def _describe_frame(
    frame: FrameFiles, folder: Path, keypoints: Mapping[int, list[str]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    camera = frame.labels.camera
    name = f"{frame.scene:06d}_{frame.frame:06d}{frame.rgb_path.suffix}"
    link_or_copy(frame.rgb_path, folder / "images" / name)
    image = {
        "file_name": name,
        "width": camera.width,
        "height": camera.height,
        "scene": frame.scene,
        "frame": frame.frame,
        **({"eye": frame.labels.eye, "baseline": frame.labels.baseline} if frame.labels.eye else {}),
    }
    shown = [label for label in frame.labels.objects if label.kind in LABELLED and label.pixels_visible]
    instances = frame.instances() if shown else None
    return image, [describe_object(label, instances, keypoints[label.class_id]) for label in shown]


def describe_object(label: ObjectLabel, instances: np.ndarray, keypoints: Sequence[str] = ()) -> dict[str, Any]:
    """The annotation of one visible object without its ids.

    ``instances`` is (H, W) uint16, ``keypoints`` the names of its category's in their order.
    """
    height, width = instances.shape
    x, _, w, _ = label.box_visible
    columns = instances[:, x : x + w].T == label.instance
    return {
        "category_id": label.class_id,
        "segmentation": rle.from_runs(rle.runs_of_columns(columns, x, width), height, width),
        "bbox": list(label.box_visible),
        "area": label.pixels_visible,
        "iscrowd": 0,
        "amodal": {"size": [height, width], "counts": label.amodal},
        "visible_fraction": label.visible_fraction,
        "instance": label.instance,
    } | describe_keypoints(label, keypoints)


def describe_keypoints(label: ObjectLabel, names: Sequence[str]) -> dict[str, Any]:
    """An object's keypoints in the order of its category; nothing where that has none."""
    if not names:
        return {}
    points = {point.name: point for point in label.keypoints if point.visibility}
    flat: list[float] = []
    for name in names:
        point = points.get(name)
        flat += [*point.pixel, point.visibility] if point else [0, 0, 0]
    return {"keypoints": flat, "num_keypoints": len(points)}
