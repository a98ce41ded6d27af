"""Every command as a user types it: what it writes, what it says, and its exit code."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.blender.baking import tree_of
from tests.blender.commands import RECIPE, one_line
from tests.house import ROOT, module

PARTS = ROOT / "assets" / "parts"


@pytest.fixture
def events(call):
    """Run a bake with JSON progress: (exit code, its events)."""

    def run(*arguments) -> tuple[int, list[dict]]:
        code, out, err = call("bake", *arguments, "--progress", "json")
        lines = out.splitlines()
        assert all(line.startswith('{"event": ') for line in lines)
        assert err == ""
        return code, [json.loads(line) for line in lines]

    return run


@pytest.fixture(scope="module")
def recipe(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("recipes") / "small.yaml"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="module")
def finished(recipe, tmp_path_factory) -> Path:
    """A baked and exported data set of two scenes; tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("finished") / "out"
    arguments = ["bake", "--recipe", str(recipe), "--output", str(folder), "--progress", "none"]
    assert module("operators.command_line").main(arguments) == 0
    return folder


@pytest.fixture
def copy(finished, tmp_path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "copy"))


def header(folder: Path) -> dict:
    return yaml.safe_load((folder / "dataset.yaml").read_text())


def of(found: list[dict], kind: str) -> list[dict]:
    return [event for event in found if event["event"] == kind]


def scenes(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "scenes").iterdir())


# bake


def test_a_bake_tells_programs_how_far_it_is(recipe, events, tmp_path):
    code, found = events("--recipe", recipe, "--output", tmp_path / "out", "--frames-per-scene", 2)
    assert code == 0
    kinds = [event["event"] for event in found]
    assert kinds == ["start", "frame", "frame", "scene", "frame", "frame", "scene", "done", "export", "export"]
    start, done = found[0], found[7]
    assert (start["scenes"], start["frames"], start["skipped"]) == (2, 4, 0)
    assert (done["scenes"], done["failed"], done["skipped"]) == (2, [], 0)
    assert [(event["scene"], event["frame"]) for event in of(found, "frame")] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [(event["scene"], event["frames"]) for event in of(found, "scene")] == [(0, 2), (1, 2)]
    assert not (tmp_path / "out" / ".working").exists()


def test_a_bake_for_people_leaves_standard_output_empty(recipe, call, tmp_path):
    code, out, err = call("bake", "--recipe", recipe, "--output", tmp_path / "a folder ü", "--scenes", "0:1")
    assert (code, out) == (0, "")
    assert "1 scenes, 1 images to bake" in err and "bop: " in err
    assert (tmp_path / "a folder ü" / "exports" / "bop" / "train_pbr" / "000000" / "scene_gt.json").is_file()


def test_the_second_run_bakes_nothing(recipe, copy, events):
    before = tree_of(copy)
    code, found = events("--recipe", recipe, "--output", copy)
    assert code == 0
    assert (found[0]["scenes"], found[0]["skipped"], of(found, "frame")) == (0, 2, [])
    assert tree_of(copy) == before


def test_more_scenes_are_added(recipe, copy, events):
    before = tree_of(copy / "scenes")
    code, found = events("--recipe", recipe, "--output", copy, "--scenes", "1:4", "--export", "none")
    assert code == 0
    assert (found[0]["scenes"], found[0]["skipped"]) == (2, 1)
    assert scenes(copy) == ["000000", "000001", "000002", "000003"]
    assert {name: hash_ for name, hash_ in tree_of(copy / "scenes").items() if name in before} == before


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (["--seed", 8], "seed: 7 there, 8 now"),
        (["--set", "render.samples=2"], "render.samples: 1 there, 2 now"),
        (["--frames-per-scene", 3], "output.frames_per_scene: 1 there, 3 now"),
        (["--objects", PARTS / "gear.ply"], "objects.models: "),
    ],
)
def test_another_recipe_is_refused(recipe, finished, call, change, difference):
    before = tree_of(finished)
    code, out, err = call("bake", "--recipe", recipe, "--output", finished, *change)
    assert (code, out) == (2, "")
    assert difference in one_line(err)
    assert tree_of(finished) == before


def test_a_broken_scene_is_baked_anew(recipe, finished, copy, events):
    os.truncate(copy / "scenes" / "000001" / "rgb" / "000000.png", 100)
    (copy / "scenes" / "000000" / "labels" / "000000.json").unlink()
    code, found = events("--recipe", recipe, "--output", copy, "--export", "none")
    assert code == 0 and found[0]["scenes"] == 2
    assert tree_of(copy / "scenes") == tree_of(finished / "scenes")


def test_two_workers_bake_the_same_data_set(recipe, finished, events, tmp_path):
    code, found = events("--recipe", recipe, "--output", tmp_path / "out", "--workers", 2, "--scenes", "0:3")
    assert code == 0
    assert (found[0]["scenes"], found[0]["frames"], len(of(found, "frame"))) == (3, 3, 3)
    assert of(found, "done")[0]["scenes"] == 3 and len(of(found, "start")) == len(of(found, "done")) == 1
    baked = tree_of(tmp_path / "out" / "scenes")
    assert {name: baked[name] for name in tree_of(finished / "scenes")} == tree_of(finished / "scenes")
    assert [event["format"] for event in of(found, "export")] == ["bop", "coco"]


def test_workers_get_the_whole_recipe_wherever_it_came_from(recipe, tmp_path):
    commands, parser, recipes = (
        module(name) for name in ("operators.command_line.commands", "operators.command_line.parser", "presets.recipes")
    )
    whole = recipes.compose([str(recipe)], ["camera.distance=[0.123456789, 0.7]", "output.author=Ä: b"])
    options = parser.build().parse_args(["bake", "--output", "out", "--scenes", "2:"])  # as with a .blend file's recipe
    command = commands._worker_command(options, whole, tmp_path / "out", tmp_path)
    assert recipes.compose([command[command.index("--recipe") + 1]]) == whole
    assert command[-2:] == ["--scenes", "2:"]


def test_options_and_layers_reach_the_recipe(recipe, call, tmp_path):
    layer = tmp_path / "layer.yaml"
    layer.write_text("camera: {distance: 0.5, fov: 40}\nrender: {resolution: [48, 36]}\nlights: {energy: 7}\n")
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    shutil.copy(PARTS / "flange.stl", mixed)
    (mixed / "broken.ply").write_text("no model")
    code, _, err = call(
        *("bake", "--recipe", recipe, "--recipe", layer, "--set", "camera.fov=50", "--set", "objects.count=[1,2]"),
        *("--seed", 3, "--frames-per-scene", 2, "--scenes", ":1", "--device", "cpu", "--export", "coco"),
        *("--objects", PARTS / "gear.ply", mixed, "--distractors", PARTS / "spring.ply", "--unit", "mm"),
        *("--set", "distractors.count=1", "--output", tmp_path / "out"),
    )
    assert code == 0
    assert "broken.ply: is not a PLY file" in err
    head = header(tmp_path / "out")
    told = head["recipe"]
    assert told["camera"]["distance"] == 0.5 and told["camera"]["fov"] == 50
    assert told["render"]["resolution"] == [48, 36] and told["render"]["device"] == "cpu"
    assert told["objects"]["count"] == [1, 2]
    assert (told["output"]["frames_per_scene"], head["seed"]) == (2, 3)
    assert [(item["class_name"], item["kind"]) for item in head["models"] if item["kind"] == "target"] == [
        ("gear", "target"),
        ("flange", "target"),
    ]
    assert "spring" in {item["class_name"] for item in head["models"] if item["kind"] == "distractor"}
    assert 0.05 < head["models"][0]["diameter"] < 0.1  # millimetres in the file
    assert scenes(tmp_path / "out") == ["000000"]
    assert [path.name for path in (tmp_path / "out" / "exports").iterdir()] == ["coco"]


def test_a_failed_scene_is_told_and_the_next_run_repairs_it(recipe, finished, events, tmp_path, monkeypatch):
    stage = module("scene.stage.stage").Stage
    build = stage.build

    def fail(self, plan):
        if plan.scene == 0:
            raise RuntimeError("this one\ngoes wrong")
        return build(self, plan)

    monkeypatch.setattr(stage, "build", fail)
    code, found = events("--recipe", recipe, "--output", tmp_path / "out")
    assert code == 1
    assert [(event["scene"], event["message"]) for event in of(found, "error")] == [(0, "this one goes wrong")]
    assert of(found, "done")[0]["failed"] == [0] and of(found, "done")[0]["scenes"] == 1
    assert scenes(tmp_path / "out") == ["000001"]
    monkeypatch.undo()
    code, found = events("--recipe", recipe, "--output", tmp_path / "out", "--export", "none")
    assert code == 0 and (found[0]["scenes"], found[0]["skipped"]) == (1, 1)
    assert tree_of(tmp_path / "out" / "scenes") == tree_of(finished / "scenes")


def test_a_wrong_unit_fails_with_the_remedy(recipe, events, tmp_path):
    code, found = events(
        *("--recipe", recipe, "--output", tmp_path / "out", "--objects", PARTS / "gear.ply", "--unit", "m"),
        *("--scenes", "0:1", "--export", "none"),
    )
    assert code == 1
    assert "say --unit mm" in of(found, "warning")[0]["message"]
    assert "no target is left" in of(found, "error")[0]["message"]


def test_another_camera_file_of_the_same_name_is_noticed(recipe, call, tmp_path):
    camera = tmp_path / "camera.json"
    lens = {"width": 64, "height": 48, "fx": 60, "fy": 61, "cx": 30, "cy": 25}
    choice = ["--set", "camera.intrinsics=file", "--set", f"camera.file={camera}", "--scenes", "0:1"]
    arguments = ["bake", "--recipe", recipe, "--output", tmp_path / "out", *choice, "--export", "none"]
    camera.write_text(json.dumps(lens))
    assert call(*arguments)[0] == 0
    camera.write_text(json.dumps(lens | {"fx": 59}))
    code, _, err = call(*arguments)
    assert code == 2 and "camera.json: the file has changed" in one_line(err)


# export, verify, report


def test_export_writes_the_same_as_the_bake(finished, call, tmp_path):
    code, out, err = call("export", finished, "--format", "bop,coco", "--output", tmp_path / "exports")
    assert (code, out) == (0, "")
    assert f"bop: {tmp_path / 'exports' / 'bop'}" in err
    assert tree_of(tmp_path / "exports") == tree_of(finished / "exports")


def test_export_with_another_licence(finished, call, tmp_path):
    arguments = ("--format", "coco", "--output", tmp_path, "--set", "output.licence=CC-BY-4.0")
    code, _, err = call("export", finished, *arguments)
    assert code == 0, err
    licences = json.loads((tmp_path / "coco" / "annotations.json").read_text())["licenses"]
    assert [licence["name"] for licence in licences] == ["CC-BY-4.0"]
    code, _, err = call("export", finished, "--format", "coco", "--set", "render.samples=2")
    assert code == 2 and "keys of output only" in one_line(err)


def test_export_refuses(finished, call, tmp_path):
    foreign = tmp_path / "exports" / "bop"
    foreign.mkdir(parents=True)
    (foreign / "thesis.txt").write_text("mine")
    for arguments, message in (
        ((finished, "--format", "bpo"), "did you mean bop?"),
        ((finished, "--format", "yolo"), "known formats: bop, coco"),
        ((tmp_path, "--format", "bop"), "no data set here"),
        ((finished, "--format", "bop", "--output", tmp_path / "exports"), "was not written by an export"),
        ((finished, "--format", "bop", "--output", foreign / "thesis.txt"), "the export failed"),
    ):
        code, out, err = call("export", *arguments)
        assert (code, out) == (2, "")
        assert message in one_line(err)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["thesis.txt"]


def test_verify(finished, copy, call, tmp_path):
    for arguments in ((finished,), (finished, "--format", "bop"), (finished, "--format", "coco")):
        code, out, err = call("verify", *arguments)
        assert (code, out) == (0, "") and "every label holds" in err
    assert call("verify", finished / "exports" / "bop")[0] == 0

    os.truncate(copy / "scenes" / "000000" / "instances" / "000000.png", 50)
    mask = next((copy / "exports" / "bop").rglob("mask_visib/*.png"))
    mask.unlink()
    code, out, _ = call("verify", copy)
    assert code == 1 and "000000/instances/000000.png: 50 bytes instead of" in out
    code, out, _ = call("verify", copy, "--format", "bop")
    assert code == 1 and mask.name in out

    for folder in (tmp_path / "gone", tmp_path):
        code, out, err = call("verify", folder)
        assert (code, out) == (2, "") and "no data set here" in one_line(err)


def test_report(copy, call, tmp_path):
    code, out, _ = call("report", copy)
    assert code == 0
    assert out.split() == [str(copy / "report.html"), str(copy / "contact_sheet.png")]
    assert (copy / "report.html").read_text().lstrip().lower().startswith("<!doctype html")
    assert (copy / "contact_sheet.png").read_bytes().startswith(b"\x89PNG")
    code, out, err = call("report", tmp_path / "gone")
    assert (code, out) == (2, "") and one_line(err)


# recipes


def test_recipes(recipe, call, tmp_path):
    for arguments in (["recipes"], ["recipes", "list"]):
        code, out, err = call(*arguments)
        assert (code, err) == (0, "")
        assert {line.split()[0] for line in out.splitlines()} >= {"quickstart", "bop_room"}

    code, out, err = call("recipes", "show", "quickstart", recipe, "--set", "lights.count=2")
    shown = yaml.safe_load(out)
    assert (code, err) == (0, "")
    assert shown["lights"]["count"] == 2 and shown["objects"]["count"] == 2
    assert shown["output"]["licence"] == "CC0-1.0"
    again = tmp_path / "again.yaml"
    again.write_text(out)
    assert call("recipes", "show", again)[1] == out

    code, out, err = call("recipes", "check", recipe, "bop_room")
    assert (code, err) == (0, "") and out.count("good") == 2

    bad = tmp_path / "bad.yaml"
    bad.write_text("lights:\n  count: 12\nrender:\n  smaples: 2\n")
    code, out, err = call("recipes", "check", recipe, bad)
    assert code == 2 and out.count("good") == 1
    assert "bad.yaml:2: lights.count" in err and "bad.yaml:4: render.smaples" in err and err.count("\n") == 2

    code, out, err = call("recipes", "reference")
    assert (code, err) == (0, "")
    for section in ("objects", "lights", "camera", "output"):
        assert section in out


# the process


def start(*arguments) -> subprocess.CompletedProcess:
    command = [sys.executable, ROOT / "run_addon.py", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def test_the_process_hands_on_codes_and_streams(recipe, finished, tmp_path):
    baked = start("bake", "--recipe", recipe, "--output", tmp_path / "out", "--progress", "json", "--export", "none")
    assert baked.returncode == 0
    assert all(json.loads(line)["event"] for line in baked.stdout.splitlines())
    assert tree_of(tmp_path / "out" / "scenes") == tree_of(finished / "scenes")
    os.truncate(tmp_path / "out" / "scenes" / "000000" / "scene.json", 3)
    assert start("verify", tmp_path / "out").returncode == 1
    wrong = start("bake", "--recipe", "quikstart", "--output", tmp_path / "other")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert one_line(wrong.stderr)
