"""What randomizers draw: by seed, scene, frame and their own path alone."""

import numpy as np
import pytest

from truthbake.scene.plan.randomizers import RandomizerError, cut, numbers, randomizers


def item(path: str, value=(0.0, 1.0), **more) -> dict:
    return {"path": path, "value": value, "choices": [], "per": "scene", "use": True} | more


def draws(items: list[dict], seed=1, scene=2, frame=0) -> dict[str, float]:
    found = randomizers({"randomizers": items})
    return {each.path: numbers(each.stream(seed, scene, frame), each.spec, 1, False)[0] for each in found}


KEY, PAINT, LAMP = (
    item('lights["Key"].energy'),
    item('materials["Paint"].roughness'),
    item('objects["Lamp"].location[2]'),
)


def test_one_more_one_less_or_another_order_changes_no_other_draw():
    whole = draws([KEY, PAINT, LAMP])
    assert len(set(whole.values())) == 3
    assert draws([LAMP, KEY]) == {path: whole[path] for path in (LAMP["path"], KEY["path"])}
    assert draws([KEY | {"use": False}, PAINT]) == {PAINT["path"]: whole[PAINT["path"]]}
    other = draws([KEY | {"value": {"normal": [0.0, 1.0]}}, PAINT])
    assert other[PAINT["path"]] == whole[PAINT["path"]]


def test_the_spelling_of_a_path_changes_no_draw():
    assert list(draws([item("bpy.data.lights['Key'].energy")]).items()) == list(draws([KEY]).items())


def test_seed_scene_and_frame_decide():
    assert draws([KEY]) == draws([KEY])
    assert len({draws([KEY], seed=seed, scene=scene)[KEY["path"]] for seed in range(3) for scene in range(3)}) == 9
    assert draws([KEY], frame=0) == draws([KEY], frame=5), "once for the scene"
    each = KEY | {"per": "frame"}
    assert len({draws([each], frame=frame)[KEY["path"]] for frame in range(5)}) == 5
    assert draws([each], frame=3) == draws([each], frame=3)


def test_the_same_path_twice_and_no_path_are_refused():
    with pytest.raises(RandomizerError, match=r"randomizers\[1\].*randomizers\[0\] already"):
        randomizers({"randomizers": [KEY, item("bpy.data.lights['Key'].energy")]})
    assert len(randomizers({"randomizers": [KEY, KEY | {"use": False}]})) == 1
    with pytest.raises(RandomizerError, match=r"randomizers\[0\]: __class__ is no data path"):
        randomizers({"randomizers": [item("__class__")]})


def test_components_are_independent_and_even():
    (each,) = randomizers({"randomizers": [KEY]})
    drawn = np.array([numbers(each.stream(0, scene, 0), [-1.0, 1.0], 3, False) for scene in range(4000)])
    assert np.abs(drawn.mean(axis=0)).max() < 0.03
    assert np.abs(np.corrcoef(drawn.T) - np.eye(3)).max() < 0.05
    assert np.allclose(drawn.var(axis=0), 1 / 3, atol=0.02)


def test_whole_numbers_include_both_ends():
    (each,) = randomizers({"randomizers": [KEY]})
    found = [numbers(each.stream(0, scene, 0), [1.0, 3.0], 1, True)[0] for scene in range(600)]
    assert sorted(set(found)) == [1.0, 2.0, 3.0]
    assert max(found.count(number) for number in set(found)) < 260
    assert numbers(each.stream(0, 0, 0), {"choice": [2.0]}, 1, True) == [2.0]


def test_limits_cut_a_normal_distribution_and_refuse_others():
    assert cut([0.2, 0.4], 0.0, 1.0) == [0.2, 0.4]
    assert cut({"normal": [0.5, 1.0]}, 0.0, 1.0)["within"] == [0.0, 1.0]
    for spec in (
        [0.0, 1.5],
        -0.1,
        {"choice": [0.5, 2.0]},
        {"normal": [2.0, 0.1]},
        {"normal": [0.5, 1.0], "within": [-1, 1]},
    ):
        with pytest.raises(RandomizerError, match="takes 0 to 1"):
            cut(spec, 0.0, 1.0)
