"""Three hundred scenes of random recipes: no crash, exact counts, nothing outside its volume, nothing in another.

Some are baked and verified too.
"""

import mathutils
import numpy as np
import pytest
from mathutils.bvhtree import BVHTree

from tests.blender.random_recipes import random_recipe
from tests.house import module

SCENES, EVERY = 300, 12  # how many are staged, and each how-manieth is baked
BATCH = 30


@pytest.mark.parametrize("batch", range(SCENES // BATCH))
def test_scenes_of_random_recipes(batch, tmp_path):
    stages, planning = module("scene.stage.stage"), module("scene.plan.scene")
    library, skies = module("operators.jobs.model_library"), module("scene.stage.background").hdris("")
    refused = (module("scene.stage.errors").StageError,)
    rng = np.random.default_rng(batch)
    failed = 0
    for number in range(BATCH):
        recipe = random_recipe(rng)
        assets, _ = library.load(recipe)
        stage = stages.Stage(assets)
        try:
            plan = planning.plan_scene(recipe, assets, skies, recipe["output"]["seed"], number)
            try:
                staged = stage.build(plan)
            except refused as error:
                assert str(error).startswith(f"scene {number}: "), error
                failed += 1
                continue
            check(staged, {asset.key: asset for asset in assets})
        finally:
            stage.close()
        if number % EVERY == 0:
            bake(recipe, tmp_path / f"{batch}-{number}")
    assert failed < BATCH / 3, "most random recipes must give a scene"


def bake(recipe, folder):
    events = list(module("operators.jobs.bake").bake(recipe, folder, range(1)))
    errors = [event["message"] for event in events if event["event"] == "error"]
    assert all(text.startswith("scene 0: ") for text in errors), errors
    if not errors:
        store = module("dataset.store").Store.open(folder)
        assert list(module("dataset.verify").verify(store)) == []


def check(staged, assets):
    """What is promised of every scene."""
    plan, recipe = staged.plan, staged.plan.recipe
    draw = module("scene.plan.draw")
    targets = [item for item in plan.objects if item.kind == "target"]
    if not staged.warnings:
        people = [person.instance for person in plan.people.persons]
        occluders = [occluder.item.instance for occluder in plan.people.occluders]
        assert sorted(staged.names) == [item.instance for item in plan.objects] + sorted(people + occluders)
        low, high = draw.ends(recipe["people"]["count"])
        assert low <= len(people) <= high
    low, high = draw.ends(recipe["objects"]["count"])
    assert len(targets) <= high and (len(targets) >= low or not recipe["objects"]["use_replacement"])
    assert len(staged.shots) >= recipe["output"]["frames_per_scene"]
    for moment in staged.moments:
        for pose in moment.poses.values():
            assert np.isfinite(pose).all()
            np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-5)
        check_room(plan, moment, assets)
        check_free(plan, moment, assets)


# Physics knows hulls of a few dozen points: round rims stand out of them by so much, in metres.
SINKING = dict.fromkeys(("drop", "stack", "flight"), 0.004)


def check_room(plan, moment, assets):
    """Nothing is outside of what the mode promises."""
    section = plan.recipe["placement"]
    low, high = np.array(section["volume_min"]), np.array(section["volume_max"])
    kinds = {item.instance: item.kind for item in plan.objects}
    for instance, points in placed(plan, moment, assets).items():
        if section["occlusion"][1] > 0 and kinds[instance] == "distractor":
            continue  # it stands where it hides a target
        if section["mode"] in ("float", "surface"):
            assert (points[:, :2] >= low[:2] - 1e-5).all() and (points[:, :2] <= high[:2] + 1e-5).all()
        if section["mode"] == "float":
            assert points[:, 2].min() >= low[2] - 1e-5 and points[:, 2].max() <= high[2] + 1e-5
        if section["mode"] == "surface":
            assert points[:, 2].min() == pytest.approx(section["surface_height"], abs=1e-4)
        if section["mode"] in ("drop", "stack"):
            assert points[:, 2].min() > -SINKING["drop"], "under the floor"
            if plan.background.room_size:
                half = np.array(plan.background.room_size[:2]) / 2 + SINKING["drop"]
                assert (np.abs(points[:, :2]) <= half).all(), "in a wall"
        if section["mode"] == "flight" and section["use_walls"]:
            assert (points >= low - SINKING["flight"]).all() and (points <= high + SINKING["flight"]).all()


def check_free(plan, moment, assets):
    """No two meshes intersect, wherever a mode promises that."""
    mode = plan.recipe["placement"]["mode"]
    if mode == "fixed":
        return
    trees = []
    for key, points in placed(plan, moment, assets).items():
        middle, size = (points.min(axis=0) + points.max(axis=0)) / 2, np.ptp(points, axis=0).max()
        points = middle + (points - middle) * (1 - 2 * SINKING.get(mode, 0.0) / size)
        trees.append(
            (key, BVHTree.FromPolygons([mathutils.Vector(point) for point in points], faces(plan, key, assets)))
        )
    for index, (key, tree) in enumerate(trees):
        for other, other_tree in trees[:index]:
            assert not tree.overlap(other_tree), f"{mode}: {key} is in {other}"


def placed(plan, moment, assets):
    """The vertices (V, 3) of every object in the world, by instance."""
    found = {}
    for item in plan.objects:
        pose = moment.poses.get(item.instance)
        if pose is not None and pose[2, 3] > -100.0:  # else put out of sight, for want of room
            points = module("scene.assets.arrays").mesh_arrays(assets[item.model]).vertices * np.array(item.scale)
            found[item.instance] = points @ pose[:3, :3].T + pose[:3, 3]
    return found


def faces(plan, instance, assets):
    model = next(item.model for item in plan.objects if item.instance == instance)
    return module("scene.assets.arrays").mesh_arrays(assets[model]).faces.tolist()
