"""Amodal masks: equal to each object rendered alone, whatever stands in front of it."""

import numpy as np
import pytest

from tests.blender import baking
from tests.house import module
from tests.rays import around, see, ties

MESHES = {"cube": baking.box(0.1, 0.1, 0.1), "ball": baking.sphere(0.06, 2)}
ALONG_X = module("scene.plan.camera").look_at(np.array([-0.8, 0.0, 0.2]), np.array([0.0, 0.0, 0.2]), 0.0)
WITHOUT_SKY = {"background": {"mode": "room"}, "lights": {"use_ceiling": True}}


def many(count: int) -> dict:
    return {"objects": {"count": [count, count], "use_replacement": True}}


def check_against_solo_renders(recipe, scene: int, tmp_path) -> list[dict[int, np.ndarray]]:
    """Bake one scene frame by frame and render each object of it alone; returns the amodal masks by instance."""
    library, stages = module("operators.jobs.model_library"), module("scene.stage.stage")
    truth, decode, planning = module("render.truth"), module("render.decode"), module("scene.plan.scene")
    naming, skies = module("scene.stage.objects"), module("scene.stage.background").hdris("")
    meshes, bakers = module("scene.assets.arrays"), module("render.bake")
    assets, _ = library.load(recipe)
    models = {asset.key: library.model(asset, meshes.mesh_arrays(asset)) for asset in assets}
    stage = stages.Stage(assets)
    frames = []
    try:
        staged = stage.build(planning.plan_scene(recipe, assets, skies, recipe["output"]["seed"], scene))
        names = set(staged.names.values())
        with bakers.Baker(stage, models, recipe, "CPU") as baker:
            baker.begin(staged)
            for number in range(len(staged.shots)):
                baked = []
                baker.bake(staged, number, baked.append).result()
                frame = baked[0]
                camera, index, masks = frame.labels.camera, frame.images["instances"], {}
                union = np.zeros(index.shape, bool)
                for label in frame.labels.objects:
                    path = tmp_path / "solo.exr"
                    truth.render_group(stage.truth, {staged.names[label.instance]}, names, path)
                    solo = decode.read(path, naming.PREFIX).index == label.instance
                    mask = baking.amodal_mask(label, camera)
                    # Alone against whatever surrounds it: no floor or wall of these scenes hides an object.
                    np.testing.assert_array_equal(mask, solo, err_msg=f"frame {number}, instance {label.instance}")
                    visible = index == label.instance
                    assert not (visible & ~mask).any()
                    assert label.pixels_visible == visible.sum() and label.pixels_inside == mask.sum()
                    union |= mask
                    masks[label.instance] = mask
                # Complete: whatever crosses a pixel first is visible there.
                np.testing.assert_array_equal(index > 0, union)
                frames.append(masks)
    finally:
        stage.close()
    return frames


@pytest.mark.parametrize("surroundings", [{}, WITHOUT_SKY], ids=["sky", "room"])
def test_a_crowd(tmp_path, surroundings):
    layer = {
        "camera": {"distance": [0.5, 0.8], "elevation": [5, 60], "look_at_count": 3},
        "placement": {"volume_min": [-0.3, -0.3, 0.0], "volume_max": [0.3, 0.3, 0.4]},
        "output": {"frames_per_scene": 2},
    }
    recipe = baking.compose(tmp_path, MESHES, layer, many(16), surroundings)
    frames = check_against_solo_renders(recipe, 0, tmp_path)
    overlap = np.sum(list(frames[0].values()), axis=0)
    assert overlap.max() >= 3


@pytest.mark.parametrize("surroundings", [{}, WITHOUT_SKY], ids=["sky", "room"])
def test_a_row_deeper_than_cryptomatte_ranks(tmp_path, monkeypatch, surroundings):
    """Twenty-four objects on the middle ray. The last ones appear in no rank of the first render anywhere."""
    poses = {n: baking.pose([0.075 * n, 0.0, 0.2], baking.turn([1, 2, 3], 5 * n)) for n in range(1, 25)}
    baking.place_exactly(monkeypatch, poses, [ALONG_X])
    recipe = baking.compose(tmp_path, {"cube": MESHES["cube"]}, many(24), surroundings)
    masks = check_against_solo_renders(recipe, 0, tmp_path)[0]
    assert sorted(masks) == list(range(1, 25)) and all(mask.any() for mask in masks.values())
    assert np.sum(list(masks.values()), axis=0).max() == 24


def test_a_row_through_the_whole_job(tmp_path, monkeypatch):
    """The same row, against the ray caster."""
    poses = {n: baking.pose([0.12 * n, 0.0, 0.2], baking.turn([1, 2, 3], 5 * n)) for n in range(1, 13)}
    baking.place_exactly(monkeypatch, poses, [ALONG_X])
    meshes = {"cube": MESHES["cube"]}
    store = baking.bake(baking.compose(tmp_path / "models", meshes, many(12)), tmp_path / "data")
    (frame,) = store.frames(0)
    camera = frame.labels.camera
    objects = {label.instance: baking.in_camera(label, MESHES["cube"]) for label in frame.labels.objects}

    def seen(offset=(0.0, 0.0)):
        return see(objects, camera.K, camera.width, camera.height, offset)

    straight, moved = seen(), around(seen)
    assert len(frame.labels.objects) == 12
    for label in frame.labels.objects:
        crossed = straight.crossed[label.instance]
        wrong = baking.amodal_mask(label, camera) != crossed
        assert not (wrong & ~ties(crossed, [other.crossed[label.instance] for other in moved])).any()
        assert label.pixels_inside > 5


def test_a_staged_preview_does_not_disturb_the_bake(tmp_path):
    """Objects of the same names may stand in another scene of the same file."""
    layer = {"placement": {"volume_min": [-0.2, -0.2, 0.0], "volume_max": [0.2, 0.2, 0.3]}}
    recipe = baking.compose(tmp_path / "models", MESHES, layer)
    before = baking.tree_of(baking.bake(recipe, tmp_path / "one").root / "scenes")
    library, stages = module("operators.jobs.model_library"), module("scene.stage.stage")
    assets, _ = library.load(recipe)
    preview = stages.Stage(assets)
    try:
        skies = module("scene.stage.background").hdris("")
        preview.build(module("scene.plan.scene").plan_scene(recipe, assets, skies, 7, 0))
        after = baking.tree_of(baking.bake(recipe, tmp_path / "two").root / "scenes")
    finally:
        preview.close()
    assert after == before


def test_a_known_motion(tmp_path, monkeypatch):
    """A cube moved and turned by a known motion between two scenes: labels and pixels follow."""
    first = baking.pose([0.02, -0.03, 0.2], baking.turn([1, 1, 0], 30))
    motion = baking.pose([0.05, 0.06, -0.04], baking.turn([0.2, -1, 0.5], 25))
    stores = []
    for number, placed in enumerate([first, motion @ first]):
        baking.place_exactly(monkeypatch, {1: placed}, [ALONG_X])
        recipe = baking.compose(tmp_path / "models", {"cube": MESHES["cube"]})
        stores.append(baking.bake(recipe, tmp_path / str(number)))
    frames = [next(store.frames(0)) for store in stores]
    labels = [frame.labels.objects[0] for frame in frames]
    moved = labels[1].object_to_world @ np.linalg.inv(labels[0].object_to_world)
    np.testing.assert_allclose(moved, motion, atol=2e-6)
    # The surface points of the first image, carried along by the motion, lie on the cube of the second.
    views = [frame.labels.camera for frame in frames]
    np.testing.assert_allclose(views[0].camera_to_world, ALONG_X, atol=1e-6)
    depth = frames[0].depth()
    rows, columns = np.nonzero(frames[0].instances() == 1)
    rays = np.column_stack([columns, rows, np.ones(len(rows))]) @ np.linalg.inv(views[0].K).T
    world = (rays * depth[rows, columns][:, None]) @ ALONG_X[:3, :3].T + ALONG_X[:3, 3]
    carried = world @ motion[:3, :3].T + motion[:3, 3]
    local = (carried - (motion @ first)[:3, 3]) @ (motion @ first)[:3, :3]
    assert len(rows) > 40
    np.testing.assert_allclose(np.abs(local).max(axis=1), 0.05, atol=5e-5)
    objects = {1: (MESHES["cube"][0] @ (np.linalg.inv(ALONG_X) @ motion @ first)[:3, :3].T
                   + (np.linalg.inv(ALONG_X) @ motion @ first)[:3, 3], MESHES["cube"][1])}  # fmt: skip

    def seen(offset=(0.0, 0.0)):
        return see(objects, views[1].K, views[1].width, views[1].height, offset)

    straight, near = seen(), around(seen)
    wrong = (frames[1].instances() != straight.index) & ~ties(straight.index, [other.index for other in near])
    assert not wrong.any()


def test_rendering_in_groups_changes_nothing_else(tmp_path, monkeypatch):
    """Objects are hidden in turn between two pictures of a scene whose data Cycles keeps."""
    layer = {"output": {"frames_per_scene": 3}, "camera": {"distance": [0.5, 0.7]}}
    recipe = baking.compose(tmp_path / "models", MESHES, layer, many(8))
    plain = baking.tree_of(baking.bake(recipe, tmp_path / "plain").root / "scenes")
    decode, groups = module("render.decode"), []
    read = decode.read

    def full(path, prefix):
        result = read(path, prefix)
        groups.append(path.name)
        return result if path.name == "group.exr" else decode.Truth(**(vars(result) | {"is_full": True}))

    monkeypatch.setattr(decode, "read", full)
    grouped = baking.tree_of(baking.bake(recipe, tmp_path / "grouped").root / "scenes")
    assert groups.count("group.exr") >= 6
    assert grouped == plain
