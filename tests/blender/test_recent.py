"""The data sets that were written or opened last."""

import json
import os
from pathlib import Path

import bpy
import pytest

from tests.blender.drawing import Recorder
from tests.house import module

recent = module("presets.recent")


@pytest.fixture(autouse=True)
def forgotten():
    """None remembered; the file's path."""
    path = Path(recent._file(create=True))
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def folders(tmp_path, count: int) -> list[str]:
    made = [tmp_path / f"set {number:02}" for number in range(count)]
    for folder in made:
        folder.mkdir()
    return [str(folder) for folder in made]


def test_newest_first_and_each_once(tmp_path):
    assert recent.outputs() == []
    first, second, third = folders(tmp_path, 3)
    for folder in (first, second, third, first + "/", Path(second)):
        recent.remember(folder)
    assert recent.outputs() == [second, first, third]


def test_ten_at_most_and_only_what_is_there(tmp_path):
    made = folders(tmp_path, 12)
    for folder in made:
        recent.remember(folder)
    assert recent.outputs() == made[:1:-1]
    os.rmdir(made[-1])
    assert recent.outputs() == made[10:1:-1]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"outputs": 3}', '{"outputs": [1, null, ""]}', "\x00", "[" * 9999])
def test_a_broken_file_is_no_trouble(forgotten, tmp_path, content):
    forgotten.write_text(content)
    assert recent.outputs() == []
    recent.remember(tmp_path)
    assert recent.outputs() == [str(tmp_path)]


def test_a_file_that_cannot_be_written_is_no_trouble(forgotten, tmp_path):
    forgotten.mkdir()
    try:
        recent.remember(tmp_path)
        assert recent.outputs() == []
    finally:
        forgotten.rmdir()
        for left in forgotten.parent.glob(f"{forgotten.name}.*"):
            left.unlink()


def test_a_data_set_that_is_opened_is_remembered_and_used_again(tiny, settings, forgotten):
    bpy.ops.truthbake.bake()
    assert bpy.ops.truthbake.open_data_set(folder=str(tiny)) == {"FINISHED"}
    bpy.ops.truthbake.close_data_set()
    assert recent.outputs() == [str(tiny)]
    assert json.loads(forgotten.read_text()) == {"outputs": [str(tiny)]}
    settings.output.folder = ""
    menus = module("panels.recent")
    for menu in (menus.TRUTHBAKE_MT_recent_outputs, menus.TRUTHBAKE_MT_recent_data_sets):
        recorder = Recorder()
        menu.draw(type("Self", (), {"layout": recorder})(), bpy.context)
        assert len(recorder.drawn) == 1
    assert bpy.ops.truthbake.use_output_folder(folder=recent.outputs()[0]) == {"FINISHED"}
    assert settings.output.folder == str(tiny)


def test_the_menu_says_when_there_is_nothing():
    recorder = Recorder()
    module("panels.recent").draw_recent(recorder, "truthbake.open_data_set")
    assert recorder.drawn == [("label", "", "None yet")]
