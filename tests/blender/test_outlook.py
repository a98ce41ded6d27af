"""What the output folder holds, seen from the recipe: new, to be continued, complete, or another one's."""

import os
import shutil
import time

import bpy
import pytest

from tests.blender.pressing import TINY
from tests.house import module

outlook = module("operators.jobs.outlook")
tree = module("presets.tree")
FREE = module("operators.jobs.bake").FREE_KEYS


def judged(folder, settings):
    return outlook.judge(outlook.read(str(folder)), tree.checked(settings), FREE)


@pytest.fixture
def baked(tiny, settings):
    bpy.ops.truthbake.bake()
    return tiny


def test_new_then_part_then_all_then_another(tiny, settings):
    assert judged(tiny, settings) == outlook.Outlook("NEW", 0, 2)
    bpy.ops.truthbake.bake(first=0, last=1)
    assert judged(tiny, settings) == outlook.Outlook("CONTINUE", 1, 2)
    bpy.ops.truthbake.bake()
    assert judged(tiny, settings) == outlook.Outlook("COMPLETE", 2, 2)
    settings.output.scenes, settings.output.formats, settings.farm.workers = 5, {"COCO"}, 4
    assert judged(tiny, settings) == outlook.Outlook("CONTINUE", 2, 5)
    settings.output.scenes = 1
    assert judged(tiny, settings) == outlook.Outlook("COMPLETE", 1, 1)
    settings.lights.count = (3, 3)
    assert judged(tiny, settings).difference == "lights.count: 1 there, 3 now"
    settings.output.seed = 6
    assert judged(tiny, settings) == outlook.Outlook("OTHER", 2, 1, "output.seed: 5 there, 6 now")


def test_every_kind_of_setting_is_the_same_after_a_bake(settings, tmp_path):
    """What is compared was written by one Blender and read by another: numbers, lists, paths and angles alike."""
    for name in ("bop_room", "human_pose", "sequence"):
        recipe = module("presets.recipes").compose([name], overrides={"output": TINY["output"]})
        tree.apply(settings, tree.defaults())
        tree.apply(settings, recipe)
        whole = tree.checked(settings)
        store = module("dataset.store").Store.open_or_create(tmp_path / name, {"recipe": whole, "seed": 5}, FREE)
        store.scene_folder(0).mkdir(parents=True)
        assert judged(tmp_path / name, settings).kind == "CONTINUE"


def test_a_data_set_without_scenes_is_as_good_as_none(baked, settings):
    shutil.rmtree(baked / "scenes")
    settings.output.seed = 99
    assert judged(baked, settings).kind == "NEW"


@pytest.mark.parametrize("text", ["a: [", "format: else\n", "format: truthbake-store\nschema: 99\nrecipe: {}\n"])
def test_a_header_that_is_none(tmp_path, settings, text):
    (tmp_path / "dataset.yaml").write_text(text)
    found = judged(tmp_path, settings)
    assert found.kind == "OTHER" and "dataset.yaml" in found.difference and "\n" not in found.difference


def test_files_that_are_no_data_set(tmp_path):
    assert not outlook.read(str(tmp_path)).is_foreign
    (tmp_path / "holiday.jpg").touch()
    assert outlook.read(str(tmp_path)).is_foreign
    assert not outlook.read(str(tmp_path / "nowhere")).is_foreign


def test_an_unchanged_folder_is_read_once(baked, settings):
    first = outlook.read(str(baked))
    assert outlook.read(str(baked), first) is first
    shutil.rmtree(baked / "scenes" / "000001")
    os.utime(baked / "scenes", ns=(time.time_ns(), time.time_ns() + 10**9))
    again = outlook.read(str(baked), first)
    assert again is not first and again.scenes == {0}
