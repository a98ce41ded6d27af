"""The checklist before a bake: what is wrong and what to do, errors first, and quick."""

import dataclasses
import time
from pathlib import Path

import bpy
import pytest
from PIL import Image

from tests.blender.pressing import TINY, complaint
from tests.house import module
from tests.model_files import write_stl

checklist = module("operators.checklist")
disk = module("operators.checklist.disk")
now = module("operators.runtime").now
look_ahead = module("operators.look_ahead")
background = module("operators.bake_background")


def found(level: str) -> list[str]:
    """What the button Check finds of one level: texts with their advice."""
    bpy.ops.truthbake.check_bake()
    return [f"{text}: {advice}" for each, text, advice in now.problems if each == level]


@pytest.fixture(autouse=True)
def forget():
    yield
    look_ahead._before_load()


def test_a_good_recipe_has_no_problem(tiny, settings):
    assert not found("ERROR") and not found("WARNING")
    told = found("INFO")
    assert any("built-in parts" in text for text in told)
    assert any("About 1 MB are needed" in text for text in told)


def test_levels_come_in_order(tiny, settings, tmp_path):
    settings.objects.models.add().path = str(tmp_path / "nowhere.stl")
    settings.render.device = "CUDA"
    bpy.ops.truthbake.check_bake()
    levels = [level for level, *_ in now.problems]
    assert levels == sorted(levels, key=["ERROR", "WARNING", "INFO"].index) and set(levels) >= {"ERROR", "INFO"}


def test_the_folder(tiny, settings, tmp_path):
    settings.output.folder = ""
    assert found("ERROR") == ["No output folder: Choose where the data set goes"]
    settings.output.folder = "//data"
    facts = checklist.gather(bpy.context)
    assert facts.is_beside_unsaved_file == (not bpy.data.filepath)
    told = checklist.check(dataclasses.replace(facts, is_beside_unsaved_file=True))
    assert "never saved" in told[0].text and told[0].level == "ERROR"
    (tmp_path / "file").write_text("")
    settings.output.folder = str(tmp_path / "file")
    assert "is a file" in found("ERROR")[0]
    settings.output.folder = str(tmp_path / "file" / "data")
    assert "cannot be written: Not a directory" in found("ERROR")[0]
    settings.output.folder = "/proc/truthbake/data" if Path("/proc").exists() else "/dev/null/data"
    assert "cannot be written" in found("ERROR")[0]
    settings.output.folder = str(tmp_path)
    assert "no data set" in found("WARNING")[0] and not found("ERROR")


def test_the_home_folder_is_offered(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    settings.name = "bop_room"
    settings.output.folder = ""
    bpy.ops.truthbake.use_home_folder()
    assert Path(settings.output.folder) == tmp_path / "truthbake" / "bop_room"
    settings.name = ""


def test_what_the_folder_holds(tiny, settings):
    bpy.ops.truthbake.bake(first=0, last=1)
    assert not found("ERROR") and not found("WARNING")
    bpy.ops.truthbake.bake()
    assert any(text.startswith("Every scene is there") for text in found("INFO"))
    settings.output.seed = 6
    assert "output.seed: 5 there, 6 now" in found("ERROR")[0] and "another output folder" in found("ERROR")[0]


def test_models(tiny, settings, tmp_path):
    parts, empty = tmp_path / "parts", tmp_path / "empty"
    parts.mkdir()
    empty.mkdir()
    write_stl(parts / "good.stl")
    item = settings.objects.models.add()
    item.path = str(parts)
    assert not found("ERROR") and not found("WARNING")
    (parts / "broken.stl").write_text("")
    assert ["broken.stl" in text and "left out" in text for text in found("WARNING")] == [True]
    item.path = str(parts / "broken.stl")
    assert "broken.stl" in found("ERROR")[0]
    for path, word in {
        tmp_path / "nowhere": "there is no",
        empty: "no model in",
        tmp_path / "part.docx": "cannot be read",
        "": "names no file",
    }.items():
        if str(path).endswith("docx"):
            path.write_text("text")
        item.path = str(path)
        assert len(found("ERROR")) == 1 and word in found("ERROR")[0], path
    settings.objects.count = (0, 0)
    assert not found("ERROR") and "nothing is labelled" in found("WARNING")[0]
    settings.distractors.models.add().path = str(tmp_path / "nowhere")
    assert "Distractors: there is no" in found("ERROR")[0]
    settings.distractors.count = (0, 0)
    settings.people.count = (1, 1)
    settings.people.characters.add().path = str(tmp_path / "nobody.glb")
    assert "People: there is no" in found("ERROR")[0]


def test_a_thousand_models_are_checked_at_once(tiny, settings, tmp_path):
    for number in range(1000):
        write_stl(tmp_path / f"{number}.stl") if number == 0 else (tmp_path / f"{number}.stl").write_bytes(b"solid")
        settings.objects.models.add().path = str(tmp_path / f"{number}.stl")
    began = time.monotonic()
    assert not found("ERROR")
    assert time.monotonic() - began < 3.0


def test_step_without_its_library(tiny, settings, tmp_path):
    (tmp_path / "part.step").write_text("ISO-10303-21;")
    settings.objects.models.add().path = str(tmp_path)
    facts = checklist.gather(bpy.context)
    without = checklist.check(dataclasses.replace(facts, has_cascadio=False))
    assert [problem.level for problem in without if "cascadio" in problem.text] == ["ERROR"]
    write_stl(tmp_path / "good.stl")
    without = checklist.check(dataclasses.replace(facts, has_cascadio=False))
    assert [problem.level for problem in without if "cascadio" in problem.text] == ["WARNING"]
    assert "STEP" not in str(checklist.check(dataclasses.replace(facts, has_cascadio=True)))


def test_pictures_skies_photographs_and_cameras(tiny, settings, tmp_path):
    background, materials = settings.background, settings.materials
    materials.targets, materials.pictures = "PICTURE", str(tmp_path / "no_pictures")
    background.hdri_path = str(tmp_path / "no_sky.hdr")
    settings.camera.intrinsics, settings.camera.file = "FILE", str(tmp_path / "no_camera.json")
    told = " ".join(found("ERROR"))
    for name in ("no_pictures", "no_sky.hdr", "no_camera.json", "materials.pictures", "background.hdri_path"):
        assert name in told
    assert len(found("ERROR")) == 3
    materials.pictures = str(tmp_path)
    Image.new("RGB", (4, 4)).save(tmp_path / "good.png")
    background.hdri_path, background.mode, background.photographs = "", "PHOTOGRAPH", str(tmp_path / "no_photo.jpg")
    settings.camera.intrinsics = "FOV"
    assert ["no_photo.jpg" in text for text in found("ERROR")] == [True]
    background.mode, background.environment = "ENVIRONMENT", str(tmp_path)
    assert [".blend" in text for text in found("ERROR")] == [True]


def test_wrong_settings_are_named_by_their_keys(tiny, settings):
    settings.camera.distance = (0.9, 0.5)
    settings.camera.elevation = (1.0, 0.5)
    told = found("ERROR")
    assert len(told) == 2 and "camera.distance" in " ".join(told) and "camera.elevation" in " ".join(told)


def test_disk_space(tiny, settings):
    facts = checklist.gather(bpy.context)
    needed = disk.estimate(facts.recipe, 2)
    for free, level in ((10**15, "INFO"), (int(needed / 0.95), "WARNING"), (1000, "ERROR")):
        told = list(disk.problems(dataclasses.replace(facts, free_bytes=free)))
        assert [problem.level for problem in told] == [level] and "needed" in told[0].text
    bpy.ops.truthbake.bake()
    assert not list(disk.problems(checklist.gather(bpy.context))), "nothing is missing, nothing is needed"


@pytest.mark.parametrize("name", ["bop_room", "quickstart", "dope_flight"])
def test_the_estimate_of_the_disk_is_near_the_truth(settings, tmp_path, name):
    overrides = {
        "render": {"samples": 2, "resolution": [320, 240], "device": "cpu"},
        "passes": {"depth": True, "normals": True, "flow": True},
        "output": {"scenes": 1, "frames_per_scene": 2},
    }
    recipe = module("presets.recipes").compose([name], overrides=overrides)
    module("presets.tree").apply(settings, recipe)
    bpy.ops.truthbake.bake(output=str(tmp_path / "data"))
    scene = tmp_path / "data" / "scenes" / "000000"
    size = sum(path.stat().st_size for path in scene.rglob("*") if path.is_file())
    recipe["output"]["formats"] = []
    estimated = disk.estimate(recipe, 1)
    assert size * 0.7 < estimated < size * 2.5
    assert disk.estimate(recipe, 1, size) == size
    assert checklist.gather(bpy.context).scene_bytes == 0


def test_a_device_that_is_missing(tiny, settings):
    facts = checklist.gather(bpy.context)
    facts.recipe["render"]["device"] = "cuda"
    told = checklist.check(dataclasses.replace(facts, why_no_device="no such device"))
    assert [problem.text for problem in told if problem.level == "WARNING"] == ["CUDA cannot render: no such device"]
    cycles = bpy.context.preferences.addons["cycles"].preferences
    before = [(device.name, device.use) for device in cycles.devices], cycles.compute_device_type
    module("render.device").Devices().why_not("cuda")
    assert ([(device.name, device.use) for device in cycles.devices], cycles.compute_device_type) == before


def test_errors_block_the_bake_and_warnings_do_not(tiny, settings, tmp_path):
    settings.objects.models.add().path = str(tmp_path / "nowhere.stl")
    text = complaint(bpy.ops.truthbake.bake_background)
    assert "nowhere.stl" in text and "remove the entry" in text
    assert not now.is_baking and not tiny.exists()
    settings.objects.models.clear()
    tiny.mkdir()
    (tiny / "holiday.jpg").touch()
    assert found("WARNING")
    assert bpy.ops.truthbake.bake_background() == {"FINISHED"}
    background.stop_now()


def test_what_was_found_goes_when_the_settings_change(tiny, settings):
    bpy.ops.truthbake.check_bake()
    look_ahead.update(wait=True)
    runtime = bpy.context.window_manager.truthbake
    assert runtime.is_checked and runtime.problems == now.problems
    settings.output.seed += 1
    look_ahead.update(wait=True)
    assert not runtime.is_checked and runtime.problems == []


def test_the_outlook_in_the_sidebar(tiny, settings):
    runtime = bpy.context.window_manager.truthbake
    look_ahead.update(wait=True)
    assert (runtime.outlook, runtime.outlook_text) == ("NEW", "")
    bpy.ops.truthbake.bake(first=0, last=1)
    look_ahead.update(wait=True)
    assert (runtime.outlook, runtime.outlook_text) == ("CONTINUE", "1 of 2 scenes are there, 1 are missing")
    settings.output.scenes = 1
    look_ahead.update(wait=True)
    assert (runtime.outlook, runtime.outlook_text) == ("COMPLETE", "All 1 scenes are there")
    settings.output.seed = TINY["output"]["seed"] + 1
    look_ahead.update(wait=True)
    assert runtime.outlook == "OTHER" and "output.seed: 5 there, 6 now" in runtime.outlook_text
    settings.output.folder = ""
    look_ahead.update(wait=True)
    assert (runtime.outlook, runtime.outlook_text) == ("", "")


def test_what_the_settings_leave_open_comes_from_the_preferences(tiny, settings, monkeypatch, tmp_path):
    preferences = module("presets.preferences")
    chosen = module("operators.chosen")
    mine = preferences._defaults()
    mine.workers, mine.device, mine.output_folder = 3, "CUDA", str(tmp_path)
    monkeypatch.setattr(preferences, "preferences", lambda context=None: mine)
    settings.farm.workers, settings.render.device, settings.output.folder, settings.name = 0, "AUTO", "", "parts"
    recipe = chosen.recipe(settings)
    assert (recipe["farm"]["workers"], recipe["render"]["device"]) == (3, "cuda")
    assert chosen.folder(settings) == tmp_path / "parts"
    settings.farm.workers, settings.render.device = 2, "CPU"
    recipe = chosen.recipe(settings)
    assert (recipe["farm"]["workers"], recipe["render"]["device"]) == (2, "cpu")
    settings.name = ""
