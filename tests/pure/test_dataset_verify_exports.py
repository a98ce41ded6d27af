"""The checks of BOP and COCO folders: each kind of damage gives a line that names the file."""

import json

import numpy as np
import pytest
from PIL import Image

from tests.pure import synthetic
from truthbake.dataset import exporters, images
from truthbake.dataset.verify import verify_bop, verify_coco


@pytest.fixture
def store(tmp_path):
    store, _ = synthetic.build(tmp_path / "set", synthetic.SHAPES, [synthetic.usual_frames()])
    exporters.export(store, ["bop", "coco"])
    return store


def edit_json(path, change):
    data = json.loads(path.read_bytes())
    change(data)
    path.write_text(json.dumps(data))


def edit_info(key, value):
    return lambda data: data["0"][0].update({key: value})


BOP_JSON_DAMAGE = {
    "count all": ("scene_gt_info", edit_info("px_count_all", 5), "px_count_all is 5"),
    "count valid": ("scene_gt_info", edit_info("px_count_valid", 5), "px_count_valid is 5"),
    "count visib": ("scene_gt_info", edit_info("px_count_visib", 5), "px_count_visib is 5"),
    "fraction": ("scene_gt_info", edit_info("visib_fract", 0.01), "visib_fract is 0.01"),
    "bbox_obj": ("scene_gt_info", edit_info("bbox_obj", [0, 0, 5, 5]), "bbox_obj is"),
    "bbox_visib with +1": ("scene_gt_info", edit_info("bbox_visib", [72, 43, 30, 34]), "bbox_visib is"),
    "hidden with a box": ("scene_gt_info", lambda d: d["2"][1].update(bbox_obj=[75, 55, 9, 9]), "nothing of the"),
    "info missing": ("scene_gt_info", lambda d: d["0"].pop(), "has 1 entries, scene_gt.json has 2"),
    "image missing": ("scene_gt", lambda d: d.pop("3"), "scene_gt.json: image 3 has no entry"),
    "object id": ("scene_gt", lambda d: d["0"][0].update(obj_id=77), "models_info.json has no such object"),
    "pose in metres": ("scene_gt", lambda d: d["0"][0].update(cam_t_m2c=[0.05, 0, 0.9]), "mask"),
    "pose shifted": ("scene_gt", lambda d: d["0"][0].update(cam_t_m2c=[80.0, 0, 900]), "mask"),
    "pose mirrored": ("scene_gt", lambda d: d["0"][0].update(cam_R_m2c=[1, 0, 0, 0, 1, 0, 0, 0, -1]), "reflection"),
    "K": ("scene_camera", lambda d: d["0"].update(cam_K=[150, 0, 79.5, 0, 150, 59.5, 0, 0, 2]), "K is not of the form"),
    "K short": ("scene_camera", lambda d: d["0"].update(cam_K=[1, 2]), "not readable"),
    "area": ("scene_gt_coco", lambda d: d["annotations"][0].update(area=3), "area is 3"),
    "coco box": ("scene_gt_coco", lambda d: d["annotations"][0].update(bbox=[0, 0, 1, 1]), "bbox is"),
    "ignore": ("scene_gt_coco", lambda d: d["annotations"][0].update(ignore=True), "ignore is True"),
    "coco counts": ("scene_gt_coco", lambda d: d["annotations"][0]["segmentation"]["counts"].append(9), "does not"),
    "coco missing": ("scene_gt_coco", lambda d: d["annotations"].pop(0), "objects are visible"),
    "coco shape": ("scene_gt_coco", lambda d: d.pop("images"), "not readable"),
}  # fmt: skip


@pytest.mark.parametrize("damage", BOP_JSON_DAMAGE)
def test_wrong_bop_numbers_are_found(store, damage):
    name, change, expected = BOP_JSON_DAMAGE[damage]
    folder = store.exports("bop")
    edit_json(folder / "train_pbr" / "000000" / f"{name}.json", change)
    problems = verify_bop(folder)
    assert any(
        (expected in problem and f"{name}.json" in problem) or "not readable" == expected for problem in problems
    )
    assert any(expected in problem for problem in problems), problems


def overlap(scene):
    path = scene / "mask_visib" / "000000_000001.png"
    mask = images.read_png(path) | images.read_png(scene / "mask_visib" / "000000_000000.png")
    Image.fromarray(mask).save(path)


def grey(scene):
    path = scene / "mask" / "000000_000000.png"
    Image.fromarray(images.read_png(path) // 2).save(path)


def eight_bit(scene):
    path = scene / "depth" / "000000.png"
    Image.fromarray((images.read_png(path) >> 8).astype(np.uint8)).save(path)


def hole_in_depth(scene):
    path = scene / "depth" / "000000.png"
    depth = images.read_png(path).copy()
    depth[59, 85] = 0
    images.write_grey_png(path, depth)


BOP_FILE_DAMAGE = {
    "overlap": (overlap, "belong to another object's visible mask"),
    "grey mask": (grey, "values other than 0 and 255"),
    "depth of 8 bits": (eight_bit, "is not a 16-bit grey image"),
    "hole in the depth": (hole_in_depth, "pixels of objects have no depth"),
    "no depth": (lambda scene: (scene / "depth" / "000000.png").unlink(), "missing, but depth_scale is 0.1"),
    "no mask": (lambda scene: (scene / "mask_visib" / "000001_000002.png").unlink(), "000001_000002.png: missing"),
    "no picture": (lambda scene: (scene / "rgb" / "000001.png").unlink(), "rgb/000001.png: missing"),
    "stray picture": (lambda scene: (scene / "rgb" / "000077.png").write_bytes(b""), "has no entry in scene_camera"),
    "stray mask": (lambda scene: (scene / "mask" / "000000_000009.png").write_bytes(b""), "belongs to no entry"),
    "stray file": (lambda scene: (scene.parent / "notes.txt").write_text(""), "take every entry of a split folder"),
    "broken JSON": (lambda scene: (scene / "scene_gt.json").write_text("{"), "scene_gt.json: not readable as JSON"),
    "no info": (lambda scene: (scene / "scene_gt_info.json").unlink(), "scene_gt_info.json: missing"),
    "garbled mask": (lambda scene: (scene / "mask" / "000000_000000.png").write_bytes(b"x"), "not readable"),
    "no model": (lambda scene: (scene.parents[1] / "models" / "obj_000001.ply").unlink(), "obj_000001.ply: cannot be"),
    "no models": (lambda scene: (scene.parents[1] / "models" / "models_info.json").unlink(), "info.json: missing"),
    "model in metres": (
        lambda scene: edit_json(
            scene.parents[1] / "models" / "models_info.json", lambda d: d["1"].update(diameter=0.2, size_x=0.2)
        ),
        "object 1: the diameter",
    ),
    "camera": (lambda scene: edit_json(scene.parents[1] / "camera.json", lambda d: d.pop("fx")), "not a BOP camera"),
}  # fmt: skip


@pytest.mark.parametrize("damage", BOP_FILE_DAMAGE)
def test_wrong_bop_files_are_found(store, damage):
    change, expected = BOP_FILE_DAMAGE[damage]
    folder = store.exports("bop")
    change(folder / "train_pbr" / "000000")
    problems = verify_bop(folder)
    assert any(expected in problem for problem in problems), problems
    assert all("\n" not in problem for problem in problems)


def test_a_folder_that_is_no_bop_data_set(tmp_path):
    assert verify_bop(tmp_path / "none") == [f"{tmp_path}/none: no such folder"]
    assert any("no split folder" in problem for problem in verify_bop(tmp_path))


COCO_DAMAGE = {
    "box": (lambda d: d["annotations"][0].update(bbox=[1, 2, 3, 4]), "bbox is"),
    "area": (lambda d: d["annotations"][0].update(area=1), "area is 1"),
    "repeated id": (lambda d: d["annotations"][0].update(id=2), "annotations: id 2 is used 2 times"),
    "no image": (lambda d: d["annotations"][0].update(image_id=99), "there is no image 99"),
    "no category": (lambda d: d["annotations"][0].update(category_id=99), "there is no category 99"),
    "crowd": (lambda d: d["annotations"][0].update(iscrowd=1), "iscrowd is not 0"),
    "size": (lambda d: d["images"][0].update(width=99), "is not 99 x 120"),
    "no file": (lambda d: d["images"][4].update(file_name="none.png"), "none.png: missing"),
    "overlap": (
        lambda d: d["annotations"][1].update(segmentation=d["annotations"][0]["segmentation"]),
        "belong to another visible mask",
    ),
    "code": (lambda d: d["annotations"][0]["segmentation"].update(counts="00"), "does not fill"),
    "shape": (lambda d: d.pop("categories"), "not readable"),
}


@pytest.mark.parametrize("damage", COCO_DAMAGE)
def test_wrong_coco_is_found(store, damage):
    change, expected = COCO_DAMAGE[damage]
    folder = store.exports("coco")
    edit_json(folder / "annotations.json", change)
    problems = verify_coco(folder)
    assert any(expected in problem for problem in problems), problems
