"""Every button, pressed through bpy.ops, and the same work done by the command line."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import bpy
import pytest
from PIL import Image

from tests.house import ROOT, module
from tests.model_files import write_obj, write_ply, write_stl

tree = module("presets.tree")
recipes = module("presets.recipes")
background = module("operators.bake_background")
now = module("operators.runtime").now

TINY = {
    "objects": {"count": 2},
    "distractors": {"count": 1},
    "lights": {"count": 1},
    "background": {"mode": "hdri"},
    "placement": {"mode": "float", "volume_min": [-0.1, -0.1, 0.0], "volume_max": [0.1, 0.1, 0.2]},
    "camera": {"distance": [0.5, 0.6], "obstacle_distance": 0.05},
    "render": {"samples": 1, "resolution": [64, 48], "denoise": "off", "device": "cpu"},
    "passes": {"normals": True},
    "output": {"scenes": 2, "frames_per_scene": 2, "seed": 5, "formats": ["bop", "coco"]},
}


@pytest.fixture
def settings():
    """The settings as they are by default, and after the test again."""
    tree.apply(bpy.context.scene.truthbake, tree.defaults())
    yield bpy.context.scene.truthbake
    tree.apply(bpy.context.scene.truthbake, tree.defaults())  # another one, if a file was opened


@pytest.fixture
def tiny(settings, tmp_path):
    """A recipe of seconds, and where its data set goes."""
    tree.apply(settings, TINY)
    settings.output.folder = str(tmp_path / "data")
    return tmp_path / "data"


def complaint(operator, **properties) -> str:
    """The error that an operator reports: one clear line."""
    with pytest.raises(RuntimeError) as caught:
        operator(**properties)
    text = str(caught.value).strip()
    assert "Traceback" not in text and "\n" not in text, text
    return text.removeprefix("Error: ")


def labels(folder: Path) -> dict[str, bytes]:
    """Every label file of a data set's whole scenes by its name; the colour images as pixels."""
    found = {path.relative_to(folder).as_posix(): path for path in (folder / "scenes").glob("[0-9]*/**/*.*")}
    assert found
    # PNG files of Blender's say how long they took, and files.json has their checksums.
    return {
        name: Image.open(path).tobytes() if "/rgb/" in name else path.read_bytes()
        for name, path in found.items()
        if not name.endswith("/files.json")
    }


def datablocks() -> dict[str, int]:
    """How many datablocks of each kind there are, without the models that are kept for the next time."""
    module("scene.assets.catalogue").clear_cache()
    groups = {prop.identifier: getattr(bpy.data, prop.identifier) for prop in bpy.data.bl_rna.properties}
    return {name: len(group) for name, group in groups.items() if isinstance(group, bpy.types.bpy_prop_collection)}


def command(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, str(ROOT / "run_addon.py"), *map(str, arguments)], capture_output=True, text=True, check=False
    )


# -- models


def test_import_files_and_remove(settings, tmp_path):
    write_stl(tmp_path / "bolt.stl")
    write_obj(tmp_path / "house.obj")
    files = [{"name": "bolt.stl"}, {"name": "house.obj"}]
    assert bpy.ops.truthbake.import_models(directory=str(tmp_path), files=files, unit="MM") == {"FINISHED"}
    assert [(Path(item.path).name, item.unit) for item in settings.objects.models] == [
        ("bolt.stl", "MM"),
        ("house.obj", "MM"),
    ]
    assert settings.objects.active_models == 1
    bpy.ops.truthbake.remove_item(path="objects.models")
    assert [Path(item.path).name for item in settings.objects.models] == ["bolt.stl"]
    assert settings.objects.active_models == 0
    bpy.ops.truthbake.remove_item(path="objects.models")
    assert bpy.ops.truthbake.remove_item(path="objects.models") == {"CANCELLED"}


def test_import_a_folder_as_distractors(settings, tmp_path):
    (tmp_path / "below").mkdir()
    write_ply(tmp_path / "below" / "part.ply")
    bpy.ops.truthbake.import_models(directory=str(tmp_path), as_distractors=True)
    assert not settings.objects.models
    assert [item.path.rstrip("/") for item in settings.distractors.models] == [str(tmp_path)]


def test_import_leaves_no_datablocks(settings, tmp_path):
    write_obj(tmp_path / "house.obj")
    before = datablocks()
    bpy.ops.truthbake.import_models(directory=str(tmp_path), files=[{"name": "house.obj"}])
    assert datablocks() == before


@pytest.mark.parametrize("content", ["", "ply\nformat ascii 1.0\nend_header\n", "solid nothing\nendsolid nothing\n"])
def test_broken_models_are_refused_by_name(settings, tmp_path, content):
    path = tmp_path / ("broken.stl" if content.startswith("solid") else "broken.ply")
    path.write_text(content)
    text = complaint(bpy.ops.truthbake.import_models, directory=str(tmp_path), files=[{"name": path.name}])
    assert path.name in text
    assert not settings.objects.models


def test_missing_and_empty_folders_are_refused(settings, tmp_path):
    assert str(tmp_path) in complaint(bpy.ops.truthbake.import_models, directory=str(tmp_path))
    assert "nowhere" in complaint(bpy.ops.truthbake.import_models, directory=str(tmp_path / "nowhere"))
    assert not settings.objects.models


# -- recipes


def test_a_variant_of_a_sweep_is_chosen_by_name(settings):
    bpy.ops.truthbake.choose_recipe(filepath="syn_grid", variant="0-0-0-1")
    assert settings.lights.lamps[0].arc_angle_how == "NORMAL"
    bpy.ops.truthbake.choose_recipe(filepath="syn_grid")
    assert settings.lights.lamps[0].arc_angle_how == "CONSTANT"
    assert "0-0-0-2: no such variant; known are 0-0-0-0" in complaint(
        bpy.ops.truthbake.choose_recipe, filepath="syn_grid", variant="0-0-0-2"
    )
    assert "quickstart has no sweep" in complaint(bpy.ops.truthbake.choose_recipe, filepath="quickstart", variant="a")


def test_choose_builtin_recipe_by_name(settings):
    settings.objects.models.add().path = "/parts/bolt.stl"
    settings.output.folder = "/data"
    assert bpy.ops.truthbake.choose_recipe(filepath="bop_room") == {"FINISHED"}
    assert settings.background.mode == "ROOM"
    assert settings.name == "bop_room"
    assert [item.path for item in settings.objects.models] == ["/parts/bolt.stl"], "the user's models stay"
    assert settings.output.folder == "/data"
    bpy.ops.truthbake.choose_recipe(filepath=str(ROOT / "presets" / "truthbake" / "quickstart.yaml"))
    assert settings.background.mode == "PLANE" and settings.name == "quickstart"
    bpy.ops.truthbake.choose_recipe("INVOKE_DEFAULT", filepath="bop_room")
    assert settings.background.mode == "ROOM"


def test_choose_recipe_replaces_what_it_does_not_name(settings):
    settings.lights.count = (3, 3)
    settings.camera.roll = (1.0, 1.0)
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    chosen = recipes.compose(["quickstart"])
    assert tree.to_dict(settings) == chosen


def test_choose_users_recipe_and_a_file_with_models(settings, tmp_path):
    write_stl(tmp_path / "bolt.stl")
    path = tmp_path / "mine.yaml"
    path.write_text("objects: {models: [bolt.stl]}\nrender: {samples: 3}\n")
    settings.objects.models.add().path = "/parts/other.stl"
    bpy.ops.truthbake.choose_recipe(filepath=str(path))
    assert [item.path for item in settings.objects.models] == [str(tmp_path / "bolt.stl")]
    assert settings.render.samples == 3
    folder = recipes.user_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own_room.yaml").write_text("render: {samples: 7}\n")
    try:
        bpy.ops.truthbake.choose_recipe(filepath="own_room")
    finally:
        (folder / "own_room.yaml").unlink()
    assert settings.render.samples == 7


@pytest.mark.parametrize(
    "content, said", [("lights: {cuont: 2}\n", "lights.count"), ("lights: [\n", "wrong.yaml"), (None, "no such file")]
)
def test_wrong_recipes_change_nothing(settings, tmp_path, content, said):
    path = tmp_path / "wrong.yaml"
    if content is not None:
        path.write_text(content)
    before = tree.to_dict(settings)
    assert said in complaint(bpy.ops.truthbake.choose_recipe, filepath=str(path))
    assert tree.to_dict(settings) == before and settings.name != "wrong"
    assert "quickstart" in complaint(bpy.ops.truthbake.choose_recipe, filepath="quikstart")


# -- preview


def test_stage_and_clear(tiny, settings):
    before, recipe, scene = datablocks(), tree.to_dict(settings), bpy.context.scene
    render = {key: getattr(scene.render, key) for key in ("engine", "resolution_x", "filepath")}
    assert bpy.ops.truthbake.stage_scene(index=1) == {"FINISHED"}
    (staged,) = [other for other in bpy.data.scenes if other != scene]
    assert staged.camera and len(staged.collection.all_objects) > 3
    assert {key: getattr(scene.render, key) for key in render} == render
    with bpy.context.temp_override(scene=staged):
        seen = module("presets.current").settings(bpy.context)
        assert seen == settings and tree.to_dict(seen) == recipe, "the staged scene shows the user's settings"
        bpy.ops.truthbake.choose_recipe(filepath="bop_room")
        assert settings.background.mode == "ROOM"
        tree.apply(settings, recipe)
        bpy.ops.truthbake.stage_scene(index=0)
    assert len(bpy.data.scenes) == 2, "a new stage replaces the old one"
    bpy.ops.truthbake.clear_stage()
    assert datablocks() == before
    assert list(bpy.data.scenes) == [scene] and tree.to_dict(settings) == recipe


def test_clear_says_why_not(settings):
    with pytest.raises(RuntimeError, match="No scene is staged"):
        bpy.ops.truthbake.clear_stage()


def test_stage_refuses_a_wrong_recipe(tiny, settings):
    before = datablocks()
    settings.camera.distance = (0.9, 0.5)
    assert "camera.distance" in complaint(bpy.ops.truthbake.stage_scene)
    settings.camera.distance = (0.5, 0.9)
    settings.objects.models.add().path = "/nowhere/bolt.stl"
    assert "bolt.stl" in complaint(bpy.ops.truthbake.stage_scene)
    assert datablocks() == before


# -- bake, export, check


def test_bake_export_verify_report(tiny, settings):
    before, recipe = datablocks(), tree.to_dict(settings)
    assert bpy.ops.truthbake.bake() == {"FINISHED"}
    assert datablocks() == before and tree.to_dict(settings) == recipe
    assert len(list((tiny / "scenes").iterdir())) == 2
    assert bpy.ops.truthbake.export() == {"FINISHED"}
    assert "yolo9" in complaint(bpy.ops.truthbake.export, formats="yolo9")
    assert (tiny / "exports" / "bop" / "camera.json").exists()
    assert (tiny / "exports" / "coco" / "annotations.json").exists()
    assert bpy.ops.truthbake.verify() == {"FINISHED"}
    assert bpy.ops.truthbake.report() == {"FINISHED"}
    assert (tiny / "report.html").exists()


def test_command_line_gives_the_same_labels(tiny, settings, tmp_path):
    write_obj(tmp_path / "house.obj")
    bpy.ops.truthbake.import_models(directory=str(tmp_path), files=[{"name": "house.obj"}], unit="MM")
    recipes.save(settings, tmp_path / "recipe.yaml")
    bpy.ops.truthbake.bake()
    bpy.ops.truthbake.export()
    other = tmp_path / "other"
    done = command("bake", "--recipe", tmp_path / "recipe.yaml", "--output", other, "--progress", "none")
    assert done.returncode == 0, done.stderr
    assert labels(other) == labels(tiny)
    for name in ("exports/coco/annotations.json", "exports/bop/train_pbr/000000/scene_gt.json"):
        assert (other / name).read_bytes() == (tiny / name).read_bytes()


def test_missing_data_set_is_said(settings, tmp_path):
    for operator in (
        bpy.ops.truthbake.export,
        bpy.ops.truthbake.verify,
        bpy.ops.truthbake.report,
        bpy.ops.truthbake.bake,
    ):
        assert "output folder" in complaint(operator)
    settings.output.folder = str(tmp_path / "nothing")
    for operator in (bpy.ops.truthbake.export, bpy.ops.truthbake.verify, bpy.ops.truthbake.report):
        assert "nothing" in complaint(operator)


# -- the background bake, driven by hand: there is no window and no timer here


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
    background._untold.clear()


def gone(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_background_needs_an_output_folder(settings, runtime):
    with pytest.raises(RuntimeError, match="Choose an output folder"):
        bpy.ops.truthbake.bake_background()
    with pytest.raises(RuntimeError, match="No bake is running"):
        bpy.ops.truthbake.cancel_bake()


def test_background_bake_to_the_end(tiny, settings, runtime, tmp_path):
    seen = []
    assert bpy.ops.truthbake.bake_background() == {"FINISHED"}
    assert runtime.is_baking and runtime.text == "Starting Blender"
    recipe_file = background._running.recipe
    assert recipe_file.exists()
    with pytest.raises(RuntimeError, match="A bake is running"):
        bpy.ops.truthbake.bake_background()
    follow(lambda: seen.append((runtime.progress, runtime.count, runtime.text)) or not runtime.is_baking)
    assert not recipe_file.exists()
    assert runtime.text == "2 scenes baked" and not runtime.is_alert
    progress = [share for share, _, _ in seen[:-1]]
    assert progress == sorted(progress) and progress[-1] > 0
    assert any("Scene 2 of 2" in text and "images per minute" in text for _, _, text in seen)
    assert any(count == "3 of 4 images" for _, count, _ in seen) or progress[-1] == 1
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
    assert runtime.text.startswith("Cancelled; 0 whole scenes")


def test_another_recipe_on_the_same_folder_is_an_error(tiny, settings, runtime):
    settings.output.scenes = 1
    bpy.ops.truthbake.bake()
    settings.output.seed += 1
    bpy.ops.truthbake.bake_background()
    follow()
    assert runtime.is_alert and "seed" in runtime.text and "Traceback" not in runtime.text
    assert ("ERROR", runtime.text) in background._untold


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
    assert [text for level, text in background._untold if level == "WARNING" and "broken.stl" in text]


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
while not running.tally.frames_done:
    for event in running.process.events():
        running.tally.add(event)
print(running.process.pid, flush=True)
{end}
"""


@pytest.mark.parametrize("end", ["sys.exit()", "os.kill(os.getpid(), 9)"], ids=["quit", "crash"])
def test_no_bake_outlives_its_blender(tmp_path, end):
    recipe = {**TINY, "output": {**TINY["output"], "scenes": 1000, "folder": str(tmp_path / "data")}}
    script = tmp_path / "start.py"
    script.write_text(ENDS.format(root=str(ROOT), recipe=recipe, end=end))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    pid = int(done.stdout.split()[-1])
    limit = time.monotonic() + 10
    while not gone(pid) and time.monotonic() < limit:
        time.sleep(0.1)
    assert gone(pid), done.stderr


def test_events_are_json_lines(tiny, tmp_path):
    recipes.save(bpy.context.scene.truthbake, tmp_path / "recipe.yaml")
    done = command(
        "bake", "--recipe", tmp_path / "recipe.yaml", "--scenes", "0:1", "--output", tiny, "--progress", "json"
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    tally = module("operators.jobs.background").Tally()
    for event in events:
        tally.add(event)
    assert (tally.scenes, tally.scenes_done, tally.frames_done) == (1, 1, 2)
    assert tally.progress == 1 and tally.is_done and not tally.failed
