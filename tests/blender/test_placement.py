"""Placement on the stage: what physics does against closed forms, and what each mode promises of real meshes."""

from itertools import combinations

import bpy
import numpy as np
import pytest
from mathutils.bvhtree import BVHTree

from tests.blender import baking
from tests.blender.test_truth_stage import separation
from tests.house import ROOT, module

BLOCKS = {"cube": (0.05, 0.05, 0.05), "brick": (0.08, 0.05, 0.02), "rod": (0.015, 0.02, 0.1)}
MESHES = {name: baking.box(*size) for name, size in BLOCKS.items()} | {"ball": baking.sphere(0.03, 2)}
CALM = {"camera": {"obstacle_distance": 0.0, "min_targets": 0, "max_tries": 1}}
STEP = 1 / 240


def composed(folder, placement, *layers, meshes=MESHES, count=None):
    objects = {"objects": {"count": count or len(meshes), "use_replacement": True}}
    return baking.compose(folder, meshes, CALM, {"placement": placement}, objects, *layers)


def staged(recipe, scenes=(0,)):
    """(assets by key, the staged scenes)."""
    library, stages = module("operators.jobs.model_library"), module("scene.stage.stage")
    planning, (supplies, _) = module("scene.plan.scene"), module("scene.stage.supplies").gather(recipe)
    assets, _ = library.load(recipe)
    stage = stages.Stage(assets)
    try:
        return {asset.key: asset for asset in assets}, [
            stage.build(planning.plan_scene(recipe, assets, supplies, 3, scene)) for scene in scenes
        ]
    finally:
        stage.close()


def solids(assets, scene, moment) -> dict[int, tuple[np.ndarray, list]]:
    """Vertices in the world and faces of every object at a moment."""
    found = {}
    for item in scene.plan.objects:
        if item.instance in moment.poses:
            arrays, pose = module("scene.assets.arrays").mesh_arrays(assets[item.model]), moment.poses[item.instance]
            points = (arrays.vertices * np.array(item.scale)) @ pose[:3, :3].T + pose[:3, 3]
            found[item.instance] = (points, arrays.faces.tolist())
    return found


def touching(found) -> list[tuple[int, int]]:
    """The pairs whose surfaces cut each other."""
    trees = {instance: BVHTree.FromPolygons(points.tolist(), faces) for instance, (points, faces) in found.items()}
    return [(one, other) for one, other in combinations(sorted(trees), 2) if trees[one].overlap(trees[other])]


# What every mode promises -------------------------------------------------------------------------------------------

MODES = ["float", "surface", "stack", "chain", "flight", "drop"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("surroundings", ["room", "hdri"])
def test_nothing_is_in_anything_else(tmp_path, mode, count, surroundings):
    placement = {"mode": mode, "volume_min": [-0.3, -0.3, 0], "volume_max": [0.3, 0.3, 0.5], "step_interval": 40}
    layer = {"background": {"mode": surroundings, "room_size": [4, 4, 2]}, "output": {"frames_per_scene": 3}}
    assets, (scene,) = staged(composed(tmp_path, placement, layer, count=count))
    moments = scene.moments
    assert len(moments) == (3 if mode == "flight" else 1)
    assert len(moments[0].poses) == count or "objects found no free space" in scene.warnings[0]
    assert len(moments[0].poses) > count / 2
    for moment in moments:
        found = solids(assets, scene, moment)
        everything = np.concatenate([points for points, _ in found.values()])
        if mode in ("drop", "flight"):
            boxes = {i.instance: i for i in scene.plan.objects if i.model in BLOCKS and i.instance in moment.poses}
            for one, other in combinations(sorted(boxes), 2):
                sizes = (BLOCKS[boxes[key].model] for key in (one, other))
                assert separation(moment.poses[one], moment.poses[other], *sizes) > -0.0015
        else:
            assert touching(found) == []
        if mode in ("float", "flight", "surface"):
            margin = 0.002 if mode == "flight" else 1e-5
            assert (everything[:, :2] >= -0.3 - margin).all() and (everything[:, :2] <= 0.3 + margin).all()
        if mode in ("float", "flight"):
            assert everything[:, 2].min() >= -margin and everything[:, 2].max() <= 0.5 + margin
        if mode in ("surface", "stack"):
            assert everything[:, 2].min() == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [0.002, 40.0])
def test_tiny_and_large_objects(tmp_path, mode, size):
    meshes = {name: (vertices * size, faces) for name, (vertices, faces) in MESHES.items()}
    reach = 10 * size * 0.08
    placement = {
        "mode": mode, "volume_min": [-reach, -reach, 0], "volume_max": [reach, reach, reach], "max_time": 3.0,
        "chain_distance": max(0.2 * size, 0.001), "chain_spacing": 0.1 * size,
    }  # fmt: skip
    layer = {"background": {"mode": "plane"}, "output": {"frames_per_scene": 2}}
    assets, (scene,) = staged(composed(tmp_path, placement, layer, meshes=meshes, count=8))
    assert len(scene.moments[0].poses) == 8 or scene.warnings
    if mode not in ("drop", "flight"):
        assert touching(solids(assets, scene, scene.moments[0])) == []


@pytest.mark.parametrize("changes", [
    {"mode": "drop"}, {"mode": "drop", "sampling": "moments", "step_interval": 30}, {"mode": "flight"},
    {"mode": "stack"}, {"mode": "stack", "use_stack_physics": True}, {"mode": "surface"}, {"mode": "float"},
])  # fmt: skip
def test_the_same_again_to_the_last_bit(tmp_path, changes):
    """Whatever was simulated before, and however often."""
    placement = {"volume_min": [-0.2, -0.2, 0], "volume_max": [0.2, 0.2, 0.4], "mass": [0.1, 5.0]} | changes
    recipe = composed(tmp_path, placement, {"output": {"frames_per_scene": 4}}, count=10)
    _, (first, other, again) = staged(recipe, (0, 1, 0))
    _, (alone,) = staged(recipe, (1,))
    for one, two in ((first, again), (other, alone)):
        for before, after in zip(one.moments, two.moments, strict=True):
            assert before.poses.keys() == after.poses.keys()
            assert all(np.array_equal(before.poses[key], after.poses[key]) for key in before.poses)
    assert not np.array_equal(first.moments[-1].poses[1], other.moments[-1].poses[1])


# Falling ------------------------------------------------------------------------------------------------------------


def test_free_fall(tmp_path):
    """Moments of a fall are those of g t^2 / 2 until something is hit; the first is the start."""
    placement = {"mode": "drop", "sampling": "moments", "step_interval": 12, "damping": 0.0, "gravity": 4.0,
                 "volume_min": [-0.1, -0.1, 1.0], "volume_max": [0.1, 0.1, 1.4]}  # fmt: skip
    recipe = composed(tmp_path, placement, {"output": {"frames_per_scene": 6}}, count=1)
    _, (scene,) = staged(recipe)
    assert [shot.moment for shot in scene.shots] == list(range(6))
    heights = np.array([moment.poses[1][2, 3] for moment in scene.moments])
    time = 12 * STEP * np.arange(6)
    np.testing.assert_allclose(heights - heights[0], -2.0 * time**2, atol=2.0 * time[-1] * STEP)
    for moment in scene.moments:
        np.testing.assert_allclose(moment.poses[1][:3, :3], scene.moments[0].poses[1][:3, :3], atol=1e-5)


def test_each_frame_shows_its_moment(tmp_path):
    placement = {"mode": "drop", "sampling": "moments", "step_interval": 20, "volume_max": [0.25, 0.25, 1.0]}
    recipe = composed(tmp_path / "models", placement, {"output": {"frames_per_scene": 3}}, count=4)
    store = baking.bake(recipe, tmp_path / "data")
    seen = []
    for frame in store.frames(0):
        to_world = frame.labels.camera.camera_to_world
        seen.append({label.instance: (to_world @ label.object_to_camera)[2, 3] for label in frame.labels.objects})
    assert seen[0].keys() == {1, 2, 3, 4}
    assert all(seen[0][key] > seen[1][key] + 0.01 for key in seen[0]), "everything falls from frame to frame"


# Flight -------------------------------------------------------------------------------------------------------------


def flown(pushes, steps, moments, section=(), body=None, mass=2.0):
    flight, physics = module("scene.stage.flight"), module("scene.stage.physics")
    given = {
        "step_interval": steps, "flight_gravity": 0.0, "friction": 0.5, "restitution": 1.0, "damping": 0.0,
        "solver_iterations": 10, "use_walls": False, "free_radius": 0.0, "free_center": [0, 0, 0],
        "volume_min": [-1, -1, -1], "volume_max": [1, 1, 1], "wall_tilt": 0.0,
    } | dict(section)  # fmt: skip
    hull = module("scene.stage.physics").box(np.array([-0.1, -0.05, -0.02]), np.array([0.1, 0.05, 0.02]))
    start = np.eye(4) if body is None else body
    return flight.fly({1: physics.Body(hull, start, mass)}, pushes, given, moments)


def push(step, force, point=(0, 0, 0)):
    return module("scene.plan.placement.flight").Push(step, 1, np.array(force, float), np.array(point, float))


@pytest.mark.parametrize("start", [np.eye(4), baking.pose([0.3, -0.2, 0.1], baking.turn([1, 2, 3], 70))])
def test_pushes_move_a_body_as_newton_says(start):
    pushes = [
        push(0, [100, 0, 0]),
        push(7, [0, -50, 25]),
        push(8, [0, 0, 50]),
        push(31, [10, 20, 30]),
        push(31, [10, 0, 0]),
    ]
    moments = flown(pushes, 10, 6, body=start)
    for number, pose in enumerate(moments):
        steps = 10 * number
        # Each push adds F dt / m, from the beginning of its step.
        moved = sum(
            (STEP * one.force / 2.0 * (steps - one.step) * STEP for one in pushes if one.step < steps), np.zeros(3)
        )
        np.testing.assert_allclose(pose[1][:3, 3] - start[:3, 3], moved, atol=1e-4)
        np.testing.assert_allclose(pose[1][:3, :3], start[:3, :3], atol=1e-4)


def test_a_push_beside_the_middle_turns_the_body():
    """Torque over the inertia of a solid box: about y, F dt (b / 2) / (m (a^2 + c^2) / 12)."""
    (_, after) = flown([push(0, [0, 0, 4.0], [0.5, 0, 0])], 24, 2)
    inertia = 2.0 / 12 * (0.2**2 + 0.04**2)
    spin = -4.0 * STEP * 0.05 / inertia  # about y: r x F = x cross z = -y
    turned = np.arctan2(after[1][0, 2], after[1][0, 0])
    assert turned == pytest.approx(spin * 24 * STEP, rel=5e-3)
    assert after[1][2, 3] == pytest.approx(4.0 / 2.0 * STEP * 24 * STEP, rel=5e-3)


def test_nothing_becomes_too_fast_for_its_steps():
    (_, after) = flown([push(0, [1e6, 0, 0], [0, 1, 1])], 24, 2, mass=0.001)
    assert np.linalg.norm(after[1][:3, 3]) <= 5.0 * 24 * STEP * 1.01


def test_walls_and_the_free_ball_hold(tmp_path):
    placement = {
        "mode": "flight", "volume_min": [0.1, -0.5, -0.5], "volume_max": [1.1, 0.5, 0.5], "wall_tilt": 11.25,
        "free_center": [0.6, 0, 0], "free_radius": 0.1, "force": [-400.0, 400.0], "mass": [0.5, 5.0],
        "restitution": 0.8, "damping": 0.0, "step_interval": 50,
    }  # fmt: skip
    recipe = composed(tmp_path, placement, {"output": {"frames_per_scene": 25}}, count=12)
    assets, (scene,) = staged(recipe)
    assert len(scene.moments) == 25 and not scene.warnings
    normals, offsets = module("scene.plan.placement.flight").walls(recipe["placement"])
    way = 0.0
    for before, moment in zip(scene.moments, scene.moments[1:], strict=False):
        found = solids(assets, scene, moment)
        for points, faces in found.values():
            assert (points @ normals.T - offsets).min() > -0.003
            nearest, *_ = BVHTree.FromPolygons(points.tolist(), faces).find_nearest((0.6, 0, 0))
            assert np.linalg.norm(np.array(nearest) - [0.6, 0, 0]) > 0.1 - 0.003
        way += sum(np.linalg.norm(moment.poses[key][:3, 3] - before.poses[key][:3, 3]) for key in moment.poses)
    assert way / 12 > 1.0, "far enough to meet walls"


def test_flight_gravity(tmp_path):
    placement = {"mode": "flight", "flight_gravity": 1.0, "force": 0.0, "damping": 0.0, "step_interval": 24,
                 "volume_min": [-0.3, -0.3, 0], "volume_max": [0.3, 0.3, 3.0]}  # fmt: skip
    _, (scene,) = staged(composed(tmp_path, placement, {"output": {"frames_per_scene": 3}}, count=1))
    heights = [moment.poses[1][2, 3] for moment in scene.moments]
    # Bullet adds the speed of a step at its beginning: n (n + 1) / 2 steps after n of them, finer than ours.
    finer = module("scene.stage.flight").FINER
    fallen = [-n * (n + 1) / 2 * (STEP / finer) ** 2 for n in (0, 24 * finer, 48 * finer)]
    np.testing.assert_allclose(np.subtract(heights, heights[0]), fallen, atol=2e-4)


# Stack and fixed ----------------------------------------------------------------------------------------------------


def test_stacks_touch_what_is_below(tmp_path):
    """From every object some other, or the floor, is less than half a millimetre below."""
    placement = {"mode": "stack", "volume_min": [-0.2, -0.2, 0], "volume_max": [0.2, 0.2, 0.4]}
    assets, scenes = staged(composed(tmp_path, placement, {"background": {"mode": "plane"}}, count=14), range(3))
    for scene in scenes:
        found = solids(assets, scene, scene.moments[0])
        assert touching(found) == []
        for instance, (points, faces) in found.items():
            if points[:, 2].min() < 0.0005:
                continue
            lower = BVHTree.FromPolygons((points - [0, 0, 0.0005]).tolist(), faces)
            others = (BVHTree.FromPolygons(p.tolist(), f) for key, (p, f) in found.items() if key != instance)
            assert any(lower.overlap(other) for other in others), instance


def test_stacks_may_fall(tmp_path):
    placement = {
        "mode": "stack",
        "use_stack_physics": True,
        "volume_min": [-0.2, -0.2, 0],
        "volume_max": [0.2, 0.2, 0.4],
    }
    recipe = composed(tmp_path, placement, {"background": {"mode": "plane"}}, count=10)
    _, (fallen,) = staged(recipe)
    _, (built,) = staged(recipe | {"placement": recipe["placement"] | {"use_stack_physics": False}})
    moved = [np.abs(fallen.moments[0].poses[key] - built.moments[0].poses[key]).max() for key in range(1, 11)]
    assert max(moved) > 0.005


def test_fixed_poses_and_what_does_not_fit(tmp_path):
    poses = [{"model": "rod", "location": [0.1, 0.2, 0.3], "rotation": [0, 90, 0]}, {"model": "wheel"}]
    recipe = composed(tmp_path, {"mode": "fixed", "poses": poses}, {"objects": {"use_replacement": False}})
    _, (scene,) = staged(recipe)
    (instance,) = scene.moments[0].poses
    pose = scene.moments[0].poses[instance]
    assert scene.plan.objects[instance - 1].model == "rod"
    np.testing.assert_allclose(pose[:3, 3], [0.1, 0.2, 0.3], atol=1e-6)
    np.testing.assert_allclose(pose[:3, 0], [0, 0, -1], atol=1e-6)
    assert "3 of 4 objects have no pose of their model" in scene.warnings[0]
    assert "placement.poses[1] is not used: no wheel is left" in scene.warnings[1]


# Occlusion ----------------------------------------------------------------------------------------------------------


def hiding(folder, wanted, distractors=4, **placement):
    layer = {
        "placement": {"mode": "surface", "occlusion": wanted} | placement,
        "distractors": {"count": distractors, "use_primitives": True},
        "background": {"mode": "plane"},
        "camera": {"obstacle_distance": 0.1, "min_targets": 1, "max_tries": 100, "distance": [0.4, 0.6]},
        "render": {"resolution": [96, 72]},
        "output": {"frames_per_scene": 4},
    }
    return baking.compose(folder, {"ball": MESHES["ball"]}, layer)


@pytest.mark.parametrize("wanted", [[0.1, 0.25], [0.3, 0.5], [0.6, 0.75]])
def test_the_target_is_hidden_as_much_as_wanted(tmp_path, wanted):
    store = baking.bake(hiding(tmp_path / "models", wanted), tmp_path / "data", range(2))
    assert [event for event in store.events if event["event"] == "warning"] == []
    shares = [
        1 - next(label.visible_fraction for label in frame.labels.objects if label.instance == 1)
        for scene in range(2)
        for frame in store.frames(scene)
    ]
    assert len(shares) == 8
    assert min(shares) > wanted[0] - 0.03 and max(shares) < wanted[1] + 0.03
    assert len({round(share, 4) for share in shares}) > 1


def test_what_hides_a_target_cuts_nothing(tmp_path):
    recipe = hiding(tmp_path, [0.3, 0.6], 5)
    assets, (scene,) = staged(recipe)
    assert len(scene.moments) == len(scene.shots) == 4 and not scene.warnings
    for number, (shot, moment) in enumerate(zip(scene.shots, scene.moments, strict=True)):
        assert shot.moment == number and sorted(moment.poses) == [1, 2, 3, 4, 5, 6]
        found = solids(assets, scene, moment)
        assert touching(found) == []
        eye = shot.camera_to_world[:3, 3]
        for instance, (points, faces) in found.items():
            assert points[:, 2].min() > -1e-5
            if instance > 1:
                nearest, *_ = BVHTree.FromPolygons(points.tolist(), faces).find_nearest(eye.tolist())
                assert np.linalg.norm(np.array(nearest) - eye) >= 0.1 - 1e-5
        np.testing.assert_array_equal(moment.poses[1], scene.moments[0].poses[1])


def near_camera():
    camera = module("presets.tree").defaults()["camera"]
    return camera | {"distance": 0.25, "obstacle_distance": 0.22, "min_targets": 0, "max_tries": 5}


def test_wishes_that_cannot_be_met_are_told(tmp_path):
    _, (scene,) = staged(hiding(tmp_path / "a", [0.4, 0.6], 0))
    assert any("nothing hides the targets" in text and "distractors.count" in text for text in scene.warnings)
    narrow = hiding(tmp_path / "b", [0.985, 0.99], 1, occlusion_tries=2)
    _, (scene,) = staged(narrow)
    assert any("no target is hidden by 0.985 to 0.99" in text for text in scene.warnings)
    assert all(len(moment.poses) == 2 for moment in scene.moments)
    assets, (scene,) = staged(hiding(tmp_path / "c", [0.4, 0.6], 5, occlusion_tries=1) | {"camera": near_camera()})
    assert any("not every distractor found free space" in text for text in scene.warnings)
    assert all(touching(solids(assets, scene, moment)) == [] for moment in scene.moments)


def test_a_model_larger_than_the_volume_asks_for_its_unit(tmp_path):
    """Who takes millimetres for metres has parts that fit nowhere."""
    placement = {"mode": "float", "volume_min": [-0.3, -0.3, 0], "volume_max": [0.3, 0.3, 0.5]}
    recipe = composed(tmp_path, placement, meshes={"small": MESHES["ball"], "plate": baking.box(400.0, 300.0, 20.0)})
    recipe["objects"]["models"][1]["unit"] = "m"
    _, (scene,) = staged(recipe)
    assert any("plate is 400 m long, the volume 0.6 m: is its unit right?" in text for text in scene.warnings)


# On an object of the surroundings -----------------------------------------------------------------------------------


@pytest.fixture
def furnished(tmp_path):
    """A .blend file with a table whose top slopes, 0.75 m high at its middle, and the table's vertices and faces."""
    top = baking.box(0.8, 0.6, 0.04)
    vertices, faces = top[0] + np.c_[np.zeros((8, 2)), 0.1 * top[0][:, 0]] + [0.2, 0, 0.75], top[1]
    scene, mesh = bpy.data.scenes.new("room"), bpy.data.meshes.new("table")
    mesh.from_pydata(vertices.tolist(), [], faces.tolist())
    table = bpy.data.objects.new("Table", mesh)
    scene.collection.objects.link(table)
    path = tmp_path / "room.blend"
    bpy.data.libraries.write(str(path), {scene})
    for block in (table, mesh, scene):
        {"Object": bpy.data.objects, "Mesh": bpy.data.meshes, "Scene": bpy.data.scenes}[type(block).__name__].remove(
            block
        )
    return path, vertices, faces.tolist()


def on_the_table(folder, path, name, count):
    layer = {"background": {"mode": "environment", "environment": str(path)}}
    placement = {"mode": "surface", "surface_object": name, "volume_min": [-1, -1, 0], "volume_max": [1, 1, 1]}
    return composed(folder, placement, layer, count=count)


def test_objects_stand_on_a_named_object(tmp_path, furnished):
    path, vertices, faces = furnished
    assets, (scene,) = staged(on_the_table(tmp_path, path, "Table", 8))
    assert len(scene.moments[0].poses) == 8
    found = solids(assets, scene, scene.moments[0])
    assert touching(found | {0: (vertices, faces)}) == []
    table = BVHTree.FromPolygons(vertices.tolist(), faces)
    for points, triangles in found.values():
        assert points[:, 2].min() > 0.6
        assert (points[:, :2] >= [-0.2 - 1e-5, -0.3 - 1e-5]).all() and (points[:, :2] <= [0.6 + 1e-5, 0.3 + 1e-5]).all()
        lower = BVHTree.FromPolygons((points - [0, 0, 0.0005]).tolist(), triangles)
        assert lower.overlap(table), "floats"


def test_a_wrong_name_is_told(tmp_path, furnished):
    recipe = on_the_table(tmp_path, furnished[0], "Tabel", 1)
    with pytest.raises(module("scene.stage.errors").StageError, match="no object Tabel; did you mean Table"):
        staged(recipe)


def test_people_are_hidden_too(tmp_path):
    layer = {
        "people": {"count": 1},
        "objects": {"count": 0},
        "distractors": {"count": 4, "use_primitives": True, "primitive_scale": [4.0, 8.0]},
        "placement": {"mode": "surface", "occlusion": [0.3, 0.5]},
        "background": {"mode": "plane"},
        "camera": {"distance": [4.0, 5.0], "elevation": [10, 30], "obstacle_distance": 0.5, "max_tries": 100},
        "render": {"resolution": [96, 72]},
        "output": {"frames_per_scene": 3},
    }
    store = baking.bake(baking.compose(tmp_path / "models", {"ball": MESHES["ball"]}, layer), tmp_path / "data")
    shares = [
        1 - label.visible_fraction for frame in store.frames(0) for label in frame.labels.objects if label.instance == 5
    ]
    assert len(shares) == 3 and min(shares) > 0.27 and max(shares) < 0.53


PAPER = (ROOT / "docs" / "placement.md").read_text(encoding="utf-8")
EXAMPLES = [block.split("```")[0] for block in PAPER.split("```yaml\n")[1:]]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_examples_in_the_paper_work(tmp_path, number):
    """Each is a whole recipe: it is staged with the built-in parts, and nothing is left out."""
    path = tmp_path / "example.yaml"
    path.write_text("schema: 1\nlights: {count: 0}\n" + EXAMPLES[number], encoding="utf-8")
    few = [] if "objects:" in EXAMPLES[number] else ["objects.count=8"]
    few += [] if "distractors:" in EXAMPLES[number] else ["distractors.count=0"]
    _, (scene,) = staged(module("presets.recipes").compose([str(path)], few))
    assert [warning for warning in scene.warnings if "still moved" not in warning] == []
    assert len(scene.moments[0].poses) == len(scene.plan.objects)


def test_the_paper_has_an_example_of_every_mode():
    modes = next(field for field in module("presets.fields").recipe().leaves() if field.path == "placement.mode")
    assert all(f"mode: {mode}" in PAPER for mode in modes.words)
