"""The command sweep, end to end: one data set for each variant, stopped and continued, and its exit codes."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import bpy
import pytest
import yaml

from tests.blender.baking import tree_of
from tests.blender.commands import RECIPE, one_line
from tests.house import ROOT, module

Store = module("dataset.store").Store

SWEEP = (
    RECIPE
    + """
sweep:
  factors:
    materials:
      kept: {}
      random: {materials: {targets: random}}
    sky:
      0: {background: {hdri_strength: 0.5}}
      1: {background: {hdri_strength: 2}}
  only: [kept-0, random-0, random-1]
"""
)
NAMES = ["kept-0", "random-0", "random-1"]


@pytest.fixture(scope="module")
def recipe(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("recipes") / "grid.yaml"
    path.write_text(SWEEP)
    return path


@pytest.fixture(scope="module")
def finished(recipe, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("swept") / "out"
    arguments = ["sweep", "--recipe", str(recipe), "--output", str(folder), "--progress", "none", "--export", "none"]
    assert module("operators.command_line").main(arguments) == 0
    bpy.context.scene.property_unset("truthbake")
    return folder


def poses(folder: Path) -> list:
    return [[item["object_to_world"] for item in Store.open(folder).description(scene)["objects"]] for scene in (0, 1)]


def test_each_variant_is_a_data_set_of_its_own(finished):
    assert sorted(path.name for path in finished.iterdir()) == sorted([*NAMES, "sweep.yaml"])
    for name in NAMES:
        store = Store.open(finished / name)
        assert store.scenes() == [0, 1]
        assert store.recipe["materials"]["targets"] == name.split("-")[0].replace("kept", "keep")
        assert store.recipe["background"]["hdri_strength"] == {"0": 0.5, "1": 2.0}[name[-1]]
        assert module("dataset.verify").verify(store) == []


def test_only_the_factors_differ(finished):
    """The same seed: where no factor says otherwise, the scenes are the same."""
    first, *others = [poses(finished / name) for name in NAMES]
    assert all(other == first for other in others)
    headers = [yaml.safe_load((finished / name / "dataset.yaml").read_text()) for name in NAMES]
    assert len({header["seed"] for header in headers}) == 1
    pictures = {name: (finished / name / "scenes" / "000000" / "rgb" / "000000.png").read_bytes() for name in NAMES}
    assert len(set(pictures.values())) == 3


def test_its_papers_say_what_each_one_is(finished):
    papers = yaml.safe_load((finished / "sweep.yaml").read_text())
    assert papers["seed"] == 7 and list(papers["variants"]) == NAMES
    assert papers["variants"]["random-1"] == {
        "levels": {"materials": "random", "sky": "1"},
        "recipe": {"materials": {"targets": "random"}, "background": {"hdri_strength": 2.0}},
    }


def test_the_second_run_bakes_nothing(finished, recipe, call):
    before = tree_of(finished)
    code, out, err = call("sweep", "--recipe", recipe, "--output", finished, "--progress", "json", "--export", "none")
    found = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [event["name"] for event in found if event["event"] == "variant"] == NAMES
    assert [event["skipped"] for event in found if event["event"] == "start"] == [2, 2, 2]
    assert not [event for event in found if event["event"] == "frame"]
    assert found[-1] | {"seconds": 0} == {"event": "sweep", "done": NAMES, "failed": {}, "seconds": 0}
    assert tree_of(finished) == before


def test_variants_are_listed_without_baking(recipe, call, tmp_path):
    code, out, _ = call("sweep", "--recipe", recipe, "--list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == NAMES
    assert "materials random, sky 1" in out
    code, out, _ = call("sweep", "--recipe", recipe, "--dry-run", "--only", "random-1", "--output", tmp_path / "out")
    assert [line.split()[0] for line in out.splitlines()] == ["random-1"] and not (tmp_path / "out").exists()


def test_one_variant_alone_is_the_same_as_in_the_whole(finished, recipe, call, tmp_path):
    options = ("--progress", "none", "--export", "none", "--scenes", "1:2")
    code, *_ = call("sweep", "--recipe", recipe, "--only", "random-1", "--output", tmp_path / "out", *options)
    assert code == 0 and poses(finished / "random-1")[1] == [
        item["object_to_world"] for item in Store.open(tmp_path / "out" / "random-1").description(1)["objects"]
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--output", "out"], "with a section sweep"),
        (["--recipe", "quickstart", "--output", "out"], "with a section sweep"),
        (["--recipe", "GRID"], "give --output DIR"),
        (
            ["--recipe", "GRID", "--output", "out", "--only", "kept-9"],
            "--only kept-9: no such variant; known are kept-0",
        ),
        (["--recipe", "GRID", "--output", "out", "--set", "lights.count=99"], "99 is above 8"),
        (["--recipe", "GRID", "--output", "out", "--blend", "none.blend"], "none.blend: no such file"),
    ],
)
def test_mistakes_are_one_line_and_code_2(recipe, call, tmp_path, monkeypatch, arguments, complaint):
    monkeypatch.chdir(tmp_path)
    code, _, err = call("sweep", *[str(recipe) if item == "GRID" else item for item in arguments])
    assert code == 2 and complaint in one_line(err)
    assert not (tmp_path / "out").exists()


def test_a_variant_that_fails_is_named_and_the_others_are_baked(recipe, call, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "random-0").write_text("no folder")
    options = ("--export", "none", "--scenes", "0:1")
    code, _, err = call("sweep", "--recipe", recipe, "--output", tmp_path / "out", *options)
    assert code == 1
    assert "\nrandom-0: " in err and "2 variants whole" in err and "1 failed" in err
    assert Store.open(tmp_path / "out" / "kept-0").scenes() == Store.open(tmp_path / "out" / "random-1").scenes() == [0]


def test_stopped_in_the_second_variant_and_continued(finished, recipe, tmp_path):
    """SIGTERM in the middle: whole scenes stay, and the same command ends with the same data sets."""
    out = tmp_path / "out"
    command = [sys.executable, str(ROOT / "run_addon.py"), "sweep", "--recipe", str(recipe), "--output", str(out)]
    command += ["--progress", "json", "--export", "none"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    started = 0
    for line in process.stdout:
        event = json.loads(line)
        started += event["event"] == "start"
        if started == 2 and event["event"] == "frame":
            process.send_signal(signal.SIGTERM)
            break
    process.stdout.read()
    assert process.wait(timeout=60) == 128 + signal.SIGTERM
    assert Store.open(out / "kept-0").scenes() == [0, 1]
    assert not (out / "random-1").exists()
    before = {name: hash_ for name, hash_ in tree_of(out).items() if name.startswith("kept-0")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert next(event["skipped"] for event in found if event["event"] == "start") == 2
    assert {name: hash_ for name, hash_ in tree_of(out).items() if name.startswith("kept-0")} == before
    assert [poses(out / name) for name in NAMES] == [poses(finished / name) for name in NAMES]


def test_the_built_in_grid_bakes_its_twelve_variants(call, tmp_path):
    """Of the poses in all twelve there are two sets, those with and those without the factor viewpoint."""
    small = ("--set", "render.samples=1", "--set", "render.resolution=[32, 32]", "--set", "objects.change_every=1")
    options = ("--scenes", "0:2", "--export", "none", "--progress", "none", *small)
    code, _, err = call("sweep", "--recipe", "syn_grid", "--output", tmp_path / "out", *options)
    assert code == 0, err
    variants = module("presets.recipes").sweep(["syn_grid"])
    assert len(variants) == 12
    found = {}
    for variant in variants:
        found.setdefault(variant.levels["viewpoint"], []).append(poses(tmp_path / "out" / variant.name))
    still, turned = found["0"], found["1"]
    assert len(still) == 6 and len(turned) == 6
    assert all(each == still[0] for each in still) and all(each == turned[0] for each in turned)
    assert still[0] != turned[0]
    folders = [tmp_path / "out" / variant.name / "scenes" / "000000" for variant in variants]
    assert len({next(folder.rglob("rgb/*")).read_bytes() for folder in folders}) == 12
