"""Randomizers in a bake: drawn by the seed, put back whatever happens, and never at the cost of a label."""

import subprocess
import sys
import time

import bpy
import numpy as np
import pytest

from tests.blender.baking import bake, box, compose, in_camera, turn
from tests.house import ROOT, module

randomizing = module("scene.stage.randomizing")
driver = module("operators.jobs.driver")
RandomizerError = module("scene.plan.randomizers").RandomizerError
RecipeError = module("presets").RecipeError
EXPOSURE = 'scenes["Truthbake"].view_settings.exposure'
MESHES = {"brick": box(0.1, 0.06, 0.04), "plate": box(0.12, 0.12, 0.01)}


@pytest.fixture
def lamp():
    """The user's own lamp, outside of everything that is staged."""
    light = bpy.data.lights.new("Key", "SPOT")
    light.energy = 123.0
    yield light
    bpy.data.lights.remove(bpy.data.lights["Key"])


def recipe(folder, *items, **layers):
    return compose(folder, MESHES, {"output": {"frames_per_scene": 2}}, {"randomizers": list(items)}, layers)


def drawn(store, scene=0) -> dict:
    return described(store, scene)["randomized"]


def described(store, scene=0) -> dict:
    return store.description(scene)


def bake_job(whole, folder, scenes=(0,)):
    return module("operators.jobs.bake").bake(whole, folder, list(scenes))


def test_what_is_drawn_is_recorded_and_the_file_is_as_before(tmp_path, lamp):
    whole = recipe(
        tmp_path,
        {"path": 'lights["Key"].energy', "value": [10, 20]},
        {"path": 'lights["Key"].spot_size', "value": [30, 60]},
        {"path": 'lights["Key"].type', "choices": ["POINT", "AREA"]},
        {"path": EXPOSURE, "value": {"normal": [0, 0.5]}},
    )
    before = (lamp.energy, lamp.spot_size, lamp.type)
    store = bake(whole, tmp_path / "out", [0, 1])
    lamp = bpy.data.lights["Key"]
    assert (lamp.energy, lamp.spot_size, lamp.type) == before
    first, second = drawn(store, 0), drawn(store, 1)
    assert 10 <= first['lights["Key"].energy'] <= 20 and first['lights["Key"].energy'] != second['lights["Key"].energy']
    assert first['lights["Key"].type'] in ("POINT", "AREA")
    assert first[EXPOSURE] != second[EXPOSURE]


def test_frames_draw_for_themselves(tmp_path, lamp):
    whole = recipe(tmp_path, {"path": 'lights["Key"].spot_size', "value": [30, 60], "per": "frame"})
    size = lamp.spot_size
    frames = drawn(bake(whole, tmp_path / "out"))['lights["Key"].spot_size']
    assert sorted(frames) == ["0", "1"] and frames["0"] != frames["1"]
    assert all(30 <= value <= 60 for value in frames.values())
    assert lamp.spot_size == size


def test_the_same_seed_gives_the_same_and_switching_one_off_changes_no_other(tmp_path, lamp):
    one = {"path": 'lights["Key"].energy', "value": [10, 20]}
    two = {"path": EXPOSURE, "value": [-1, 1]}
    both = drawn(bake(recipe(tmp_path, one, two), tmp_path / "both", [3]), 3)
    again = drawn(bake(recipe(tmp_path, one, two), tmp_path / "again", [2, 3]), 3)
    alone = drawn(bake(recipe(tmp_path, one | {"use": False}, two), tmp_path / "alone", [3]), 3)
    assert both == again
    assert alone == {EXPOSURE: both[EXPOSURE]}


def test_a_randomizer_changes_no_draw_of_the_recipe(tmp_path):
    plain = bake(recipe(tmp_path), tmp_path / "plain")
    varied = bake(recipe(tmp_path, {"path": EXPOSURE, "value": -3}), tmp_path / "varied")
    assert "randomized" not in described(plain)
    assert described(plain)["objects"] == described(varied)["objects"]
    pictures = [np.array(load(store)) for store in (plain, varied)]
    assert pictures[1].mean() < 0.5 * pictures[0].mean(), "three stops darker"


def load(store):
    from PIL import Image

    return Image.open(next((store.root / "scenes" / "000000").rglob("rgb/*"))).convert("RGB")


def test_values_are_put_back_after_an_error_in_the_middle_of_a_scene(tmp_path, lamp, monkeypatch):
    whole = recipe(tmp_path, {"path": 'lights["Key"].energy', "value": [10, 20]})
    seen = []

    def fail(*arguments):
        seen.append(bpy.data.lights["Key"].energy)
        raise RuntimeError("no render today")

    monkeypatch.setattr(module("render.picture"), "render", fail)
    events = list(bake_job(whole, tmp_path / "out"))
    assert [event["message"] for event in events if event["event"] == "error"] == ["no render today"]
    assert 10 <= seen[0] <= 20
    assert lamp.energy == 123.0


def test_values_are_put_back_after_a_cancel(tmp_path, lamp):
    whole = recipe(tmp_path, {"path": 'lights["Key"].energy', "value": [10, 20]})
    job = bake_job(whole, tmp_path / "out")
    assert next(event for event in job if event["event"] == "frame")
    assert 10 <= lamp.energy <= 20, "in the middle of the scene it has the drawn value"
    job.close()
    assert lamp.energy == 123.0
    assert not bpy.data.scenes.get("Truthbake")


def test_the_first_of_several_is_put_back_when_the_second_fails(tmp_path, lamp):
    whole = recipe(
        tmp_path,
        {"path": 'lights["Key"].energy', "value": [10, 20]},
        {"path": 'objects["truthbake.00001"].scale', "value": 2},
    )
    (error,) = [event for event in bake_job(whole, tmp_path / "out") if event["event"] == "error"]
    assert "randomizers[1]" in error["message"] and "changes the size of truthbake.00001" in error["message"]
    assert lamp.energy == 123.0


def test_labels_follow_an_object_that_a_randomizer_moves(tmp_path):
    """Moved and turned per scene: the label's pose is the moved one, and the pixels agree with it."""
    position = {"path": 'objects["truthbake.00001"].location', "value": [0.02, 0.03]}
    angle = {"path": 'objects["truthbake.00001"].rotation_euler[2]', "value": [20, 40]}
    whole = recipe(tmp_path, position, angle, camera={"distance": 0.5}, output={"frames_per_scene": 1})
    still = recipe(tmp_path, camera={"distance": 0.5}, output={"frames_per_scene": 1})
    moved, unmoved = bake(whole, tmp_path / "out"), bake(still, tmp_path / "still")
    values = drawn(moved)
    objects = {item["instance"]: item for item in described(moved)["objects"]}
    before = {item["instance"]: item for item in described(unmoved)["objects"]}
    pose = np.array(objects[1]["object_to_world"])
    assert pose[:3, 3] == pytest.approx(values['objects["truthbake.00001"].location'], abs=1e-6)
    assert not np.allclose(pose, before[1]["object_to_world"])
    assert objects[2]["object_to_world"] == before[2]["object_to_world"], "the other one stays"
    assert np.allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-6)
    # Rendered pixels of the object lie inside its projected box, and fill it.
    frame = next(iter(moved.frames(0)))
    for label in frame.labels.objects:
        mask = frame.instances() == label.instance
        if not mask.any():
            continue
        corners, _ = in_camera(label, MESHES[label.class_name])
        image = corners @ frame.labels.camera.K.T
        image = image[:, :2] / image[:, 2:]
        rows, columns = np.nonzero(mask)
        assert columns.min() >= image[:, 0].min() - 1 and columns.max() <= image[:, 0].max() + 1
        assert rows.min() >= image[:, 1].min() - 1 and rows.max() <= image[:, 1].max() + 1


@pytest.mark.parametrize(
    ("item", "complaint"),
    [
        ({"path": 'objects["truthbake.00001"].scale[0]', "value": 1.5}, "changes the size of truthbake.00001"),
        ({"path": 'objects["truthbake.00001"].scale[0]', "value": -1}, "mirrors truthbake.00001"),
        ({"path": 'objects["truthbake.00001"].pass_index', "value": 7}, "changes the number"),
        ({"path": 'objects["truthbake.00001"].hide_render', "value": 1}, "hides truthbake.00001"),
        ({"path": 'objects["truthbake.00001"].location', "value": 0.3, "per": "frame"}, "takes per: scene"),
        ({"path": 'scenes["Truthbake"].render.resolution_x', "value": 32}, "nothing that Blender can animate"),
        ({"path": 'scenes["Truthbake Truth"].view_settings.gamma', "value": 2}, "makes the labels"),
        ({"path": 'cameras["truthbake camera"].lens', "value": 20}, "is set by the section camera"),
        ({"path": 'objects["truthbake camera"].location', "value": 0}, "is set by the section camera"),
        ({"path": 'objects["truthbake.00001"].data.materials.x'}, "is a list"),
        ({"path": 'scenes["Truthbake"].cycles.seed', "value": [1, 9]}, "is drawn for each frame already"),
    ],
)
def test_what_would_make_a_label_wrong_is_refused_by_name(tmp_path, item, complaint):
    events = list(bake_job(recipe(tmp_path, item), tmp_path / "out"))
    (error,) = [event for event in events if event["event"] == "error"]
    assert complaint in error["message"] and error["message"].startswith("randomizers[0]: "), error
    assert events[-1]["failed"] == [0]


@pytest.mark.parametrize(
    ("item", "complaint"),
    [
        ({"path": 'lights["Kye"].energy'}, 'there is no lights["Kye"]; did you mean Key?'),
        ({"path": 'light["Key*"].energy'}, "has no light; did you mean lights"),
        ({"path": 'lights["Key"].enrgy'}, "no property enrgy; did you mean energy"),
        ({"path": 'lights["Key"].spot_blend', "value": [0, 3]}, "takes 0 to 1, its value reaches 3"),
        ({"path": 'lights["Key"].type', "choices": ["LASER"]}, "has no word LASER; known are POINT"),
        ({"path": 'lights["Key"].energy', "choices": ["POINT"]}, "give value instead of choices"),
    ],
)
def test_mistakes_about_the_file_are_told_before_the_first_scene(tmp_path, lamp, item, complaint):
    with pytest.raises(RandomizerError, match=r"^randomizers\[0\]: ") as caught:
        next(bake_job(recipe(tmp_path, item), tmp_path / "out"))
    assert complaint in str(caught.value) and not (tmp_path / "out").exists()
    assert type(caught.value) in module("operators.jobs.mistakes").MISTAKES


def test_objects_that_move_by_themselves_stay_on_their_way(tmp_path):
    """In flight each frame is another moment: a randomizer may change the light, but not where objects are."""
    flight = {"mode": "flight", "volume_min": [-0.3] * 3, "volume_max": [0.3] * 3}
    moved = {"path": 'objects["truthbake.00001"].location[0]', "value": [0.1, 0.2]}
    (error,) = [
        event
        for event in bake_job(recipe(tmp_path, moved, placement=flight), tmp_path / "moved")
        if event["event"] == "error"
    ]
    assert "moves truthbake.00001 while the scene goes on" in error["message"]
    exposure = {"path": EXPOSURE, "value": [-1, 1], "per": "frame"}
    lit, plain = (
        bake(recipe(tmp_path, *items, placement=flight), tmp_path / name)
        for name, items in (("lit", [exposure]), ("plain", []))
    )
    assert len(drawn(lit)[EXPOSURE]) == 2
    for one, other in zip(lit.frames(0), plain.frames(0), strict=True):
        assert [label.object_to_camera.tolist() for label in one.labels.objects] == [
            label.object_to_camera.tolist() for label in other.labels.objects
        ]


def test_a_bad_path_is_told_with_its_line(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("randomizers:\n  - path: lights.__class__\n    value: [0, 1]\n")
    with pytest.raises(RecipeError, match=r"mine.yaml:2: randomizers\[0\].path: cannot be read at '.__class__'"):
        module("presets.recipes").compose([str(file)])


def test_something_that_a_scene_does_not_have_is_a_warning(tmp_path):
    store = bake(recipe(tmp_path, {"path": 'objects["truthbake.00099"].location', "value": 0}), tmp_path / "out")
    (warning,) = [event for event in store.events if event["event"] == "warning"]
    assert 'objects["truthbake.00099"].location: this scene has no such thing' in warning["message"]


def test_names_of_the_stage_mean_the_stage_whatever_the_file_holds(tmp_path):
    own = bpy.data.scenes.new("Truthbake")
    other = bpy.data.objects.new("truthbake.00001", None)
    lamps = [bpy.data.lights.new("truthbake light", "POINT") for _ in range(2)]
    try:
        second = {"path": 'lights["truthbake light.001"].energy', "value": 77}
        whole = recipe(
            tmp_path,
            {"path": EXPOSURE, "value": -3},
            {"path": 'objects["truthbake.00001"].location', "value": 0.01},
            second,
            lights={"count": 2},
        )
        store = bake(whole, tmp_path / "out")
        (pose,) = [item["object_to_world"] for item in described(store)["objects"] if item["instance"] == 1]
        assert np.array(pose)[:3, 3] == pytest.approx([0.01] * 3, abs=1e-7)
        assert drawn(store)[second["path"]] == 77
        assert own.view_settings.exposure == 0 and tuple(other.location) == (0, 0, 0)
        assert [light.energy for light in lamps] == [10, 10]
    finally:
        bpy.data.batch_remove([own, other, *lamps])


def test_a_star_takes_all_that_match_each_with_draws_of_its_own(tmp_path, lamp):
    other = bpy.data.lights.new("Key left", "POINT")
    other.energy = 50
    try:
        star = {"path": 'lights["Key*"].energy', "value": [10, 20]}
        roughness = '.node_tree.nodes["Principled BSDF"].inputs["Roughness"].default_value'
        staged = {"path": f'materials["truthbake object*"]{roughness}', "value": 0.125}
        own = {"path": 'lights["Key"].energy', "value": 5}
        random = {"materials": {"targets": "random"}}
        values = drawn(bake(recipe(tmp_path, star, staged, **random), tmp_path / "out"))
        assert set(values) == {
            'lights["Key"].energy',
            'lights["Key left"].energy',
            f'materials["truthbake object"]{roughness}',
            f'materials["truthbake object.001"]{roughness}',
        }
        assert values['lights["Key"].energy'] != values['lights["Key left"].energy']
        again = drawn(bake(recipe(tmp_path, star, own, **random), tmp_path / "own"))
        assert again == {'lights["Key"].energy': 5.0, 'lights["Key left"].energy': values['lights["Key left"].energy']}
        assert (lamp.energy, other.energy) == (123.0, 50.0)
    finally:
        bpy.data.lights.remove(other)
    nothing = bake(recipe(tmp_path, {"path": 'lights["Kye*"].energy', "value": 1}), tmp_path / "nothing")
    assert any("this scene has no such thing" in event.get("message", "") for event in nothing.events)


def test_a_preview_changes_the_file_only_until_it_is_cleared(tmp_path, lamp):
    tree = module("presets.tree")
    settings = bpy.context.scene.truthbake
    tree.apply(settings, recipe(tmp_path, {"path": 'lights["Key"].energy', "value": [10, 20]}))
    try:
        bpy.ops.truthbake.stage_scene(index=1)
        shown = lamp.energy
        assert 10 <= shown <= 20
        bpy.ops.truthbake.stage_scene(index=2)
        assert 10 <= lamp.energy <= 20 and lamp.energy != shown
        bpy.ops.truthbake.clear_stage()
        assert lamp.energy == 123.0
    finally:
        if bpy.data.scenes.get("Truthbake"):
            bpy.ops.truthbake.clear_stage()
        tree.apply(settings, tree.defaults())


@pytest.mark.parametrize("per", ["scene", "frame"])
def test_a_preview_that_is_refused_leaves_nothing(tmp_path, lamp, per):
    tree = module("presets.tree")
    settings = bpy.context.scene.truthbake
    good = {"path": 'lights["Key"].energy', "value": [10, 20]}
    bad = {"path": 'objects["truthbake.00001"].pass_index', "value": 9, "per": per}
    tree.apply(settings, recipe(tmp_path, good, bad))
    scenes = set(bpy.data.scenes)
    try:
        with pytest.raises(RuntimeError, match="changes the number") as caught:
            bpy.ops.truthbake.stage_scene()
        assert "Traceback" not in str(caught.value)
        assert set(bpy.data.scenes) == scenes and lamp.energy == 123.0
    finally:
        tree.apply(settings, tree.defaults())


def test_turn_and_scale_are_told_apart():
    """The check itself: rotations keep the products of the axes, scales and shears do not."""

    def state(matrix):
        return {"view": (), 1: ("x", 1, False, matrix, b"")}

    pose = np.eye(4)
    pose[:3, :3] = turn([1, 2, 3], 40) * [1.0, 2.0, 0.5]
    turned = pose.copy()
    turned[:3, :3] = turn([0, 1, 1], 70) @ pose[:3, :3]
    turned[:3, 3] = [1, 2, 3]
    assert randomizing._still_itself(state(pose), state(turned)) == ""
    sheared = pose @ np.array([[1, 0.01, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    assert "size" in randomizing._still_itself(state(pose), state(sheared))
    assert "size" in randomizing._still_itself(state(pose), state(pose * [1.001, 1, 1, 1]))


def test_things_of_an_environment_vary_too(tmp_path):
    """Its datablocks come with the first scene and stay for the next: each time from their own value."""
    lamp = bpy.data.objects.new("studio lamp", bpy.data.lights.new("studio lamp", "POINT"))
    lamp.data.energy = 40
    studio = bpy.data.scenes.new("studio")
    wall = bpy.data.objects.new("wall", bpy.data.meshes.new("wall"))
    wall.data.from_pydata([(-5, 5, -5), (5, 5, -5), (0, 5, 5)], [], [(0, 1, 2)])
    for item in (lamp, wall):
        studio.collection.objects.link(item)
    bpy.data.libraries.write(str(tmp_path / "studio.blend"), {studio})
    bpy.data.batch_remove([studio, lamp.data, lamp, wall.data, wall])
    background = {"mode": "environment", "environment": str(tmp_path / "studio.blend")}
    item = {"path": 'lights["studio lamp"].energy', "value": [10, 20]}
    store = bake(recipe(tmp_path, item, background=background), tmp_path / "out", [0, 1])
    first, second = (drawn(store, scene)[item["path"]] for scene in (0, 1))
    assert first != second and all(10 <= value <= 20 for value in (first, second))
    missing = item | {"path": 'lights["studio lmap"].energy'}
    events = list(bake_job(recipe(tmp_path, missing, background=background), tmp_path / "missing"))
    (error,) = [event for event in events if event["event"] == "error"]
    assert "did you mean studio lamp?" in error["message"]


# -- other Blenders: they have the file too


def save_with_lamp(path, lamp):
    bpy.data.scenes[0].collection.objects.link(holder := bpy.data.objects.new("holder", lamp))
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True)
    bpy.data.objects.remove(holder)


def test_a_blend_file_on_the_command_line_and_its_workers(tmp_path, lamp):
    """Two workers, each with the file open; and the file itself stays as it is."""
    save_with_lamp(tmp_path / "studio.blend", lamp)
    before = (tmp_path / "studio.blend").read_bytes()
    whole = recipe(tmp_path, {"path": 'lights["Key"].energy', "value": [10, 20]}, output={"scenes": 2})
    (tmp_path / "mine.yaml").write_text(module("presets.recipes").dump(whole))
    command = [sys.executable, str(ROOT / "run_addon.py"), "bake", "--blend", str(tmp_path / "studio.blend")]
    command += ["--recipe", str(tmp_path / "mine.yaml"), "--output", str(tmp_path / "out"), "--workers", "2"]
    done = subprocess.run([*command, "--export", "none"], capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    store = module("dataset.store").Store.open(tmp_path / "out")
    here = bake(whole, tmp_path / "here", [0, 1])
    assert [drawn(store, scene) for scene in (0, 1)] == [drawn(here, scene) for scene in (0, 1)]
    assert (tmp_path / "studio.blend").read_bytes() == before


def test_without_the_file_the_same_recipe_is_refused(tmp_path):
    whole = recipe(tmp_path, {"path": 'lights["Key"].energy', "value": [10, 20]})
    with pytest.raises(RandomizerError, match="there is no lights"):
        next(bake_job(whole, tmp_path / "out"))


def test_the_sidebars_background_bake_has_the_file_as_it_is_now(tmp_path, lamp):
    tree, background = module("presets.tree"), module("operators.bake_background")
    settings = bpy.context.scene.truthbake
    tree.apply(settings, recipe(tmp_path, {"path": 'lights["Key"].energy', "value": [10, 20]}))
    settings.output.folder = str(tmp_path / "out")
    # An object keeps the lamp in the file: saving drops what nobody uses.
    bpy.data.scenes[0].collection.objects.link(holder := bpy.data.objects.new("holder", lamp))
    try:
        bpy.ops.truthbake.bake_background()
        copy = next(path for path in background._running.temporary if path.suffix == ".blend")
        assert copy.exists()
        while background.step() is not None:
            time.sleep(0.05)
        assert not copy.exists() and lamp.energy == 123.0
        assert module("operators.runtime").now.text == "1 scenes baked"
        value = drawn(module("dataset.store").Store.open(tmp_path / "out"))['lights["Key"].energy']
        assert 10 <= value <= 20
    finally:
        bpy.data.objects.remove(holder)
        tree.apply(settings, tree.defaults())
