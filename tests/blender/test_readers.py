"""A baked data set as others read it: COCO by pycocotools, BOP by a reader written from the readers' own requirements.

The BOP reader below asks what CosyPose's and HappyPose's `BOPDataset` and BOP toolkit's `inout` ask, and knows nothing
of our exporters.
"""

import contextlib
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from tests.house import ROOT, module

RECIPE = """
objects:
  models: [{{path: {gear}, unit: mm}}, {{path: {bracket}, unit: mm}}, {{path: {flange}, unit: mm}}]
  count: 5
  use_replacement: true
distractors: {{count: 2, use_primitives: true}}
lights: {{count: 0}}
background: {{mode: hdri}}
placement: {{mode: float, volume_min: [-0.1, -0.1, 0.0], volume_max: [0.1, 0.1, 0.2]}}
camera: {{fov: 50, shift_x: 0.05, shift_y: -0.03, distance: [0.25, 0.4], roll: [-180, 180], look_at_count: 2}}
render: {{samples: 1, denoise: "off", device: cpu, max_bounces: 0, resolution: [128, 96]}}
passes: {{depth: true}}
output: {{scenes: 2, frames_per_scene: 3, seed: 5, formats: [bop, coco], licence: CC0-1.0, image_format: {image}}}
"""


@pytest.fixture(scope="module", params=["png", "jpeg"])
def baked(request, tmp_path_factory):
    """The store of a baked and exported data set."""
    folder = tmp_path_factory.mktemp("readers")
    parts = {name.split(".")[0]: ROOT / "assets" / "parts" / name for name in ("gear.ply", "bracket.obj", "flange.stl")}
    (folder / "recipe.yaml").write_text(RECIPE.format(image=request.param, **parts))
    import bpy

    arguments = ["bake", "--recipe", str(folder / "recipe.yaml"), "--output", str(folder / "out"), "--progress", "none"]
    assert module("operators.command_line").main(arguments) == 0
    bpy.context.scene.property_unset("truthbake")
    return module("dataset.store").Store.open(folder / "out")


def frames_of(store) -> list:
    return [frame for scene in store.scenes() for frame in store.frames(scene)]


def targets_of(frame) -> list:
    return [label for label in frame.labels.objects if label.kind == "target"]


# COCO


@pytest.fixture
def coco(baked) -> COCO:
    with contextlib.redirect_stdout(None):
        return COCO(baked.exports("coco") / "annotations.json")


def test_coco_masks_are_those_of_the_instance_images(baked, coco):
    frames = {(frame.scene, frame.frame): frame for frame in frames_of(baked)}
    assert len(coco.getImgIds()) == len(frames) == 6
    shown = 0
    for image in coco.loadImgs(coco.getImgIds()):
        frame = frames.pop((image["scene"], image["frame"]))
        path = baked.exports("coco") / "images" / image["file_name"]
        with Image.open(path) as picture:
            assert picture.size == (image["width"], image["height"]) == (128, 96)
        instances = frame.instances()
        left = {label.instance: label for label in targets_of(frame) if np.any(instances == label.instance)}
        for annotation in coco.loadAnns(coco.getAnnIds(imgIds=image["id"])):
            label = left.pop(annotation["instance"])
            mask = coco.annToMask(annotation).astype(bool)
            assert np.array_equal(mask, instances == label.instance)
            rows, columns = np.nonzero(mask)
            assert annotation["area"] == mask.sum()
            assert annotation["bbox"] == [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1]
            assert coco.loadCats(annotation["category_id"])[0]["name"] == label.class_name
            shown += 1
        assert left == {}
    assert frames == {} and shown > 10


def test_coco_categories_and_papers(baked, coco):
    names = sorted(item["name"] for item in coco.loadCats(coco.getCatIds()))
    assert names == ["bracket", "flange", "gear"]
    assert coco.dataset["licenses"] == [{"id": 1, "name": "CC0-1.0", "url": ""}]
    assert {image["license"] for image in coco.dataset["images"]} == {1}


@pytest.mark.parametrize("kind", ["segm", "bbox"])
def test_the_truth_scores_full_marks_in_coco_s_own_evaluation(coco, kind):
    results = [
        {key: item[key] for key in ("image_id", "category_id", "segmentation", "bbox")} | {"score": 1.0}
        for item in json.loads(json.dumps(coco.dataset["annotations"]))
    ]
    for item in results if kind == "bbox" else []:
        del item["segmentation"]
    with contextlib.redirect_stdout(None):
        found = coco.loadRes(results)
        evaluation = COCOeval(coco, found, kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1.0)


def test_bop_s_own_coco_files_load(baked):
    folder = baked.exports("bop") / "train_pbr"
    for scene in baked.scenes():
        with contextlib.redirect_stdout(None):
            coco = COCO(folder / f"{scene:06d}" / "scene_gt_coco.json")
        assert len(coco.getImgIds()) == 3
        for image in coco.loadImgs(coco.getImgIds()):
            assert (folder / f"{scene:06d}" / image["file_name"]).is_file()
        for annotation in coco.loadAnns(coco.getAnnIds()):
            assert coco.annToMask(annotation).sum() == annotation["area"] > 0


# BOP


def read_ply(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and triangles, read as strictly as BOP toolkit does: four types, triangles only, nothing else."""
    kinds = {"float": ("f", 4), "double": ("d", 8), "int": ("i", 4), "uchar": ("B", 1)}
    content = path.read_bytes()
    head, body = content.split(b"end_header\n", 1)
    lines = head.decode("ascii").splitlines()
    assert lines[0] == "ply"
    assert lines[1] in ("format ascii 1.0", "format binary_little_endian 1.0")
    elements = [line.split()[1:] for line in lines if line.startswith("element")]
    assert [name for name, _ in elements] == ["vertex", "face"]
    (_, vertices), (_, faces) = elements
    properties = [line.split()[1:] for line in lines if line.startswith("property") and "list" not in line]
    assert [name for _, name in properties][:3] == ["x", "y", "z"]
    [(_, count, index, name)] = [line.split()[1:] for line in lines if line.startswith("property list")]
    assert name in ("vertex_indices", "vertex_index")
    if lines[1].startswith("format ascii"):
        rows = body.decode("ascii").splitlines()
        points = [row.split()[:3] for row in rows[: int(vertices)]]
        corners = [row.split() for row in rows[int(vertices) : int(vertices) + int(faces)]]
        assert {row[0] for row in corners} == {"3"}
        return np.array(points, float), np.array([row[1:4] for row in corners], int)
    vertex = "<" + "".join(kinds[kind][0] for kind, _ in properties)
    face = "<" + kinds[count][0] + 3 * kinds[index][0]
    end = struct.calcsize(vertex) * int(vertices)
    points = [row[:3] for row in struct.iter_unpack(vertex, body[:end])]
    corners = list(struct.iter_unpack(face, body[end : end + struct.calcsize(face) * int(faces)]))
    assert {row[0] for row in corners} == {3}
    return np.array(points), np.array([row[1:] for row in corners])


class BopReader:
    """What pose estimators read of a BOP data set: metres and OpenCV axes out."""

    def __init__(self, folder: Path, split: str = "train_pbr"):
        self.folder, self.split = folder, folder / split
        self.index, self.scenes = [], {}
        for scene in sorted(self.split.iterdir()):  # every entry must be a scene
            files = ("scene_camera", "scene_gt", "scene_gt_info")
            self.scenes[int(scene.name)] = {name: json.loads((scene / f"{name}.json").read_text()) for name in files}
            assert scene.name == f"{int(scene.name):06d}"
            self.index += [(int(scene.name), int(view)) for view in self.scenes[int(scene.name)]["scene_camera"]]
        self.models = json.loads((folder / "models" / "models_info.json").read_text())

    def mesh(self, label: int) -> tuple[np.ndarray, np.ndarray]:
        """Vertices in metres, triangles."""
        points, faces = read_ply(self.folder / "models" / f"obj_{label:06d}.ply")
        return points * 0.001, faces

    def __getitem__(self, item: tuple[int, int]) -> dict:
        scene, view = item
        folder, said = self.split / f"{scene:06d}", self.scenes[scene]
        camera = said["scene_camera"][str(view)]
        path = folder / "rgb" / f"{view:06d}.png"
        picture = np.asarray(Image.open(path if path.exists() else path.with_suffix(".jpg")))
        poses, info = said["scene_gt"][str(view)], said["scene_gt_info"][str(view)]
        assert len(poses) == len(info)
        objects, segmentation = [], np.zeros(picture.shape[:2], np.uint8)
        for number, (pose, seen) in enumerate(zip(poses, info, strict=True)):
            masks = {}
            for kind in ("mask", "mask_visib"):
                with Image.open(folder / kind / f"{view:06d}_{number:06d}.png") as image:
                    assert image.mode == "L"
                    masks[kind] = np.asarray(image)
                assert set(np.unique(masks[kind])) <= {0, 255}
            segmentation[masks["mask_visib"] == 255] = number + 1
            matrix = np.eye(4)
            matrix[:3, :3] = np.reshape(pose["cam_R_m2c"], (3, 3))
            matrix[:3, 3] = np.array(pose["cam_t_m2c"]) * 0.001
            objects.append({"label": pose["obj_id"], "pose": matrix, "info": seen, "masks": masks})
        world = np.eye(4)
        world[:3, :3] = np.reshape(camera["cam_R_w2c"], (3, 3))
        world[:3, 3] = np.array(camera["cam_t_w2c"]) * 0.001
        with Image.open(folder / "depth" / f"{view:06d}.png") as image:
            assert image.mode == "I;16"
            depth = np.asarray(image).astype(np.float32) * camera["depth_scale"] / 1000
        return {
            "rgb": picture,
            "K": np.reshape(camera["cam_K"], (3, 3)),
            "world_to_camera": world,
            "depth": depth,
            "depth_unit": camera["depth_scale"] / 1000,
            "objects": objects,
            "segmentation": segmentation,
        }


@pytest.fixture
def bop(baked) -> BopReader:
    return BopReader(baked.exports("bop"))


def test_bop_views_are_those_of_the_store(baked, bop):
    frames = frames_of(baked)
    assert bop.index == [(frame.scene, frame.frame) for frame in frames]
    models = {model.id: model for model in baked.models if model.kind == "target"}
    for item, frame in zip(bop.index, frames, strict=True):
        view, camera = bop[item], frame.labels.camera
        assert view["rgb"].shape == (96, 128, 3) and view["rgb"].dtype == np.uint8
        assert np.allclose(view["K"], camera.K, rtol=0, atol=1e-9)
        # Blender's matrices are single precision: their rotations are orthonormal to 1e-7.
        assert np.allclose(view["world_to_camera"], np.linalg.inv(camera.camera_to_world), rtol=0, atol=1e-6)
        targets = targets_of(frame)
        assert len(view["objects"]) == len(targets) == 5
        for found, label in zip(view["objects"], targets, strict=True):
            assert models[found["label"]].class_name == label.class_name
            assert np.allclose(found["pose"], label.object_to_camera, rtol=0, atol=1e-9)
            assert np.allclose(view["world_to_camera"] @ label.object_to_world, found["pose"], rtol=0, atol=1e-6)


def test_bop_depth_is_the_store_s_within_half_a_unit(baked, bop):
    for item, frame in zip(bop.index, frames_of(baked), strict=True):
        view, depth = bop[item], frame.depth()
        seen = np.isfinite(depth)
        assert seen.any() and not seen.all()
        assert np.array_equal(view["depth"] > 0, seen)
        # The unit of the image, and float32 in both.
        assert np.abs(view["depth"][seen] - depth[seen]).max() <= 0.5 * view["depth_unit"] + 1e-7


def test_bop_masks_and_what_is_told_of_them(baked, bop):
    fractions = []
    for item, frame in zip(bop.index, frames_of(baked), strict=True):
        view, instances = bop[item], frame.instances()
        numbers = [label.instance for label in targets_of(frame)]
        expected = np.zeros_like(view["segmentation"])
        for number, instance in enumerate(numbers):
            expected[instances == instance] = number + 1
        assert np.array_equal(view["segmentation"], expected)
        for found in view["objects"]:
            amodal, visible = (found["masks"][kind] == 255 for kind in ("mask", "mask_visib"))
            info = found["info"]
            assert not np.any(visible & ~amodal)
            assert info["px_count_visib"] == visible.sum()
            assert info["px_count_valid"] == amodal.sum() <= info["px_count_all"]
            fraction = visible.sum() / info["px_count_all"] if info["px_count_all"] else 0.0
            assert info["visib_fract"] == pytest.approx(fraction)
            fractions.append(fraction)
            if not visible.any():
                assert info["bbox_visib"] == info["bbox_obj"] == [-1, -1, -1, -1]
                continue
            rows, columns = np.nonzero(visible)
            assert info["bbox_visib"] == [columns.min(), rows.min(), np.ptp(columns), np.ptp(rows)]
            x, y, w, h = info["bbox_obj"]
            rows, columns = np.nonzero(amodal)
            assert x <= columns.min() and columns.max() <= x + w
            assert y <= rows.min() and rows.max() <= y + h
    assert min(fractions) < 0.9 and max(fractions) == 1.0  # the scenes show both


def spread(mask: np.ndarray) -> np.ndarray:
    """The mask and its eight neighbours."""
    wide = np.pad(mask, 1)
    height, width = mask.shape
    return np.any([wide[y : y + height, x : x + width] for y in range(3) for x in range(3)], axis=0)


def surface(points: np.ndarray, faces: np.ndarray, count: int) -> np.ndarray:
    """Points spread evenly over the triangles."""
    rng = np.random.default_rng(1)
    a, b, c = points[faces].transpose(1, 0, 2)
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    chosen = rng.choice(len(faces), count, p=areas / areas.sum())
    u, v = rng.random((2, count, 1))
    fold = u + v > 1
    u, v = np.where(fold, 1 - u, u), np.where(fold, 1 - v, v)
    return a[chosen] + u * (b - a)[chosen] + v * (c - a)[chosen]


def test_bop_models_land_in_their_masks(bop):
    checked = 0
    for item in bop.index:
        view = bop[item]
        height, width = view["depth"].shape
        for found in view["objects"]:
            vertices, faces = bop.mesh(found["label"])
            amodal = found["masks"]["mask"] == 255
            covered = np.zeros_like(amodal)
            for points in (vertices, surface(vertices, faces, 40_000)):
                local = points @ found["pose"][:3, :3].T + found["pose"][:3, 3]
                assert np.all(local[:, 2] > 0)
                pixels = local @ view["K"].T
                x, y = np.rint(pixels[:, :2] / pixels[:, 2:]).astype(int).T
                inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
                covered[y[inside], x[inside]] = True
            assert not np.any(covered & ~spread(amodal))
            assert not np.any(amodal & ~spread(covered))
            assert amodal.sum() <= covered.sum()  # a touched pixel counts here, a hit centre there
            checked += amodal.any()
    assert checked > 20


def test_bop_models_are_as_their_info_says(bop):
    assert sorted(bop.models) == ["1", "2", "3"]
    for label, info in bop.models.items():
        vertices, _ = bop.mesh(int(label))
        vertices = vertices * 1000
        lowest, size = vertices.min(axis=0), np.ptp(vertices, axis=0)
        assert np.allclose([info[f"min_{axis}"] for axis in "xyz"], lowest, rtol=0, atol=1e-3)
        assert np.allclose([info[f"size_{axis}"] for axis in "xyz"], size, rtol=0, atol=1e-3)
        some = vertices[:: max(1, len(vertices) // 1500)]
        farthest = np.sqrt(((some[:, None] - some[None]) ** 2).sum(axis=2).max())
        assert farthest - 1e-3 <= info["diameter"] <= np.linalg.norm(size) + 1e-3
        assert info["diameter"] == pytest.approx(farthest, rel=0.02)
        assert 5 < info["diameter"] < 500  # millimetres
    camera = json.loads((bop.folder / "camera.json").read_text())
    assert {"width", "height", "fx", "fy", "cx", "cy", "depth_scale"} <= camera.keys()
    K = bop[bop.index[0]]["K"]
    assert (camera["fx"], camera["cx"], camera["cy"]) == (K[0, 0], K[0, 2], K[1, 2])
