"""The bake in a second Blender, stepped by hand: there is no window and no timer here."""

import errno
import json
import os
import signal
import subprocess
import sys
import time

import bpy
import pytest

from tests.blender.pressing import TINY, command, complaint, datablocks, labels
from tests.house import ROOT, module
from tests.model_files import write_stl

tree = module("presets.tree")
recipes = module("presets.recipes")
background = module("operators.bake_background")
telling = module("operators.telling")
now = module("operators.runtime").now


def follow(until=lambda: not now.is_baking, seconds: float = 120) -> None:
    """Step as the timer does, until something holds."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, now
        began = time.monotonic()
        background.step()
        assert time.monotonic() - began < 0.5, "a step keeps the window waiting"
        time.sleep(0.02)


@pytest.fixture
def runtime():
    yield bpy.context.window_manager.truthbake
    background.stop_now()
    telling._untold.clear()


def scene_settings() -> dict:
    """Every setting of the user's scene that a bake could touch, without the recipe."""
    scene = bpy.context.scene
    groups = [scene, scene.render, scene.cycles, scene.view_settings, scene.display_settings, *scene.view_layers]
    plain = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}
    return {
        (type(group).__name__, prop.identifier): repr(getattr(group, prop.identifier))
        for group in groups
        for prop in group.bl_rna.properties
        if prop.type in plain and not getattr(prop, "is_array", False)
    }


def gone(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_background_needs_an_output_folder(settings, runtime):
    assert complaint(bpy.ops.truthbake.bake_background) == "No output folder: Choose where the data set goes"
    with pytest.raises(RuntimeError, match="No bake is running"):
        bpy.ops.truthbake.cancel_bake()


def test_background_bake_to_the_end(tiny, settings, runtime, tmp_path):
    seen = []
    assert bpy.ops.truthbake.bake_background() == {"FINISHED"}
    assert runtime.is_baking and runtime.text == "Starting Blender"
    recipe_file = background._running.temporary[0]
    assert recipe_file.exists()
    with pytest.raises(RuntimeError, match="A bake is running"):
        bpy.ops.truthbake.bake_background()
    follow(lambda: seen.append((runtime.progress, runtime.count, runtime.text, runtime.pace)) or not runtime.is_baking)
    assert not recipe_file.exists()
    assert runtime.text == "2 scenes baked" and not runtime.is_alert
    progress = [share for share, *_ in seen[:-1]]
    assert progress == sorted(progress) and progress[-1] > 0
    assert any(text == "Scene 2 of 2 on CPU" for _, _, text, _ in seen)
    assert any("images per minute" in pace for *_, pace in seen)
    assert any(count == "3 of 4 images" for _, count, _, _ in seen) or progress[-1] == 1
    summary = dict(runtime.summary)
    assert (summary["Scenes Baked"], summary["Images Baked"]) == ("2", "4") and summary["Duration"].endswith(" s")
    assert runtime.folder == str(tiny) and not (tiny / ".working").exists()
    assert (tiny / "exports" / "coco" / "annotations.json").exists()
    settings.output.folder = str(tmp_path / "here")
    bpy.ops.truthbake.bake()
    assert labels(tmp_path / "here") == labels(tiny)
    settings.output.folder = str(tiny)
    bpy.ops.truthbake.bake_background()
    follow()
    assert runtime.text == "Every scene was there already"


@pytest.mark.parametrize("workers", [1, 2])
def test_cancel_keeps_whole_scenes_and_baking_again_continues(tiny, settings, runtime, workers):
    settings.output.scenes = 40
    settings.farm.workers = workers
    bpy.ops.truthbake.bake_background()
    pid = background._running.process.pid
    follow(lambda: background._running.tally.scenes_done >= 2)
    bpy.ops.truthbake.cancel_bake()
    began = time.monotonic()
    assert runtime.is_cancelling and runtime.text == "Cancelling"
    follow(lambda: gone(pid))
    assert time.monotonic() - began < 2.0
    follow()
    assert "whole scenes are kept" in runtime.text and not runtime.is_alert
    kept = labels(tiny)
    whole = len({name.split("/")[1] for name in kept})
    assert 2 <= whole < 40
    settings.output.scenes = whole + 1
    settings.farm.workers = 1
    bpy.ops.truthbake.bake_background()
    follow()
    again = labels(tiny)
    assert {name: again.get(name) for name in kept} == kept
    assert {f"{scene:06d}" for scene in range(whole + 1)} <= {path.name for path in (tiny / "scenes").iterdir()}
    assert module("dataset.verify").verify(module("dataset.store").Store.open(tiny)) == []


def test_cancel_in_the_middle_of_a_long_frame(tiny, settings, runtime):
    settings.render.resolution = (2000, 2000)
    settings.render.samples = 20000
    bpy.ops.truthbake.bake_background()
    pid = background._running.process.pid
    follow(lambda: background._running.tally.scenes > 0)
    time.sleep(1.0)
    background.step()
    bpy.ops.truthbake.cancel_bake()
    began = time.monotonic()
    follow(lambda: gone(pid))
    assert time.monotonic() - began < 2.0
    follow()
    assert runtime.text.startswith("Cancelled; 0 whole scenes") and runtime.folder == "", "there is nothing to look at"


def test_a_worker_that_breaks_down_leaves_scenes_for_the_next_bake(tiny, settings, runtime):
    settings.output.scenes, settings.farm.workers = 16, 2
    bpy.ops.truthbake.bake_background()
    pid = background._running.process.pid
    follow(lambda: background._running.tally.scenes_done >= 2)
    found = subprocess.run(["pgrep", "-g", str(pid)], capture_output=True, text=True, check=True).stdout.split()
    os.kill(next(int(worker) for worker in found if int(worker) != pid), signal.SIGKILL)
    follow()
    there = len(list((tiny / "scenes").iterdir()))
    assert 2 <= there < 16 and runtime.is_alert and "was ended by SIGKILL" in runtime.text, runtime.text
    assert runtime.text.endswith(f"; {16 - there} scenes are missing, bake again to continue")
    assert "Failed" not in dict(runtime.summary), "no scene did"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bake_that_is_killed_is_tidied_up(tiny, settings, runtime, workers):
    settings.output.scenes, settings.farm.workers = 40, workers
    bpy.ops.truthbake.bake_background()
    pid = background._running.process.pid
    follow(lambda: background._running.tally.scenes_done >= 1)
    os.kill(pid, signal.SIGKILL)
    follow()
    text = "The background Blender was ended by SIGKILL; whole scenes are kept, bake again to continue"
    assert runtime.text == text and runtime.is_alert
    end = time.monotonic() + 5
    while (tiny / ".working").exists():
        assert time.monotonic() < end, list((tiny / ".working").iterdir())
        time.sleep(0.05)


def test_what_nobody_foresaw_is_told_in_a_line_too(tiny, settings, runtime):
    tiny.mkdir()
    (tiny / "models").write_text("no folder")
    bpy.ops.truthbake.bake_background()
    follow()
    assert runtime.is_alert and str(tiny / "models") in runtime.text and "Location" not in runtime.text


def test_a_full_disk_ends_the_bake(tiny, settings, monkeypatch):
    """The scenes to come would be rendered in vain; the whole ones are kept, and a bake later continues."""
    writer = module("dataset.store").SceneWriter
    finish, room = writer.finish, [1]

    def full(self, description):
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.folder))
        room.pop()
        finish(self, description)

    monkeypatch.setattr(writer, "finish", full)
    settings.output.scenes = 9
    said = f"{tiny}: the disk is full; free some space, then bake again to continue"
    assert complaint(bpy.ops.truthbake.bake) == said
    assert [path.name for path in (tiny / "scenes").iterdir()] == ["000000"] and not (tiny / ".working").exists()


def test_another_recipe_on_the_same_folder_is_an_error(tiny, settings, runtime):
    settings.output.scenes = 1
    bpy.ops.truthbake.bake()
    settings.output.seed += 1
    assert "output.seed: 5 there, 6 now" in complaint(bpy.ops.truthbake.bake_background)
    # What only the background Blender finds out ends there, in one line.
    background.start(module("operators.chosen").recipe(settings), tiny)
    follow()
    assert runtime.is_alert and "seed" in runtime.text and "Traceback" not in runtime.text
    assert ("ERROR", runtime.text) in telling._untold


def test_wrong_settings_are_refused_before_anything_starts(tiny, settings, runtime):
    settings.camera.distance = (0.9, 0.5)
    assert "camera.distance" in complaint(bpy.ops.truthbake.bake_background)
    assert not runtime.is_baking


def test_warnings_reach_the_user(tiny, settings, runtime, tmp_path):
    parts = tmp_path / "parts"
    parts.mkdir()
    write_stl(parts / "good.stl")
    (parts / "broken.stl").write_text("")
    settings.output.scenes = 1
    item = settings.objects.models.add()
    item.path, item.unit = str(parts), "MM"
    bpy.ops.truthbake.bake_background()
    follow()
    assert [text for level, text in telling._untold if level == "WARNING" and "broken.stl" in text]
    item.unit = "M"
    settings.output.folder = str(tmp_path / "large")
    bpy.ops.truthbake.bake_background()
    follow()
    assert any("set its Unit to Millimetres" in text for text in runtime.warnings), runtime.warnings
    assert "--unit" not in str(runtime.warnings) + str(telling._untold)


def test_the_button_says_soon_what_is_left(tiny, settings, runtime, monkeypatch):
    """A look at the folder follows the end at once, and another when it has been read."""
    look_ahead = module("operators.look_ahead")
    monkeypatch.setattr(look_ahead, "_is_in_sight", lambda: True)
    settings.output.scenes = 40
    bpy.ops.truthbake.bake_background()
    follow(lambda: background._running.tally.scenes_done >= 1)
    bpy.ops.truthbake.cancel_bake()
    follow()
    pauses = []
    while runtime.outlook != "CONTINUE":
        pauses.append(look_ahead.look())
        assert sum(pauses) < 0.5
        time.sleep(pauses[-1])
    assert [look_ahead.look() >= look_ahead.INTERVAL for _ in range(3)][-1]


def test_opening_a_file_ends_the_bake(tiny, settings, runtime, tmp_path):
    settings.output.scenes = 40
    blend = tmp_path / "file.blend"
    bpy.ops.truthbake.bake_background()
    pid = background._running.process.pid
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), copy=True)
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    assert gone(pid)
    runtime = bpy.context.window_manager.truthbake
    assert not runtime.is_baking, "what a file says of a bake is not believed"
    assert "opening another file" in runtime.text
    assert not bpy.app.timers.is_registered(background.step)


ENDS = """
import os, sys
sys.path.insert(0, {root!r})
from tests import house
import bpy
extension = house.extension()
from importlib import import_module
tree = import_module(extension + ".presets.tree")
tree.apply(bpy.context.scene.truthbake, {recipe!r})
bpy.ops.truthbake.bake_background()
running = import_module(extension + ".operators.bake_background")._running
while not running.tally.scenes:
    for event in running.process.events():
        running.tally.add(event)
print(running.process.pid, flush=True)
{end}
"""


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("end", ["sys.exit()", "os.kill(os.getpid(), 9)"], ids=["quit", "crash"])
def test_no_bake_outlives_its_blender(tmp_path, end, workers):
    """In the middle of a frame of minutes, in which nobody says a word."""
    recipe = {
        **TINY,
        "render": {**TINY["render"], "resolution": [2000, 2000], "samples": 20000},
        "output": {**TINY["output"], "scenes": 1000, "folder": str(tmp_path / "data")},
        "farm": {"workers": workers},
    }
    script = tmp_path / "start.py"
    script.write_text(ENDS.format(root=str(ROOT), recipe=recipe, end=end))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    pid = int(done.stdout.split()[-1])
    limit = time.monotonic() + 10
    while not gone(pid) and time.monotonic() < limit:  # the workers are in its process group
        time.sleep(0.1)
    assert gone(pid), done.stderr
    assert not (tmp_path / "data" / ".working").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_same_bytes_as_the_command_line(tiny, settings, runtime, tmp_path, workers):
    settings.output.scenes = 3
    recipes.save(settings, tmp_path / "recipe.yaml")
    done = command("bake", "--recipe", tmp_path / "recipe.yaml", "--output", tmp_path / "there", "--progress", "none")
    assert done.returncode == 0, done.stderr
    settings.farm.workers = workers
    bpy.ops.truthbake.bake_background()
    follow()
    assert runtime.text == "3 scenes baked"
    assert labels(tiny) == labels(tmp_path / "there")


@pytest.mark.parametrize("how", ["whole", "cancelled", "broken"])
def test_nothing_of_the_users_changes(tiny, settings, runtime, how):
    before, counts = scene_settings(), datablocks()
    if how == "broken":
        recipe = module("operators.chosen").recipe(settings)
        recipe["background"]["hdri_path"] = "/nowhere.hdr"
        background.start(recipe, tiny)
    else:
        bpy.ops.truthbake.bake_background()
    if how == "cancelled":
        follow(lambda: background._running.tally.frames_done)
        bpy.ops.truthbake.cancel_bake()
    follow()
    assert runtime.is_alert == (how == "broken"), runtime.text
    bpy.ops.truthbake.check_bake()
    assert scene_settings() == before
    assert datablocks() == counts


def test_events_are_json_lines(tiny, tmp_path):
    recipes.save(bpy.context.scene.truthbake, tmp_path / "recipe.yaml")
    done = command(
        "bake", "--recipe", tmp_path / "recipe.yaml", "--scenes", "0:1", "--output", tiny, "--progress", "json"
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    tally = module("operators.jobs.tally").Tally()
    for event in events:
        tally.add(event)
    assert (tally.scenes, tally.scenes_done, tally.frames_done) == (1, 1, 2)
    assert tally.progress == 1 and tally.is_done and not tally.failed
