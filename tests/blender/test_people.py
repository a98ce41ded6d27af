"""People on the stage: skinning as Blender does it, ragdolls, and exact labels in every mode."""

import json

import bpy
import numpy as np
import pytest

from tests.blender import armatures, baking
from tests.blender.test_truth_xray import check_against_solo_renders
from tests.house import module

PEOPLE = {
    "objects": {"count": 0},
    "people": {"count": 1},
    "background": {"mode": "plane"},
    "camera": {"distance": [3.0, 5.0], "elevation": [5, 50], "obstacle_distance": 0.5},
    "passes": {"normals": False},
}
MODES = {
    "stand": {"mode": "stand"},
    "joints": {"mode": "joints", "extent": [0.2, 1.0]},
    "ragdoll": {"mode": "ragdoll"},
}


def compose(tmp_path, *layers):
    return baking.compose(tmp_path, {}, PEOPLE, *layers)


def planned(recipe, scene=0):
    assets, _ = module("operators.jobs.model_library").load(recipe)
    plan = module("scene.plan.scene").plan_scene(recipe, assets, module("scene.stage.background").hdris(""), 7, scene)
    return {asset.key: asset for asset in assets}, plan


def figures(recipe, scene=0):
    assets, plan = planned(recipe, scene)
    return [(person, assets[person.model].figure(person)) for person in plan.people.persons]


def test_posed_mesh_is_what_blenders_armature_makes(tmp_path):
    anatomy, rig = module("scene.plan.anatomy"), module("scene.plan.rig")
    for person, figure in figures(compose(tmp_path, {"people": {"count": 2, "extent": 1.0}})):
        transforms = rig.pose(figure.rig, anatomy.rotations(person.poses[0].candidates[0]))
        ours = rig.skin(figure.vertices, figure.weights, transforms)
        theirs, heads = armatures.deformed(figure, transforms)
        assert np.abs(ours - theirs).max() < 1e-4
        assert np.abs(ours - figure.vertices).max() > 0.2  # it is a pose
        for name, bone in (("left_elbow", "forearm.L"), ("right_knee", "shin.R"), ("left_wrist", "hand.L")):
            number, point = figure.keypoints[name]
            assert np.abs(rig.moved(point[None], [number], transforms)[0] - heads[bone]).max() < 1e-5


def test_weights_are_few_and_sum_to_one(tmp_path):
    for _, figure in figures(compose(tmp_path, {"people": {"count": 3}})):
        np.testing.assert_allclose(figure.weights.sum(axis=1), 1.0, atol=1e-12)
        assert (figure.weights >= 0).all() and (figure.weights > 0).sum(axis=1).max() <= 4
        assert 1.5 < np.ptp(figure.vertices[:, 2]) < 2.0
        assert np.ptp(figure.vertices[:, 2]) == pytest.approx(figure.height, abs=0.03)


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_bakes_and_verifies(tmp_path, mode):
    layer = {"people": {"count": 2, "poses": "frame", **MODES[mode]}, "output": {"frames_per_scene": 3}}
    store = baking.bake(compose(tmp_path, layer), tmp_path / "out")
    assert module("dataset.verify").verify(store) == []
    cuboids = []
    for frame in store.frames(0):
        assert [(label.kind, label.class_name) for label in frame.labels.objects] == [("person", "person")] * 2
        assert any(label.pixels_visible for label in frame.labels.objects)
        assert frame.labels.objects[0].class_id == 1
        pose = frame.labels.objects[0].object_to_world
        np.testing.assert_allclose(pose[2], [0, 0, 1, 0], atol=1e-6)  # upright, with its origin on the floor
        cuboids.append(frame.labels.objects[0].cuboid)
    assert not np.allclose(cuboids[0], cuboids[1])


@pytest.mark.parametrize("mode", MODES)
def test_nobody_sinks_into_the_floor(tmp_path, mode):
    for scene in range(3):
        recipe = compose(tmp_path, {"people": {"count": 2, **MODES[mode]}})
        assets, plan = planned(recipe, scene)
        stage = module("scene.stage.stage").Stage(list(assets.values()))
        try:
            moment = stage.build(plan).moments[0]
            for instance, box in moment.boxes.items():
                mesh = bpy.data.meshes[moment.meshes[instance]]
                lowest = min(vertex.co.z for vertex in mesh.vertices)
                assert lowest == pytest.approx(box[0, 2], abs=1e-6)
                assert lowest > -1e-5
                assert mode == "ragdoll" or lowest < 1e-5
        finally:
            stage.close()


def test_keypoints_are_the_joints_and_hidden_where_something_is_before_them(tmp_path):
    """All seventeen of COCO; a joint is seen where the skin within a hand's breadth before it is."""
    layer = {
        "people": {"count": 2, "area": [1, 1], "occluders": 1, "occluder_min": [0, 0, 1], "occluder_max": [1, 1, 1]},
        "camera": {"distance": [2.5, 3.5], "elevation": [0, 20]},
        "output": {"frames_per_scene": 3},
    }
    store = baking.bake(compose(tmp_path, layer), tmp_path / "out")
    assert module("dataset.verify").verify(store) == []
    characters = module("scene.assets.characters")
    found = {0: 0, 1: 0, 2: 0}
    for frame in store.frames(0):
        index, camera = frame.instances(), frame.labels.camera
        for label in frame.labels.objects[:2]:
            assert tuple(point.name for point in label.keypoints) == characters.COCO_NAMES
            for point in label.keypoints:
                found[point.visibility] += 1
                if point.visibility != 2:
                    continue
                column, row = (round(value) for value in point.pixel)
                column, row = min(column, camera.width - 1), min(row, camera.height - 1)
                around = index[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
                assert (around == label.instance).any(), point  # it lies on the person
    assert found[1] > 5 and found[2] > 20
    # The joints in the world, as the scene's papers have them, project to the pixels of the labels.
    told = store.description(0)["people"]
    for frame in store.frames(0):
        for person, label in zip(told, frame.labels.objects):
            assert person["instance"] == label.instance and person["mode"] == "joints"
            joints = person["joints"][0]
            pixels = frame.labels.camera.project(np.array([joints[point.name] for point in label.keypoints]))
            shown = [n for n, point in enumerate(label.keypoints) if point.pixel]
            np.testing.assert_allclose(pixels[shown], [label.keypoints[n].pixel for n in shown], atol=1e-3)

    folder = module("dataset.exporters").export(store, ["coco"])["coco"]
    assert module("dataset.verify").verify_coco(folder) == []
    coco = json.loads((folder / "annotations.json").read_bytes())
    assert coco["categories"][0]["keypoints"] == list(characters.COCO_NAMES)
    assert len(coco["categories"][0]["skeleton"]) == len(characters.COCO_SKELETON)
    assert sum(item["num_keypoints"] for item in coco["annotations"]) > 20


def test_ragdolls_fall_and_stay_whole(tmp_path):
    """Within the limits of every joint, joined exactly, on the floor after two seconds; and the same every time."""
    anatomy, rig, ragdoll = module("scene.plan.anatomy"), module("scene.plan.rig"), module("scene.stage.ragdoll")
    fall = module("scene.plan.people").Fall
    _, figure = figures(compose(tmp_path))[0]
    bones, neutral = figure.rig, figure.rig.neutral()
    heights = []
    for seed, ticks in ((0, 2), (1, 30), (2, 60), (3, 120), (4, 120)):
        rng = np.random.default_rng(seed)
        plan = fall(lean=30 * rng.random(), direction=360 * rng.random(), height=0.5 * rng.random(), ticks=ticks)
        transforms = ragdoll.fall(bones, plan, figure.height)
        np.testing.assert_array_equal(transforms, ragdoll.fall(bones, plan, figure.height))
        frames = transforms[:, :3, :3] @ neutral.transpose(0, 2, 1)
        for number, parent in enumerate(bones.parents):
            if parent < 0:
                continue
            joint = rig.moved(bones.heads[[number, number]], [number, parent], transforms)
            np.testing.assert_allclose(joint[0], joint[1], atol=1e-9)
            turned = rig.angles(frames[parent].T @ frames[number])
            low, high = np.array(anatomy.limits(bones.names[number]), dtype=float).T
            assert (turned > low - 0.01).all() and (turned < high + 0.01).all(), bones.names[number]
        hips = rig.moved(bones.heads[:1], [0], transforms)[0]
        heights.append(hips[2])
        placed = rig.skin(figure.vertices, figure.weights, transforms)
        assert placed[:, 2].min() > -0.2  # limbs are thicker than their capsules; staging lifts them
    assert heights[0] > 0.9 * figure.rig.heads[0, 2]  # a moment after the start it still stands
    assert max(heights[-2:]) < 0.6 * figure.rig.heads[0, 2]


def test_ragdoll_leaves_nothing_behind(tmp_path):
    kinds = ("scenes", "objects", "meshes", "collections")
    _, figure = figures(compose(tmp_path))[0]
    before = {kind: len(getattr(bpy.data, kind)) for kind in kinds}
    module("scene.stage.ragdoll").fall(figure.rig, module("scene.plan.people").Fall(10, 0, 0.1, 5), figure.height)
    assert {kind: len(getattr(bpy.data, kind)) for kind in kinds} == before


def test_masks_equal_solo_renders(tmp_path):
    """People behind each other, behind boxes and partly outside: amodal and visible masks, exact to the pixel."""
    layer = {
        "people": {
            "count": 3,
            "area": [1.2, 1.2],
            "occluders": 2,
            "occluder_min": [-1, -1, 0.5],
            "occluder_max": [1, 1, 1.5],
        },
        "camera": {"distance": [2.5, 3.0], "elevation": [0, 30]},
        "output": {"frames_per_scene": 2},
    }
    frames = check_against_solo_renders(compose(tmp_path, layer), 1, tmp_path)
    assert all(masks[instance].any() for masks in frames for instance in (1, 2, 3))
    assert np.sum(list(frames[0].values()), axis=0).max() >= 2


def test_objects_beside_people(tmp_path):
    """Targets come first and stay what they are; BOP leaves people out, COCO has them."""
    meshes = {"cube": baking.box(0.3, 0.3, 0.3), "slab": baking.box(0.4, 0.3, 0.1)}
    layers = [
        {"background": {"mode": "plane"}, "camera": {"distance": [3, 4], "elevation": [10, 40]}},
        {"placement": {"volume_min": [-1, -1, 0.3], "volume_max": [1, 1, 1.5]}, "output": {"frames_per_scene": 2}},
    ]
    alone = baking.bake(baking.compose(tmp_path / "a", meshes, *layers), tmp_path / "alone")
    both = baking.bake(
        baking.compose(tmp_path / "a", meshes, *layers, {"people": {"count": 2, "occluders": 1}}), tmp_path / "both"
    )
    assert module("dataset.verify").verify(both) == []
    labels = [next(iter(store.frames(0))).labels.objects for store in (alone, both)]
    assert [label.kind for label in labels[1]] == ["target", "target", "person", "person", "distractor"]
    for one, other in zip(labels[0], labels[1]):
        assert (one.instance, one.model) == (other.instance, other.model)
        np.testing.assert_array_equal(one.object_to_world, other.object_to_world)
    assert labels[1][2].class_id not in {label.class_id for label in labels[0]}

    folders = module("dataset.exporters").export(both, ["bop", "coco"])
    assert module("dataset.verify").verify_bop(folders["bop"]) == []
    assert module("dataset.verify").verify_coco(folders["coco"]) == []
    truth = json.loads((folders["bop"] / "train_pbr/000000/scene_gt.json").read_bytes())
    assert all(len(entries) == 2 for entries in truth.values())
    coco = json.loads((folders["coco"] / "annotations.json").read_bytes())
    person = next(item["id"] for item in coco["categories"] if item["name"] == "person")
    shown = sum(
        label.pixels_visible > 0 and label.kind == "person" for f in both.frames(0) for label in f.labels.objects
    )
    assert shown > 0 and sum(item["category_id"] == person for item in coco["annotations"]) == shown


def test_without_targets_and_people_there_is_nothing_to_see(tmp_path):
    recipe = compose(tmp_path, {"people": {"count": 0}})
    assets, plan = planned(recipe)
    stage = module("scene.stage.stage").Stage(list(assets.values()))
    try:
        with pytest.raises(module("scene.stage.errors").StageError, match="no target is left to look at"):
            stage.build(plan)
    finally:
        stage.close()


def test_a_class_number_that_is_taken(tmp_path):
    errors = module("scene.assets.formats").AssetError
    recipe = baking.compose(tmp_path, {"cube": baking.box(1, 1, 1)}, {"people": {"count": 1, "class_id": 1}})
    with pytest.raises(errors, match=r"people\.class_id: 1 is the class of cube"):
        module("operators.jobs.model_library").load(recipe)


def test_labels_are_those_of_the_posed_mesh(tmp_path):
    """The cuboid is the posed body's box; what leaves the image is counted as a wider image shows it."""
    width, height = 40, 30
    lens = {"intrinsics": "matrix", "fx": 45.0, "fy": 45.0, "cx": 19.5, "cy": 14.5}
    view = {"location": [0.0, -2.0, 1.2], "aim": "point", "look_at": [0.35, 0.0, 1.0]}
    sizes = {"small": (lens, [width, height])}
    sizes["wide"] = (lens | {"cx": 19.5 + width, "cy": 14.5 + height}, [3 * width, 3 * height])
    labels, cameras = {}, {}
    for name, (intrinsics, resolution) in sizes.items():
        layer = {
            "people": {"count": 1, "area": [0, 0]},
            "camera": intrinsics | {"mode": "fixed", "poses": [view], "obstacle_distance": 0.0},
            "render": {"resolution": resolution},
            "background": {"mode": "hdri"},
        }
        recipe = compose(tmp_path, layer)
        (frame,) = baking.bake(recipe, tmp_path / name).frames(0)
        labels[name], cameras[name] = frame.labels.objects[0], frame.labels.camera
    mask = baking.amodal_mask(labels["wide"], cameras["wide"])
    assert labels["small"].pixels_inside < 0.9 * mask.sum()  # it does leave the small image
    assert abs(labels["small"].pixels_all - mask.sum()) <= 4 + mask.sum() // 100
    rows, columns = np.nonzero(mask)
    expected = (columns.min() - width, rows.min() - height, np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert np.abs(np.subtract(labels["small"].box_all, expected)).max() <= 1

    assets, plan = planned(recipe)
    stage = module("scene.stage.stage").Stage(list(assets.values()))
    try:
        moment = stage.build(plan).moments[0]
        vertices = np.array([vertex.co[:] for vertex in bpy.data.meshes[moment.meshes[1]].vertices])
    finally:
        stage.close()
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    corners = np.array([[x, y, z] for z in (low[2], high[2]) for y in (low[1], high[1]) for x in (low[0], high[0])])
    corners = np.vstack([corners, (low + high) / 2])
    pose = labels["wide"].object_to_world
    pixels = cameras["wide"].project(corners @ pose[:3, :3].T + pose[:3, 3])
    np.testing.assert_allclose(labels["wide"].cuboid, pixels, atol=1e-3)
