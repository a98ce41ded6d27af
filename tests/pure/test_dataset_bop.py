"""The BOP export against closed forms, through a reader that knows nothing but the format's documented needs."""

import json
import os

import numpy as np
import pytest
from PIL import Image

from tests.pure import synthetic
from truthbake.dataset import exporters
from truthbake.dataset.bop.frame import depth_image
from truthbake.dataset.rle import decode_runs
from truthbake.dataset.verify import verify_bop


class BopReader:
    """What cosypose and happypose do: every entry of the split is a scene, images by number, masks by position."""

    def __init__(self, folder, split="train_pbr"):
        self.frames = []
        for scene in sorted(os.listdir(folder / split)):
            base = folder / split / scene
            cameras = json.loads((base / "scene_camera.json").read_text())
            truths = json.loads((base / "scene_gt.json").read_text())
            infos = json.loads((base / "scene_gt_info.json").read_text())
            assert cameras.keys() == truths.keys() == infos.keys()
            self.frames += [(base, int(key), cameras[key], truths[key], infos[key]) for key in cameras]
        self.models = {int(k): v for k, v in json.loads((folder / "models" / "models_info.json").read_text()).items()}

    def read(self, index):
        base, number, camera, truths, infos = self.frames[index]
        path = next(p for s in ("png", "jpg", "tif") if (p := base / "rgb" / f"{number:06d}.{s}").exists())
        rgb = np.asarray(Image.open(path))
        assert rgb.ndim == 3 and rgb.dtype == np.uint8
        K = np.array(camera["cam_K"]).reshape(3, 3)
        T = np.eye(4)
        if "cam_R_w2c" in camera:
            T[:3, :3] = np.array(camera["cam_R_w2c"]).reshape(3, 3)
            T[:3, 3] = np.array(camera["cam_t_w2c"]) * 0.001
        depth = np.asarray(Image.open(base / "depth" / f"{number:06d}.png"))
        segmentation = np.zeros(rgb.shape[:2], dtype=np.uint8)
        objects = []
        for n, (truth, info) in enumerate(zip(truths, infos, strict=True)):
            mask = np.asarray(Image.open(base / "mask_visib" / f"{number:06d}_{n:06d}.png"))
            full = np.asarray(Image.open(base / "mask" / f"{number:06d}_{n:06d}.png"))
            assert mask.dtype == full.dtype == np.uint8
            assert set(np.unique(mask)) <= {0, 255} and set(np.unique(full)) <= {0, 255}
            segmentation[mask == 255] = n + 1
            TCO = np.eye(4)
            TCO[:3, :3] = np.array(truth["cam_R_m2c"]).reshape(3, 3)
            TCO[:3, 3] = np.array(truth["cam_t_m2c"]) * 0.001
            objects.append({"id": truth["obj_id"], "TCO": TCO, "info": info, "mask": mask == 255, "full": full == 255})
        return {
            "number": number, "rgb": rgb, "K": K, "TWC": np.linalg.inv(T), "objects": objects,
            "segmentation": segmentation, "depth": depth.astype(float) * camera["depth_scale"] / 1000,
        }  # fmt: skip


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    root = tmp_path_factory.mktemp("bop") / "store"
    frames = synthetic.usual_frames()
    store, truths = synthetic.build(root, synthetic.SHAPES, [frames, frames[:2]])
    folder = exporters.export(store, ["bop"])["bop"]
    return store, truths, folder, BopReader(folder)


def pairs(exported):
    _, truths, _, reader = exported
    flat = [truth for scene in truths for truth in scene]
    assert len(flat) == len(reader.frames)
    return [(truth, reader.read(index)) for index, truth in enumerate(flat)]


def targets(truth):
    return [(i, label) for i, label in enumerate(truth.labels.objects) if label.kind == "target"]


def bop_box(box):
    return [box[0], box[1], box[2] - 1, box[3] - 1]


def test_images_cameras_and_poses(exported):
    for truth, frame in pairs(exported):
        assert (frame["rgb"] == truth.rgb).all()
        assert np.allclose(frame["K"], truth.labels.camera.K, atol=0)
        assert np.allclose(frame["TWC"], synthetic.CAMERA_TO_WORLD, atol=1e-12)
        labels = [label for _, label in targets(truth)]
        assert [item["id"] for item in frame["objects"]] == [{"ball": 1, "brick": 2}[label.model] for label in labels]
        for item, label in zip(frame["objects"], labels, strict=True):
            assert np.allclose(item["TCO"], label.object_to_camera, atol=1e-12)
            assert np.allclose(frame["TWC"] @ item["TCO"], label.object_to_world, atol=1e-12)


def test_masks_and_depth(exported):
    for truth, frame in pairs(exported):
        expected = np.zeros_like(truth.instances)
        for n, (index, _) in enumerate(targets(truth)):
            item = frame["objects"][n]
            assert (item["mask"] == truth.visible[index]).all()
            assert (item["full"] == truth.amodal[index]).all()
            expected[truth.visible[index]] = n + 1
        assert (frame["segmentation"] == expected).all()
        finite = np.isfinite(truth.depth)
        assert np.abs(frame["depth"][finite] - truth.depth[finite]).max() <= 0.05e-3 + 1e-9
        assert (frame["depth"][~finite] == 0).all()


def test_counts_fractions_and_boxes(exported):
    for truth, frame in pairs(exported):
        for item, (index, label) in zip(frame["objects"], targets(truth), strict=True):
            info = item["info"]
            assert info["px_count_all"] == label.pixels_all
            assert info["px_count_visib"] == truth.visible[index].sum()
            assert info["px_count_valid"] == (truth.amodal[index] & np.isfinite(truth.depth)).sum()
            if truth.visible[index].any():
                assert info["visib_fract"] == truth.visible[index].sum() / label.pixels_all
                assert info["bbox_visib"] == bop_box(synthetic.mask_box(truth.visible[index]))
                assert info["bbox_obj"] == bop_box(label.box_all)
            else:
                assert info["visib_fract"] == 0
                assert info["bbox_visib"] == info["bbox_obj"] == [-1, -1, -1, -1]


def test_truncation_lowers_the_visible_fraction(exported):
    truth, frame = pairs(exported)[1]
    brick, ball, free = [item["info"] for item in frame["objects"]]
    assert brick["bbox_obj"][0] < 0 and brick["visib_fract"] < 0.6
    assert ball["bbox_obj"][0] + ball["bbox_obj"][2] > truth.rgb.shape[1] and ball["visib_fract"] < 0.6
    assert free["visib_fract"] == 1.0


def test_sphere_matches_its_closed_form(exported):
    """A sphere on the axis shows a disc of radius f r / sqrt(z^2 - r^2), nearest at z - r."""
    _, frame = pairs(exported)[1]
    z, r, f = 1.2, 0.1, 150.0
    radius = f * r / np.sqrt(z * z - r * r)
    info = frame["objects"][2]["info"]
    assert abs(info["px_count_all"] - np.pi * radius**2) < 0.02 * np.pi * radius**2
    # The centre lies between pixels (79.5, 59.5), so the disc spans the half-integers within its radius.
    assert info["bbox_obj"][2] == 2 * int(np.floor(radius - 0.5)) + 1
    shown = frame["depth"][frame["objects"][2]["mask"]]
    # The nearest pixel centre lies 0.7 pixels off the axis, where the sphere is 0.1 mm deeper.
    assert shown.min() == pytest.approx(z - r, abs=3e-4)


def test_an_image_without_targets_has_empty_lists(exported):
    *_, reader = exported
    for index in (3, 4):
        *_, truths, infos = reader.frames[index]
        assert truths == [] and infos == []


def test_models(exported):
    _, _, folder, reader = exported
    ball, brick = reader.models[1], reader.models[2]
    assert sorted(reader.models) == [1, 2]
    assert ball["diameter"] == pytest.approx(200) and brick["diameter"] == pytest.approx(
        np.sqrt(200**2 + 140**2 + 100**2)
    )
    assert [brick[f"size_{a}"] for a in "xyz"] == pytest.approx([200, 140, 100])
    assert [brick[f"min_{a}"] for a in "xyz"] == pytest.approx([-100, -70, -50])
    assert ball["symmetries_continuous"] == [{"axis": [0, 0, 1], "offset": [0, 0, 10.0]}]
    assert brick["symmetries_discrete"][0][:4] == [-1, 0, 0, 500] and brick["symmetries_discrete"][0][15] == 1
    trimesh = pytest.importorskip("trimesh")
    mesh = trimesh.load(folder / "models" / "obj_000002.ply", process=False)
    assert np.allclose(mesh.bounds, [[-100, -70, -50], [100, 70, 50]])
    camera = json.loads((folder / "camera.json").read_text())
    assert camera == {"cx": 79.5, "cy": 59.5, "depth_scale": 0.1, "fx": 150.0, "fy": 150.0, "height": 120, "width": 160}


def test_scene_gt_coco(exported):
    _, truths, folder, _ = exported
    data = json.loads((folder / "train_pbr" / "000000" / "scene_gt_coco.json").read_text())
    assert [item["id"] for item in data["images"]] == [0, 1, 2, 3, 4]
    assert [item["id"] for item in data["categories"]] == [1, 2]
    found = iter(data["annotations"])
    for truth in truths[0]:
        for index, label in targets(truth):
            if not truth.visible[index].any():
                continue
            item = next(found)
            assert item["image_id"] == truth.labels.frame
            assert (decode_runs(item["segmentation"]["counts"], 120, 160) == truth.visible[index]).all()
            assert item["segmentation"]["size"] == [120, 160]
            assert item["bbox"] == list(synthetic.mask_box(truth.amodal[index]))
            assert item["area"] == truth.visible[index].sum()
            assert item["ignore"] == (label.visible_fraction < 0.1)
    assert next(found, None) is None


def test_depth_is_clipped_and_never_wraps():
    image = depth_image(np.array([[0.0, 1.0, 6.5535, 6.5536, 100.0, np.inf, -1.0, np.nan, 1.23456]], dtype=np.float32))
    assert image.dtype == np.uint16
    assert image.tolist() == [[0, 10000, 65535, 65535, 65535, 0, 0, 0, 12346]]


def test_without_depth_the_scale_is_zero(tmp_path):
    store, _ = synthetic.build(tmp_path, synthetic.SHAPES, [synthetic.usual_frames()[:1]], suffix=".jpg", depth=False)
    folder = exporters.export(store, ["bop"])["bop"]
    scene = folder / "train_pbr" / "000000"
    camera = json.loads((scene / "scene_camera.json").read_text())["0"]
    assert camera["depth_scale"] == 0 and not (scene / "depth").exists()
    assert (scene / "rgb" / "000000.jpg").is_file()
    assert json.loads((scene / "scene_gt_info.json").read_text())["0"][0]["px_count_valid"] == 0
    assert verify_bop(folder) == []


def test_a_texture_travels_with_its_model(tmp_path):
    from dataclasses import replace

    from truthbake.dataset.meshes import read_mesh, write_mesh

    store, _ = synthetic.build(tmp_path, synthetic.SHAPES, [synthetic.usual_frames()[:1]])
    Image.new("RGB", (4, 4), (9, 8, 7)).save(tmp_path / "models" / "skin.PNG")
    mesh = synthetic.BRICK.mesh()
    uv = np.linspace(0, 1, 16, dtype=np.float32).reshape(8, 2)
    write_mesh(tmp_path / "models" / "brick.ply", replace(mesh, uv=uv, texture="skin.PNG"))
    folder = exporters.export(store, ["bop"])["bop"] / "models"
    exported = read_mesh(folder / "obj_000002.ply")
    assert exported.texture == "obj_000002.png" and (exported.uv == uv).all()
    assert Image.open(folder / exported.texture).getpixel((0, 0)) == (9, 8, 7)
