"""Checks of one object's labels against its image, its camera and its model. Each yields what is wrong, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .. import rle
from ..boxes import box_of
from ..meshes import MeshData
from ..records import HIDDEN, OUTSIDE, VISIBLE, Box, Camera, ModelRecord, ObjectLabel
from . import geometry

POSE_TOLERANCE = 1e-5  # metres and units of rotation; labels are written in double precision
CUBOID_TOLERANCE = 0.05  # pixels


def check_counts(label: ObjectLabel, found: dict[int, tuple[Box, int]], camera: Camera) -> Iterator[str]:
    box, pixels = found.get(label.instance, (None, 0))
    if label.box_visible != box:
        yield f"box_visible is {label.box_visible}, the instance image has {box}"
    if label.pixels_visible != pixels:
        yield f"pixels_visible is {label.pixels_visible}, the instance image has {pixels}"
    if not label.pixels_visible <= label.pixels_inside <= label.pixels_all:
        yield (
            f"pixels_visible {label.pixels_visible}, pixels_inside {label.pixels_inside} and pixels_all "
            f"{label.pixels_all} are not in ascending order"
        )
    fraction = label.pixels_visible / label.pixels_all if label.pixels_all else 0.0
    if not abs(label.visible_fraction - fraction) < 1e-9:
        yield f"visible_fraction is {label.visible_fraction}, the pixel counts give {fraction}"
    if (label.box_all is None) != (label.pixels_all == 0):
        yield f"box_all is {label.box_all} with {label.pixels_all} pixels"
    elif label.box_all is not None:
        x, y, w, h = label.box_all
        is_inside = x >= 0 and y >= 0 and x + w <= camera.width and y + h <= camera.height
        if is_inside != (label.pixels_all == label.pixels_inside):
            where = "inside the image" if is_inside else "partly outside of the image"
            yield f"box_all is {where}, but pixels_all is {label.pixels_all} and pixels_inside {label.pixels_inside}"


def check_pose(label: ObjectLabel, camera: Camera, model: ModelRecord | None) -> Iterator[str]:
    if model is None:
        yield "the header names no such model"
        return
    if (label.kind, label.class_id, label.class_name) != (model.kind, model.class_id, model.class_name):
        yield "kind or class differs from the model's in the header"
    rotation = label.object_to_camera[:3, :3]
    for problem in geometry.check_rotation(rotation, POSE_TOLERANCE):
        yield f"object_to_camera {problem}"
    expected = camera.world_to_camera @ label.object_to_world
    if not np.abs(expected - label.object_to_camera).max() < POSE_TOLERANCE * max(1.0, np.abs(expected).max()):
        yield "object_to_camera is not world_to_camera times object_to_world"
    yield from _check_cuboid(label, camera, model)
    yield from _check_keypoints(label, camera, model)


def _check_cuboid(label: ObjectLabel, camera: Camera, model: ModelRecord) -> Iterator[str]:
    if label.cuboid.shape != (9, 2):
        yield f"cuboid is {label.cuboid.shape}, not (9, 2)"
        return
    if not any(model.size):
        return
    steps = [(x, y, z) for z in (0, 1) for y in (0, 1) for x in (0, 1)] + [(0.5, 0.5, 0.5)]
    corners = (np.array(model.minimum) + np.array(steps) * np.array(model.size)) * np.array(label.scale)
    local = corners @ label.object_to_camera[:3, :3].T + label.object_to_camera[:3, 3]
    in_front = local[:, 2] > geometry.NEAR
    expected = camera.image(local[in_front])
    far = np.abs(expected - label.cuboid[in_front]) > CUBOID_TOLERANCE + 1e-6 * np.abs(expected)
    if far.any() or np.isnan(label.cuboid[in_front]).any():
        yield "cuboid is not the projection of the model's box"


def _check_keypoints(label: ObjectLabel, camera: Camera, model: ModelRecord) -> Iterator[str]:
    """The model's points, in their order, where the pose puts them; outside exactly where the image does not reach."""
    if [point.name for point in label.keypoints] != [point["name"] for point in model.keypoints]:
        yield "keypoints are not those of the model"
        return
    for point, known in zip(label.keypoints, model.keypoints, strict=True):
        if point.visibility not in (OUTSIDE, HIDDEN, VISIBLE):
            yield f"keypoint {point.name} has visibility {point.visibility}"
        if known["position"] is None:  # a joint, whose place depends on the pose
            continue
        local = np.array(known["position"]) * np.array(label.scale) @ label.object_to_camera[:3, :3].T
        local = local + label.object_to_camera[:3, 3]
        if (point.pixel is None) != (local[2] <= geometry.NEAR):
            yield f"keypoint {point.name} has a pixel behind the camera, or none before it"
        elif point.pixel is None and point.visibility != OUTSIDE:
            yield f"keypoint {point.name} has visibility {point.visibility} behind the camera"
        elif point.pixel is not None:
            (expected,) = camera.image(local[None])
            if not np.abs(expected - point.pixel).max() < CUBOID_TOLERANCE + 1e-6 * np.abs(expected).max():
                yield f"keypoint {point.name} is not the projection of the model's"
            x, y = point.pixel
            is_inside = -0.5 <= x < camera.width - 0.5 and -0.5 <= y < camera.height - 0.5
            if is_inside != (point.visibility != OUTSIDE) and local[2] > 10 * geometry.NEAR:
                yield f"keypoint {point.name} has visibility {point.visibility} at ({x:.2f}, {y:.2f})"


def check_amodal(label: ObjectLabel, camera: Camera, instances: np.ndarray, mesh: MeshData | None) -> Iterator[str]:
    try:
        mask = rle.decode(label.amodal, camera.height, camera.width)
    except ValueError as error:
        yield f"amodal: {error}"
        return
    pixels, box = int(np.count_nonzero(mask)), box_of(mask)
    if label.pixels_inside != pixels:
        yield f"pixels_inside is {label.pixels_inside}, the amodal silhouette has {pixels}"
    if label.box_inside != box:
        yield f"box_inside is {label.box_inside}, the amodal silhouette has {box}"
    outside = int(np.count_nonzero((instances == label.instance) & ~mask))
    if outside:
        yield f"{outside} visible pixels lie outside of the amodal silhouette"
    if mesh is not None:
        sized = replace(mesh, vertices=mesh.vertices * np.array(label.scale))
        yield from geometry.check_reprojection(sized, camera.K, label.object_to_camera, mask, camera.distortion)
