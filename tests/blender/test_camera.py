"""The camera on the stage: every mode, its conditions, its lenses and its two eyes."""

import json
import time

import numpy as np
import pytest

from tests.blender import baking
from tests.blender.test_truth_stage import staged
from tests.house import ROOT, module

MESHES = {"cube": baking.box(0.08, 0.06, 0.05), "ball": baking.sphere(0.04, 2), "rod": baking.box(0.02, 0.03, 0.2)}
LAYER = {
    "objects": {"count": 6, "use_replacement": True},
    "background": {"mode": "room", "room_size": [3.0, 3.0, 2.0]},
    "placement": {"volume_min": [-0.3, -0.3, 0.0], "volume_max": [0.3, 0.3, 0.3]},
    "camera": {"obstacle_distance": 0.1},
    "output": {"frames_per_scene": 6},
}


def compose(folder, **camera):
    return baking.compose(folder, MESHES, LAYER, {"camera": camera})


def points(scene) -> np.ndarray:
    """Vertices (N, 3) of everything in the scene's first moment."""
    poses = scene.moments[0].poses
    models = {item.instance: item.model for item in scene.plan.objects}
    return np.vstack([MESHES[models[key]][0] @ pose[:3, :3].T + pose[:3, 3] for key, pose in poses.items()])


def project(shot, world):
    """Pixels (N, 2) and depths (N,) of world points."""
    local = (world - shot.camera_to_world[:3, 3]) @ shot.camera_to_world[:3, :3]
    pixels = local @ shot.lens.K.T
    return pixels[:, :2] / pixels[:, 2:], local[:, 2]


def middles(scene) -> np.ndarray:
    return np.array([pose[:3, 3] for pose in scene.moments[0].poses.values()])


@pytest.mark.parametrize(
    "camera",
    [
        {"distance": [0.65, 0.94], "elevation": [5, 89], "roll": [-180, 180], "look_at_count": 15,
         "obstacle_distance": 0.3},
        {"mode": "box", "box_min": [-0.8, -0.8, -0.2], "box_max": [0.8, 0.8, 1.0], "look_at_count": 2},
        {"mode": "box", "box_around": "look_at", "box_min": [-0.7, -0.7, 0.3], "box_max": [0.7, 0.7, 0.8],
         "look_at_count": 1},
        {"mode": "viewpoint", "poses": [{"location": [0.7, 0.1, 0.5]}], "viewpoint_noise": {"normal": [0, 10]}},
        {"mode": "trajectory", "path": "orbit", "elevation": [30, 60]},
        {"mode": "trajectory", "path": "walk", "distance": [0.6, 1.0], "elevation": [20, 70]},
        {"distance": [0.4, 0.9], "use_stereo": True, "baseline": 0.15, "obstacle_distance": 0.2},
    ],
    ids=["shell", "box", "above", "viewpoint", "orbit", "walk", "stereo"],
)  # fmt: skip
def test_views_meet_their_conditions(tmp_path, camera):
    recipe = compose(tmp_path, **camera)
    reach, eyes = recipe["camera"]["obstacle_distance"], 2 if recipe["camera"]["use_stereo"] else 1
    for scene in staged(recipe, [0, 1]):
        assert scene.warnings == [] and len(scene.shots) == 6 * eyes
        assert len(scene.plan.renderer_seeds) == len(scene.shots)
        for shot in scene.shots:
            place = shot.camera_to_world[:3, 3]
            assert place[2] > 0 and np.abs(place[:2]).max() < 1.5
            pixels, depth = project(shot, points(scene))
            inside = (depth > 0) & ((pixels >= 0) & (pixels <= [63, 47])).all(axis=1)
            # The check casts rays on a grid: a corner may come a little nearer between two of them.
            assert np.linalg.norm(points(scene)[inside] - place, axis=1).min() > reach - 0.04
            pixels, depth = project(shot, middles(scene))
            assert ((depth > 0) & ((pixels >= -0.5) & (pixels <= [63.5, 47.5])).all(axis=1)).any()


@pytest.mark.parametrize(
    ("camera", "words"),
    [
        ({"distance": 0.05, "look_at_count": 1, "obstacle_distance": 0.2}, "6 of 6 views met not all conditions in 20"),
        ({"mode": "box", "box_min": [0, 0, -2], "box_max": [0, 0, -1]}, "6 of 6 views met not all conditions in 20"),
        ({"mode": "box", "box_min": [0, 0, 1], "box_max": [0, 0, 1], "look_at": "direction",
          "look_direction": [0, 0, 1]}, "lower camera.obstacle_distance or camera.min_targets"),
        ({"mode": "trajectory", "path": "orbit", "distance": 9.0}, "6 of 6 views met not all conditions in 20 tries"),
        ({"mode": "fixed", "poses": [{"location": [0.7, 0, 0.5]}, {"location": [9, 0, 1]}]},
         "3 of 6 views of camera.poses met not all conditions; move them"),
        ({"mode": "trajectory", "path": "keys", "poses": [{"location": [0.7, 0, 0.5]}, {"location": [9, 0, 1]}]},
         "of 6 views of camera.poses met not all conditions; move them"),
    ],
    ids=["obstacle", "cellar", "away", "outside", "fixed", "keys"],
)  # fmt: skip
def test_impossible_conditions_are_told_in_time(tmp_path, camera, words):
    began = time.monotonic()
    (scene,) = staged(compose(tmp_path, max_tries=20, **camera), [0])
    assert time.monotonic() - began < 20
    (warning,) = scene.warnings
    assert words in warning and warning.startswith("scene 0: ") and "\n" not in warning
    assert len(scene.shots) == 6 and all(np.isfinite(shot.camera_to_world).all() for shot in scene.shots)


def test_a_single_try_is_told_as_one(tmp_path):
    (scene,) = staged(compose(tmp_path, max_tries=1, distance=0.05, obstacle_distance=0.2), [0])
    assert "views met not all conditions in 1 tries; lower" in scene.warnings[0]


def test_fixed_poses_are_taken_as_they_are(tmp_path):
    """The camera of the pretraining recipe (D03), in Blender's own words."""
    from mathutils import Euler

    pose = {"location": [1.0, 0.0, 0.4], "aim": "rotation", "rotation": [64.8, 0.0, 90.0]}
    (scene,) = staged(compose(tmp_path, mode="fixed", poses=[pose], obstacle_distance=0.0, min_targets=0), [0])
    expected = np.eye(4)
    expected[:3, :3] = np.array(Euler(np.radians([64.8, 0.0, 90.0])).to_matrix()) @ np.diag([1, -1, -1])
    expected[:3, 3] = pose["location"]
    for shot in scene.shots:
        np.testing.assert_allclose(shot.camera_to_world, expected, atol=1e-6)


def test_a_class_that_is_not_there(tmp_path):
    (scene,) = staged(compose(tmp_path, look_at="class", look_at_class="gear"), [0])
    assert ["no target is of the class 'gear'" in text for text in scene.warnings] == [True]


def test_one_view_for_all_frames(tmp_path):
    (scene,) = staged(compose(tmp_path, use_one_view=True, lens_for="view", fov=[30, 60]), [0])
    assert all(np.array_equal(shot.camera_to_world, scene.shots[0].camera_to_world) for shot in scene.shots)
    assert len({shot.lens.fx for shot in scene.shots}) == 6


def test_one_view_of_what_falls_sees_it_all(tmp_path):
    layer = {"placement": {"sampling": "moments", "mode": "drop"}, "camera": {"use_one_view": True}}
    (scene,) = staged(baking.compose(tmp_path, MESHES, LAYER, layer), [0])
    assert len(scene.moments) == 6 and [shot.moment for shot in scene.shots] == list(range(6))
    assert all(np.array_equal(shot.camera_to_world, scene.shots[0].camera_to_world) for shot in scene.shots)


def test_the_camera_changes_no_other_draw(tmp_path):
    shots = []
    for camera in ({}, {"use_stereo": True, "fov": [30, 80], "mode": "trajectory", "lens_for": "view"}):
        (scene,) = staged(compose(tmp_path / str(len(shots)), **camera), [0])
        shots.append(scene)
    one, other = shots
    for instance, pose in one.moments[0].poses.items():
        np.testing.assert_array_equal(pose, other.moments[0].poses[instance])
    assert repr(one.plan.material) == repr(other.plan.material) and repr(one.plan.lights) == repr(other.plan.lights)
    np.testing.assert_array_equal(one.plan.renderer_seeds, other.plan.renderer_seeds[:6])


def test_every_frame_is_labelled_with_its_own_lens(tmp_path):
    """Lens, principal point and pixel aspect differ from frame to frame: masks still agree with the models."""
    lens = {
        "intrinsics": "matrix",
        "fx": [60, 120],
        "fy": [60, 120],
        "cx": [20, 40],
        "cy": [15, 30],
        "lens_for": "view",
    }
    store = baking.bake(compose(tmp_path / "models", **lens), tmp_path / "data")
    found = np.array([frame.labels.camera.K[[0, 1, 0, 1], [0, 1, 2, 2]] for frame in store.frames(0)])
    assert len(np.unique(found.round(3), axis=0)) == 6
    assert (found >= [60, 60, 20, 15]).all() and (found <= [120, 120, 40, 30]).all()
    assert module("dataset.verify").verify(store) == []


PAPER = (ROOT / "docs" / "camera.md").read_text(encoding="utf-8")
EXAMPLES = [block.split("```")[0] for block in PAPER.split("```yaml\n")[1:]]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_examples_in_the_paper_work(tmp_path, number):
    """Each is a whole recipe: it is staged with the built-in parts, and no condition is left unmet."""
    recipes, text = module("presets.recipes"), module("presets.text")
    path = tmp_path / "example.yaml"
    path.write_text("schema: 1\n" + EXAMPLES[number], encoding="utf-8")
    text.parse(path.read_text(encoding="utf-8"), str(path))
    few = ["objects.count=4", "distractors.count=0", "lights.count=0", "placement.max_time=2"]
    recipe = recipes.compose([str(path)], few)
    recipe["output"]["frames_per_scene"] = min(recipe["output"]["frames_per_scene"], 4)
    (scene,) = staged(recipe, [0])
    assert [warning for warning in scene.warnings if "still moved" not in warning] == []
    assert len(scene.shots) == 4 * (2 if recipe["camera"]["use_stereo"] else 1)


def test_the_paper_has_an_example_of_every_mode():
    modes = {word for field in module("presets.fields").recipe().leaves() if field.path == "camera.mode"
             for word in field.words}  # fmt: skip
    assert all(f"mode: {mode}" in PAPER for mode in modes - {"shell"}) and len(EXAMPLES) >= len(modes)


# Stereo ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["parallel", "toe_in"])
def pairs(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stereo")
    rig = {"use_stereo": True, "baseline": [0.05, 0.08], "convergence": request.param, "convergence_distance": 0.7}
    layer = {"output": {"frames_per_scene": 3, "scenes": 2}, "render": {"resolution": [96, 72]}}
    recipe = baking.compose(folder / "models", MESHES, LAYER, {"camera": rig}, layer)
    return request.param, baking.bake(recipe, folder / "data")


def test_frames_come_in_pairs(pairs):
    convergence, store = pairs
    assert store.events[0]["frames"] == 12
    for scene in (0, 1):
        frames = list(store.frames(scene))
        assert [frame.labels.eye for frame in frames] == ["left", "right"] * 3
        (baseline,) = {frame.labels.baseline for frame in frames}
        assert 0.05 <= baseline <= 0.08
        for left, right in zip(frames[0::2], frames[1::2], strict=True):
            between = left.labels.camera.world_to_camera @ right.labels.camera.camera_to_world
            assert np.linalg.norm(between[:3, 3]) == pytest.approx(baseline, abs=1e-6)
            angle = 0.0 if convergence == "parallel" else 2 * np.degrees(np.arctan(baseline / 2 / 0.7))
            assert np.degrees(np.arccos(np.clip((np.trace(between[:3, :3]) - 1) / 2, -1, 1))) == pytest.approx(
                angle, abs=0.05
            )
            assert abs(between[1, 3]) < 1e-6 and between[0, 3] > 0
    assert len({frame.labels.baseline for scene in (0, 1) for frame in store.frames(scene)}) == 2


def test_what_the_left_eye_sees_lies_where_the_right_one_sees_it(pairs):
    _, store = pairs
    frames = list(store.frames(0))
    for left, right in zip(frames[0::2], frames[1::2], strict=True):
        camera, depth = left.labels.camera, left.depth()
        v, u = np.nonzero(left.instances())
        rays = np.column_stack([u, v, np.ones(len(u))]) @ np.linalg.inv(camera.K).T
        world = rays * depth[v, u, None] @ camera.camera_to_world[:3, :3].T + camera.camera_to_world[:3, 3]
        x, y = np.rint(right.labels.camera.project(world)).astype(int).T
        inside = (x >= 0) & (x < 96) & (y >= 0) & (y < 72)
        same = right.instances()[y[inside], x[inside]] == left.instances()[v[inside], u[inside]]
        assert inside.mean() > 0.5 and same.mean() > 0.85  # the rest is behind something, for the other eye


def test_pairs_are_exported_right(pairs, tmp_path):
    _, store = pairs
    verify, exporters = module("dataset.verify"), module("dataset.exporters")
    assert verify.verify(store) == []
    folders = exporters.export(store, ["bop", "coco"], tmp_path / "out")
    assert verify.verify_bop(folders["bop"]) == [] and verify.verify_coco(folders["coco"]) == []
    listed = json.loads((folders["coco"] / "annotations.json").read_bytes())["images"]
    assert [image["eye"] for image in listed] == ["left", "right"] * 6
    assert {image["baseline"] for image in listed} == {
        frame.labels.baseline for s in (0, 1) for frame in store.frames(s)
    }
