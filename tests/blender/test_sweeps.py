"""Sweeps as recipes have them: grids of factors, chosen combinations, named variants, and what is wrong with one."""

import pytest

from tests.house import module

recipes, sweeps, tree = module("presets.recipes"), module("presets.sweeps"), module("presets.tree")
RecipeError = module("presets").RecipeError

GRID = """
lights: {count: 1}
sweep:
  factors:
    light:
      dim: {lights: {energy: 5}}
      bright: {lights: {energy: 100}}
    colour:
      0: {}
      1:
        materials:
          targets: random
          saturation: 1
"""


@pytest.fixture
def write(tmp_path):
    def write(text: str, name="mine.yaml") -> str:
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def names(path: str) -> list[str]:
    return [variant.name for variant in recipes.sweep([path])]


def problems(path: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        recipes.load(path)
    assert all("\n" not in line for line in caught.value.problems)
    return [line[line.index("mine.yaml") :] for line in caught.value.problems]


def test_a_grid_is_every_combination_in_order(write):
    path = write(GRID)
    variants = recipes.sweep([path])
    assert [variant.name for variant in variants] == ["dim-0", "dim-1", "bright-0", "bright-1"]
    assert variants[3].levels == {"light": "bright", "colour": "1"}
    assert variants[3].differs() == {"materials": {"targets": "random", "saturation": 1.0}, "lights": {"energy": 100.0}}
    whole = recipes.compose([path], variant=variants[3])
    assert (whole["lights"]["energy"], whole["lights"]["count"], whole["materials"]["targets"]) == (100.0, 1, "random")
    assert recipes.compose([path], variant=variants[0])["materials"] == tree.defaults()["materials"]


def test_the_recipe_itself_is_what_it_is_without_the_sweep(write):
    base = recipes.compose([write(GRID)])
    assert base == recipes.compose([write("lights: {count: 1}", "base.yaml")])


def test_settings_of_the_command_line_come_last(write):
    path = write(GRID)
    whole = recipes.compose([path], ["lights.energy=7"], variant=recipes.sweep([path])[2])
    assert whole["lights"]["energy"] == 7.0


def test_some_combinations_alone_and_further_variants(write):
    text = GRID + "  only: [bright-1, dim-0]\n  variants:\n    dark: {lights: {count: 0}}\n"
    assert names(write(text)) == ["bright-1", "dim-0", "dark"]


def test_levels_may_have_hyphens(write):
    text = "sweep:\n  factors:\n    a: {x: {}, x-y: {}}\n    b: {z: {}}\n  only: [x-y-z, x-z]\n"
    assert names(write(text)) == ["x-y-z", "x-z"]


def test_the_last_recipe_with_a_sweep_counts(write):
    plain, grid = write("lights: {count: 2}", "plain.yaml"), write(GRID)
    assert len(recipes.sweep([grid, plain])) == 4
    assert recipes.sweep([plain]) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("sweep: 3", "mine.yaml:1: sweep: 3 is not a section"),
        ("sweep: {}", "mine.yaml:1: sweep: has no variant"),
        ("sweep:\n  factor: {a: {b: {}}}", "mine.yaml:2: sweep.factor: no such key; known are factors, only, variants"),
        ("sweep:\n  variants:\n    a:\n      lights:\n        enrgy: 3", "mine.yaml:5: lights.enrgy: no such key"),
        ("sweep:\n  variants:\n    a: {lights: {count: 12}}", "mine.yaml:3: lights.count: 12 is above 8"),
        ("sweep:\n  variants:\n    a: 5", "mine.yaml:3: sweep.variants.a: 5 is not a recipe"),
        ("sweep:\n  variants:\n    ../up: {}", "mine.yaml:3: sweep.variants.../up: ../up is no name for a folder"),
        ("sweep:\n  variants:\n    con: {}", "mine.yaml:3: sweep.variants.con: con is no name for a folder"),
        ("sweep:\n  variants:\n    .hidden: {}", "is no name for a folder"),
        ("sweep:\n  variants:\n    a: {}\n    A: {}", "has two variants called A"),
        ("sweep:\n  variants:\n    a: {output: {seed: 3}}", "seed: is the same for all variants"),
        ("sweep:\n  variants:\n    a: {output: {folder: x}}", "folder: is the same for all variants"),
        ("sweep:\n  factors:\n    a: {}", "mine.yaml:3: sweep.factors.a: has no level"),
        ("sweep:\n  only: [a]\n  variants: {a: {}}", "mine.yaml:2: sweep.only: chooses among the combinations"),
        (GRID + "  only: [dim]\n", "dim is no combination; write a level of each of light, colour, as dim-0"),
        (GRID + "  only: dim-0\n", "dim-0 is not a list"),
        (
            "sweep:\n  factors:\n    a: {x: {lights: {count: 1}}}\n    b: {y: {lights: {count: 2}}}",
            "mine.yaml:4: sweep.factors.b: sets lights.count, and so does a",
        ),
        (
            "sweep:\n  factors:\n"
            + "".join(f"    f{n}: {{{', '.join(f'l{m}: {{}}' for m in range(10))}}}\n" for n in range(5)),
            "make 100000 combinations",
        ),
    ],
)
def test_mistakes_are_told_with_their_line(write, text, line):
    path = write(text)
    found = problems(path)
    assert any(line in problem for problem in found), found
    with pytest.raises(RecipeError):
        recipes.sweep([path])


def test_all_mistakes_are_told_at_once(write):
    text = "sweep:\n  variants:\n    a: {lights: {enrgy: 3}}\n    b: {lights: {count: 99}}\n    'c d': {}\n"
    assert len(problems(write(text))) == 3


def test_relative_paths_start_in_the_folder_of_the_recipe(write, tmp_path):
    text = "sweep:\n  variants:\n    a: {objects: {models: [parts/]}}\n"
    (variant,) = recipes.sweep([write(text)])
    assert variant.differs()["objects"]["models"][0]["path"].rstrip("/") == str(tmp_path / "parts")


LISTED = """
objects: {models: [{path: a, unit: mm}, {path: b}]}
sweep:
  factors:
    unit: {0: {}, 1: {"objects.models[1].unit": cm}}
    name: {0: {}, 1: {"objects.models[1].class_name": nut, "lights.count": 2}}
"""


def test_a_dotted_key_reaches_into_a_list(write):
    path = write(LISTED)
    whole = [recipes.compose([path], variant=variant) for variant in recipes.sweep([path])]
    found = [[(item["unit"], item["class_name"]) for item in each["objects"]["models"]] for each in whole]
    assert [each[1] for each in found] == [("auto", ""), ("auto", "nut"), ("cm", ""), ("cm", "nut")]
    assert all(each[0] == ("mm", "") for each in found)
    assert [each["lights"]["count"] for each in whole] == [tree.defaults()["lights"]["count"], 2] * 2


def test_the_command_line_reaches_into_lists_too(write):
    path = write(LISTED)
    whole = recipes.compose([path], ["objects.models[0].class_name=007", "objects.models[1].unit=inch"])
    assert [item["class_name"] for item in whole["objects"]["models"]] == ["007", ""]
    assert [item["unit"] for item in whole["objects"]["models"]] == ["mm", "inch"]
    for assignment, complaint in (
        ("objects.models[2].unit=cm", "--set objects.models[2].unit=cm: objects.models[2].unit: the list has 2 items"),
        ("objects.models[0].unti=cm", "objects.models[0].unti: no such key; did you mean objects.models[0].unit?"),
        ("objects.models[0].unit=ell", "ell is not one of auto, mm"),
        ("objects.models[0]=x", "names a whole item"),
        ("objects.models[x].unit=cm", "is no key; write"),
        ("objects.count[0].x=3", "objects.count"),
    ):
        with pytest.raises(RecipeError) as caught:
            recipes.compose([path], [assignment])
        assert complaint in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            'sweep:\n  variants:\n    a: {"objects.models[0].unti": mm}',
            "mine.yaml:3: objects.models[0].unti: no such key",
        ),
        (
            'sweep:\n  variants:\n    a: {"objects.models[0].unit": ell}',
            "mine.yaml:3: objects.models[0].unit: ell is not",
        ),
        ('sweep:\n  variants:\n    a: {"objects.models[0]": {unit: mm}}', "names a whole item"),
        ('sweep:\n  variants:\n    a: {"output.seed": 4}', "is the same for all variants"),
        ('sweep:\n  variants:\n    a: {"lights..count": 4}', "is no key"),
        (
            'sweep:\n  factors:\n    a: {x: {objects: {models: [q]}}}\n    b: {y: {"objects.models[0].unit": mm}}',
            "sets objects.models, and so does a",
        ),
    ],
)
def test_mistakes_in_dotted_keys_are_told_with_their_line(write, text, line):
    found = problems(write(text))
    assert any(line in problem for problem in found), found


def test_a_list_that_is_too_short_is_told_when_the_variant_is_made(write):
    path = write('sweep:\n  variants:\n    a: {"objects.models[4].unit": mm}')
    (variant,) = recipes.sweep([path])
    with pytest.raises(RecipeError, match=r"mine.yaml:3: objects.models\[4\].unit: the list has 0 items"):
        recipes.compose([path], variant=variant)


# -- the built-in sweep

TWELVE = "0-0-0-0 1-0-0-0 0-1-0-0 0-0-1-0 0-0-0-1 1-1-0-0 0-1-1-0 0-1-0-1 0-1-1-1 1-1-1-0 1-0-1-1 1-1-1-1"
# What each factor of the grid may change, and nothing else.
TOUCHES = {
    "texture": {"materials.rules.0.look", "background.surfaces"},
    "colour": {
        f"materials.rules.0.{key}" for key in ("use_class_color", "saturation", "value", "color_variation", "color_mix")
    },
    "viewpoint": {"placement.rotation_noise"},
    "lighting": {"lights.lamps.0.arc_angle"},
}


def flat(holder, prefix="") -> dict:
    """Every setting of a recipe by its dotted key."""
    pairs = holder.items() if isinstance(holder, dict) else enumerate(holder)
    found = {}
    for key, value in pairs:
        is_list = isinstance(value, list) and value and isinstance(value[0], dict)
        deeper = is_list or (isinstance(value, dict) and "normal" not in value)
        found |= flat(value, f"{prefix}{key}.") if deeper else {f"{prefix}{key}": value}
    return found


def test_syn_grid_has_the_twelve_variants():
    assert [variant.name for variant in recipes.sweep(["syn_grid"])] == TWELVE.split()


@pytest.mark.parametrize("name", TWELVE.split())
def test_a_variant_of_syn_grid_differs_in_its_factors_alone(name):
    (variant,) = [variant for variant in recipes.sweep(["syn_grid"]) if variant.name == name]
    base, whole = flat(recipes.compose(["syn_grid"])), flat(recipes.compose(["syn_grid"], variant=variant))
    on = [factor for factor, bit in variant.levels.items() if bit == "1"]
    assert list(variant.levels) == list(TOUCHES) and "-".join(variant.levels.values()) == name
    changed = {key for key in base.keys() | whole.keys() if base.get(key) != whole.get(key)}
    assert changed == set().union(*(TOUCHES[factor] for factor in on))
