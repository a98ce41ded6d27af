"""Checks of a COCO folder (annotations.json beside images/) from its own files alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .. import images, rle
from ..boxes import box_of
from ..progress import Progress, silent
from .reading import READ_ERRORS, one_line, read_json


def verify_coco(folder: Path | str, progress: Progress = silent) -> list[str]:
    """All problems of the COCO data set in ``folder``, each one line that names the file."""
    problems: list[str] = []
    path = Path(folder) / "annotations.json"
    data = read_json(path, dict, problems)
    if data is None:
        return problems
    try:
        problems += _check(path, data, progress)
    except READ_ERRORS as error:
        problems.append(f"{path}: not readable ({one_line(error)})")
    return problems


def _check(path: Path, data: dict[str, Any], progress: Progress) -> Iterator[str]:
    for name in ("images", "annotations", "categories"):
        ids = Counter(item["id"] for item in data[name])
        yield from (f"{path}: {name}: id {number} is used {count} times" for number, count in ids.items() if count > 1)
    files = Counter(item["file_name"] for item in data["images"])
    yield from (f"{path}: {name} stands for {count} images" for name, count in files.items() if count > 1)
    categories = {item["id"] for item in data["categories"]}
    keypoints = {item["id"]: item.get("keypoints", []) for item in data["categories"]}
    by_image: dict[Any, list[dict[str, Any]]] = {item["id"]: [] for item in data["images"]}
    for annotation in data["annotations"]:
        if annotation["image_id"] not in by_image:
            yield f"{path}: annotation {annotation['id']}: there is no image {annotation['image_id']}"
            continue
        by_image[annotation["image_id"]].append(annotation)
        if annotation["category_id"] not in categories:
            yield f"{path}: annotation {annotation['id']}: there is no category {annotation['category_id']}"
    for done, image in enumerate(data["images"]):
        progress(done, len(data["images"]))
        try:
            yield from _check_image(path, image, by_image[image["id"]], keypoints)
        except READ_ERRORS as error:
            yield f"{path}: image {image['id']} is not readable ({one_line(error)})"
    progress(len(data["images"]), len(data["images"]))


def _check_keypoints(annotation: dict[str, Any], names: list[str], width: int, height: int) -> Iterator[str]:
    """Three numbers for each keypoint of the category; those that are labelled lie in the image and are counted."""
    flat = annotation.get("keypoints", [])
    if len(flat) != 3 * len(names):
        yield f"has {len(flat)} numbers for the {len(names)} keypoints of its category"
        return
    points = np.array(flat, dtype=float).reshape(-1, 3)
    labelled = points[:, 2] > 0
    if not np.isin(points[:, 2], (0, 1, 2)).all():
        yield "a keypoint's visibility is not 0, 1 or 2"
    if points[~labelled, :2].any():
        yield "a keypoint that is not labelled has a place"
    seen = points[labelled, :2]
    if (seen < -0.5).any() or (seen > [width - 0.5, height - 0.5]).any():
        yield "a labelled keypoint lies outside of the image"
    if names and annotation.get("num_keypoints") != int(labelled.sum()):
        yield f"num_keypoints is {annotation.get('num_keypoints')}, {int(labelled.sum())} are labelled"


def _check_image(
    path: Path, image: dict[str, Any], annotations: list[dict[str, Any]], keypoints: dict[int, list[str]]
) -> Iterator[str]:
    picture = path.parent / "images" / image["file_name"]
    height, width = image["height"], image["width"]
    if not picture.is_file():
        yield f"{picture}: missing"
    elif images.read_size(picture) != (width, height):
        yield f"{picture}: is not {width} x {height} pixels as annotations.json says"
    taken = np.zeros((height, width), dtype=bool)
    for annotation in annotations:
        where = f"{path}: annotation {annotation['id']} ({image['file_name']})"
        try:
            mask = _decode(annotation["segmentation"], height, width)
            amodal = _decode(annotation["amodal"], height, width) if "amodal" in annotation else None
        except ValueError as error:
            yield f"{where}: {error}"
            continue
        for problem in _check_annotation(annotation, mask, amodal, taken):
            yield f"{where}: {problem}"
        for problem in _check_keypoints(annotation, keypoints.get(annotation["category_id"], []), width, height):
            yield f"{where}: {problem}"
        taken |= mask


def _decode(code: dict[str, Any], height: int, width: int) -> np.ndarray:
    if not isinstance(code, dict):
        raise ValueError("the segmentation is not a run-length code")
    if list(code["size"]) != [height, width]:
        raise ValueError(f"the run-length code is for {code['size']}, the image is {[height, width]}")
    if isinstance(code["counts"], list):
        return rle.decode_runs(code["counts"], height, width)
    return rle.decode(code["counts"], height, width)


def _check_annotation(
    annotation: dict[str, Any], mask: np.ndarray, amodal: np.ndarray | None, taken: np.ndarray
) -> Iterator[str]:
    box, area = box_of(mask), int(np.count_nonzero(mask))
    if box is None:
        yield "nothing is visible"
        return
    if list(annotation["bbox"]) != list(box):
        yield f"bbox is {annotation['bbox']}, the mask has {list(box)}"
    if annotation["area"] != area:
        yield f"area is {annotation['area']}, the mask has {area}"
    if annotation["iscrowd"] != 0:
        yield "iscrowd is not 0"
    shared = int(np.count_nonzero(mask & taken))
    if shared:
        yield f"{shared} pixels belong to another visible mask too"
    if amodal is not None and (mask & ~amodal).any():
        yield "the visible mask leaves the amodal one"
    if "visible_fraction" in annotation and not 0 < annotation["visible_fraction"] <= 1:
        yield f"visible_fraction is {annotation['visible_fraction']}"
