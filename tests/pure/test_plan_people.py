"""Who stands where: pure draws, each on streams of their own."""

from copy import deepcopy

import numpy as np
import pytest

from tests.pure import test_plan_scene as scenes
from truthbake.scene.plan.people import DISTANCE, OCCLUDERS, plan_people
from truthbake.scene.plan.scene import plan_scene

SECTION = {
    "count": 2, "mode": "joints", "poses": "scene", "extent": [0.2, 0.7], "ticks": [2, 120], "lean": [0, 30],
    "drop_height": [0.0, 0.5], "height": [1.6, 1.9], "girth": [-0.8, 0.8], "area": [6.0, 6.0], "turn": [-180, 180],
    "occluders": 2, "occluder_size": [0.5, 1.0], "occluder_min": [-3, -2, 2], "occluder_max": [3, 2, 2],
}  # fmt: skip
CHARACTERS = [scenes.Shape(f"person_{name}", "person", np.zeros(3), np.zeros(3)) for name in "ab"]


def recipe(**people):
    return deepcopy(scenes.RECIPE) | {"people": SECTION | people}


def people(seed=5, scene=0, **changes):
    return plan_people(recipe(**changes), CHARACTERS, seed, scene, 1)


def same(one, other) -> bool:
    return repr(one) == repr(other)


def test_pure_and_seeded():
    np.random.seed(0)
    first = people()
    np.random.seed(1)
    assert same(first, people())
    assert not same(first, people(seed=6)) and not same(first, people(scene=1))


def test_switching_people_off_changes_no_other_draw():
    shapes = [*scenes.SHAPES, *CHARACTERS]
    with_people = plan_scene(recipe(), shapes, scenes.SKIES, 5, 0)
    without = plan_scene(recipe(count=0), shapes, scenes.SKIES, 5, 0)
    assert len(with_people.people.persons) == 2 and not without.people.items
    for name in ("objects", "material", "lights", "ceiling", "background", "lenses", "renderer_seeds"):
        assert same(getattr(with_people, name), getattr(without, name)), name
    numbers = [item.instance for item in with_people.everything]
    assert numbers == list(range(1, len(numbers) + 1))
    assert with_people.everything[: len(without.objects)] == without.everything


@pytest.mark.parametrize("change", [{"extent": 0.1}, {"ticks": 5}, {"lean": 0}, {"drop_height": 2.0}])
def test_a_pose_setting_moves_nobody(change):
    for one, other in zip(people().persons, people(**change).persons, strict=True):
        assert (one.place, one.turn, one.height, one.look) == (other.place, other.turn, other.height, other.look)


def test_more_people_leave_the_first_alone():
    few, many = people(count=2), people(count=5)
    assert same(few.persons, many.persons[:2])


def test_more_frames_keep_the_first_poses():
    four = people(poses="frame").persons
    longer = recipe(poses="frame")
    longer["output"]["frames_per_scene"] = 9
    nine = plan_people(longer, CHARACTERS, 5, 0, 1).persons
    assert len(four[0].poses) == 4 and len(nine[0].poses) == 9
    assert same([person.poses for person in four], [person.poses[:4] for person in nine])
    assert same(people().persons[0].poses, four[0].poses[:1])
    assert not same(four[0].poses[0], four[0].poses[1])


def test_people_keep_their_distance_within_the_area():
    for scene in range(40):
        places = np.array([person.place for person in people(scene=scene, count=6).persons])
        assert (np.abs(places) <= 3.0).all()
        gaps = np.linalg.norm(places[:, None] - places[None], axis=2)[np.triu_indices(6, 1)]
        assert gaps.min() >= DISTANCE


def test_falls_last_between_2_and_120_ticks():
    ticks = [people(scene=scene, count=1).persons[0].poses[0].fall.ticks for scene in range(600)]
    assert min(ticks) >= 2 and max(ticks) <= 120
    assert np.mean(ticks) == pytest.approx(61, abs=5 * 34.4 / np.sqrt(600))
    assert len(set(ticks)) > 110


def test_occluders_are_cubes_and_spheres_in_their_box():
    middles = []
    for scene in range(200):
        plan = people(scene=scene)
        assert [item.item.model for item in plan.occluders] == list(OCCLUDERS)
        assert [item.item.instance for item in plan.occluders] == [3, 4]
        for item in plan.occluders:
            width = item.item.scale[0] * OCCLUDERS[item.item.model]
            assert 0.5 <= width <= 1.0
            middles.append(item.pose[:3, 3])
    middles = np.array(middles)
    assert (np.abs(middles) <= [3, 2, 2]).all() and (middles[:, 2] == 2).all()
    error = 5 * np.array([6, 4]) / np.sqrt(12 * len(middles))
    assert (np.abs(middles[:, :2].mean(axis=0)) < error).all()


def test_occluders_leave_people_room():
    for scene in range(100):
        plan = people(
            scene=scene, count=3, occluder_size=[0.5, 1.5], occluder_min=[-3, -3, 0.5], occluder_max=[3, 3, 3]
        )
        for item in plan.occluders:
            size = item.item.scale[0] * OCCLUDERS[item.item.model]
            for person in plan.persons:
                beside = np.linalg.norm(item.pose[:2, 3] - person.place) - size * np.sqrt(0.5)
                assert beside >= 0.7 or item.pose[2, 3] - size / 2 >= person.height


def test_no_characters_no_people():
    assert plan_people(recipe(), scenes.SHAPES, 5, 0, 1).items == []
