"""Checks of BOP's scene_gt_coco.json against the scene's other files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .. import images, rle
from ..boxes import box_of
from .bop_image import BopImage
from .reading import READ_ERRORS, one_line


def check_scene_coco(path: Path, coco: dict[str, Any], scene_images: list[BopImage]) -> list[str]:
    """Every visible object has one annotation, in the order of scene_gt, and it says what the masks say."""
    try:
        return list(_check(path, coco, scene_images))
    except READ_ERRORS as error:
        return [f"{path}: not readable ({one_line(error)})"]


def _check(path: Path, coco: dict[str, Any], scene_images: list[BopImage]) -> Iterator[str]:
    by_image: dict[int, list[dict[str, Any]]] = {}
    for annotation in coco["annotations"]:
        by_image.setdefault(annotation["image_id"], []).append(annotation)
    categories = {category["id"] for category in coco["categories"]}
    listed = {item["id"]: item for item in coco["images"]}
    for image in scene_images:
        if image.number not in listed:
            yield f"{path}: image {image.number} has no entry"
        elif not (path.parent / listed[image.number]["file_name"]).is_file():
            yield f"{path}: image {image.number}: {listed[image.number]['file_name']} is missing"
        annotations = by_image.pop(image.number, [])
        shown = [
            (index, truth, info)
            for index, (truth, info) in enumerate(zip(image.truths, image.infos, strict=False))
            if info["px_count_visib"] > 0
        ]
        if len(annotations) != len(shown):
            yield f"{path}: image {image.number} has {len(annotations)} annotations, {len(shown)} objects are visible"
            continue
        for annotation, (index, truth, info) in zip(annotations, shown, strict=True):
            where = f"{path}: annotation {annotation['id']} (image {image.number}, object {index})"
            if annotation["category_id"] != truth["obj_id"] or truth["obj_id"] not in categories:
                yield f"{where}: category_id is {annotation['category_id']}, obj_id is {truth['obj_id']}"
            if bool(annotation["ignore"]) != (info["visib_fract"] < 0.1):
                yield f"{where}: ignore is {annotation['ignore']} at visib_fract {info['visib_fract']:.4f}"
            for problem in _check_shapes(annotation, image, index):
                yield f"{where}: {problem}"
    for number in sorted(by_image):
        yield f"{path}: annotations for image {number}, which is not in scene_gt.json"


def _check_shapes(annotation: dict[str, Any], image: BopImage, index: int) -> Iterator[str]:
    paths = [image.path(kind, index) for kind in ("mask", "mask_visib")]
    if not all(path.is_file() for path in paths):
        return  # said already by the check of the image
    mask, visible = (images.read_png(path) > 0 for path in paths)
    code = annotation["segmentation"]
    try:
        drawn = rle.decode_runs(code["counts"], *code["size"])
    except ValueError as error:
        yield f"segmentation: {error}"
        return
    if drawn.shape != visible.shape or (drawn != visible).any():
        yield "segmentation is not the visible mask"
    area = int(np.count_nonzero(visible))
    if annotation["area"] != area:
        yield f"area is {annotation['area']}, the visible mask has {area}"
    if list(annotation["bbox"]) not in ([*box_of(mask)], [*box_of(visible)]):
        yield f"bbox is {annotation['bbox']}, the masks have {box_of(mask)} (full) and {box_of(visible)} (visible)"
