"""From arrays to labels: pure geometry, no Blender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pycocotools import mask as coco_mask

from ..dataset import distortion
from ..dataset.records import HIDDEN, OUTSIDE, VISIBLE, Box, Camera, FrameLabels, Keypoint, ObjectLabel
from . import silhouette


@dataclass(frozen=True)
class Model:
    """What labelling needs of a model, metres, model frame: triangles, box, and keypoints as (name, position).

    ``keypoint_depth`` is how deep below the model's own surface a keypoint still counts as seen.
    """

    key: str
    kind: str
    class_id: int
    class_name: str
    vertices: np.ndarray
    faces: np.ndarray
    minimum: np.ndarray
    maximum: np.ndarray
    keypoints: list[tuple[str, list[float]]] = field(default_factory=list)
    keypoint_depth: float = 0.0


@dataclass(frozen=True)
class Instance:
    """One object in the scene; ``pose`` is object-to-world (4, 4), rigid.

    ``scale`` (x, y, z) stretches the model along its own axes before the pose moves it. ``in_sight`` (K,) tells of each
    of the model's keypoints whether anything lies between it and the camera.
    """

    instance: int
    model: Model
    pose: np.ndarray
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    in_sight: np.ndarray | None = None

    def keypoints(self) -> np.ndarray:
        """Where the model's keypoints lie in the world, (K, 3)."""
        points = np.array([position for _, position in self.model.keypoints], dtype=float).reshape(-1, 3)
        return (points * np.array(self.scale)) @ self.pose[:3, :3].T + self.pose[:3, 3]


def annotate(
    frame: int,
    camera: Camera,
    near: float,
    instances: Sequence[Instance],
    index: np.ndarray,
    amodal: Mapping[int, np.ndarray],
) -> FrameLabels:
    """Label one frame.

    ``index`` (H, W) is the instance image; ``amodal`` holds each instance's flat, row-major pixel indices inside the
    image; ``near`` is the distance before which nothing is rendered.
    """
    visible = _visible_boxes(index)
    codes = _encode([amodal.get(item.instance, np.empty(0, int)) for item in instances], index.shape)
    labels = [
        _label(item, camera, near, visible.get(item.instance), amodal.get(item.instance, np.empty(0, int)), code)
        for item, code in zip(instances, codes, strict=True)
    ]
    return FrameLabels(frame, camera, labels)


def _label(
    item: Instance, camera: Camera, near: float, visible: tuple[int, Box] | None, pixels: np.ndarray, code: str
) -> ObjectLabel:
    model = item.model
    object_to_camera = camera.world_to_camera @ item.pose
    scale = np.array(item.scale)
    corners = box_corners(model.minimum * scale, model.maximum * scale) @ object_to_camera[:3, :3].T
    corners = corners + object_to_camera[:3, 3]
    inside = _box_of(pixels, camera.width)
    count_outside, box_outside = 0, None
    if not _surely_inside(corners, camera, near):
        placed = (model.vertices * scale) @ object_to_camera[:3, :3].T + object_to_camera[:3, 3]
        count_outside, box_outside = silhouette.outside(placed, model.faces, camera, near)
    everything = len(pixels) + count_outside
    visible_pixels, visible_box = visible or (0, None)
    return ObjectLabel(
        instance=item.instance,
        model=model.key,
        kind=model.kind,
        class_id=model.class_id,
        class_name=model.class_name,
        object_to_world=item.pose,
        object_to_camera=object_to_camera,
        pixels_visible=visible_pixels,
        pixels_inside=len(pixels),
        pixels_all=everything,
        visible_fraction=visible_pixels / everything if everything else 0.0,
        box_visible=visible_box,
        box_inside=inside,
        box_all=_union(inside, box_outside),
        cuboid=_project(np.vstack([corners, corners.mean(axis=0)]), camera),
        amodal=code,
        scale=item.scale,
        keypoints=_keypoints(item, camera, near),
    )


def _keypoints(item: Instance, camera: Camera, near: float) -> list[Keypoint]:
    world_to_camera = camera.world_to_camera
    points = item.keypoints() @ world_to_camera[:3, :3].T + world_to_camera[:3, 3]
    pixels = _project(points, camera)
    # Pixel centres are at integers: the image reaches half a pixel beyond the outer ones.
    inside = ((pixels >= -0.5) & (pixels < [camera.width - 0.5, camera.height - 0.5])).all(axis=1)
    inside &= points[:, 2] >= near
    labels = []
    for index, (name, _) in enumerate(item.model.keypoints):
        pixel = None if np.isnan(pixels[index]).any() else tuple(pixels[index].tolist())
        is_seen = item.in_sight is not None and bool(item.in_sight[index])
        labels.append(Keypoint(name, pixel, (VISIBLE if is_seen else HIDDEN) if inside[index] else OUTSIDE))
    return labels


def box_corners(minimum: np.ndarray, maximum: np.ndarray) -> np.ndarray:
    """The eight corners (8, 3), x fastest, then y, then z, the minimum first."""
    ends = np.stack([minimum, maximum])
    return np.array([[ends[x, 0], ends[y, 1], ends[z, 2]] for z in (0, 1) for y in (0, 1) for x in (0, 1)])


def _project(points: np.ndarray, camera: Camera) -> np.ndarray:
    """Points (N, 3) in camera axes to pixels (N, 2); NaN at or behind the camera."""
    pixels = np.full((len(points), 2), np.nan)
    ahead = points[:, 2] > 1e-9
    pixels[ahead] = camera.image(points[ahead])
    return pixels


def _surely_inside(corners: np.ndarray, camera: Camera, near: float) -> bool:
    """Whether the model's box, and so the model, projects wholly into the image."""
    # A lens bends the edges between the corners, outwards too.
    if corners[:, 2].min() < near or not distortion.is_none(camera.distortion):
        return False
    pixels = _project(corners, camera)
    return bool((pixels >= 0).all() and (pixels <= [camera.width - 1, camera.height - 1]).all())


def _visible_boxes(index: np.ndarray) -> dict[int, tuple[int, Box]]:
    """Pixel count and box of every number in the instance image but 0."""
    pixels = np.flatnonzero(index)
    order = np.argsort(index.ravel()[pixels], kind="stable")
    pixels = pixels[order]
    numbers, starts = np.unique(index.ravel()[pixels], return_index=True)
    groups = np.split(pixels, starts[1:])
    return {
        int(number): (len(group), _box_of(group, index.shape[1]))
        for number, group in zip(numbers, groups, strict=False)
    }


def _box_of(pixels: np.ndarray, width: int) -> Box | None:
    if len(pixels) == 0:
        return None
    rows, columns = np.divmod(pixels, width)
    x, y = int(columns.min()), int(rows.min())
    return (x, y, int(columns.max()) - x + 1, int(rows.max()) - y + 1)


def _union(box: Box | None, corners: tuple[int, int, int, int] | None) -> Box | None:
    """A box and another given by its corners, both ends included."""
    if corners is None:
        return box
    x0, y0, x1, y1 = corners
    if box is not None:
        x0, y0 = min(x0, box[0]), min(y0, box[1])
        x1, y1 = max(x1, box[0] + box[2] - 1), max(y1, box[1] + box[3] - 1)
    return (x0, y0, x1 - x0 + 1, y1 - y0 + 1)


def _encode(pixel_lists: Sequence[np.ndarray], shape: tuple[int, int]) -> list[str]:
    """COCO's compressed run-length codes of silhouettes given as flat pixel indices."""
    if not pixel_lists:
        return []
    height, width = shape
    masks = np.zeros((height, width, len(pixel_lists)), dtype=np.uint8, order="F")
    for layer, pixels in enumerate(pixel_lists):
        rows, columns = np.divmod(pixels, width)
        masks[rows, columns, layer] = 1
    return [code["counts"].decode("ascii") for code in coco_mask.encode(masks)]
