"""The add-on's preferences: where they live, how they act, and that Truthbake does without them."""

import bpy
import pytest

from tests.blender.pressing import complaint
from tests.house import extension, module

preferences = module("presets.preferences")


@pytest.fixture
def entry():
    """An entry in Blender's preferences, as an installed extension has one."""
    addon = bpy.context.preferences.addons.new()
    addon.module = extension()
    yield addon.preferences
    bpy.context.preferences.addons.remove(addon)


def test_without_an_entry_the_defaults_hold(settings):
    held = preferences.preferences()
    assert (held.output_folder, list(held.libraries), held.workers, held.device) == ("", [], 1, "AUTO")
    assert preferences.output_folder(settings) == ""
    for operator in (bpy.ops.truthbake.add_library, bpy.ops.truthbake.remove_library):
        with pytest.raises(RuntimeError, match="Install Truthbake as an extension"):
            operator()


def test_the_defaults_are_those_of_an_entry(entry):
    fresh = preferences._defaults()
    for key in preferences.Preferences.__annotations__:
        value = getattr(entry, key)
        assert getattr(fresh, key) == (tuple(value) if key == "libraries" else value), key


def test_an_entry_counts(entry):
    entry.workers, entry.device = 3, "CPU"
    assert preferences.preferences() == entry and preferences.preferences(bpy.context).workers == 3


def test_default_output_folder_is_named_after_the_recipe(entry, settings, tmp_path):
    entry.output_folder = str(tmp_path)
    settings.name = ""
    assert preferences.output_folder(settings) == str(tmp_path / "data_set")
    bpy.ops.truthbake.choose_recipe(filepath="bop_room")
    assert preferences.default_output(settings) == preferences.output_folder(settings) == str(tmp_path / "bop_room")
    settings.name = "../../escape: now"
    assert preferences.output_folder(settings) == str(tmp_path / "escape__now")
    settings.output.folder = "/data/own"
    assert preferences.output_folder(settings) == "/data/own"


def test_a_folder_below_home_is_typed_as_everywhere(entry, tiny, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    entry.output_folder, settings.name = "~/all", "mine"
    settings.output.folder = ""
    assert preferences.output_folder(settings) == str(tmp_path / "all" / "mine")
    settings.output.folder = "~/own"
    assert preferences.output_folder(settings) == str(module("operators.chosen").folder(settings)) == f"{tmp_path}/own"
    assert bpy.ops.truthbake.bake(first=0, last=1) == {"FINISHED"} and (tmp_path / "own" / "scenes").is_dir()


def test_a_bake_goes_into_the_default_output_folder(entry, tiny, settings, tmp_path):
    entry.output_folder = str(tmp_path / "all")
    settings.output.folder, settings.output.scenes, settings.name = "", 1, "mine"
    assert bpy.ops.truthbake.bake() == {"FINISHED"}
    assert (tmp_path / "all" / "mine" / "scenes" / "000000").is_dir()
    assert bpy.ops.truthbake.verify() == {"FINISHED"}
    assert settings.output.folder == ""


def test_workers_and_device_of_the_recipe_come_first(entry, settings):
    entry.workers, entry.device = 3, "CPU"
    settings.farm.workers, settings.render.device = 0, "AUTO"
    assert (preferences.workers(settings), preferences.device(settings)) == (3, "CPU")
    settings.farm.workers, settings.render.device = 1, "CUDA"
    assert (preferences.workers(settings), preferences.device(settings)) == (1, "CUDA")


def test_libraries_are_added_and_removed(entry, tmp_path):
    for name in ("a/shared", "b/shared"):
        (tmp_path / name).mkdir(parents=True)
        assert bpy.ops.truthbake.add_library(directory=str(tmp_path / name) + "/") == {"FINISHED"}
    assert [library.name for library in entry.libraries] == ["shared", "shared 2"]
    assert entry.libraries[1].folder == str(tmp_path / "b" / "shared") and entry.active_library == 1
    assert "already" in complaint(bpy.ops.truthbake.add_library, directory=str(tmp_path / "a" / "shared"))
    assert "no such folder" in complaint(bpy.ops.truthbake.add_library, directory=str(tmp_path / "nowhere"))
    assert "no such folder" in complaint(bpy.ops.truthbake.add_library)
    entry.active_library = 0
    assert bpy.ops.truthbake.remove_library() == {"FINISHED"}
    assert [library.name for library in entry.libraries] == ["shared 2"] and entry.active_library == 0
    bpy.ops.truthbake.remove_library()
    with pytest.raises(RuntimeError, match="no library"):
        bpy.ops.truthbake.remove_library()


def test_the_preferences_keep_across_unregistering(entry):
    entry.workers = 5
    module().unregister()
    try:
        assert preferences.preferences().workers == 1, "without the class there are the defaults"
    finally:
        module().register()
    assert preferences.preferences().workers == 5
