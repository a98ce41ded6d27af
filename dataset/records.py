"""What the store holds, as plain data: cameras, models and the labels of one frame.

Conventions, decided once here and converted only by exporters:
metres; OpenCV camera axes (x right, y down, z forward); pixel centres at integer coordinates;
matrices are row-major and act on column vectors; boxes are ``(x, y, w, h)`` with ``w = max - min + 1`` pixels.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from . import distortion

CONVENTIONS = {
    "length": "metre",
    "camera_axes": "OpenCV: x right, y down, z forward",
    "pixel_centre": "integer coordinates: the centre of the top left pixel is (0, 0)",
    "distortion": "k1, k2, p1, p2, k3 of OpenCV's model, none for a pinhole; all images and labels are distorted",
    "depth": "planar z along the camera axis, metres, float32; inf where the ray hits nothing",
    "noisy_depth": "what a depth camera would measure: planar z, metres, float32; inf where there is no return",
    "instances": "uint16, 0 is background, n is the object with instance n in the frame's labels",
    "normals": "unit vectors in OpenCV camera axes, zero where the ray hits nothing",
    "forward_flow": "pixels, x right, y down, from a pixel's centre to where its point is in the scene's next frame "
    "(of the same eye); NaN in the last frame and where the point has no image there",
    "backward_flow": "the same to the previous frame; NaN in the first one",
    "occlusion": "uint8, 1 where the pixel's point is not visible in the next frame, 2 in the previous one, 3 in both; "
    "set where there is no such frame",
    "boxes": "[x, y, w, h] in pixels, w = max - min + 1",
    "amodal": "COCO compressed RLE, column-major, of the silhouette inside the image",
    "keypoints": "pixel [u, v], null at or behind the camera; visibility 0: outside of the image or behind the camera, "
    "1: inside but hidden, 2: nothing lies between it and the camera",
    "visible_fraction": "pixels_visible / pixels_all; pixels_all counts the silhouette on a canvas of 3W x 3H",
}

TARGET = "target"
DISTRACTOR = "distractor"
PERSON = "person"
# What has a class; of these only a target is a rigid model.
LABELLED = (TARGET, PERSON)


@dataclass(frozen=True)
class Camera:
    """A camera. ``K`` is 3x3 in pixels, ``camera_to_world`` is 4x4 (OpenCV axes, metres, no scale).

    ``distortion`` is OpenCV's k1, k2, p1, p2, k3 (distortion.py); all 0 is a pinhole.
    """

    width: int
    height: int
    K: np.ndarray
    camera_to_world: np.ndarray
    distortion: tuple[float, ...] = distortion.NONE

    @property
    def world_to_camera(self) -> np.ndarray:
        """4x4 inverse of the rigid ``camera_to_world``."""
        rotation = self.camera_to_world[:3, :3].T
        inverse = np.eye(4)
        inverse[:3, :3] = rotation
        inverse[:3, 3] = -rotation @ self.camera_to_world[:3, 3]
        return inverse

    def project(self, points: np.ndarray) -> np.ndarray:
        """World points (N, 3) to pixels (N, 2); points behind the camera give nonsense, check z first."""
        return self.image(points @ self.world_to_camera[:3, :3].T + self.world_to_camera[:3, 3])

    def image(self, local: np.ndarray) -> np.ndarray:
        """Points (N, 3) in camera axes to pixels (N, 2), through the lens; z must be above 0."""
        pixels = local @ self.K.T
        return distortion.distort_pixels(pixels[:, :2] / pixels[:, 2:3], self.K, self.distortion)

    def to_json(self) -> dict[str, Any]:
        return {
            "width": self.width,
            "height": self.height,
            "K": self.K.tolist(),
            "camera_to_world": self.camera_to_world.tolist(),
            **({} if distortion.is_none(self.distortion) else {"distortion": list(self.distortion)}),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Camera:
        lens = tuple(data.get("distortion", distortion.NONE))
        return cls(data["width"], data["height"], np.array(data["K"]), np.array(data["camera_to_world"]), lens)


@dataclass(frozen=True)
class ModelRecord:
    """One CAD model of the data set. Lengths in metres, in the model's own frame.

    ``id`` is the BOP object id, ``class_id`` the COCO category; they are the same unless several models share a class.
    ``file`` is relative to the data set's root and empty for distractors, which carry no labels of their own.
    ``align_axes`` (an ``object`` and a ``camera`` axis each) choose among poses that symmetries make equivalent.
    ``keypoints`` have a ``name`` and a ``position``, which is None for joints of people: they move with the pose;
    ``skeleton`` are the pairs of names that a line joins. ``parts`` are the names of the parts of a STEP or IGES file.
    """

    id: int
    key: str
    kind: str
    class_id: int
    class_name: str
    file: str = ""
    diameter: float = 0.0
    minimum: tuple[float, float, float] = (0.0, 0.0, 0.0)
    size: tuple[float, float, float] = (0.0, 0.0, 0.0)
    symmetries_discrete: list[list[float]] = field(default_factory=list)
    symmetries_continuous: list[dict[str, list[float]]] = field(default_factory=list)
    align_axes: list[dict[str, list[float]]] = field(default_factory=list)
    keypoints: list[dict[str, Any]] = field(default_factory=list)
    skeleton: list[list[str]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"minimum": list(self.minimum), "size": list(self.size)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ModelRecord:
        return cls(**data | {"minimum": tuple(data["minimum"]), "size": tuple(data["size"])})


Box = tuple[int, int, int, int]
UNSCALED = (1.0, 1.0, 1.0)

OUTSIDE, HIDDEN, VISIBLE = 0, 1, 2


@dataclass(frozen=True)
class Keypoint:
    """A named point of an object in one frame.

    ``pixel`` (u, v) is where it projects to, None at or behind the camera; it may lie outside of the image.
    ``visibility`` is OUTSIDE (outside of the image, or nearer than anything is rendered), else HIDDEN where the line of
    sight from the camera meets a surface before it, else VISIBLE. A surface less than a thousandth of the object's
    extent before the point is its own; the model's keypoint_depth lets its own surface lie farther before it.
    """

    name: str
    pixel: tuple[float, float] | None
    visibility: int

    def to_json(self) -> dict[str, Any]:
        pixel = None if self.pixel is None else list(self.pixel)
        return {"name": self.name, "pixel": pixel, "visibility": self.visibility}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Keypoint:
        return cls(data["name"], None if data["pixel"] is None else tuple(data["pixel"]), data["visibility"])


@dataclass(frozen=True)
class ObjectLabel:
    """Everything known about one object in one frame.

    ``instance`` is its value in the instance image. ``box_all`` and ``pixels_all`` cover the whole silhouette
    on the canvas of 3W x 3H around the image, so the box may leave the image; ``box_inside``, ``pixels_inside``
    and the ``amodal`` run-length code cover the silhouette's part inside the image, occluded or not.
    ``cuboid`` is (9, 2): the projected corners of the model's box, x fastest then y then z, minimum first, then its
    centre; a corner at or behind the camera is NaN (null in JSON).
    ``scale`` (x, y, z) stretches the model along its own axes, about its own origin, before the rigid pose moves it:
    a model point p lies at ``object_to_camera @ (scale * p)``.
    """

    instance: int
    model: str
    kind: str
    class_id: int
    class_name: str
    object_to_world: np.ndarray
    object_to_camera: np.ndarray
    pixels_visible: int
    pixels_inside: int
    pixels_all: int
    visible_fraction: float
    box_visible: Box | None
    box_inside: Box | None
    box_all: Box | None
    cuboid: np.ndarray
    amodal: str
    scale: tuple[float, float, float] = UNSCALED
    keypoints: list[Keypoint] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        data = dict(vars(self))
        data["object_to_world"] = self.object_to_world.tolist()
        data["object_to_camera"] = self.object_to_camera.tolist()
        data["scale"] = list(self.scale)
        data["keypoints"] = [point.to_json() for point in self.keypoints]
        data["cuboid"] = [[None if np.isnan(v) else float(v) for v in point] for point in self.cuboid]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ObjectLabel:
        data = dict(data)
        data["object_to_world"] = np.array(data["object_to_world"])
        data["object_to_camera"] = np.array(data["object_to_camera"])
        data["cuboid"] = np.array([[np.nan if v is None else v for v in point] for point in data["cuboid"]])
        for name in ("box_visible", "box_inside", "box_all"):
            data[name] = tuple(data[name]) if data[name] is not None else None
        data["scale"] = tuple(data.get("scale", UNSCALED))
        data["keypoints"] = [Keypoint.from_json(point) for point in data.get("keypoints", [])]
        return cls(**data)


@dataclass(frozen=True)
class FrameLabels:
    """One frame's camera and the labels of all its objects, in the order of their instance numbers.

    ``eye`` is ``left`` or ``right`` of a stereo rig whose eyes are ``baseline`` metres apart, else empty; the left
    frame comes first, its right one follows.
    """

    frame: int
    camera: Camera
    objects: list[ObjectLabel]
    eye: str = ""
    baseline: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            **({"eye": self.eye, "baseline": self.baseline} if self.eye else {}),
            "frame": self.frame,
            "camera": self.camera.to_json(),
            "objects": [label.to_json() for label in self.objects],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FrameLabels:
        return cls(
            data["frame"],
            Camera.from_json(data["camera"]),
            [ObjectLabel.from_json(item) for item in data["objects"]],
            data.get("eye", ""),
            data.get("baseline", 0.0),
        )
