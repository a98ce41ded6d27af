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
    library, skies = module("operators.jobs.library"), module("scene.stage.background").hdris("")
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
    low, high = draw.ends(recipe["objects"]["count"])
    if not staged.warnings:
        assert sorted(staged.names) == [item.instance for item in plan.objects]
    assert len(targets) <= high and (len(targets) >= low or not recipe["objects"]["use_replacement"])
    assert len(staged.shots) >= recipe["output"]["frames_per_scene"]
    for moment in staged.moments:
        for pose in moment.poses.values():
            assert np.isfinite(pose).all()
            np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-5)
        check_room(plan, moment, assets)
        check_free(plan, moment, assets)


def corners(plan, moment, assets):
    """The corners (8, 3) of every object's box, by instance, in the world."""
    box_corners = module("render.annotate").box_corners
    found = {}
    for item in plan.objects:
        if item.instance in moment.poses:
            pose, asset = moment.poses[item.instance], assets[item.model]
            points = box_corners(asset.minimum, asset.maximum) * item.scale
            found[item.instance] = points @ pose[:3, :3].T + pose[:3, 3]
    return found


def check_room(plan, moment, assets):
    section = plan.recipe["placement"]
    free = {item.instance for item in module("scene.plan.placement").reserved(section, plan.objects)}
    for instance, points in corners(plan, moment, assets).items():
        if instance in free:
            continue  # stands where it hides a target
        if section["mode"] == "float":
            assert (points >= np.array(section["volume_min"]) - 1e-5).all()
            assert (points <= np.array(section["volume_max"]) + 1e-5).all()
        if section["mode"] == "drop":
            assert points[:, 2].max() > 0, "under the floor"


def check_free(plan, moment, assets):
    """No two meshes intersect where the mode promises it."""
    if plan.recipe["placement"]["mode"] not in ("float",):
        return
    trees = []
    for item in plan.objects:
        if item.instance in moment.poses:
            arrays = module("scene.assets.arrays").mesh_arrays(assets[item.model])
            pose = moment.poses[item.instance]
            points = (arrays.vertices * np.array(item.scale)) @ pose[:3, :3].T + pose[:3, 3]
            trees.append(BVHTree.FromPolygons([mathutils.Vector(p) for p in points], arrays.faces.tolist()))
    for index, one in enumerate(trees):
        for other in trees[:index]:
            assert not one.overlap(other)
