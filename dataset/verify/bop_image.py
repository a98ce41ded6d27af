"""Checks of one image of a BOP scene."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .. import distortion, images
from ..bop.frame import DISTORTION, SCALE
from ..boxes import box_of
from ..meshes import MeshData
from ..records import UNSCALED
from . import geometry

ROTATION_TOLERANCE = 1e-3  # others' files are rounded to single precision or a few digits
FRACTION_TOLERANCE = 1e-4
NOWHERE = [-1, -1, -1, -1]


@dataclass(frozen=True)
class BopModel:
    """A model of models_info.json; the mesh (millimetres) is None where its file is not readable."""

    mesh: MeshData | None


@dataclass(frozen=True)
class BopImage:
    """One image's entries, as they stand in the scene's JSON files."""

    scene: Path
    number: int
    camera: dict[str, Any]
    truths: list[dict[str, Any]]
    infos: list[dict[str, Any]]

    def path(self, kind: str, index: int | None = None) -> Path:
        """The file of a kind (rgb, depth, mask, mask_visib); the first suffix that exists, as readers look for it."""
        name = f"{self.number:06d}" + ("" if index is None else f"_{index:06d}")
        candidates = [self.scene / kind / f"{name}{suffix}" for suffix in (".png", ".jpg", ".tif")]
        return next((path for path in candidates if path.is_file()), candidates[0])


def check_image(image: BopImage, models: dict[int, BopModel]) -> Iterator[str]:
    """All problems of one image. May raise on data of a wrong shape; the caller turns that into a line."""
    picture = image.path("rgb" if (image.scene / "rgb").is_dir() else "gray")
    if not picture.is_file():
        yield f"{picture}: missing"
        return
    width, height = images.read_size(picture)
    K = np.array(image.camera["cam_K"], dtype=float).reshape(3, 3)
    where = f"{image.scene}/scene_camera.json: image {image.number}"
    for problem in geometry.check_intrinsics(K, width, height):
        yield f"{where}: {problem}"
    if "cam_R_w2c" in image.camera:
        rotation = np.array(image.camera["cam_R_w2c"], dtype=float).reshape(3, 3)
        for problem in geometry.check_rotation(rotation, ROTATION_TOLERANCE):
            yield f"{where}: cam_R_w2c {problem}"
    if len(image.truths) != len(image.infos):
        yield (
            f"{image.scene}/scene_gt_info.json: image {image.number} has {len(image.infos)} entries, "
            f"scene_gt.json has {len(image.truths)}"
        )
        return
    depth = yield from _read_depth(image, (height, width))
    taken = np.zeros((height, width), dtype=bool)
    for index, (truth, info) in enumerate(zip(image.truths, image.infos, strict=True)):
        masks = []
        for kind in ("mask", "mask_visib"):
            mask = yield from _read_mask(image.path(kind, index), (height, width))
            masks.append(mask)
        mask, visible = masks
        where = f"image {image.number}, object {index} (obj_id {truth['obj_id']})"
        for problem in _check_truth(truth, models, K, mask, image.camera.get(DISTORTION, distortion.NONE)):
            yield f"{image.scene}/scene_gt.json: {where}: {problem}"
        if mask is None or visible is None:
            continue
        for problem in _check_info(info, mask, visible, depth):
            yield f"{image.scene}/scene_gt_info.json: {where}: {problem}"
        shared, outside = int(np.count_nonzero(taken & visible)), int(np.count_nonzero(visible & ~mask))
        if shared:
            yield f"{image.path('mask_visib', index)}: {shared} pixels belong to another object's visible mask too"
        if outside:
            yield f"{image.path('mask_visib', index)}: {outside} visible pixels lie outside of the full mask"
        taken |= visible
    if depth is not None and (taken & (depth == 0)).any() and "pbr" in image.scene.parent.name:
        missing = int(np.count_nonzero(taken & (depth == 0)))
        yield f"{image.path('depth')}: {missing} pixels of objects have no depth"


def _read_depth(image: BopImage, shape: tuple[int, int]) -> Iterator[str]:
    """The depth image, or None where there is none; a generator that returns it."""
    scale = image.camera.get("depth_scale")
    if not scale:
        return None
    path = image.path("depth")
    if not path.is_file():
        yield f"{path}: missing, but depth_scale is {scale}"
        return None
    depth = images.read_png(path)
    if depth.shape != shape or depth.dtype != np.uint16:
        yield f"{path}: is not a 16-bit grey image of {shape[1]} x {shape[0]} pixels"
        return None
    return depth


def _read_mask(path: Path, shape: tuple[int, int]) -> Iterator[str]:
    """A mask as bool, or None where it is not usable; a generator that returns it."""
    if not path.is_file():
        yield f"{path}: missing"
        return None
    mask = images.read_png(path)
    if mask.shape != shape:
        yield f"{path}: is not a grey image of {shape[1]} x {shape[0]} pixels"
        return None
    if mask.dtype != np.uint8 or ((mask != 0) & (mask != 255)).any():
        yield f"{path}: holds values other than 0 and 255"
    return mask > 0


def _check_truth(
    truth: dict, models: dict[int, BopModel], K: np.ndarray, mask: np.ndarray | None, lens: distortion.Coefficients
) -> Iterator[str]:
    pose = np.eye(4)
    pose[:3, :3] = np.array(truth["cam_R_m2c"], dtype=float).reshape(3, 3)
    pose[:3, 3] = np.array(truth["cam_t_m2c"], dtype=float)
    for problem in geometry.check_rotation(pose[:3, :3], ROTATION_TOLERANCE):
        yield f"cam_R_m2c {problem}"
    if truth["obj_id"] not in models:
        yield "models_info.json has no such object"
        return
    mesh = models[truth["obj_id"]].mesh
    if mesh is not None and mask is not None:
        sized = replace(mesh, vertices=mesh.vertices * np.array(truth.get(SCALE, UNSCALED)))
        yield from geometry.check_reprojection(sized, K, pose, mask, lens)


def _check_info(info: dict, mask: np.ndarray, visible: np.ndarray, depth: np.ndarray | None) -> Iterator[str]:
    inside, seen = int(np.count_nonzero(mask)), int(np.count_nonzero(visible))
    if info["px_count_visib"] != seen:
        yield f"px_count_visib is {info['px_count_visib']}, the visible mask has {seen}"
    if depth is not None:
        valid = int(np.count_nonzero(mask & (depth > 0)))
        if info["px_count_valid"] != valid:
            yield f"px_count_valid is {info['px_count_valid']}, the mask and the depth image give {valid}"
    if info["px_count_all"] < inside:
        yield f"px_count_all is {info['px_count_all']}, the mask alone has {inside}"
    fraction = seen / info["px_count_all"] if info["px_count_all"] else 0.0
    if not abs(info["visib_fract"] - fraction) < FRACTION_TOLERANCE:
        yield f"visib_fract is {info['visib_fract']}, the pixel counts give {fraction:.6f}"
    expected = _bop_box(box_of(visible))
    if list(info["bbox_visib"]) != expected:
        yield f"bbox_visib is {info['bbox_visib']}, the visible mask has {expected}"
    yield from _check_whole_box(list(info["bbox_obj"]), info["px_count_all"] > inside, mask, seen)


def _check_whole_box(box: list, is_truncated: bool, mask: np.ndarray, seen: int) -> Iterator[str]:
    """bbox_obj may leave the image; what it must hold follows from the mask inside the image."""
    if not seen:
        if box != NOWHERE:
            yield f"bbox_obj is {box}, but nothing of the object is visible"
        return
    expected = _bop_box(box_of(mask))
    if not is_truncated:
        if box != expected:
            yield f"bbox_obj is {box}, the mask has {expected}"
        return
    height, width = mask.shape
    right, bottom = box[0] + box[2], box[1] + box[3]
    if box[0] >= 0 and box[1] >= 0 and right < width and bottom < height:
        yield f"bbox_obj is {box}, inside the image, but px_count_all counts pixels outside of it"
    x, y, w, h = expected
    if box[0] > x or box[1] > y or right < x + w or bottom < y + h:
        yield f"bbox_obj is {box} and does not hold the mask's box {expected}"


def _bop_box(box: tuple[int, int, int, int] | None) -> list[int]:
    return NOWHERE if box is None else [box[0], box[1], box[2] - 1, box[3] - 1]
