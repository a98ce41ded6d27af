"""Recipes handed around: import and export, and where the file browser opens."""

import os
from pathlib import Path

import bpy
import pytest
import yaml

from tests.blender.pressing import complaint
from tests.house import ROOT, module
from tests.model_files import write_stl

tree = module("presets.tree")
recipes = module("presets.recipes")
library = module("presets.library")
loaded = module("presets.loaded")
BUILTIN = ROOT / "presets" / "truthbake"


pytestmark = pytest.mark.usefixtures("nothing_loaded")


def now():
    return bpy.context.scene.truthbake_loaded


# -- import and export


def test_import_copies_what_is_good(mine, settings, tmp_path):
    (tmp_path / "a.yaml").write_text("# First\nlights: {count: 2}  # as in the lab\n")
    (tmp_path / "b.yml").write_text("lights: {cuont: 2}\n")
    files = [{"name": "a.yaml"}, {"name": "b.yml"}]
    before = tree.to_dict(settings)
    assert bpy.ops.truthbake.import_recipes(directory=str(tmp_path), files=files) == {"FINISHED"}
    assert (mine / "a.yaml").read_text() == (tmp_path / "a.yaml").read_text(), "comments and all"
    assert [path.name for path in mine.iterdir()] == ["a.yaml"]
    text = complaint(bpy.ops.truthbake.import_recipes, directory=str(tmp_path), files=[{"name": "b.yml"}])
    assert "b.yml:1: lights.cuont" in text
    text = complaint(bpy.ops.truthbake.import_recipes, directory=str(tmp_path), files=[{"name": "a.yaml"}])
    assert "exists already" in text
    assert "Choose recipe files" in complaint(bpy.ops.truthbake.import_recipes, directory=str(tmp_path))
    assert tree.to_dict(settings) == before and now().path == ""


def test_an_imported_recipe_finds_its_files(mine, team, settings, tmp_path):
    write_stl(tmp_path / "bolt.stl")
    (tmp_path / "parts.yaml").write_text("# Bolts\nobjects: {models: [bolt.stl]}\n")
    files = [{"name": "parts.yaml"}]
    bpy.ops.truthbake.import_recipes(directory=str(tmp_path), files=files, library="Shared")
    assert recipes.load(team / "parts.yaml")[0]["objects"]["models"][0]["path"] == str(tmp_path / "bolt.stl")
    assert library.description(team / "parts.yaml") == "Bolts"
    swept = "sweep: {variants: {a: {objects: {models: [bolt.stl]}}}}\n"
    (tmp_path / "swept.yaml").write_text(swept)
    files = [{"name": "swept.yaml"}]
    assert "relative paths" in complaint(bpy.ops.truthbake.import_recipes, directory=str(tmp_path), files=files)


def test_export_writes_paths_that_follow_the_file(settings, tmp_path):
    (tmp_path / "parts").mkdir()
    write_stl(tmp_path / "parts" / "bolt.stl")
    for path in (tmp_path / "parts" / "bolt.stl", Path("/elsewhere/nut.stl"), tmp_path / "~odd.stl", "builtin:parts"):
        settings.objects.models.add().path = str(path)
    before = tree.to_dict(settings)
    assert bpy.ops.truthbake.export_recipe(filepath=str(tmp_path / "handed")) == {"FINISHED"}
    said = yaml.safe_load((tmp_path / "handed.yaml").read_text())
    paths = [item["path"] for item in said["objects"]["models"]]
    assert paths == ["parts/bolt.stl", "/elsewhere/nut.stl", "./~odd.stl", "builtin:parts"]
    assert recipes.compose([str(tmp_path / "handed.yaml")]) == before
    assert now().path == "", "a copy is handed on; the loaded recipe stays the loaded one"
    assert "give the file a name" in complaint(bpy.ops.truthbake.export_recipe, filepath=str(tmp_path))
    text = complaint(bpy.ops.truthbake.export_recipe, filepath="/proc/nowhere/a.yaml")
    assert text.startswith("/proc/nowhere/a.yaml: cannot be written")


# -- where the file browser opens


def test_the_file_browser_opens_where_the_files_are(mine, settings, tmp_path):
    browsing = module("operators.recipes.browsing")
    assert browsing.start_folder(bpy.context) == f"{Path.home()}{os.sep}", "there is no folder of one's own yet"
    bpy.ops.truthbake.save_recipe(name="room")
    assert browsing.start_folder(bpy.context) == f"{mine}{os.sep}"
    (tmp_path / "other.yaml").write_text("lights: {count: 2}\n")
    bpy.ops.truthbake.choose_recipe(filepath=str(tmp_path / "other.yaml"))
    assert browsing.start_folder(bpy.context) == f"{tmp_path}{os.sep}"
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    assert browsing.start_folder(bpy.context) == f"{mine}{os.sep}", "not among the built-in ones"
    assert browsing.hand_on_folder() == f"{Path.home()}{os.sep}"


@pytest.mark.parametrize("as_distractors", [False, True])
def test_models_are_looked_for_beside_the_last_one(settings, tmp_path, as_distractors):
    operator = module("operators.import_models").TRUTHBAKE_OT_import_models

    class Self:
        pass

    Self.as_distractors = as_distractors
    group = settings.distractors if as_distractors else settings.objects
    assert operator._start(Self, bpy.context) == ""
    for path in (tmp_path / "bolt.stl", "/gone/nut.stl", "builtin:parts"):
        group.models.add().path = str(path)
    assert operator._start(Self, bpy.context) == f"{tmp_path}/"
