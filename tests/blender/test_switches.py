"""Sections that are switched off as a whole: what that means, and that it shifts nothing else."""

import pytest
import yaml

from tests.blender.baking import bake
from tests.blender.pressing import labels
from tests.house import module

fields, recipes, switches, tree = (module(f"presets.{name}") for name in ("fields", "recipes", "switches", "tree"))

# Every section does something here.
BUSY = {
    "objects": {"count": 2},
    "distractors": {"count": 2},
    "people": {"count": 1, "mode": "stand", "occluders": 1},
    "materials": {"targets": "random", "rules": [{"models": "*", "kind": "targets", "look": "metal"}]},
    "lights": {"use_ceiling": True, "count": 2, "lamps": [{"kind": "spot"}]},
    "background": {"mode": "hdri"},
    "placement": {"mode": "float", "volume_min": [-0.1, -0.1, 0.0], "volume_max": [0.1, 0.1, 0.2]},
    "camera": {"distance": [0.5, 0.6], "obstacle_distance": 0.05},
    "sensor": {"use_noise": True, "k1": -0.05, "exposure": [-1.0, 1.0], "jpeg_quality": 80},
    "render": {"samples": 1, "resolution": [64, 48], "denoise": "off", "device": "cpu"},
    "output": {"scenes": 1, "frames_per_scene": 2, "seed": 5, "formats": []},
}


def busy(*layers) -> dict:
    whole = tree.defaults()
    for layer in (BUSY, *layers):
        whole = tree.merge(whole, tree.validate(layer))
    tree.check(whole)
    return whole


@pytest.fixture(scope="module")
def everything_on(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("on") / "data"
    bake(busy(), folder)
    return labels(folder)


def test_every_switch_has_its_meaning_and_every_meaning_its_switch():
    with_switch = {section.key for section in fields.recipe().fields if section.child("use") and section.kind != "list"}
    assert with_switch == set(switches.NEUTRAL)
    tree.check(tree.merge(tree.defaults(), tree.validate(switches.NEUTRAL)))
    for section, values in switches.NEUTRAL.items():
        assert "use" not in values
        assert tree.validate({section: values})[section] == values, "neutral values are in the normal form of a recipe"


def test_the_recipe_is_left_as_it_is():
    recipe = busy({"lights": {"use": False}})
    before = recipes.dump(recipe)
    effect = switches.in_effect(recipe)
    assert recipes.dump(recipe) == before
    assert effect["lights"]["count"] == 0 and effect["lights"]["energy"] == recipe["lights"]["energy"]
    assert {key: value for key, value in effect.items() if key != "lights"} == {
        key: value for key, value in recipe.items() if key != "lights"
    }
    assert switches.in_effect(effect) == effect
    assert switches.in_effect(busy()) == busy()


@pytest.mark.parametrize("section", switches.NEUTRAL)
def test_off_bakes_what_neutral_values_bake(section, tmp_path, everything_on):
    off = bake(busy({section: {"use": False}}), tmp_path / "off")
    bake(busy({section: switches.NEUTRAL[section]}), tmp_path / "neutral")
    assert labels(tmp_path / "off") == labels(tmp_path / "neutral")
    assert labels(tmp_path / "off") != everything_on, "the section did nothing at all"
    said = yaml.safe_load((tmp_path / "off" / "dataset.yaml").read_text())["recipe"]
    assert said[section] == off.recipe[section] == busy({section: {"use": False}})[section]


@pytest.mark.parametrize("section", ["lights", "materials"])
def test_what_only_colours_moves_no_label(section, tmp_path, everything_on):
    bake(busy({section: {"use": False}}), tmp_path / "off")
    found = labels(tmp_path / "off")
    assert found.keys() == everything_on.keys()
    pictures = {name for name in found if "/rgb/" in name}
    assert any(found[name] != everything_on[name] for name in pictures)
    same = [name for name in found if name not in pictures and not name.endswith("/scene.json")]
    assert same and all(found[name] == everything_on[name] for name in same)


@pytest.mark.parametrize("section", switches.NEUTRAL)
def test_nothing_else_is_drawn_anew(section):
    plan_scene, load = module("scene.plan.scene").plan_scene, module("operators.jobs.model_library").load

    def planned(recipe):
        recipe = switches.in_effect(recipe)
        plan = plan_scene(recipe, load(recipe)[0], ["sky.hdr"], 5, 0)
        targets = [item for item in plan.objects if item.kind == "target"]
        return {
            "targets": repr(targets),
            "materials": repr([plan.material[item.instance] for item in targets]),
            "distractors": repr([(item.model, item.scale) for item in plan.objects if item.kind == "distractor"]),
            "people": repr([(person.place, person.turn, person.look) for person in plan.people.persons]),
            "lights": repr((plan.lights, plan.ceiling, plan.lamps)),
            "rest": repr((plan.background, plan.lenses, plan.renderer_seeds.tolist())),
        }

    on, off = planned(busy()), planned(busy({section: {"use": False}}))
    changed = {key for key in on if on[key] != off[key]}
    assert changed == {section} - {"sensor"}


def test_in_yaml_and_on_the_command_line(tmp_path, settings):
    file = tmp_path / "recipe.yaml"
    file.write_text("lights: {use: false, count: 3}\n")
    assert recipes.compose([str(file)])["lights"]["use"] is False
    whole = recipes.compose([str(file)], ["lights.use=true", "people.use=false"])
    assert whole["lights"]["use"] is True and whole["lights"]["count"] == 3 and whole["people"]["use"] is False
    tree.apply(settings, whole)
    assert settings.lights.use and not settings.people.use
    assert tree.checked(settings) == whole


def test_a_lens_that_is_off_cannot_fold(tmp_path):
    folding = {"k1": -5.0}
    with pytest.raises(module("operators.jobs.mistakes").MISTAKES):
        bake(busy({"sensor": folding}), tmp_path / "on")
    bake(busy({"sensor": {**folding, "use": False}}), tmp_path / "off")
