"""The lists of the settings, edited by their path."""

import bpy
import pytest

from tests.house import module

tree, lists = module("presets.tree"), module("presets.lists")
RecipeError = module("presets").RecipeError


@pytest.fixture
def settings():
    tree.apply(bpy.context.scene.truthbake, tree.defaults())
    yield bpy.context.scene.truthbake
    tree.apply(bpy.context.scene.truthbake, tree.defaults())


def names(settings) -> list[str]:
    return [item.path for item in settings.objects.models]


def fill(settings, *paths) -> None:
    for path in paths:
        bpy.ops.truthbake.add_item(path="objects.models")
        settings.objects.models[settings.objects.active_models].path = path


def test_items_are_added_behind_the_chosen_one_and_chosen(settings):
    fill(settings, "a", "b", "c")
    assert names(settings) == ["a", "b", "c"] and settings.objects.active_models == 2
    settings.objects.active_models = 0
    fill(settings, "new")
    assert names(settings) == ["a", "new", "b", "c"] and settings.objects.active_models == 1


def test_items_move_until_the_ends(settings):
    fill(settings, "a", "b", "c")
    move = bpy.ops.truthbake.move_item
    assert move(path="objects.models", direction="UP") == {"FINISHED"}
    assert names(settings) == ["a", "c", "b"] and settings.objects.active_models == 1
    move(path="objects.models", direction="UP")
    assert names(settings) == ["c", "a", "b"]
    assert move(path="objects.models", direction="UP") == {"CANCELLED"}
    move(path="objects.models", direction="DOWN")
    assert names(settings) == ["a", "c", "b"]


def test_the_chosen_item_goes_and_its_neighbour_is_chosen(settings):
    fill(settings, "a", "b", "c")
    remove = bpy.ops.truthbake.remove_item
    settings.objects.active_models = 1
    assert remove(path="objects.models") == {"FINISHED"}
    assert names(settings) == ["a", "c"] and settings.objects.active_models == 1
    remove(path="objects.models")
    assert names(settings) == ["a"] and settings.objects.active_models == 0
    remove(path="objects.models")
    assert remove(path="objects.models") == {"CANCELLED"}
    settings.objects.active_models = 7
    assert remove(path="objects.models") == {"CANCELLED"}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "objects",
        "objects.count",
        "objects.models[0]",
        "objects.models.path",
        "objects.bl_rna",
        "lights..",
        "x" * 99,
    ],
)
def test_what_is_no_list_is_refused_in_one_line(settings, path):
    fill(settings, "a")
    with pytest.raises(RecipeError, match="no such list"):
        lists.find(settings, path)
    with pytest.raises(RuntimeError, match="no such list"):
        bpy.ops.truthbake.add_item(path=path)
    assert names(settings) == ["a"]


def test_what_is_chosen_is_no_part_of_the_recipe(settings):
    fill(settings, "a", "b")
    chosen = tree.to_dict(settings)
    settings.objects.active_models = 0
    assert tree.to_dict(settings) == chosen
