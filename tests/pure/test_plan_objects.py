"""Which models a scene shows: counts of their own, replacement, size; each on a stream of its own."""

from dataclasses import dataclass

import numpy as np
import pytest

from truthbake.scene.plan import draw
from truthbake.scene.plan.objects import ObjectPlan, choose_all, sized


@dataclass
class Shape:
    key: str
    kind: str
    entry: int
    minimum: np.ndarray
    maximum: np.ndarray


def shapes(*numbers, kind="target"):
    """So many models for each item of the list: m0_0, m0_1, m1_0, ..."""
    return [
        Shape(f"{kind[0]}{entry}_{index}", kind, entry, np.array([-1.0, -2.0, -3.0]), np.array([2.0, 4.0, 6.0]))
        for entry, number in enumerate(numbers)
        for index in range(number)
    ]


def recipe(models=(), distractors=(), **objects):
    section = {"models": list(models), "count": 3, "use_replacement": True} | objects
    return {"objects": section, "distractors": {"models": list(distractors), "count": 0, "use_replacement": True}}


def chosen(settings, available, scene=0, seed=1):
    return choose_all(settings, available, seed, scene)


def keys(items, prefix=""):
    return [item.model for item in items if item.model.startswith(prefix)]


def test_each_item_with_a_count_has_its_own_beside_the_shared_one():
    """The pools of A02 and the counts of A03: several sources, each with its own number, and repeats where wanted."""
    models = [{}, {"count": 4, "replacement": "without"}, {"count": [1, 2]}, {"count": 7, "replacement": "with"}]
    settings = recipe(models, count=5)
    available = shapes(3, 6, 2, 1)
    for scene in range(50):
        found = chosen(settings, available, scene)
        assert len(keys(found, "t0")) == 5
        assert len(keys(found, "t1")) == len(set(keys(found, "t1"))) == 4
        assert len(keys(found, "t2")) in (1, 2)
        assert keys(found, "t3") == ["t3_0"] * 7
        assert [item.instance for item in found] == list(range(1, len(found) + 1))


def test_distractor_sources_without_replacement():
    """Row A02: 4, 2, 2 and 2 different models of four data sets in each scene."""
    counts = {"tless": 4, "itodd": 2, "ycbv": 2, "hb": 2}
    settings = recipe([{}], count=1)
    settings["distractors"] |= {
        "models": [{"count": number} for number in counts.values()],
        "use_replacement": False,
        "count": 9,
    }
    available = shapes(1) + shapes(30, 28, 21, 33, kind="distractor")
    seen = set()
    for scene in range(60):
        found = [item.model for item in chosen(settings, available, scene) if item.kind == "distractor"]
        assert [sum(key.startswith(f"d{entry}") for key in found) for entry in range(4)] == list(counts.values())
        assert len(set(found)) == len(found) == 10
        seen.update(found)
    assert len(seen) > 100  # over the scenes nearly every model has its turn


def test_another_count_of_one_item_changes_no_other():
    available = shapes(5, 5, 5)
    before = chosen(recipe([{"count": 2}, {"count": 2}, {}]), available)
    after = chosen(recipe([{"count": 4}, {"count": 2}, {}]), available)
    for prefix in ("t1", "t2"):
        assert keys(before, prefix) == keys(after, prefix)
    assert keys(after, "t0")[:2] == keys(before, "t0")


def test_without_replacement_never_more_than_there_are():
    found = chosen(recipe([{"count": 9, "replacement": "without"}], count=1), shapes(4))
    assert sorted(found_key for found_key in keys(found)) == ["t0_0", "t0_1", "t0_2", "t0_3"]


def test_the_same_models_for_consecutive_scenes():
    """Row D10: models are changed every so many scenes, sizes every scene."""
    settings = recipe([{"warp": [0.5, 1.5]}], count=4, change_every=10)
    available = shapes(50)
    plans = [chosen(settings, available, scene) for scene in range(30)]
    for scene in range(30):
        assert keys(plans[scene]) == keys(plans[scene - scene % 10])
    assert len({tuple(keys(plans[scene])) for scene in range(30)}) == 3
    assert len({plan[0].scale for plan in plans}) == 30


SCALE = {"normal": [0.8, 0.1], "within": [0.1, 1.5]}
WARP = {"normal": [1.0, 0.1], "within": [0.5, 1.5]}


def scales(settings, scenes=400):
    return np.array([item.scale for scene in range(scenes) for item in chosen(settings, shapes(3), scene)])


def test_scale_and_warp_have_their_distributions():
    """Row D06: a size N(0.8, s) between 0.1 and 1.5, a stretch of each axis N(1, s) between 0.5 and 1.5."""
    alone = scales(recipe([{"scale": SCALE}], count=5))
    assert (alone == alone[:, :1]).all()  # a scale keeps the proportions
    assert alone[:, 0].mean() == pytest.approx(0.8, abs=0.01) and alone[:, 0].std() == pytest.approx(0.1, abs=0.01)
    warped = scales(recipe([{"warp": WARP}], count=5))
    assert warped.mean(axis=0) == pytest.approx(np.ones(3), abs=0.01)
    assert np.corrcoef(warped.T) == pytest.approx(np.eye(3), abs=0.06)  # the axes are drawn independently
    wild = scales(recipe([{"warp": {"normal": [1.0, 0.9], "within": [0.5, 1.5]}}], count=5))
    assert wild.min() >= 0.5 and wild.max() <= 1.5 and wild.std() > 0.2


def test_size_is_a_concern_of_its_own():
    """Neither scale nor warp changes which models are drawn, and a warp leaves the size as it was drawn."""
    plain, sized_, warped = (
        [chosen(recipe([model], count=6), shapes(4), scene) for scene in range(20)]
        for model in ({}, {"scale": SCALE}, {"scale": SCALE, "warp": WARP})
    )
    for one, two, three in zip(plain, sized_, warped, strict=True):
        assert keys(one) == keys(two) == keys(three)
        assert all(item.scale == (1.0, 1.0, 1.0) for item in one)
    double, unit = scales(recipe([{"scale": 2.0, "warp": WARP}])), scales(recipe([{"warp": WARP}]))
    np.testing.assert_allclose(double, 2 * unit)


def test_primitives_have_a_scale():
    settings = recipe([{}], count=1)
    settings["distractors"] |= {"count": 5, "primitive_scale": [2.0, 3.0]}
    available = [*shapes(1), Shape("primitive", "distractor", -1, np.zeros(3), np.ones(3))]
    found = [item.scale for scene in range(20) for item in chosen(settings, available, scene) if item.kind != "target"]
    assert len(found) == 100 and all(2 <= x == y == z <= 3 for x, y, z in found)


def test_a_scaled_model_has_a_scaled_box_and_hull():
    (shape,) = shapes(1)
    shape.hull = np.array([[1.0, 2.0, 3.0]])
    large = sized(ObjectPlan(1, shape.key, "target", (2.0, 0.5, 1.0)), {shape.key: shape})
    assert large.minimum.tolist() == [-2, -1, -3] and large.maximum.tolist() == [4, 2, 6]
    assert large.hull.tolist() == [[2, 1, 3]] and (large.key, large.kind) == (shape.key, "target")
    assert sized(ObjectPlan(1, shape.key, "target"), {shape.key: shape}) is shape


def test_the_draw_of_a_choice_reaches_all_of_it():
    found = scales(recipe([{"scale": {"choice": [1, 2]}}], count=5))[:, 0]
    assert set(found) == {1.0, 2.0} and abs((found == 1).mean() - 0.5) < 0.05
    assert draw.ends({"choice": [1, 2]}) == (1, 2)
