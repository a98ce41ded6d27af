"""Staging: what is dropped rests and touches nothing else, and nothing stays behind in the user's file."""

import bpy
import numpy as np
import pytest

from tests.blender import baking
from tests.house import module

BLOCKS = {
    "cube": (0.06, 0.06, 0.06),
    "brick": (0.1, 0.05, 0.03),
    "plate": (0.12, 0.12, 0.008),
    "rod": (0.02, 0.02, 0.15),
}
MESHES = {name: baking.box(*size) for name, size in BLOCKS.items()}
DROP = {
    "placement": {"mode": "drop", "volume_min": [-0.12, -0.12, 0], "volume_max": [0.12, 0.12, 0.3]},
    "camera": {"obstacle_distance": 0.0, "min_targets": 0},
}
MILLIMETRE = 0.001


def separation(first, second, size, other) -> float:
    """The largest gap between two boxes on one of their 15 axes: below 0, how deep they are in each other (SAT)."""
    a, b = first[:3, :3], second[:3, :3]
    axes = [*a.T, *b.T, *(np.cross(i, j) for i in a.T for j in b.T)]
    axes = np.array([axis / np.linalg.norm(axis) for axis in axes if np.linalg.norm(axis) > 1e-6])
    reach = np.abs(axes @ a) @ (np.array(size) / 2) + np.abs(axes @ b) @ (np.array(other) / 2)
    return float((np.abs(axes @ (second[:3, 3] - first[:3, 3])) - reach).max())


def lowest(pose, size) -> float:
    return float(pose[2, 3] - np.abs(pose[2, :3]) @ (np.array(size) / 2))


def staged(recipe, scenes):
    """(plan, Staged) of some scenes."""
    library, stages = module("operators.jobs.model_library"), module("scene.stage.stage")
    planning, skies = module("scene.plan.scene"), module("scene.stage.background").hdris("")
    assets, _ = library.load(recipe)
    stage = stages.Stage(assets)
    try:
        return [stage.build(planning.plan_scene(recipe, assets, skies, 3, scene)) for scene in scenes]
    finally:
        stage.close()


@pytest.mark.parametrize("mode", ["room", "plane"])
def test_dropped_objects_rest(tmp_path, mode):
    layer = {"background": {"mode": mode, "room_size": [0.5, 0.4, 1.0]}}
    recipe = baking.compose(tmp_path, MESHES, DROP, layer, {"objects": {"count": [12, 12], "use_replacement": True}})
    for scene in staged(recipe, range(3)):
        sizes = {item.instance: BLOCKS[item.model] for item in scene.plan.objects}
        # A jammed heap may still creep when the time is over, and is reported; it must lie right all the same.
        assert [text for text in scene.warnings if "still moved" not in text] == []
        assert sorted(scene.moments[0].poses) == sorted(sizes) == list(range(1, 13))
        touching, supported = [], set()
        for one, pose in scene.moments[0].poses.items():
            np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-6)
            assert lowest(pose, sizes[one]) > -MILLIMETRE
            if lowest(pose, sizes[one]) < MILLIMETRE:
                supported.add(one)
            for other, its in scene.moments[0].poses.items():
                if other < one:
                    gap = separation(pose, its, sizes[one], sizes[other])
                    assert gap > -MILLIMETRE, (one, other)
                    if gap < MILLIMETRE:
                        touching.append((one, other))
            if mode == "room":
                reach = np.abs(pose[:2, :3]) @ (np.array(sizes[one]) / 2)
                assert (np.abs(pose[:2, 3]) + reach < np.array([0.25, 0.2]) + MILLIMETRE).all()
        for _ in range(12):  # what touches something supported is supported
            supported |= {one for pair in touching for one in pair if supported & set(pair)}
        assert supported == set(sizes)


def test_a_box_lies_flat(tmp_path):
    """Alone, it must end on one of its faces: half a box's edge above the floor, level."""
    recipe = baking.compose(tmp_path, {"brick": MESHES["brick"]}, DROP, {"background": {"mode": "plane"}})
    for scene in staged(recipe, range(4)):
        (pose,) = scene.moments[0].poses.values()
        level = np.abs(pose[2, :3])
        assert level.max() > np.cos(np.radians(0.5))
        height = BLOCKS["brick"][int(level.argmax())] / 2
        assert pose[2, 3] == pytest.approx(height, abs=MILLIMETRE)


def test_the_origin_of_a_model_does_not_matter(tmp_path):
    """A model far from its origin falls like any other: its body is where its mesh is."""
    vertices, faces = MESHES["brick"]
    vertices = vertices + np.array([0.4, -0.2, 0.3])
    recipe = baking.compose(tmp_path, {"brick": (vertices, faces)}, DROP, {"background": {"mode": "plane"}})
    (scene,) = staged(recipe, [0])
    (pose,) = scene.moments[0].poses.values()
    points = vertices @ pose[:3, :3].T + pose[:3, 3]
    assert points[:, 2].min() == pytest.approx(0, abs=MILLIMETRE)
    assert np.abs(points[:, :2]).max() < 0.4


def test_counts_are_exact(tmp_path):
    layer = {
        "objects": {"count": [2, 7], "use_replacement": True},
        "distractors": {"count": [3, 3], "use_primitives": True},
        "background": {"mode": "room"},
    }
    recipe = baking.compose(tmp_path, MESHES, DROP, layer)
    counts = set()
    for scene in staged(recipe, range(3)):
        kinds = [item.kind for item in scene.plan.objects if item.instance in scene.moments[0].poses]
        assert kinds.count("distractor") == 3 and len(kinds) == len(scene.plan.objects)
        counts.add(kinds.count("target"))
    assert counts <= set(range(2, 8))


def test_lost_objects_are_dropped_again_or_reported(tmp_path, monkeypatch):
    placing = module("scene.stage.placing")
    settle, calls = placing.settle, []

    def lossy(bodies, room_size, section):
        calls.append({key: body.pose for key, body in bodies.items()})
        result = settle(bodies, room_size, section)
        if len(calls) < lossy.good:
            result.poses[2][2, 3] = -50.0
        return result

    monkeypatch.setattr(placing, "settle", lossy)
    recipe = baking.compose(tmp_path, MESHES, DROP, {"background": {"mode": "plane"}})
    lossy.good = 3
    (scene,) = staged(recipe, [0])
    assert len(calls) == 3 and scene.warnings == [] and len(scene.moments[0].poses) == 4
    assert not np.allclose(calls[0][1], calls[1][1])
    calls.clear()
    lossy.good = 99
    (scene,) = staged(recipe, [0])
    assert len(calls) == recipe["placement"]["max_scene_tries"]
    assert sorted(scene.moments[0].poses) == [1, 3, 4] and "1 objects fell out" in scene.warnings[0]


# What stays in the user's file ------------------------------------------------------------------------------------


def blocks() -> dict:
    """The names of all datablocks, by kind, but those of the assets, which are kept for the next bake; renderers."""
    found = {"engines": baking.engines()}
    for kind in (name for name in dir(bpy.data) if isinstance(getattr(bpy.data, name), bpy.types.bpy_prop_collection)):
        items = getattr(bpy.data, kind)
        found[kind] = sorted(item.name for item in items if not (kind == "meshes" and item.get("truthbake_asset")))
    return found


def settings() -> tuple:
    scene = bpy.context.scene
    render = scene.render
    return (
        scene.name, scene.frame_current, render.engine, render.resolution_x, render.resolution_y, render.filepath,
        render.image_settings.file_format, scene.camera and scene.camera.name, scene.world and scene.world.name,
        sorted(item.name for item in scene.objects), scene.cycles.samples, scene.rigidbody_world,
        bpy.context.view_layer.name, [item.name for item in bpy.context.selected_objects],
    )  # fmt: skip


@pytest.fixture
def job(tmp_path):
    """(recipe, folder) with the assets imported already."""
    layer = {
        "background": {"mode": "plane"},
        "lights": {"count": [2, 2], "use_ceiling": True},
        "objects": {"count": [5, 5], "use_replacement": True},
        "distractors": {"count": [2, 2], "use_primitives": True},
        "output": {"scenes": 2, "frames_per_scene": 3},
    }
    recipe = baking.compose(tmp_path / "models", MESHES, DROP, layer)
    module("operators.jobs.model_library").load(recipe)
    return recipe, tmp_path / "data"


def test_a_bake_leaves_nothing(job):
    before = blocks(), settings()
    baking.bake(*job)
    assert (blocks(), settings()) == before


def test_what_cycles_keeps_goes_with_its_scene():
    """Blender itself would keep it, and read the removed scene from then on."""
    before, made = baking.engines(), module("scene.stage.datablocks").Made()
    scene, camera = made(bpy.data.scenes.new("kept")), made(bpy.data.cameras.new("kept"))
    scene.camera = made(bpy.data.objects.new("kept", camera))
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.render.resolution_x = scene.render.resolution_y = 8
    scene.render.use_persistent_data = True
    bpy.ops.render.render(scene=scene.name)
    assert baking.engines() == before + 1
    made.remove()
    assert baking.engines() == before


@pytest.mark.parametrize("steps", [1, 2, 3, 5])
def test_a_closed_job_leaves_nothing(job, steps):
    before = blocks(), settings()
    running = module("operators.jobs.bake").bake(*job, range(2))
    for _ in range(steps):
        event = next(running)
    running.close()
    assert (blocks(), settings()) == before
    assert not (job[1] / ".working").exists()
    done = module("dataset.store").Store.open(job[1]).scenes()
    assert done == ([0] if event["event"] == "scene" or steps > 4 else [])


@pytest.mark.parametrize("place", ["picture.render", "truth.render", "decode.read", "annotate"])
def test_a_failing_frame_fails_its_scene_only(job, monkeypatch, place):
    bakers = module("render.bake")
    owner, name = bakers, place
    if "." in place:
        owner, name = getattr(bakers, place.split(".")[0]), place.split(".")[1]
    function, calls = getattr(owner, name), []

    def failing(*arguments, **keywords):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("out of memory\nhere")
        return function(*arguments, **keywords)

    monkeypatch.setattr(owner, name, failing)
    before = blocks(), settings()
    events = list(module("operators.jobs.bake").bake(*job, range(2)))
    assert [(event["scene"], event["message"]) for event in events if event["event"] == "error"] == [
        (0, "out of memory here")
    ]
    assert events[-1]["failed"] == [0] and events[-1]["scenes"] == 1
    assert (blocks(), settings()) == before
    store = module("dataset.store").Store.open(job[1])
    assert store.scenes() == [1] and not (job[1] / ".working").exists()
    monkeypatch.undo()
    assert baking.bake(*job).scenes() == [0, 1]


def test_physics_leaves_the_users_own_simulation_alone(job):
    scene = bpy.context.scene
    mesh = bpy.data.meshes.new("theirs")
    item = bpy.data.objects.new("theirs", mesh)
    scene.collection.objects.link(item)
    bpy.context.view_layer.objects.active = item
    bpy.ops.rigidbody.world_add()
    bpy.ops.rigidbody.object_add()
    try:
        before = blocks()
        baking.bake(*job)
        assert blocks() == before
        assert scene.rigidbody_world and item.rigid_body and item.name in scene.rigidbody_world.collection.objects
    finally:
        bpy.ops.rigidbody.object_remove()
        bpy.ops.rigidbody.world_remove()
        bpy.data.objects.remove(item)
        bpy.data.meshes.remove(mesh)
        for collection in [c for c in bpy.data.collections if c.name.startswith("RigidBody")]:
            bpy.data.collections.remove(collection)
