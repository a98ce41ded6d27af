"""Stores with known answers: spheres and boxes traced by closed formulas, one ray per pixel centre.

Nothing here shares code with the package's own annotation or export, apart from the records that it fills.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask

from truthbake.dataset import distortion
from truthbake.dataset.meshes import MeshData, write_mesh
from truthbake.dataset.records import Camera, FrameLabels, ModelRecord, ObjectLabel
from truthbake.dataset.store import Store


@dataclass(frozen=True)
class Shape:
    """A sphere of radius ``size[0]`` or a box of edges ``size``, metres, centred on its origin."""

    key: str
    shape: str
    size: tuple[float, ...]
    kind: str = "target"
    class_name: str = ""
    symmetries_discrete: tuple = ()
    symmetries_continuous: tuple = ()

    @property
    def half(self) -> np.ndarray:
        return np.full(3, self.size[0]) if self.shape == "sphere" else np.array(self.size) / 2

    @property
    def diameter(self) -> float:
        return 2 * self.size[0] if self.shape == "sphere" else float(np.linalg.norm(self.size))

    def mesh(self) -> MeshData:
        return sphere_mesh(self.size[0]) if self.shape == "sphere" else box_mesh(self.half)

    def trace(self, pose: np.ndarray, rays: np.ndarray) -> np.ndarray:
        """Parameter t of the first hit of camera rays (H, W, 3) with the shape at ``pose`` (4x4), inf for none."""
        rotation, position = pose[:3, :3], pose[:3, 3]
        d, o = rays @ rotation, -position @ rotation
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if self.shape == "sphere":
                a, b, c = (d * d).sum(-1), d @ o, o @ o - self.size[0] ** 2
                t = (-b - np.sqrt(b * b - a * c)) / a
                return np.where(np.isfinite(t) & (t > 0), t, np.inf)
            t0, t1 = (-self.half - o) / d, (self.half - o) / d
            near, far = np.minimum(t0, t1).max(-1), np.maximum(t0, t1).min(-1)
            return np.where((near <= far) & (near > 0), near, np.inf)

    def normal(self, pose: np.ndarray, points: np.ndarray) -> np.ndarray:
        local = (points - pose[:3, 3]) @ pose[:3, :3]
        if self.shape == "sphere":
            normal = local / np.linalg.norm(local, axis=-1, keepdims=True)
        else:
            face = np.argmax(np.abs(local / self.half), axis=-1)
            normal = np.eye(3)[face] * np.sign(np.take_along_axis(local, face[..., None], -1))
        return normal @ pose[:3, :3].T


def sphere_mesh(radius: float, rings: int = 48) -> MeshData:
    """A globe of quads cut in two, every vertex on the sphere."""
    theta, phi = np.meshgrid(np.linspace(0, np.pi, rings + 1), np.arange(2 * rings) * np.pi / rings, indexing="ij")
    points = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], -1) * radius
    i, j = np.meshgrid(np.arange(rings), np.arange(2 * rings), indexing="ij")
    a, b = i * 2 * rings + j, i * 2 * rings + (j + 1) % (2 * rings)
    c, d = a + 2 * rings, b + 2 * rings
    faces = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
    return MeshData(points.reshape(-1, 3).astype(np.float32), faces.astype(np.int32))


def box_mesh(half: np.ndarray) -> MeshData:
    corners = np.array([[x, y, z] for z in (-1, 1) for y in (-1, 1) for x in (-1, 1)]) * half
    quads = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    faces = [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]
    return MeshData(corners.astype(np.float32), np.array(faces, dtype=np.int32))


def pose_at(x: float, y: float, z: float, axis: tuple = (0, 0, 1), angle: float = 0.0) -> np.ndarray:
    """4x4 from a position and a rotation about ``axis`` by ``angle`` radians (Rodrigues)."""
    axis = np.array(axis) / np.linalg.norm(axis)
    cross = np.cross(np.eye(3), axis)
    pose = np.eye(4)
    pose[:3, :3] = np.eye(3) - np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    pose[:3, 3] = x, y, z
    return pose


CAMERA_TO_WORLD = pose_at(0.3, -1.2, 0.8, (1, 2, -0.5), 2.2)


def camera(
    width: int = 160, height: int = 120, focal: float = 150.0, cx: float | None = None, lens: tuple = distortion.NONE
) -> Camera:
    K = np.array([[focal, 0, (width - 1) / 2 if cx is None else cx], [0, focal, (height - 1) / 2], [0, 0, 1.0]])
    return Camera(width, height, K, CAMERA_TO_WORLD, lens)


def rays(cam: Camera, margin: bool = False) -> np.ndarray:
    """(H, W, 3) rays with z = 1 through the pixel centres, or those of the canvas of 3W x 3H around the image."""
    dx, dy = (cam.width, cam.height) if margin else (0, 0)
    u, v = np.meshgrid(np.arange(-dx, cam.width + dx), np.arange(-dy, cam.height + dy))
    pixels = np.stack([u, v], -1).reshape(-1, 2).astype(float)
    pixels = distortion.undistort_pixels(pixels, cam.K, cam.distortion).reshape(*u.shape, 2)
    return np.concatenate([pixels, np.ones((*u.shape, 1))], -1) @ np.linalg.inv(cam.K).T


def mask_box(mask: np.ndarray, dx: int = 0, dy: int = 0):
    ys, xs = np.nonzero(mask)
    if not len(xs):
        return None
    return (int(xs.min()) - dx, int(ys.min()) - dy, int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1)


@dataclass(frozen=True)
class Truth:
    """One frame with all its answers; masks are (H, W) bool, one per placed object."""

    labels: FrameLabels
    instances: np.ndarray
    depth: np.ndarray
    normals: np.ndarray
    rgb: np.ndarray
    amodal: list[np.ndarray]
    visible: list[np.ndarray]


def trace(frame: int, cam: Camera, placed: list[tuple[Shape, np.ndarray]], models: dict[str, ModelRecord]) -> Truth:
    """Trace shapes at poses (object to camera) in front of a wall at z = 4 m that covers the left half of the view."""
    d = rays(cam)
    wall = np.where(d[..., 0] < 0, 4.0, np.inf)
    hits = np.stack([wall] + [shape.trace(pose, d) for shape, pose in placed])
    first = np.argmin(hits, axis=0)
    depth = hits.min(axis=0)
    instances = first.astype(np.uint16)
    points = d * np.where(np.isfinite(depth), depth, 0)[..., None]
    normals = np.where(np.isfinite(depth)[..., None], [0.0, 0.0, -1.0], 0.0)
    colour = np.where(np.isfinite(depth)[..., None], [0.55, 0.56, 0.6], [0.25, 0.3, 0.42])
    labels, amodal, visible = [], [], []
    for index, (shape, pose) in enumerate(placed, start=1):
        mask, seen = np.isfinite(hits[index]), instances == index
        large = np.isfinite(shape.trace(pose, rays(cam, margin=True)))
        normals[seen] = shape.normal(pose, points[seen])
        hue = np.array([np.cos(index * 2.4 + shift) * 0.35 + 0.6 for shift in (0, 2.1, 4.2)])
        colour[seen] = hue * (0.25 + 0.75 * np.clip(normals[seen] @ [-0.4, -0.6, -0.7], 0, 1))[:, None]
        corners = np.array([[x, y, z] for z in (-1, 1) for y in (-1, 1) for x in (-1, 1)] + [[0, 0, 0]]) * shape.half
        corners = corners @ pose[:3, :3].T + pose[:3, 3]
        with np.errstate(divide="ignore", invalid="ignore"):
            cuboid = (corners @ cam.K.T)[:, :2] / corners[:, 2:]
            cuboid = distortion.distort_pixels(cuboid, cam.K, cam.distortion)
        cuboid[corners[:, 2] <= 0] = np.nan
        record = models[shape.key]
        labels.append(
            ObjectLabel(
                instance=index,
                model=shape.key,
                kind=shape.kind,
                class_id=record.class_id,
                class_name=record.class_name,
                object_to_world=cam.camera_to_world @ pose,
                object_to_camera=pose,
                pixels_visible=int(seen.sum()),
                pixels_inside=int(mask.sum()),
                pixels_all=int(large.sum()),
                visible_fraction=float(seen.sum() / large.sum()) if large.any() else 0.0,
                box_visible=mask_box(seen),
                box_inside=mask_box(mask),
                box_all=mask_box(large, cam.width, cam.height),
                cuboid=cuboid,
                amodal=coco_mask.encode(np.asfortranarray(mask, dtype=np.uint8))["counts"].decode(),
            )
        )
        amodal.append(mask)
        visible.append(seen)
    rgb = (np.clip(colour, 0, 1) * 255).astype(np.uint8)
    return Truth(FrameLabels(frame, cam, labels), instances, depth, normals, rgb, amodal, visible)


def records(shapes: list[Shape]) -> dict[str, ModelRecord]:
    found = {}
    for number, shape in enumerate(shapes, start=1):
        target = shape.kind == "target"
        found[shape.key] = ModelRecord(
            id=number,
            key=shape.key,
            kind=shape.kind,
            class_id=number,
            class_name=shape.class_name or shape.key,
            file=f"models/{shape.key}.ply" if target else "",
            diameter=shape.diameter if target else 0.0,
            minimum=tuple((-shape.half).tolist()),
            size=tuple((2 * shape.half).tolist()),
            symmetries_discrete=[list(matrix) for matrix in shape.symmetries_discrete],
            symmetries_continuous=[dict(item) for item in shape.symmetries_continuous],
        )
    return found


def header(models: dict[str, ModelRecord], **output) -> dict:
    return {
        "recipe": {"lights": {"count": 2}, "output": {"formats": ["bop"], **output}},
        "seed": 7,
        "versions": {"truthbake": "0.1.0"},
        "models": [record.to_json() for record in models.values()],
        "assets": dict.fromkeys(models, "00"),
    }


def write_truths(store: Store, scene: int, truths: list[Truth], suffix: str = ".png", depth: bool = True) -> None:
    with store.write_scene(scene) as writer:
        for truth in truths:
            rgb = writer.folder / f"render-{truth.labels.frame}{suffix}"
            Image.fromarray(truth.rgb).save(rgb)
            maps = {"depth": truth.depth, "normals": truth.normals.astype(np.float32)} if depth else {}
            writer.add_frame(truth.labels, rgb, {"instances": truth.instances, **maps})
        writer.finish({"scene": scene, "warnings": []})


def build(
    root: Path, shapes: list[Shape], scenes: list[list[list[tuple[Shape, np.ndarray]]]], cam: Camera | None = None,
    suffix: str = ".png", depth: bool = True, **output,
) -> tuple[Store, list[list[Truth]]]:  # fmt: skip
    """A store with ``scenes[s][f]`` = the placed shapes of frame f in scene s, and the truth it was made from."""
    cam = cam or camera()
    models = records(shapes)
    store = Store.open_or_create(root, header(models, **output))
    for shape in shapes:
        if shape.kind == "target":
            write_mesh(root / models[shape.key].file, shape.mesh())
    truths = [[trace(f, cam, placed, models) for f, placed in enumerate(frames)] for frames in scenes]
    for scene, found in enumerate(truths):
        write_truths(store, scene, found, suffix, depth)
    return store, truths


BALL = Shape("ball", "sphere", (0.1,), symmetries_continuous=({"axis": [0, 0, 1], "offset": [0, 0, 0.01]},))
BRICK = Shape(
    "brick", "box", (0.2, 0.14, 0.1), class_name="Brick <b>",
    symmetries_discrete=([-1.0, 0, 0, 0.5, 0, -1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0],),
)  # fmt: skip
DECOY = Shape("decoy", "sphere", (0.07,), kind="distractor")
SHAPES = [BALL, BRICK, DECOY]


def usual_frames() -> list[list[tuple[Shape, np.ndarray]]]:
    """Everything that makes labels hard: overlap, truncation, a hidden object, a decoy in front, no target at all."""
    crossing = [
        (BALL, pose_at(0.05, 0.0, 0.9)),
        (BRICK, pose_at(-0.12, 0.06, 1.0, (1, 1, 0.3), 0.8)),
        (DECOY, pose_at(0.12, -0.02, 0.7)),
    ]
    truncated = [
        (BRICK, pose_at(-0.5, 0.1, 0.95, (0.2, 1, 0.5), 1.9)),
        (BALL, pose_at(0.42, 0.34, 0.9)),
        (BALL, pose_at(0.0, 0.0, 1.2)),
    ]
    hidden = [
        (BRICK, pose_at(0.0, 0.0, 0.6, (0, 1, 0), 0.2)),
        (BALL, pose_at(0.0, 0.0, 3.0)),
        (BALL, pose_at(2.0, 0.0, 1.0)),
    ]
    return [crossing, truncated, hidden, [(DECOY, pose_at(0.0, 0.0, 1.0))], []]
