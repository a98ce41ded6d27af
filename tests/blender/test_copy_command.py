"""The button that hands the recipe to other machines."""

import subprocess
from pathlib import Path

import bpy
import pytest

from tests.blender.pressing import complaint, labels
from tests.house import module

copying, chosen = module("operators.copy_command"), module("operators.chosen")


def test_the_command_bakes_what_the_sidebar_bakes(tiny, settings, tmp_path):
    settings.output.scenes = 1
    bpy.ops.truthbake.bake()
    assert bpy.ops.truthbake.copy_command(filepath=str(tmp_path / "farm job")) == {"FINISHED"}
    path = tmp_path / "farm job.yaml"
    command = copying.bake_command(chosen.recipe(settings), path, tmp_path / "other folder")
    done = subprocess.run([*command, "--export", "none"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert labels(tmp_path / "other folder") == labels(tiny)


def test_randomizers_need_the_file(tiny, settings, tmp_path):
    item = settings.randomizers.add()
    item.path = 'objects["Cube"].location[2]'
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "file.blend"), copy=True)
    if not bpy.data.filepath:
        assert "Save this Blender file" in complaint(bpy.ops.truthbake.copy_command, filepath=str(tmp_path / "a.yaml"))
        assert not (tmp_path / "a.yaml").exists()
    recipe = chosen.recipe(settings)
    assert copying.bake_command(recipe, Path("a"), Path("b"))[-2:] == ["--blend", bpy.data.filepath]
    recipe["randomizers"][0]["use"] = False
    assert "--blend" not in copying.bake_command(recipe, Path("a"), Path("b"))


def test_an_output_folder_is_needed(settings):
    assert "output folder" in complaint(bpy.ops.truthbake.copy_command, filepath="/tmp/a.yaml")


def test_wrong_settings_write_nothing(tiny, settings, tmp_path):
    settings.camera.mode = "FIXED"
    assert "camera.poses" in complaint(bpy.ops.truthbake.copy_command, filepath=str(tmp_path / "a.yaml"))
    assert not (tmp_path / "a.yaml").exists()


@pytest.mark.parametrize("name", ["copy_command", "export_recipe"])
def test_the_file_browser_asks_before_a_file_is_overwritten(name):
    """The name that it offers, that of the output folder, may be that of a recipe with comments and a sweep."""
    properties = getattr(bpy.ops.truthbake, name).get_rna_type().properties
    assert properties["check_existing"].default and properties["filepath"].is_skip_save
