"""Recipes by name and file, one over the other, with assignments on top."""

import os

import bpy
import pytest

from tests.house import module

recipes, reference, text, tree = (module(f"presets.{name}") for name in ("recipes", "reference", "text", "tree"))
ROOT = module("presets.settings.recipe").__file__


def write(folder, name, content):
    path = folder / name
    path.write_text(content)
    return str(path)


def test_later_recipes_and_then_assignments_win(tmp_path):
    one = write(tmp_path, "one.yaml", "lights: {count: 1, energy: 10}\nobjects: {models: [a, b]}\nrender: {samples: 3}")
    two = write(tmp_path, "two.yml", "lights: {count: [2, 3]}\nobjects: {models: [c]}")
    whole = recipes.compose([one, two], ["lights.count=4", "render.samples=5", "render.samples=6"])
    assert whole["lights"]["count"] == 4
    assert whole["lights"]["energy"] == 10.0
    assert whole["render"]["samples"] == 6
    assert [model["path"] for model in whole["objects"]["models"]] == [str(tmp_path / "c")]
    assert recipes.compose([two, one])["lights"]["count"] == 1
    assert recipes.compose([]) == tree.defaults()


def test_a_partial_recipe_may_come_last(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    overrides = {"objects": {"models": [{"path": "parts", "unit": "mm"}]}, "output": {"seed": 7}}
    whole = recipes.compose(["bop_room"], ["output.seed=1"], overrides)
    assert whole["output"]["seed"] == 7
    (model,) = whole["objects"]["models"]
    assert model["path"] == str(tmp_path / "parts") and model["unit"] == "mm"
    assert model["class_name"] == "" and model["class_id"] == 0 and model["scale"] == 1.0


def test_composing_twice_gives_the_same_and_shares_nothing():
    first = recipes.compose(["quickstart"])
    assert recipes.dump(first) == recipes.dump(recipes.compose(["quickstart"]))
    first["output"]["formats"].clear()
    first["objects"]["count"][0] = 99
    assert recipes.compose(["quickstart"])["output"]["formats"] == ["bop", "coco"]
    assert recipes.compose(["quickstart"])["objects"]["count"] == [7, 9]
    recipes.compose([])["background"]["surfaces"].clear()
    assert len(recipes.compose([])["background"]["surfaces"]) == 6


@pytest.mark.parametrize(
    ("assignment", "section", "key", "value"),
    [
        ("camera.distance=[0.6,1.2]", "camera", "distance", [0.6, 1.2]),
        ("lights.energy=1e2", "lights", "energy", 100.0),
        ("render.denoise=off", "render", "denoise", "off"),
        ("render.denoise=FAST", "render", "denoise", "fast"),
        ("passes.normals=yes", "passes", "normals", True),
        ("output.formats=coco", "output", "formats", ["coco"]),
        ("output.formats=coco,bop", "output", "formats", ["bop", "coco"]),
        ("output.formats=[]", "output", "formats", []),
        ("output.author=2024: me = you", "output", "author", "2024: me = you"),
        ("output.author='2024'", "output", "author", "2024"),
        ("output.author=", "output", "author", ""),
        ("background={mode: hdri, surfaces: []}", "background", "mode", "hdri"),
        (" render.samples = 8.0 ", "render", "samples", 8),
    ],
)
def test_assignments(assignment, section, key, value):
    assert recipes.compose(["quickstart"], [assignment])[section][key] == value


def test_a_path_stands_for_a_model():
    (model,) = recipes.compose(["quickstart"], ["objects.models=builtin:parts"])["objects"]["models"]
    assert model["path"] == "builtin:parts" and model["unit"] == "auto" and model["count"] == 0


def test_paths_start_in_the_folder_of_the_recipe(tmp_path, monkeypatch):
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    path = write(
        tmp_path / "deep",
        "r.yaml",
        """
objects: {models: [../parts, /abs/x.ply, ~/mine, 'builtin:parts', //double/x.ply]}
camera: {file: camera.json}
background: {hdri_path: ''}
""",
    )
    whole = recipes.compose([os.path.relpath(path)], ["output.folder=out"])
    models = [model["path"] for model in whole["objects"]["models"]]
    assert models == [str(tmp_path / "parts"), "/abs/x.ply", "/home/me/mine", "builtin:parts", "/double/x.ply"]
    assert whole["camera"]["file"] == str(tmp_path / "deep" / "camera.json")
    assert whole["background"]["hdri_path"] == ""
    assert whole["output"]["folder"] == str(tmp_path / "out")


def test_empty_files_and_sections_say_nothing(tmp_path):
    for content in ("", "\n# nothing\n", "schema: 1\nlights:\n#  count: 2\n"):
        assert recipes.compose([write(tmp_path, "r.yaml", content)]) == tree.defaults()


def test_merge_keys_and_aliases_work(tmp_path):
    path = write(
        tmp_path, "r.yaml", "lights: {energy: &e [1, 2]}\nplacement: {volume_max: [1, 1, 1]}\ncamera: {distance: *e}"
    )
    assert recipes.compose([path])["camera"]["distance"] == [1.0, 2.0]


def test_the_users_own_recipes_are_found_before_built_in_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(module("presets.library"), "user_folder", lambda: tmp_path)
    write(tmp_path, "mine.yaml", "# My own\nlights: {count: 5}")
    write(tmp_path, "quickstart.yaml", "lights: {count: 5}")
    write(tmp_path, "notes.txt", "")
    assert [(entry.name, entry.description) for entry in recipes.user()] == [("mine", "My own"), ("quickstart", "")]
    assert recipes.compose(["mine"])["lights"]["count"] == 5
    assert recipes.compose(["quickstart"])["lights"]["count"] == 5
    assert recipes.find("mine") == tmp_path / "mine.yaml"


def test_the_users_folder_is_that_of_blenders_presets():
    assert recipes.user_folder().parts[-3:] == ("scripts", "presets", "truthbake")
    assert recipes.user() == []


def test_built_in_recipes_describe_themselves_and_blender_knows_them():
    entries = recipes.builtin()
    assert [entry.name for entry in entries] == [
        "quickstart",
        "bop_room",
        "bop_stack",
        "dope_background",
        "dope_flight",
        "human_occlusion",
        "human_pose",
        "human_viewpoint",
        "sequence",
        "stereo",
        "syn_grid",
        "syn_multi",
        "syn_single",
    ]
    assert all(entry.description and entry.path.is_file() for entry in entries)
    assert any(os.path.samefile(path, entries[0].path.parent) for path in bpy.utils.preset_paths("truthbake"))


def test_what_the_yaml_reader_takes_for_what():
    read, _ = text.parse(
        "a: off\nb: 1e-3\nc: 000001\nd: .5\ne: 1:30\nf: 2024-01-01\ng: 1_000\nh: yes\ni:\nj: true", "x"
    )
    assert list(read.values()) == ["off", 0.001, "000001", 0.5, "1:30", "2024-01-01", 1000, "yes", None, True]


def test_the_reference_in_the_docs_is_up_to_date():
    docs = os.path.join(os.path.dirname(ROOT), "..", "..", "docs", "recipes.md")
    with open(docs, encoding="utf-8") as file:
        assert file.read() == reference.reference()
