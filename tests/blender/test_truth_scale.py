"""Scaled and warped instances: labels keep a rigid pose and a scale, and every pixel agrees with both."""

import json

import numpy as np
import pytest

from tests.blender import baking
from tests.house import module
from tests.rays import around, see, ties

MESHES = {"brick": baking.box(0.1, 0.08, 0.06), "ball": baking.sphere(0.05, 2), "rod": baking.box(0.02, 0.03, 0.3)}
SCALE = {"normal": [0.8, 0.3], "within": [0.3, 1.5]}
WARP = {"normal": [1.0, 0.3], "within": [0.5, 1.5]}


def recipe_of(folder, *layers):
    recipe = baking.compose(folder, MESHES)
    models = [dict(model) | {"scale": SCALE, "warp": WARP} for model in recipe["objects"]["models"]]
    return baking.compose(folder, MESHES, {"objects": {"models": models, "count": 8, "use_replacement": True}}, *layers)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scale")
    layer = {
        "camera": {"distance": [0.3, 0.6], "elevation": [-80, 80], "fov": 50, "obstacle_distance": 0.02},
        "placement": {"volume_min": [-0.25, -0.25, -0.1], "volume_max": [0.25, 0.25, 0.25]},
        "render": {"resolution": [96, 72]},
        "output": {"frames_per_scene": 3, "scenes": 2},
    }
    return baking.bake(recipe_of(folder / "models", layer), folder / "data")


def frames(store):
    return [frame for scene in store.scenes() for frame in store.frames(scene)]


def placed(label):
    vertices, faces = baking.single(MESHES[label.model])
    moved = (vertices * label.scale) @ label.object_to_camera[:3, :3].T + label.object_to_camera[:3, 3]
    return moved, faces


def test_poses_are_rigid_and_scales_their_own(store):
    scales = []
    for frame in frames(store):
        for label in frame.labels.objects:
            rotation = label.object_to_world[:3, :3]
            np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-6)
            assert np.linalg.det(rotation) > 0
            assert all(0.15 < value < 2.3 for value in label.scale)
            scales.append(label.scale)
    assert len(set(scales)) == 16 and np.std(scales, axis=1).min() > 0  # 8 objects in each of 2 scenes


def test_images_and_amodal_masks(store):
    for frame in frames(store):
        camera = frame.labels.camera
        objects = {label.instance: placed(label) for label in frame.labels.objects}

        def seen(offset=(0.0, 0.0), objects=objects, camera=camera):
            return see(objects, camera.K, camera.width, camera.height, offset)

        straight, moved = seen(), around(seen)
        tied = ties(straight.index, [other.index for other in moved])
        assert not ((straight.index != frame.instances()) & ~tied).any() and tied.mean() < 0.02
        depth, sure = frame.depth(), ~tied & np.isfinite(straight.depth)
        np.testing.assert_allclose(depth[sure], straight.depth[sure], rtol=5e-4)
        # Normals stand on the stretched surface, not on a stretched normal.
        flat = sure & np.isin(straight.index, [item.instance for item in frame.labels.objects if item.model != "ball"])
        assert np.abs((frame.normals()[flat] * straight.normals[flat]).sum(axis=1) - 1).max() < 1e-4
        for label in frame.labels.objects:
            tied = ties(straight.crossed[label.instance], [other.crossed[label.instance] for other in moved])
            assert not ((straight.crossed[label.instance] != baking.amodal_mask(label, camera)) & ~tied).any()


def test_what_leaves_the_image_is_counted_in_its_size(store):
    """The whole silhouette on the canvas of 3W x 3H, by rays through all its pixels."""
    counted = 0
    for frame in frames(store):
        camera = frame.labels.camera
        for label in frame.labels.objects:
            vertices, faces = placed(label)
            if label.pixels_all == label.pixels_inside or vertices[:, 2].min() < 0.05:
                continue
            K = camera.K + np.array([[0, 0, camera.width], [0, 0, camera.height], [0, 0, 0]])
            mask = see({1: (vertices, faces)}, K, 3 * camera.width, 3 * camera.height).crossed[1]
            outline = np.count_nonzero(mask[:, 1:] != mask[:, :-1])
            assert abs(int(mask.sum()) - label.pixels_all) <= max(2, 0.02 * outline)
            counted += 1
    assert counted >= 5


def test_cuboids_and_checks(store):
    for frame in frames(store):
        for label in frame.labels.objects:
            low = baking.single(MESHES[label.model])[0].min(axis=0)
            corner = label.object_to_camera[:3, :3] @ (low * label.scale) + label.object_to_camera[:3, 3]
            if corner[2] > 0.01:
                np.testing.assert_allclose(label.cuboid[0], (frame.labels.camera.K @ corner)[:2] / corner[2], atol=0.01)
    assert module("dataset.verify.store").verify(store) == []


def test_bop_says_the_scale_beside_its_own_words(store):
    """BOP has no word for it: the export warns, and adds one that its readers pass over."""
    exporters = module("dataset.exporters")
    (warning,) = exporters.warnings(store, ["bop", "coco"])
    assert warning.startswith("bop: knows no sizes") and "\n" not in warning
    folder = exporters.export(store, ["bop"])["bop"]
    assert module("dataset.verify.bop").verify_bop(folder) == []
    truths = json.loads((folder / "train_pbr" / "000000" / "scene_gt.json").read_text())
    labels = next(iter(store.frames(0))).labels.objects
    assert [item["scale"] for item in truths["0"]] == [list(label.scale) for label in labels]


def test_what_has_its_own_size_says_nothing_of_it(tmp_path):
    store = baking.bake(baking.compose(tmp_path / "models", MESHES), tmp_path / "data")
    assert module("dataset.exporters").warnings(store, ["bop"]) == []
    folder = module("dataset.exporters").export(store, ["bop"])["bop"]
    assert "scale" not in (folder / "train_pbr" / "000000" / "scene_gt.json").read_text()


def test_scaled_objects_come_to_rest_on_the_floor(tmp_path):
    """Physics knows their size: most touch the floor, the others lie on them, none sinks in much."""
    layer = {
        "placement": {"mode": "drop", "volume_min": [-0.2, -0.2, 0], "volume_max": [0.2, 0.2, 0.5]},
        "background": {"mode": "plane"},
        "camera": {"distance": [1.0, 1.2], "elevation": [40, 80], "obstacle_distance": 0.0},
    }
    store = baking.bake(recipe_of(tmp_path / "models", layer), tmp_path / "data")
    (frame,) = store.frames(0)
    lowest = []
    for label in frame.labels.objects:
        points = (baking.single(MESHES[label.model])[0] * label.scale) @ label.object_to_world[:3, :3].T
        lowest.append((points + label.object_to_world[:3, 3])[:, 2].min())
    assert min(lowest) > -0.003 and sorted(lowest)[len(lowest) // 2] < 0.001
