"""Every mistake names its key, what is wrong, and the line; and all mistakes of a file are found at once."""

import pytest

from tests.house import module

recipes, text, tree = (module(f"presets.{name}") for name in ("recipes", "text", "tree"))
RecipeError = module("presets").RecipeError


def problems_of(recipe):
    with pytest.raises(RecipeError) as caught:
        tree.validate(recipe)
    return caught.value.problems


@pytest.mark.parametrize(
    ("recipe", "problem"),
    [
        ({"lights": {"cuont": 1}}, "lights.cuont: no such key; did you mean lights.count?"),
        ({"lghts": {}}, "lghts: no such key; did you mean lights?"),
        ({"camera": {"resolution": [1, 2]}}, "camera.resolution: no such key; did you mean render.resolution?"),
        ({"samples": 3}, "samples: no such key; did you mean render.samples?"),
        ({"passes": {"zebra": 1}}, "passes.zebra: no such key; known are depth, normals"),
        ({"passes": {1: 1}}, "passes.1: no such key; known are depth, normals"),
        ({"lights": {"count": 12}}, "lights.count: 12 is above 8"),
        ({"lights": {"count": [1, 12]}}, "lights.count: 12 is above 8"),
        ({"lights": {"count": -1}}, "lights.count: -1 is below 0"),
        ({"lights": {"elevation": [5, 91]}}, "lights.elevation: 91 is above 90 deg"),
        ({"lights": {"count": [3, 1]}}, "lights.count: [3, 1] has its low end above its high end"),
        ({"lights": {"count": [1, 2, 3]}}, "lights.count: [1, 2, 3] has 3; a range is [low, high]"),
        ({"lights": {"count": "many"}}, "lights.count: many is not a whole number"),
        ({"lights": {"count": True}}, "lights.count: true is not a whole number"),
        ({"lights": {"count": None}}, "lights.count: nothing is not a whole number"),
        ({"lights": {"energy": "bright"}}, "lights.energy: bright is not a number"),
        ({"lights": {"energy": float("nan")}}, "lights.energy: nan is not a number that Blender can store"),
        ({"lights": {"energy": 10**400}}, "is not a number that Blender can store"),
        ({"render": {"samples": 1.5}}, "render.samples: 1.5 is not a whole number"),
        ({"render": {"samples": float("inf")}}, "render.samples: inf is not a whole number"),
        ({"output": {"seed": 2**31}}, "output.seed: 2147483648 is above 2147483647"),
        ({"render": {"resolution": 3}}, "render.resolution: 3 is not a list of 2 numbers"),
        ({"render": {"resolution": [1, 2, 3]}}, "render.resolution: [1, 2, 3] has 3; 2 numbers are needed"),
        ({"render": {"denoise": "fat"}}, "render.denoise: fat is not one of off, fast, accurate; did you mean fast?"),
        ({"render": {"denoise": 3}}, "render.denoise: 3 is not one of off, fast, accurate"),
        ({"output": {"formats": ["bop", "yolo"]}}, "output.formats: yolo is not one of bop, coco"),
        ({"passes": {"depth": 1}}, "passes.depth: 1 is not true or false"),
        ({"output": {"author": 3}}, "output.author: 3 is not text; put it in quotes"),
        ({"output": {"author": ["a"]}}, "output.author: [a] is not text"),
        ({"output": {"author": "a\0b"}}, "output.author: 'a\\x00b' holds a control character"),
        ({"lights": 3}, "lights: 3 is not a section; write lights: {KEY: VALUE}"),
        ([1], "[1] is not a recipe; write SECTION: {KEY: VALUE}"),
        ({"objects": {"models": [3]}}, "objects.models[0]: 3 is not a path or a group of settings"),
        ({"objects": {"models": ["a", {"unit": "feet"}]}}, "objects.models[1].unit: feet is not one of auto, mm, cm"),
        ({"objects": {"models": [{"pth": "a"}]}}, "objects.models[0].pth: no such key; did you mean"),
        ({"schema": 2}, "schema: 2 is from a newer Truthbake; this one reads up to 1"),
        ({"schema": "new"}, "schema: new is not a schema version"),
    ],
)
def test_values(recipe, problem):
    assert problem in problems_of(recipe)[0]


def test_all_problems_are_found_at_once():
    recipe = {"lights": {"cuont": 1, "count": 9}, "render": {"samples": 0}}
    assert len(problems_of(recipe)) == 3
    with pytest.raises(RecipeError, match=r"lights\.cuont.*\(and 2 more\)$"):
        tree.validate(recipe)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("# note\nlights:\n  count: 12\n", "recipe.yaml:3: lights.count: 12 is above 8"),
        ("lights: {energy: 5,\n  cuont: 1}", "recipe.yaml:2: lights.cuont: no such key; did you mean lights.count?"),
        ("objects:\n  models:\n  - a\n  - {path: b,\n     unit: ft}", "recipe.yaml:5: objects.models[1].unit: ft is"),
        ("a: &b {count: 9}\nlights: {<<: *b}", "recipe.yaml:1: a: no such key"),
        ("render:\n  samples: 1\n  samples: 2", "recipe.yaml:3: render.samples: given twice, first in line 2"),
        ("render:\n\tsamples: 1", "recipe.yaml:2: a tab stands where only spaces may; use spaces"),
        ("render: samples: 1", "recipe.yaml:1: a second colon, or a wrong indent, where a value was expected"),
        ("render: [1,\n", "recipe.yaml:2: expected"),
        ("render: {}\n---\nrender: {}", "recipe.yaml:2: "),
        ("render: !!python/name:os.system x", "recipe.yaml:1: !!python/name:os.system is not allowed in a recipe"),
        ("render: &r [*r]", "recipe.yaml:1: render[0]: contains itself"),
        ("? [a]\n: b", "recipe.yaml:1: a key must be a word"),
        ("x: 1\ny: \x07", "recipe.yaml:2: holds a control character"),
        ("- a\n- b", "recipe.yaml: [a, b] is not a recipe"),
        ("just words", "recipe.yaml: just words is not a recipe"),
        ("[" * 5000, "recipe.yaml: nested too deeply"),
        ("x: " + "9" * 5000, "recipe.yaml: holds a number that cannot be read"),
        (
            "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)),
            "recipe.yaml: too large",
        ),
        ("# long\n" * 200_000, "recipe.yaml: too large"),
    ],
)
def test_files(tmp_path, monkeypatch, written, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recipe.yaml").write_text(written)
    with pytest.raises(RecipeError) as caught:
        recipes.load("recipe.yaml")
    assert caught.value.problems[0].startswith(message)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "recipe.yaml").write_bytes(b"a: 1\nb: \xff\xfe")
    with pytest.raises(RecipeError, match=r"recipe\.yaml:2: not UTF-8 text"):
        recipes.load(tmp_path / "recipe.yaml")
    with pytest.raises(RecipeError, match="cannot be read"):
        recipes.load(tmp_path)


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("lights.cuont=2", "--set lights.cuont=2: lights.cuont: no such key; did you mean lights.count?"),
        ("lights.count=12", "--set lights.count=12: lights.count: 12 is above 8"),
        ("lights.count", "--set lights.count: write KEY=VALUE, as in lights.count=2"),
        ("=2", "--set =2: write KEY=VALUE, as in lights.count=2"),
        ("lights.count=[1,", "--set lights.count=[1,: expected"),
        ("lights.count.x=1", "--set lights.count.x=1: lights.count: {x} is no distribution; known are constant"),
        ("lights.=1", "--set lights.=1: lights.: no such key"),
        (
            "camera.intrinsics=file",
            "--set camera.intrinsics=file: camera.file: camera.intrinsics is file, so this must",
        ),
        ("background.surfaces=[]", "--set background.surfaces=[]: background.surfaces: a room or a plane needs"),
        ("placement.max_time=0.2", "--set placement.max_time=0.2: placement.max_time: 0.2 is below 0.5 of"),
        ("placement.volume_max=[1,1,-1]", "placement.volume_max: z -1.0 is not above 0.0 of placement.volume_min"),
    ],
)
def test_assignments(assignment, message):
    with pytest.raises(RecipeError) as caught:
        recipes.compose(["quickstart"], [assignment])
    assert message in str(caught.value)


def test_settings_that_lean_on_each_other_name_the_line(tmp_path):
    path = tmp_path / "room.yaml"
    path.write_text("placement:\n  volume_min: [0, 0, 2]\n  volume_max: [1, 1, 1]\n")
    with pytest.raises(RecipeError, match=r"room\.yaml:3: placement\.volume_max: z 1\.0 is not above 2\.0"):
        recipes.compose([str(path)])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("quickstrat", "quickstrat: no such recipe; did you mean quickstart?"),
        ("zzz", "zzz: no such recipe; known are bop_room, "),
        ("", "no such recipe"),
        ("nowhere/quickstart.yaml", "nowhere/quickstart.yaml: no such file"),
    ],
)
def test_names(name, message):
    with pytest.raises(RecipeError) as caught:
        recipes.find(name)
    assert message in str(caught.value)
