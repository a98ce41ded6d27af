"""The user's mistakes on the command line: one line that names the file or key, and exit code 2."""

from pathlib import Path

import pytest

from tests.blender.baking import tree_of
from tests.blender.commands import RECIPE, one_line


@pytest.fixture(scope="module")
def recipe(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("recipes") / "small.yaml"
    path.write_text(RECIPE)
    return path


def mistaken_files(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "broken").mkdir()
    (folder / "broken" / "one.ply").write_text("no model")
    (folder / "broken" / "two.stl").write_text("")
    (folder / "a_file").write_text("")
    (folder / "high.yaml").write_text("lights:\n  energy: 3\n  count: 12\n")
    (folder / "open.yaml").write_text("lights: {\n  count: 1\n")
    (folder / "camera.json").write_text('{"fx": 3}')
    (folder / "sky.hdr").write_text("no picture")


MISTAKES = {
    "unknown recipe": (["--recipe", "quikstart"], "quikstart: no such recipe; did you mean quickstart?"),
    "missing recipe": (["--recipe", "gone.yaml"], "gone.yaml: no such file"),
    "unknown key": (["--set", "lights.cuont=1"], "lights.cuont: no such key; did you mean lights.count?"),
    "out of range": (["--set", "lights.count=12"], "lights.count: 12 is above 8"),
    "no value": (["--set", "lights.count"], "write KEY=VALUE"),
    "line number": (["--recipe", "high.yaml"], "high.yaml:3: lights.count: 12 is above 8"),
    "no YAML": (["--recipe", "open.yaml"], "open.yaml:3: "),
    "missing objects": (["--objects", "gone"], "gone: there is no such file or folder"),
    "no models": (["--objects", "empty"], "empty: no model in this folder"),
    "broken models": (["--objects", "broken"], "is not a PLY file"),
    "missing distractors": (["--distractors", "gone", "--set", "distractors.count=1"], "gone: there is no such file"),
    "output is a file": (["--output", "a_file"], "a_file: is a file"),
    "output not writable": (["--output", "a_file/sub"], "cannot be written"),
    "no output": (["--output", ""], "no output folder"),
    "scenes": (["--scenes", "3"], "--scenes 3: give A:B"),
    "scenes reversed": (["--scenes", "3:1"], "holds no scene"),
    "scenes without end": (["--scenes", "0:99999999999"], "is above 1000000"),
    "unknown format": (["--export", "bpo"], "did you mean bop?"),
    "unknown device": (["--device", "abacus"], "invalid choice: 'abacus'"),
    "no number": (["--seed", "x"], "invalid int value"),
    "no workers": (["--workers", "0"], "--workers: 0 is below 1"),
    "camera file": (
        ["--set", "camera.intrinsics=file", "--set", "camera.file=camera.json"],
        "camera.json: has no 'fy'",
    ),
    "no camera file": (["--set", "camera.intrinsics=file"], "camera.file"),
    "HDRI path": (["--set", "background.hdri_path=gone"], "gone: no HDRI here"),
    "no HDRI": (["--set", "background.hdri_path=sky.hdr"], "sky.hdr: is not a readable .hdr picture"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line(recipe, call, tmp_path, monkeypatch, name):
    arguments, message = MISTAKES[name]
    mistaken_files(tmp_path)
    before = tree_of(tmp_path)
    monkeypatch.chdir(tmp_path)
    output = [] if "--output" in arguments else ["--output", "out"]
    code, out, err = call("bake", "--recipe", recipe, *output, *arguments)
    assert (code, out) == (2, "")
    assert message in one_line(err)
    assert tree_of(tmp_path) == before  # nothing was begun


def test_a_mistake_that_only_workers_notice_is_one_line(recipe, call, tmp_path):
    (tmp_path / "one.ply").write_text("no model")
    code, out, err = call(
        *("bake", "--recipe", recipe, "--output", tmp_path / "out", "--objects", tmp_path, "--workers", 2)
    )
    assert (code, out) == (2, "")
    assert "one.ply: is not a PLY file" in one_line(err)


@pytest.mark.parametrize(
    "arguments", [[], ["frobnicate"], ["bake"], ["export", "x"], ["verify"], ["verify", "x", "--fix"]]
)
def test_wrong_usage_is_one_line(call, arguments):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert "--help" in one_line(err)
