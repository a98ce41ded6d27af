"""Keypoints of baked objects: their pixels against the pinhole's formula, their visibility against cast rays."""

import json

import numpy as np
import pytest

from tests.blender import baking
from tests.house import module
from tests.rays import cast

CORNERS = {"far": [0.05, 0.04, 0.03], "near": [-0.05, -0.04, -0.03], "edge": [0.05, 0.0, 0.03], "side": [0.05, 0, 0]}
POINTS = {**CORNERS, "middle": [0.0, 0.0, 0.0], "above": [0.0, 0.0, 0.05]}
MESHES = {"brick": baking.box(0.1, 0.08, 0.06), "ball": baking.sphere(0.06, 3), "slab": baking.box(0.2, 0.15, 0.01)}
NEAR = {"distance": [0.25, 0.6], "elevation": [-80, 80], "fov": 55, "look_at_count": 3, "obstacle_distance": 0.05}


def keypoints(points=POINTS):
    return [{"name": name, "position": position} for name, position in points.items()]


def with_points(recipe, changes=()):
    """The brick gets keypoints and a skeleton; `changes` are more settings of it."""
    tree = module("presets.tree")
    models = [dict(model) for model in recipe["objects"]["models"]]
    for model in models:
        if model["path"].endswith("brick.ply"):
            model |= {"keypoints": keypoints(), "skeleton": [{"start": "near", "end": "far"}]} | dict(changes)
    return tree.merge(recipe, tree.validate({"objects": {"models": models, "count": 7, "use_replacement": True}}))


def surfaces(frame):
    """All objects' triangles in camera axes by instance, as the labels say."""
    found = {}
    for label in frame.labels.objects:
        vertices, faces = baking.single(MESHES[label.model])
        vertices = (vertices * label.scale) @ label.object_to_camera[:3, :3].T + label.object_to_camera[:3, 3]
        found[label.instance] = vertices, faces
    return found


def first_hits(frame, pixel):
    """Depth of the first hit along the ray through one pixel, by instance."""
    pixels = np.array([pixel])
    return {
        instance: cast(vertices, faces, frame.labels.camera.K, pixels)[0][0]
        for instance, (vertices, faces) in surfaces(frame).items()
    }


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("plain", {}),
        ("scaled", {"scale": [0.6, 1.4], "warp": {"normal": [1.0, 0.2], "within": [0.5, 1.5]}}),
        ("deep", {"keypoint_depth": 0.045}),
    ],
)
def test_visibility_agrees_with_rays(tmp_path, name, changes):
    layer = {
        "camera": NEAR,
        "placement": {"mode": "float", "volume_min": [-0.2, -0.2, -0.2], "volume_max": [0.2, 0.2, 0.2]},
        "output": {"frames_per_scene": 6, "scenes": 3, "seed": 3},
    }
    recipe = with_points(baking.compose(tmp_path / "models", MESHES, layer), changes)
    store = baking.bake(recipe, tmp_path / "data")
    depth = changes.get("keypoint_depth", 0.0)
    counts, skipped = np.zeros((3, 2), int), 0
    for scene in store.scenes():
        for frame in store.frames(scene):
            camera = frame.labels.camera
            for label in frame.labels.objects:
                assert [point.name for point in label.keypoints] == (list(POINTS) if label.model == "brick" else [])
                size = np.linalg.norm(np.array([0.1, 0.08, 0.06]) * label.scale)
                for point in label.keypoints:
                    place = label.object_to_camera[:3, :3] @ (np.array(POINTS[point.name]) * label.scale)
                    place = place + label.object_to_camera[:3, 3]
                    if place[2] <= 0:
                        assert point.pixel is None and point.visibility == 0
                        continue
                    u, v = (camera.K @ place)[:2] / place[2]
                    assert point.pixel == pytest.approx((u, v), abs=1e-3 * max(1.0, 0.001 / place[2]))
                    is_inside = -0.5 <= u < camera.width - 0.5 and -0.5 <= v < camera.height - 0.5
                    assert (point.visibility > 0) == is_inside
                    if not is_inside:
                        counts[0, 0] += 1
                        continue
                    # Along the ray, lengths are depths times the length of (x, y, 1).
                    stretch = np.linalg.norm(place) / place[2]
                    gaps = {key: (place[2] - hit) * stretch for key, hit in first_hits(frame, point.pixel).items()}
                    own = gaps.pop(label.instance)
                    slack = 1e-3 * size
                    limit = depth * max(label.scale) + slack
                    others = max(gaps.values(), default=-np.inf)
                    if min(abs(own - limit), abs(others - slack), abs(own - slack)) < 0.3 * slack:
                        skipped += 1
                        continue
                    # Another object in front hides; behind the own skin, at most `limit` above the point, it does not.
                    is_hidden = own > limit or others > max(slack, own if own > slack else slack)
                    counts[point.visibility, int(POINTS[point.name] in CORNERS.values())] += 1
                    assert point.visibility == (1 if is_hidden else 2), (label.instance, point, own, gaps)
    assert skipped < 0.1 * counts.sum()
    assert counts[0, 0] > 10 and counts[1].min() > 5 and counts[2, 1] > 30  # every answer was given
    inner = [
        point.visibility
        for scene in store.scenes()
        for frame in store.frames(scene)
        for label in frame.labels.objects
        for point in label.keypoints
        if point.name == "middle" and point.visibility
    ]
    assert (2 in inner) == (name == "deep")  # what lies inside is seen through its own skin only where asked for


def test_labels_survive_the_store_and_the_exports(tmp_path):
    layer = {"camera": NEAR, "output": {"frames_per_scene": 4, "scenes": 2, "formats": ["coco", "bop"]}}
    recipe = with_points(baking.compose(tmp_path / "models", MESHES, layer), {"symmetries": [{"fold": 2}]})
    store = baking.bake(recipe, tmp_path / "data")
    assert module("dataset.verify.store").verify(store) == []
    folders = module("dataset.exporters").export(store, ["coco", "bop"])
    assert module("dataset.verify.coco").verify_coco(folders["coco"]) == []
    data = json.loads((folders["coco"] / "annotations.json").read_text())
    (brick,) = [item for item in data["categories"] if item["name"] == "brick"]
    assert brick["keypoints"] == list(POINTS) and brick["skeleton"] == [[2, 1]]
    assert all("keypoints" not in item for item in data["categories"] if item["name"] != "brick")
    labels = {
        (frame.scene, frame.frame, label.instance): label
        for scene in store.scenes()
        for frame in store.frames(scene)
        for label in frame.labels.objects
    }
    images = {item["id"]: item for item in data["images"]}
    seen = 0
    for item in data["annotations"]:
        if item["category_id"] != brick["id"]:
            assert "keypoints" not in item
            continue
        image = images[item["image_id"]]
        points = labels[image["scene"], image["frame"], item["instance"]].keypoints
        expected = [[*point.pixel, point.visibility] if point.visibility else [0, 0, 0] for point in points]
        assert np.array(item["keypoints"]).reshape(-1, 3).tolist() == expected
        assert item["num_keypoints"] == sum(point.visibility > 0 for point in points)
        seen += item["num_keypoints"]
    assert seen > 10
    info = json.loads((folders["bop"] / "models" / "models_info.json").read_text())
    turned = [entry for entry in info.values() if "symmetries_discrete" in entry]
    assert [entry["symmetries_discrete"] for entry in turned] == [
        [[-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]]
    ]  # of the brick alone, and none made up for the others
