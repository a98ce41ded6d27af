"""The variants of a sweep, baked from the sidebar."""

import bpy
import pytest

from tests.blender.pressing import TINY, command, complaint, labels
from tests.blender.test_bake_background import follow
from tests.house import module

background = module("operators.bake_background")
look_ahead = module("operators.look_ahead")
now = module("operators.runtime").now
recipes = module("presets.recipes")

SWEEP = """
sweep:
  factors:
    light: {dim: {lights: {energy: 5}}, bright: {lights: {energy: 100}}}
"""


@pytest.fixture
def swept(settings, tmp_path):
    """A recipe file with a sweep, loaded."""
    path = tmp_path / "swept.yaml"
    path.write_text(recipes.dump({"schema": 1, **TINY}) + SWEEP)
    bpy.ops.truthbake.choose_recipe(filepath=str(path))
    settings.output.folder = str(tmp_path / "data")
    yield path
    background.stop_now()
    look_ahead._before_load()
    module("presets.loaded").forget(bpy.context.scene)


def test_as_the_command_sweep_with_the_settings_of_the_sidebar(swept, settings, tmp_path):
    look_ahead.update(wait=True)
    assert bpy.context.window_manager.truthbake.variants == 2
    settings.output.scenes = 1
    bpy.ops.truthbake.bake_sweep()
    seen = []
    follow(lambda: seen.append(now.text) or not now.is_baking)
    assert now.text == "All 2 variants are there" and ("Scenes Baked", "2") in now.summary
    assert any(text.startswith("2/2 bright: ") for text in seen)
    done = command(
        *("sweep", "--recipe", swept, "--set", "output.scenes=1", "--output", tmp_path / "there", "--progress", "none")
    )
    assert done.returncode == 0, done.stderr
    for variant in ("dim", "bright"):
        assert labels(tmp_path / "data" / variant) == labels(tmp_path / "there" / variant)
    papers = [(tmp_path / folder / "sweep.yaml").read_text() for folder in ("data", "there")]
    assert papers[0] == papers[1]
    assert labels(tmp_path / "data" / "dim") != labels(tmp_path / "data" / "bright")


def test_cancelled_and_continued(swept, settings, tmp_path):
    settings.output.scenes = 30
    bpy.ops.truthbake.bake_sweep()
    follow(lambda: background._running.tally.scenes_done >= 2)
    bpy.ops.truthbake.cancel_bake()
    follow()
    assert now.text.startswith("Cancelled; ") and not list((tmp_path / "data").glob("*/.working/*"))
    settings.output.scenes = 1
    bpy.ops.truthbake.bake_sweep()
    follow()
    assert now.text == "All 2 variants are there" and ("There Before", "1") in now.summary


def test_a_sweep_that_is_written_later_is_seen_when_the_recipe_is_loaded_again(settings, tmp_path):
    path = tmp_path / "later.yaml"
    path.write_text(recipes.dump({"schema": 1, **TINY}))
    counts = []
    for more in ("", SWEEP, ""):
        path.write_text(recipes.dump({"schema": 1, **TINY}) + more)
        bpy.ops.truthbake.choose_recipe(filepath=str(path))
        look_ahead.update(wait=True)
        counts.append(now.variants)
    assert counts == [0, 2, 0]
    look_ahead._before_load()
    module("presets.loaded").forget(bpy.context.scene)


def test_without_a_sweep(settings, tmp_path):
    settings.output.folder = str(tmp_path / "data")
    with pytest.raises(RuntimeError, match="Load a recipe with a sweep"):
        bpy.ops.truthbake.bake_sweep()
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    assert "no sweep" in complaint(bpy.ops.truthbake.bake_sweep)
    bpy.ops.truthbake.choose_recipe(filepath="syn_grid", variant=recipes.sweep(["syn_grid"])[0].name)
    with pytest.raises(RuntimeError, match="load the recipe itself"):
        bpy.ops.truthbake.bake_sweep()
    module("presets.loaded").forget(bpy.context.scene)
