"""Keypoints in store, checks and COCO; sizes in BOP: what is right passes, what is wrong is told."""

import json
from dataclasses import replace

import numpy as np
import pytest
from pycocotools.coco import COCO

from tests.pure import synthetic
from truthbake.dataset import coco, exporters
from truthbake.dataset.meshes import write_mesh
from truthbake.dataset.records import Keypoint, ObjectLabel
from truthbake.dataset.store import Store
from truthbake.dataset.verify.coco import verify_coco
from truthbake.dataset.verify.labels import check_pose
from truthbake.dataset.verify.store import verify

POINTS = {"corner": [0.1, 0.07, 0.05], "middle": [0.0, 0.0, 0.0], "far": [0.0, 9.0, 0.0]}
BRICK = synthetic.BRICK


def labelled(label: ObjectLabel, camera) -> ObjectLabel:
    """The same label with keypoints by the pinhole's formula."""
    points = []
    for name, place in POINTS.items():
        x, y, z = label.object_to_camera[:3, :3] @ place + label.object_to_camera[:3, 3]
        if z <= 0:
            points.append(Keypoint(name, None, 0))
            continue
        u, v = camera.K[0, 0] * x / z + camera.K[0, 2], camera.K[1, 1] * y / z + camera.K[1, 2]
        is_inside = -0.5 <= u < camera.width - 0.5 and -0.5 <= v < camera.height - 0.5
        points.append(Keypoint(name, (float(u), float(v)), (1 if name == "middle" else 2) if is_inside else 0))
    return replace(label, keypoints=points)


@pytest.fixture
def store(tmp_path):
    """One frame with two bricks that have keypoints, and a ball without."""
    cam = synthetic.camera()
    models = synthetic.records([BRICK, synthetic.BALL])
    brick = replace(
        models["brick"],
        keypoints=[{"name": name, "position": place} for name, place in POINTS.items()],
        skeleton=[["corner", "middle"]],
    )
    models["brick"] = brick
    store = Store.open_or_create(tmp_path / "store", synthetic.header(models))
    for shape in (BRICK, synthetic.BALL):
        write_mesh(store.root / models[shape.key].file, shape.mesh())
    placed = [
        (BRICK, synthetic.pose_at(-0.12, 0.06, 1.0, (1, 1, 0.3), 0.8)),
        (synthetic.BALL, synthetic.pose_at(0.1, -0.05, 1.2)),
        (BRICK, synthetic.pose_at(0.4, 0.25, 1.1, (0.2, 1, 0.5), 1.9)),
    ]
    truth = synthetic.trace(0, cam, placed, models)
    objects = [labelled(label, cam) if label.model == "brick" else label for label in truth.labels.objects]
    synthetic.write_truths(store, 0, [replace(truth, labels=replace(truth.labels, objects=objects))])
    return store


def test_they_survive_json(store):
    (frame,) = store.frames(0)
    label = frame.labels.objects[0]
    again = ObjectLabel.from_json(json.loads(json.dumps(label.to_json())))
    assert again.keypoints == label.keypoints and len(label.keypoints) == 3
    assert label.keypoints[2].visibility == 0
    old = {key: value for key, value in label.to_json().items() if key not in ("keypoints", "scale")}
    assert ObjectLabel.from_json(old).keypoints == [] and ObjectLabel.from_json(old).scale == (1, 1, 1)


def test_coco(store):
    folder = exporters.export(store, ["coco"])["coco"]
    reader = COCO(str(folder / "annotations.json"))
    brick, ball = reader.loadCats([1, 2])
    assert brick["keypoints"] == list(POINTS) and brick["skeleton"] == [[1, 2]] and "keypoints" not in ball
    (frame,) = store.frames(0)
    for item in reader.loadAnns(reader.getAnnIds(catIds=[1])):
        label = frame.labels.objects[item["instance"] - 1]
        rows = np.array(item["keypoints"]).reshape(3, 3)
        for row, point in zip(rows, label.keypoints, strict=True):
            assert row.tolist() == ([*point.pixel, point.visibility] if point.visibility else [0, 0, 0])
        assert item["num_keypoints"] == np.count_nonzero(rows[:, 2])
    assert all("keypoints" not in item for item in reader.loadAnns(reader.getAnnIds(catIds=[2])))
    assert verify_coco(folder) == []


def test_models_of_one_class_share_their_points(store):
    first = store.models[0]
    tall = replace(first, key="tall", keypoints=[{"name": "top", "position": [0, 0, 1]}], skeleton=[])
    (category,) = coco.categories([first, tall])
    assert category["keypoints"] == [*POINTS, "top"] and category["skeleton"] == [[1, 2]]
    (frame,) = store.frames(0)
    found = coco.describe_keypoints(frame.labels.objects[0], category["keypoints"])
    assert len(found["keypoints"]) == 12 and found["keypoints"][-3:] == [0, 0, 0]


def test_the_store_passes(store):
    assert verify(store) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda points: points[:2], "not those of the model"),
        (lambda points: [replace(points[0], name="else"), *points[1:]], "not those of the model"),
        (lambda points: [replace(points[0], pixel=(points[0].pixel[0] + 0.2, 0.0)), *points[1:]], "corner"),
        (lambda points: [replace(points[0], pixel=None), *points[1:]], "none before it"),
        (lambda points: [replace(points[0], visibility=0), *points[1:]], "visibility 0"),
        (lambda points: [replace(points[0], visibility=3), *points[1:]], "visibility 3"),
        (lambda points: [*points[:2], replace(points[2], visibility=2)], "far has"),
    ],
)  # fmt: skip
def test_wrong_points_are_found(store, change, words):
    (frame,) = store.frames(0)
    models = {model.key: model for model in store.models}
    label = frame.labels.objects[0]
    assert list(check_pose(label, frame.labels.camera, models["brick"])) == []
    wrong = replace(label, keypoints=change(label.keypoints))
    problems = list(check_pose(wrong, frame.labels.camera, models["brick"]))
    assert problems and any(words in text for text in problems)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"num_keypoints": 7}, "num_keypoints is 7"),
        ({"keypoints": [1, 2, 2]}, "3 numbers for the 3 keypoints"),
        ({"keypoints": [1, 2, 5, 0, 0, 0, 0, 0, 0]}, "not 0, 1 or 2"),
        ({"keypoints": [1, 2, 0, 0, 0, 0, 0, 0, 0]}, "has a place"),
        ({"keypoints": [400, 2, 1, 0, 0, 0, 0, 0, 0], "num_keypoints": 1}, "outside of the image"),
    ],
)
def test_wrong_exports_are_found(store, change, words):
    path = exporters.export(store, ["coco"])["coco"] / "annotations.json"
    data = json.loads(path.read_text())
    next(item for item in data["annotations"] if item["category_id"] == 1).update(change)
    path.write_text(json.dumps(data))
    assert any(words in problem for problem in verify_coco(path.parent))
