"""Recipe -> settings -> recipe -> YAML -> recipe is the identity, for every recipe."""

from pathlib import Path

import bpy
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from tests.house import load_file, module

fields, numbers, recipes, text, tree = (
    module(f"presets.{name}") for name in ("fields", "numbers", "recipes", "text", "tree")
)
strategies = load_file(Path(__file__).with_name("recipe_strategies.py"), "recipe_strategies")
SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)


def test_fresh_settings_are_the_defaults(held):
    assert tree.to_dict(held) == tree.defaults()
    assert tree.validate(tree.defaults()) == tree.defaults()


def test_the_order_is_that_of_declaration(held):
    assert list(tree.to_dict(held))[:3] == ["schema", "objects", "distractors"]
    assert list(tree.validate({"lights": {"energy": 1, "count": 1}, "objects": {}})) == ["objects", "lights"]
    assert list(tree.validate({"lights": {"energy": 1, "count": 1}})["lights"]) == ["count", "energy"]


@SETTINGS
@given(strategies.partial(fields.recipe()))
def test_every_recipe_survives(recipe):
    scene = bpy.data.scenes.new("recipe")
    try:
        normal = tree.validate(recipe)
        whole = tree.merge(tree.defaults(), normal)
        assert tree.validate(normal) == normal
        tree.apply(scene.truthbake, recipe)
        read = tree.to_dict(scene.truthbake)
        assert read == whole
        written = recipes.dump(read, "any words")
        assert text.parse(written, "x")[0] == read
        assert yaml.safe_load(written) == read, "other YAML readers see the same"
        assert recipes.dump(tree.validate(text.parse(written, "x")[0]), "any words") == written
    finally:
        bpy.data.scenes.remove(scene)


def test_a_whole_recipe_file_survives_saving(held, tmp_path):
    tree.apply(held, {"lights": {"count": 3}, "objects": {"models": ["/a/b.ply", {"path": "/c", "unit": "INCH"}]}})
    recipes.save(held, tmp_path / "mine.yaml", "What I like")
    loaded, _ = recipes.load(tmp_path / "mine.yaml")
    assert loaded == tree.to_dict(held)
    assert (tmp_path / "mine.yaml").read_text().startswith("# What I like\nschema: 1\n")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_applying_a_part_leaves_the_rest_and_lists_replace(held):
    tree.apply(held, {"lights": {"count": 3}, "objects": {"models": ["/a", "/b"]}})
    tree.apply(held, {"objects": {"models": ["/c"]}})
    read = tree.to_dict(held)
    assert read["lights"]["count"] == 3
    assert [model["path"] for model in read["objects"]["models"]] == ["/c"]


def test_a_bad_recipe_writes_nothing(held):
    with pytest.raises(tree.RecipeError):
        tree.apply(held, {"lights": {"count": 3}, "render": {"samples": 0}})
    assert tree.to_dict(held) == tree.defaults()


@pytest.mark.parametrize("value", [0.6, 0.1, 1e-7, 3.4e38, 123456.79, 0.0, -0.0, 16777217.0])
def test_floats_are_spelt_as_short_as_they_can_be(value):
    shown = numbers.written(numbers.stored(value, ""), "")
    assert numbers.stored(shown, "") == numbers.stored(value, "")
    assert len(repr(shown)) <= len(repr(value))


def test_angles_are_degrees_outside_and_radians_inside(held):
    tree.apply(held, {"camera": {"fov": 60, "elevation": [5, 89], "roll": [-180, 180]}})
    assert held.camera.fov[0] == pytest.approx(1.0471976)
    camera = tree.to_dict(held)["camera"]
    assert (camera["fov"], camera["elevation"], camera["roll"]) == (60.0, [5.0, 89.0], [-180.0, 180.0])
    for degrees in range(-3600, 3601):
        assert numbers.written(numbers.stored(degrees / 10, "deg"), "deg") == degrees / 10


def test_paths_beside_the_blend_file_become_absolute(held, monkeypatch):
    held.output.folder = "//out"
    monkeypatch.setattr(bpy.path, "abspath", lambda path: "/mine" + path[1:] if path.startswith("//") else path)
    assert tree.to_dict(held)["output"]["folder"] == "/mine/out"


def test_state_of_the_sidebar_is_no_part_of_the_recipe(held):
    held.objects.active_models = 3
    assert tree.to_dict(held) == tree.defaults()


@pytest.mark.parametrize("name", ["quickstart", "bop_room"])
def test_the_built_in_recipes_hold_together(held, name):
    recipe = recipes.compose([name])
    tree.apply(held, recipe)
    assert tree.to_dict(held) == recipe


def test_every_property_explains_itself():
    for section in fields.recipe().fields:
        for field in (section, *section.fields, *(item for listed in section.fields for item in listed.fields)):
            assert field.description and not field.description.endswith("."), field.path
            assert field.name and field.name[0].isupper(), field.path
            assert all(meaning for _, meaning in field.choices), field.path
