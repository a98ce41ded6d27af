"""Splits by asset (row D07): test shapes are never seen in training."""

import itertools
import random

import pytest

from truthbake.scene.assets.splits import SPLITS, cut, members


def library(**classes):
    return [(name, f"{name}/{index:03d}.obj") for name, count in classes.items() for index in range(count)]


def split(models, name, shares=(10, 1, 1), limit=0):
    return members(models, name, shares, [limit] * len(models))


def test_disjoint_and_complete_in_every_class():
    models = library(chair=120, lamp=37, sofa=3)
    parts = {name: split(models, name) for name in SPLITS}
    assert sorted(itertools.chain(*parts.values())) == list(range(160)) == split(models, "all")
    sizes = {name: {kind: sum(models[i][0] == kind for i in parts[name]) for kind in ("chair", "lamp", "sofa")}
             for name in SPLITS}  # fmt: skip
    assert sizes == {
        "train": {"chair": 100, "lamp": 31, "sofa": 1},
        "val": {"chair": 10, "lamp": 3, "sofa": 1},
        "test": {"chair": 10, "lamp": 3, "sofa": 1},
    }


def test_the_order_of_the_list_does_not_matter():
    models = library(chair=50)
    names = {models[index] for index in split(models, "test")}
    shuffled = models[:]
    random.Random(3).shuffle(shuffled)
    assert {shuffled[index] for index in split(shuffled, "test")} == names
    assert names != set(models[-4:])  # nor does the alphabet decide


def test_the_same_on_every_machine():
    """Written down once: another answer would move shapes between the splits of data sets that exist."""
    models = library(chair=12)
    assert [models[i][1] for i in split(models, "val")] == ["chair/007.obj"]
    assert [models[i][1] for i in split(models, "test")] == ["chair/000.obj"]


def test_limits_take_the_same_models_within_a_split():
    models = library(chair=100, lamp=2)
    few, more = split(models, "train", limit=5), split(models, "train", limit=9)
    assert len([i for i in few if models[i][0] == "chair"]) == 5 and set(few) < set(more)
    assert set(more) < set(split(models, "train"))
    assert members(models, "all", (1, 1, 1), [3] * 100 + [0] * 2)[-2:] == [100, 101]


@pytest.mark.parametrize("shares", [(10, 1, 1), (1, 0, 0), (1, 1, 1), (0, 5, 1), (7, 2, 1)])
def test_cuts_add_up_and_are_as_even_as_whole_numbers_can(shares):
    for count in range(100):
        sizes = cut(count, shares)
        assert sum(sizes) == count and min(sizes) >= 0
        wanted = [count * share / sum(shares) for share in shares]
        assert all(size == 0 for size, share in zip(sizes, shares, strict=True) if share == 0)
        if count >= 24:
            assert max(abs(a - b) for a, b in zip(sizes, wanted, strict=True)) < 1
        if count >= 3:
            assert all(size > 0 for size, share in zip(sizes, shares, strict=True) if share > 0)


def test_classes_of_one_model_are_split_among_each_other():
    """A folder of parts: the test share shows parts that training has not seen."""
    models = [(f"part{index}", f"part{index}.stl") for index in range(24)] + library(chair=12)
    parts = {name: split(models, name) for name in SPLITS}
    assert sorted(itertools.chain(*parts.values())) == list(range(36))
    assert [sum(i < 24 for i in parts[name]) for name in SPLITS] == [20, 2, 2]
    assert [sum(i >= 24 for i in parts[name]) for name in SPLITS] == [10, 1, 1]
    assert split(models, "all", limit=1) == [*range(24), split(models, "all", limit=1)[-1]]
