"""Files dropped on the window: which handler takes them, and what its operator makes of the folder and the names."""

from pathlib import Path

import bpy
import pytest

from tests.blender.pressing import complaint
from tests.house import module
from tests.model_files import write_obj, write_stl

formats = module("scene.assets.formats")
dropping = module("operators.dropping")
tree = module("presets.tree")
HANDLERS = (dropping.TRUTHBAKE_FH_models, dropping.TRUTHBAKE_FH_recipes)


def names(*files: str) -> list[dict]:
    """As Blender hands over what was dropped: its folder goes beside, as `directory`."""
    return [{"name": name} for name in files]


def test_every_ending_of_a_model_and_a_recipe_is_taken():
    models, recipes = (set(handler.bl_file_extensions.split(";")) for handler in HANDLERS)
    assert models == set(formats.SUFFIXES) and recipes == {".yaml", ".yml"}


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.__name__)
def test_handlers_are_known_and_name_operators_that_take_files(handler):
    assert handler.is_registered and handler.bl_label.startswith("Truthbake")
    group, verb = handler.bl_import_operator.split(".")
    properties = getattr(getattr(bpy.ops, group), verb).get_rna_type().properties.keys()
    assert {"directory", "files"} <= set(properties) or "filepath" in properties


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.__name__)
def test_files_are_taken_over_the_3d_view_only(handler):
    areas = bpy.context.window_manager.windows[0].screen.areas
    for area in areas:
        with bpy.context.temp_override(area=area):
            assert handler.poll_drop(bpy.context) == (area.type == "VIEW_3D"), area.type
    assert {"VIEW_3D", "OUTLINER"} <= {area.type for area in areas}


def test_several_models_at_once(settings, tmp_path):
    write_stl(tmp_path / "bolt.stl")
    write_obj(tmp_path / "House.OBJ")
    (tmp_path / "notes.txt").write_text("none")
    dropped = {"directory": str(tmp_path), "files": names("bolt.stl", "House.OBJ", "notes.txt"), "unit": "MM"}
    assert bpy.ops.truthbake.drop_models(**dropped) == {"FINISHED"}
    found = [(Path(item.path).name, item.unit) for item in settings.objects.models]
    assert found == [("bolt.stl", "MM"), ("House.OBJ", "MM")] and not settings.distractors.models
    assert bpy.ops.truthbake.drop_models(**dropped, role="DISTRACTORS") == {"FINISHED"}
    assert len(settings.objects.models) == len(settings.distractors.models) == 2


def test_a_broken_model_is_refused_by_name(settings, tmp_path):
    (tmp_path / "broken.ply").write_text("")
    dropped = {"directory": str(tmp_path), "files": names("broken.ply")}
    assert "broken.ply" in complaint(bpy.ops.truthbake.drop_models, **dropped)
    assert "No file was dropped" in complaint(bpy.ops.truthbake.drop_models, directory=str(tmp_path))
    assert not settings.objects.models


def test_a_dropped_recipe_is_loaded_at_once(settings, tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text("render: {samples: 7}\n")
    assert bpy.ops.truthbake.choose_recipe("INVOKE_DEFAULT", filepath=str(path)) == {"FINISHED"}
    assert settings.render.samples == 7 and bpy.context.scene.truthbake_loaded.path == str(path)


def test_a_data_sets_header_is_no_recipe(settings, tmp_path):
    (tmp_path / "dataset.yaml").write_text("seed: 3\n")
    assert "open it in the panel Data Set" in complaint(
        bpy.ops.truthbake.choose_recipe, filepath=str(tmp_path / "dataset.yaml")
    )


HARMFUL = {
    "python": "!!python/object/apply:os.system ['true']\n",
    "bomb": "a: &a [1,1,1,1,1,1,1,1,1]\n"
    + "".join(f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefg", "bcdefgh")),
    "loop": "lights: &a {count: *a}\n",
    "binary": "\x00\x01\x02",
    "wrong": "lights:\n  count: a lot\n",
    "list": "- 1\n- 2\n",
    "deep": "[" * 5000,
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_recipes_from_elsewhere_do_no_harm(settings, tmp_path, kind):
    settings.render.samples = 9
    before = tree.to_dict(settings)
    path = tmp_path / "theirs.yaml"
    path.write_text(HARMFUL[kind])
    text = complaint(bpy.ops.truthbake.choose_recipe, filepath=str(path))
    assert "theirs.yaml" in text
    if kind in ("python", "loop", "binary", "wrong"):
        assert "theirs.yaml:" in text and text.split("theirs.yaml:")[1][0].isdigit(), "with its line"
    assert tree.to_dict(settings) == before and bpy.context.scene.truthbake_loaded.path != str(path)
