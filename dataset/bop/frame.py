"""One stored frame in BOP's words. Pure: arrays and records in, numbers and masks out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import boxes, distortion, rle
from ..records import TARGET, UNSCALED, FrameLabels, ModelRecord, ObjectLabel
from .models import MILLIMETRES

DEPTH_SCALE = 0.1  # millimetres per unit of the 16-bit depth image, as in BOP's own PBR sets
IGNORE_BELOW = 0.1  # visible fraction under which BOP's own COCO files mark an object as ignored
# Beyond BOP, which knows pinholes only; there only where a lens distorts. OpenCV's k1, k2, p1, p2, k3.
DISTORTION = "distortion"
# Beyond BOP, whose models have one size; there only for other sizes. Along the model's axes, before its pose.
SCALE = "scale"
NOWHERE = [-1, -1, -1, -1]


@dataclass(frozen=True)
class BopObject:
    """One target: its entries in scene_gt, scene_gt_info and scene_gt_coco and its two masks (H, W) bool."""

    gt: dict[str, Any]
    info: dict[str, Any]
    coco: dict[str, Any] | None
    mask: np.ndarray
    mask_visib: np.ndarray


def depth_image(depth: np.ndarray) -> np.ndarray:
    """Metres (H, W), inf for nothing, to uint16 in ``DEPTH_SCALE`` mm: 0 for nothing, clipped and never wrapped."""
    units = np.multiply(depth, MILLIMETRES / DEPTH_SCALE, dtype=np.float64)
    units[~(np.isfinite(units) & (units > 0))] = 0
    np.rint(units, out=units)
    return np.minimum(units, np.iinfo(np.uint16).max, out=units).astype(np.uint16)


def describe_camera(labels: FrameLabels, has_depth: bool) -> dict[str, Any]:
    """The entry of scene_camera.json."""
    world_to_camera = labels.camera.world_to_camera
    return {
        "cam_K": labels.camera.K.ravel().tolist(),
        "cam_R_w2c": world_to_camera[:3, :3].ravel().tolist(),
        "cam_t_w2c": (world_to_camera[:3, 3] * MILLIMETRES).tolist(),
        "depth_scale": DEPTH_SCALE if has_depth else 0.0,
        **({} if distortion.is_none(labels.camera.distortion) else {DISTORTION: list(labels.camera.distortion)}),
    }


def describe_objects(
    labels: FrameLabels, models: dict[str, ModelRecord], instances: np.ndarray, depth: np.ndarray | None
) -> list[BopObject]:
    """The targets of a frame in the order of scene_gt. ``depth`` is the 16-bit image, None where there is none."""
    has_depth = None if depth is None else depth > 0
    everywhere = has_depth is not None and bool(has_depth.all())
    targets = [label for label in labels.objects if label.kind == TARGET]
    return [_describe(label, models[label.model], instances, has_depth, everywhere) for label in targets]


def _describe(
    label: ObjectLabel, model: ModelRecord, instances: np.ndarray, has_depth: np.ndarray | None, everywhere: bool
) -> BopObject:
    height, width = instances.shape
    mask = rle.decode(label.amodal, height, width)
    visible = np.zeros((height, width), dtype=bool)
    if label.box_visible is not None:
        boxes.crop(visible, label.box_visible)[:] = boxes.crop(instances, label.box_visible) == label.instance
    if everywhere:
        valid = label.pixels_inside
    elif has_depth is None or label.box_inside is None:
        valid = 0
    else:
        inside = label.box_inside
        valid = int(np.count_nonzero(boxes.crop(mask, inside) & boxes.crop(has_depth, inside)))
    is_visible = label.pixels_visible > 0
    return BopObject(
        gt={
            "obj_id": model.id,
            "cam_R_m2c": label.object_to_camera[:3, :3].ravel().tolist(),
            "cam_t_m2c": (label.object_to_camera[:3, 3] * MILLIMETRES).tolist(),
            **({} if label.scale == UNSCALED else {SCALE: list(label.scale)}),
        },
        info={
            "bbox_obj": _bop_box(label.box_all) if is_visible else NOWHERE,
            "bbox_visib": _bop_box(label.box_visible),
            "px_count_all": label.pixels_all,
            "px_count_valid": valid,
            "px_count_visib": label.pixels_visible,
            "visib_fract": label.visible_fraction,
        },
        coco=_describe_coco(label, model, visible) if is_visible else None,
        mask=mask,
        mask_visib=visible,
    )


def _bop_box(box: tuple[int, int, int, int] | None) -> list[int]:
    """BOP counts a box from pixel to pixel: one pixel is 0 wide."""
    return NOWHERE if box is None else [box[0], box[1], box[2] - 1, box[3] - 1]


def _describe_coco(label: ObjectLabel, model: ModelRecord, visible: np.ndarray) -> dict[str, Any]:
    """The annotation of scene_gt_coco.json without its ids: visible mask, amodal box inside the image."""
    height, width = visible.shape
    x, _, w, _ = label.box_visible
    columns = visible[:, x : x + w].T
    return {
        "area": label.pixels_visible,
        "bbox": list(label.box_inside),
        "category_id": model.id,
        "height": height,
        "ignore": label.visible_fraction < IGNORE_BELOW,
        "iscrowd": 0,
        "segmentation": {"counts": rle.runs_of_columns(columns, x, width), "size": [height, width]},
        "width": width,
    }
