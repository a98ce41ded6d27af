"""Numbers that vary: written shortly, checked, kept by the sidebar's properties, and merged as one."""

import pytest

from tests.house import module

recipes, tree = module("presets.recipes"), module("presets.tree")
RecipeError = module("presets.errors").RecipeError


def energy(text):
    return recipes.compose([], [f"lights.energy={text}"])["lights"]["energy"]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("4", 4.0),
        ("[1, 4]", [1.0, 4.0]),
        ("[4, 4]", 4.0),
        ("{constant: 4}", 4.0),
        ("{uniform: [1, 4]}", [1.0, 4.0]),
        ("{log_uniform: [0.01, 10]}", {"log_uniform": [0.01, 10.0]}),
        ("{choice: [1, 2, 2]}", {"choice": [1.0, 2.0, 2.0]}),
        ("{choice: [3]}", 3.0),
        ("{normal: [100, 1]}", {"normal": [100.0, 1.0]}),
        ("{normal: [100, 0]}", 100.0),
        ("{normal: [1, 0.5]}", {"normal": [1.0, 0.5], "within": [0.0, 4.0]}),  # no lamp has less than 0 W
        ("{normal: [1, 0.5], within: [0.5, 2]}", {"normal": [1.0, 0.5], "within": [0.5, 2.0]}),
    ],
)
def test_forms(written, normal, held):
    assert energy(written) == normal
    assert energy(str(normal).replace("'", "")) == normal
    tree.apply(held, {"lights": {"energy": normal}})
    assert tree.to_dict(held)["lights"]["energy"] == normal
    assert tree.checked(held)["lights"]["energy"] == normal


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "{nromal: [1, 2]}",
            "log_uniform, normal, choice; did you mean normal?",
        ),
        ("{normal: [1, 2], choice: [1]}", "is no distribution"),
        ("{}", "is no distribution"),
        ("{normal: [1]}", "normal [1] is not [mean, deviation]"),
        ("{normal: [1, -2]}", "-2 is below 0"),
        ("{normal: [-1, 2]}", "-1 is below 0 W"),
        ("{normal: [1, 2], within: [2, 3]}", "within [2, 3] does not hold the mean 1"),
        ("{uniform: [1, 2], within: [1, 2]}", "within belongs to normal, not to uniform"),
        ("{log_uniform: [0, 2]}", "log_uniform [0, 2] must lie above 0"),
        ("{log_uniform: [3, 2]}", "[3, 2] has its low end above its high end"),
        ("{choice: []}", "choice [] is not a list of numbers"),
        ("{choice: [1, x]}", "x is not a number"),
        ("{choice: [-1]}", "-1 is below 0 W"),
        ("[1, 2, 3]", "[1, 2, 3] has 3; a range is [low, high]"),
    ],
)
def test_mistakes(written, message):
    with pytest.raises(RecipeError) as caught:
        energy(written)
    assert f"lights.energy: {message}" in str(caught.value) or message in str(caught.value)


def test_a_later_distribution_replaces_an_earlier_one():
    whole = recipes.compose([], ["lights.energy={choice: [1, 2]}", "lights.energy={normal: [100, 1]}"])
    assert whole["lights"]["energy"] == {"normal": [100.0, 1.0]}


def test_whole_numbers_stay_whole(held):
    tree.apply(held, {"objects": {"count": {"choice": [2, 4]}}, "lights": {"count": {"normal": [2, 0.5]}}})
    read = tree.to_dict(held)
    assert read["objects"]["count"] == {"choice": [2, 4]}
    assert read["lights"]["count"] == {"normal": [2, 0.5], "within": [0, 5]}
    with pytest.raises(RecipeError, match=r"1\.5 is not a whole number"):
        recipes.compose([], ["objects.count={choice: [1.5]}"])


def test_angles_are_degrees_in_every_form(held):
    for spec in ({"choice": [10.0, 20.0]}, {"normal": [45.0, 1.0]}, {"log_uniform": [1.0, 80.0]}):
        tree.apply(held, {"camera": {"elevation": spec}})
        assert tree.checked(held)["camera"]["elevation"] == spec


def test_what_the_sidebar_cannot_read_is_told(held):
    held.lights.energy_how, held.lights.energy_numbers = "NORMAL", "1; 2"
    with pytest.raises(RecipeError, match=r"lights\.energy: normal 1; 2 is not \[mean, deviation\]"):
        tree.checked(held)
    held.lights.energy_numbers = " 200 , 2 "
    assert tree.checked(held)["lights"]["energy"] == {"normal": [200.0, 2.0]}
