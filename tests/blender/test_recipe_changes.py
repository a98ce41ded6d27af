"""Whether the settings still are those of the recipe that was loaded, and the way back."""

import time

import bpy
import pytest

from tests.blender.pressing import complaint
from tests.house import ROOT, module

tree = module("presets.tree")
recipes = module("presets.recipes")
library = module("presets.library")
loaded = module("presets.loaded")
BUILTIN = ROOT / "presets" / "truthbake"


pytestmark = pytest.mark.usefixtures("nothing_loaded")


def now():
    return bpy.context.scene.truthbake_loaded


# -- changed and revert


def test_changes_are_seen_and_reverted(settings):
    with pytest.raises(RuntimeError, match="Load or save a recipe first"):
        bpy.ops.truthbake.revert_recipe()
    assert not now().is_changed
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    before = tree.to_dict(settings)
    assert not now().is_changed
    settings.lights.lamps.add()
    settings.render.samples += 1
    assert now().is_changed
    settings.objects.models.add().path = "/parts/bolt.stl"
    settings.output.folder = "/data"
    assert bpy.ops.truthbake.revert_recipe() == {"FINISHED"}
    assert not now().is_changed
    assert [item.path for item in settings.objects.models] == ["/parts/bolt.stl"] and settings.output.folder == "/data"
    before["objects"]["models"], before["output"]["folder"] = tree.to_dict(settings)["objects"]["models"], "/data"
    assert tree.to_dict(settings) == before


def test_own_models_are_no_change_unless_the_recipe_names_some(settings, tmp_path):
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    settings.objects.models.add().path = "/parts/bolt.stl"
    settings.output.folder = "/data"
    assert not now().is_changed
    path = tmp_path / "mine.yaml"
    path.write_text("objects: {models: [/parts/nut.stl]}\n")
    bpy.ops.truthbake.choose_recipe(filepath=str(path))
    settings.objects.models[0].path = "/parts/bolt.stl"
    assert now().is_changed
    bpy.ops.truthbake.revert_recipe()
    assert settings.objects.models[0].path == "/parts/nut.stl"


def test_every_builtin_recipe_is_unchanged_when_loaded(settings):
    for entry in recipes.builtin():
        bpy.ops.truthbake.choose_recipe(filepath=str(entry.path))
        assert not now().is_changed, entry.name


def test_the_mark_survives_saving_and_opening_the_file(settings, tmp_path):
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    settings.render.samples += 1
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.truthbake.revert_recipe()
    assert not now().is_changed
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    assert now().is_changed and now().path.endswith("quickstart.yaml")
    bpy.ops.truthbake.revert_recipe()
    assert not now().is_changed
    bpy.ops.wm.read_homefile()


def test_looking_finds_news_once(settings):
    scene = bpy.context.scene
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    assert loaded.look([scene]) is False
    settings.render.samples += 1
    assert loaded.seen(scene) is False, "nobody has looked"
    assert loaded.look([scene]) is True and loaded.look([scene]) is False
    assert loaded.seen(scene) is True
    settings.render.samples -= 1
    assert loaded.look([scene]) is True and loaded.look([scene]) is False
    assert loaded.seen(scene) is False


def test_a_file_with_a_broken_memory_is_no_trouble(settings):
    now().text = "{not json"
    assert not now().is_changed
    now().text = '{"lights": {"cuont": 3}}'
    assert not now().is_changed, "what a version does not know it cannot compare"
    assert "lights.cuont" in complaint(bpy.ops.truthbake.revert_recipe)


def test_a_look_is_never_long_however_many_models(settings):
    """A piece at a time: what changed is found all the same, and found to be gone."""
    scene, budget = bpy.context.scene, 0.004
    for number in range(500):
        settings.objects.models.add().path = f"/parts/{number}.stl"
    loaded.remember(scene, "/a.yaml", {"objects": {"models": []}})

    def looks_until_news() -> int:
        for number in range(150):
            began = time.process_time()
            is_news = loaded.look([scene], budget)
            longest.append(time.process_time() - began)
            if is_news:
                return number
        return -1

    longest: list[float] = []
    assert looks_until_news() == -1
    settings.objects.models[400].class_name = "other"
    assert looks_until_news() >= 0
    settings.objects.models[400].class_name = ""
    assert looks_until_news() >= 0 and looks_until_news() == -1
    settings.objects.models.remove(499)
    assert looks_until_news() >= 0
    assert sorted(longest)[len(longest) // 2] < 2 * budget
