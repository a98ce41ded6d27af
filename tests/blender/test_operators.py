"""Every button, pressed through bpy.ops, and the same work done by the command line."""

from pathlib import Path

import bpy
import pytest

from tests.blender.pressing import command, complaint, datablocks, labels
from tests.house import ROOT, module
from tests.model_files import write_obj, write_ply, write_stl

tree = module("presets.tree")
recipes = module("presets.recipes")


# -- models


def test_import_files_and_remove(settings, tmp_path):
    write_stl(tmp_path / "bolt.stl")
    write_obj(tmp_path / "house.obj")
    files = [{"name": "bolt.stl"}, {"name": "house.obj"}]
    assert bpy.ops.truthbake.import_models(directory=str(tmp_path), files=files, unit="MM") == {"FINISHED"}
    assert [(Path(item.path).name, item.unit) for item in settings.objects.models] == [
        ("bolt.stl", "MM"),
        ("house.obj", "MM"),
    ]
    assert settings.objects.active_models == 1
    bpy.ops.truthbake.remove_item(path="objects.models")
    assert [Path(item.path).name for item in settings.objects.models] == ["bolt.stl"]
    assert settings.objects.active_models == 0
    bpy.ops.truthbake.remove_item(path="objects.models")
    assert bpy.ops.truthbake.remove_item(path="objects.models") == {"CANCELLED"}


def test_import_a_folder_as_distractors(settings, tmp_path):
    (tmp_path / "below").mkdir()
    write_ply(tmp_path / "below" / "part.ply")
    bpy.ops.truthbake.import_models(directory=str(tmp_path), as_distractors=True)
    assert not settings.objects.models
    assert [item.path.rstrip("/") for item in settings.distractors.models] == [str(tmp_path)]


def test_import_leaves_no_datablocks(settings, tmp_path):
    write_obj(tmp_path / "house.obj")
    before = datablocks()
    bpy.ops.truthbake.import_models(directory=str(tmp_path), files=[{"name": "house.obj"}])
    assert datablocks() == before


@pytest.mark.parametrize("content", ["", "ply\nformat ascii 1.0\nend_header\n", "solid nothing\nendsolid nothing\n"])
def test_broken_models_are_refused_by_name(settings, tmp_path, content):
    path = tmp_path / ("broken.stl" if content.startswith("solid") else "broken.ply")
    path.write_text(content)
    text = complaint(bpy.ops.truthbake.import_models, directory=str(tmp_path), files=[{"name": path.name}])
    assert path.name in text
    assert not settings.objects.models


def test_missing_and_empty_folders_are_refused(settings, tmp_path):
    assert str(tmp_path) in complaint(bpy.ops.truthbake.import_models, directory=str(tmp_path))
    assert "nowhere" in complaint(bpy.ops.truthbake.import_models, directory=str(tmp_path / "nowhere"))
    assert "Choose files" in complaint(bpy.ops.truthbake.import_models), "not the folder that Blender was started in"
    assert not settings.objects.models


# -- recipes


def test_a_variant_of_a_sweep_is_chosen_by_name(settings):
    bpy.ops.truthbake.choose_recipe(filepath="syn_grid", variant="0-0-0-1")
    assert settings.lights.lamps[0].arc_angle_how == "NORMAL"
    bpy.ops.truthbake.choose_recipe(filepath="syn_grid")
    assert settings.lights.lamps[0].arc_angle_how == "CONSTANT"
    assert "0-0-0-2: no such variant; known are 0-0-0-0" in complaint(
        bpy.ops.truthbake.choose_recipe, filepath="syn_grid", variant="0-0-0-2"
    )
    assert "quickstart has no sweep" in complaint(bpy.ops.truthbake.choose_recipe, filepath="quickstart", variant="a")


def test_choose_builtin_recipe_by_name(settings):
    settings.objects.models.add().path = "/parts/bolt.stl"
    settings.output.folder = "/data"
    assert bpy.ops.truthbake.choose_recipe(filepath="bop_room") == {"FINISHED"}
    assert settings.background.mode == "ROOM"
    assert settings.name == "bop_room"
    assert [item.path for item in settings.objects.models] == ["/parts/bolt.stl"], "the user's models stay"
    assert settings.output.folder == "/data"
    bpy.ops.truthbake.choose_recipe(filepath=str(ROOT / "presets" / "truthbake" / "quickstart.yaml"))
    assert settings.background.mode == "PLANE" and settings.name == "quickstart"
    bpy.ops.truthbake.choose_recipe("INVOKE_DEFAULT", filepath="bop_room")
    assert settings.background.mode == "ROOM"


def test_choose_recipe_replaces_what_it_does_not_name(settings):
    settings.lights.count = (3, 3)
    settings.camera.roll = (1.0, 1.0)
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    chosen = recipes.compose(["quickstart"])
    assert tree.to_dict(settings) == chosen


def test_a_recipe_is_the_same_whatever_was_loaded_before(settings, tmp_path):
    """Built-in parts that one recipe names, here enlarged, are none of the user's."""
    for name in ("dope_flight", "syn_grid"):
        bpy.ops.truthbake.choose_recipe(filepath=name)
        assert settings.objects.models
        bpy.ops.truthbake.choose_recipe(filepath="quickstart")
        assert tree.to_dict(settings) == recipes.compose(["quickstart"])
        assert not settings.id_data.truthbake_loaded.is_changed
    settings.objects.models.add().path = str(tmp_path / "bolt.stl")
    bpy.ops.truthbake.choose_recipe(filepath="bop_room")
    assert [item.path for item in settings.objects.models] == [str(tmp_path / "bolt.stl")]


def test_choose_users_recipe_and_a_file_with_models(settings, tmp_path):
    write_stl(tmp_path / "bolt.stl")
    path = tmp_path / "mine.yaml"
    path.write_text("objects: {models: [bolt.stl]}\nrender: {samples: 3}\n")
    settings.objects.models.add().path = "/parts/other.stl"
    bpy.ops.truthbake.choose_recipe(filepath=str(path))
    assert [item.path for item in settings.objects.models] == [str(tmp_path / "bolt.stl")]
    assert settings.render.samples == 3
    folder = recipes.user_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own_room.yaml").write_text("render: {samples: 7}\n")
    try:
        bpy.ops.truthbake.choose_recipe(filepath="own_room")
    finally:
        (folder / "own_room.yaml").unlink()
    assert settings.render.samples == 7


@pytest.mark.parametrize(
    "content, said", [("lights: {cuont: 2}\n", "lights.count"), ("lights: [\n", "wrong.yaml"), (None, "no such file")]
)
def test_wrong_recipes_change_nothing(settings, tmp_path, content, said):
    path = tmp_path / "wrong.yaml"
    if content is not None:
        path.write_text(content)
    before = tree.to_dict(settings)
    assert said in complaint(bpy.ops.truthbake.choose_recipe, filepath=str(path))
    assert tree.to_dict(settings) == before and settings.name != "wrong"
    assert "quickstart" in complaint(bpy.ops.truthbake.choose_recipe, filepath="quikstart")


# -- bake, export, check


def test_bake_export_verify_report(tiny, settings):
    before, recipe = datablocks(), tree.to_dict(settings)
    assert bpy.ops.truthbake.bake() == {"FINISHED"}
    assert datablocks() == before and tree.to_dict(settings) == recipe
    assert len(list((tiny / "scenes").iterdir())) == 2
    assert bpy.ops.truthbake.export() == {"FINISHED"}
    assert "yolo9" in complaint(bpy.ops.truthbake.export, formats="yolo9")
    assert (tiny / "exports" / "bop" / "camera.json").exists()
    assert (tiny / "exports" / "coco" / "annotations.json").exists()
    assert bpy.ops.truthbake.verify() == {"FINISHED"}
    assert bpy.ops.truthbake.report() == {"FINISHED"}
    assert (tiny / "report.html").exists()


def test_command_line_gives_the_same_labels(tiny, settings, tmp_path):
    write_obj(tmp_path / "house.obj")
    bpy.ops.truthbake.import_models(directory=str(tmp_path), files=[{"name": "house.obj"}], unit="MM")
    recipes.save(settings, tmp_path / "recipe.yaml")
    bpy.ops.truthbake.bake()
    bpy.ops.truthbake.export()
    other = tmp_path / "other"
    done = command("bake", "--recipe", tmp_path / "recipe.yaml", "--output", other, "--progress", "none")
    assert done.returncode == 0, done.stderr
    assert labels(other) == labels(tiny)
    for name in ("exports/coco/annotations.json", "exports/bop/train_pbr/000000/scene_gt.json"):
        assert (other / name).read_bytes() == (tiny / name).read_bytes()


def test_missing_data_set_is_said(settings, tmp_path):
    for operator in (
        bpy.ops.truthbake.export,
        bpy.ops.truthbake.verify,
        bpy.ops.truthbake.report,
        bpy.ops.truthbake.bake,
    ):
        assert "output folder" in complaint(operator)
    settings.output.folder = str(tmp_path / "nothing")
    for operator in (bpy.ops.truthbake.export, bpy.ops.truthbake.verify, bpy.ops.truthbake.report):
        assert "nothing" in complaint(operator)
