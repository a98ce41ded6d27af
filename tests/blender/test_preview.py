"""Preview: scenes are staged beside the user's own, stepped through, and taken away without a trace."""

import bpy
import numpy as np
import pytest

from tests.blender.pressing import TINY, complaint, datablocks
from tests.house import module

tree = module("presets.tree")
current = module("presets.current")

MOVING = {
    "placement": {"mode": "flight"},
    "camera": {"mode": "trajectory"},
    "output": {"frames_per_scene": 3},
}


@pytest.fixture
def furnished():
    """The user's file: several scenes, objects in them, a camera and a world of their own, other render settings."""
    scene, kept = bpy.context.scene, []
    cube = bpy.data.meshes.new("truthbake object 1")
    cube.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    camera = bpy.data.cameras.new("truthbake camera")
    items = [bpy.data.objects.new("truthbake object 1", cube), bpy.data.objects.new("truthbake camera", camera)]
    other = bpy.data.scenes.new("Truthbake")
    world = bpy.data.worlds.new("mine")
    for item in items:
        scene.collection.objects.link(item)
    other.collection.objects.link(items[0])
    scene.camera, scene.world = items[1], world
    scene.render.resolution_x, scene.render.resolution_percentage, scene.render.fps = 123, 37, 11
    scene.render.filepath, scene.frame_start, scene.cycles.samples = "//here", 4, 77
    kept += [*items, cube, camera, other, world]
    yield scene
    bpy.data.batch_remove(kept)
    scene.render.resolution_percentage, scene.frame_start = 100, 1


def state(scene) -> dict:
    """Every setting of a scene that a number or a word holds, and where its objects stand."""
    found = {}
    for name, owner in (("", scene), ("render", scene.render), ("cycles", scene.cycles), ("view", scene.view_settings)):
        for prop in owner.bl_rna.properties:
            if prop.type in {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"} and not prop.identifier.startswith("is_"):
                value = getattr(owner, prop.identifier)
                found[name, prop.identifier] = tuple(value) if getattr(prop, "is_array", False) else value
    found["objects"] = [(item.name, tuple(map(tuple, item.matrix_world))) for item in scene.collection.all_objects]
    found["camera"], found["world"] = scene.camera, scene.world
    found["keys"] = sorted(scene.keys())
    found["recipe"] = tree.to_dict(scene.truthbake)
    return found


def staged():
    """The staged scene; there must be one at most."""
    found = [scene for scene in bpy.data.scenes if current.is_staged(scene)]
    assert len(found) <= 1
    return found[0] if found else None


def stage(**properties):
    """Stage, and look at the staged scene from now on, as a window would."""
    with bpy.context.temp_override(scene=staged() or bpy.context.scene):
        assert bpy.ops.truthbake.stage_scene(**properties) == {"FINISHED"}
    return staged()


def step(operator, direction="NEXT"):
    with bpy.context.temp_override(scene=staged() or bpy.context.scene):
        assert operator(direction=direction) == {"FINISHED"}
    return staged()


def where(scene) -> dict:
    return {item.pass_index: np.array(item.matrix_world) for item in scene.collection.all_objects if item.pass_index}


def same(first: dict, second: dict) -> bool:
    return first.keys() == second.keys() and all(np.array_equal(first[key], second[key]) for key in first)


def test_stage_and_clear(tiny, settings, furnished):
    before, counts = state(furnished), datablocks()
    scene = stage(index=1)
    assert scene.camera and len(scene.collection.all_objects) > 3
    assert state(furnished) == before
    with bpy.context.temp_override(scene=scene):
        seen = current.settings(bpy.context)
        assert seen == settings and tree.to_dict(seen) == before["recipe"], "the staged scene shows the user's settings"
        seen.output.seed += 1
        assert settings.output.seed == before["recipe"]["output"]["seed"] + 1
        seen.output.seed -= 1
        assert current.shown(bpy.context) == current.Shown(1, 0, 2)
    stage(index=0)
    assert bpy.ops.truthbake.clear_stage() == {"FINISHED"}
    assert datablocks() == counts
    assert state(furnished) == before
    assert staged() is None


def test_what_went_wrong_stays_below_the_scene(tiny, settings):
    """A report is gone in seconds; the panel tells it as long as the scene is there."""
    assert current_shown(stage(index=0)).warnings == ()
    settings.objects.count = (60, 60)
    settings.placement.volume_max = (0.0, 0.0, 0.1)
    (warning,) = current_shown(stage(index=0)).warnings
    assert "found no free space" in warning
    bpy.ops.truthbake.clear_stage()


def current_shown(scene):
    with bpy.context.temp_override(scene=scene):
        return current.shown(bpy.context)


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


def test_a_recipe_that_went_wrong_leaves_the_stage_as_it_is(tiny, settings):
    scene = stage(index=1)
    settings.materials.pictures = "/nowhere"
    settings.materials.targets = "PICTURE"
    with bpy.context.temp_override(scene=scene):
        assert "materials.pictures" in complaint(bpy.ops.truthbake.step_scene)
    assert staged() == scene and scene[current.SCENE] == 1
    bpy.ops.truthbake.clear_stage()


def test_a_stage_that_fails_leaves_nothing(tiny, settings, furnished, monkeypatch):
    before, counts = state(furnished), datablocks()

    def fail(*arguments):
        raise RuntimeError("no view\nat all")

    stage(index=0)
    monkeypatch.setattr(module("scene.stage.stage"), "find_shots", fail)
    with bpy.context.temp_override(scene=staged()):
        assert complaint(bpy.ops.truthbake.stage_scene) == "no view at all"
    assert staged() is None
    assert datablocks() == counts and state(furnished) == before


def test_step_through_scenes(tiny, settings):
    first, window_manager = where(stage(index=0)), bpy.context.window_manager
    second = where(step(bpy.ops.truthbake.step_scene))
    assert not same(first, second)
    assert window_manager.truthbake_preview.scene_index == 1 and staged()[current.SCENE] == 1
    assert same(where(step(bpy.ops.truthbake.step_scene, "PREVIOUS")), first)
    with bpy.context.temp_override(scene=staged()):
        assert "Scene 0 is the first" in complaint(bpy.ops.truthbake.step_scene, direction="PREVIOUS")
    settings.output.scenes = 4
    found = {step(bpy.ops.truthbake.step_scene, "RANDOM")[current.SCENE] for _ in range(40)}
    assert found == {0, 1, 2, 3}
    bpy.ops.truthbake.clear_stage()
    assert same(where(stage(index=1)), second), "the same scene again is the same"
    bpy.ops.truthbake.clear_stage()


def test_random_is_another_scene():
    other = module("operators.preview.stage_scene")._other
    assert {other(1, 3) for _ in range(60)} == {0, 2}
    assert {other(9, 3) for _ in range(60)} == {0, 1, 2}
    assert len({other(0, 1) for _ in range(60)}) > 10


def test_the_seed_gives_other_scenes(tiny, settings):
    first = where(stage(index=0))
    settings.output.seed += 1
    assert not same(where(stage(index=0)), first)
    bpy.ops.truthbake.clear_stage()


@pytest.mark.parametrize("recipe", [{}, MOVING, {"camera": {"use_stereo": True}}])
def test_step_through_frames(tiny, settings, recipe):
    tree.apply(settings, tree.merge(TINY, recipe))
    planned = module("operators.preview.staging").plan(tree.to_dict(settings), 0)
    whole = module("scene.stage.stage").Stage(planned.assets)
    expected = []
    found = whole.build(planned.plan)
    for frame in range(len(found.shots)):
        whole.show(found, frame)
        whole.picture.view_layers[0].update()
        expected.append((np.array(whole.camera.matrix_world), whole.camera.data.lens, where(whole.picture)))
    whole.close()

    stage(index=0)
    for frame, (camera, lens, poses) in enumerate(expected):
        scene = staged()
        scene.view_layers[0].update()
        assert (scene[current.FRAME], scene[current.FRAMES]) == (frame, len(expected))
        assert np.array_equal(np.array(scene.camera.matrix_world), camera) and scene.camera.data.lens == lens
        assert same(where(scene), poses)
        step(bpy.ops.truthbake.step_frame)
    assert staged()[current.FRAME] == 0, "after the last frame comes the first"
    step(bpy.ops.truthbake.step_frame, "PREVIOUS")
    assert staged()[current.FRAME] == len(expected) - 1
    assert not np.array_equal(expected[0][0], expected[1][0])
    bpy.ops.truthbake.clear_stage()


def test_frames_say_why_not(tiny, settings):
    with pytest.raises(RuntimeError, match="Stage a scene first"):
        bpy.ops.truthbake.step_frame()
    settings.output.frames_per_scene = 1
    with (
        bpy.context.temp_override(scene=stage(index=0)),
        pytest.raises(RuntimeError, match="one frame only"),
    ):
        bpy.ops.truthbake.step_frame()
    assert stage(index=0, frame=9)[current.FRAME] == 0, "a frame too far is the last one"
    bpy.ops.truthbake.clear_stage()


def test_the_users_scene_may_be_renamed_meanwhile(tiny, settings, furnished):
    counts, name = datablocks(), furnished.name
    stage(index=0)
    furnished.name = "renamed"
    with bpy.context.temp_override(scene=staged()):
        assert current.settings(bpy.context) == settings
    assert step(bpy.ops.truthbake.step_scene)[current.SCENE] == 1
    with bpy.context.temp_override(scene=staged()):
        bpy.ops.truthbake.clear_stage()
    assert furnished.name == "renamed" and datablocks() == counts
    furnished.name = name


def test_what_was_removed_by_hand_is_not_missed(tiny, settings):
    counts = datablocks()
    bpy.data.scenes.remove(stage(index=0))
    assert datablocks() != counts
    assert bpy.ops.truthbake.clear_stage() == {"FINISHED"}, "what stood in the scene is still there"
    assert datablocks() == counts
    scene = stage(index=0)
    bpy.data.cameras.remove(scene.camera.data)
    for collection in list(scene.collection.children):
        bpy.data.collections.remove(collection)
    step(bpy.ops.truthbake.step_scene)
    bpy.ops.truthbake.clear_stage()
    assert datablocks() == counts


def test_a_file_keeps_one_scene_when_the_users_own_was_removed(tiny, settings):
    stage(index=0)
    for user in [scene for scene in bpy.data.scenes if not current.is_staged(scene)]:
        bpy.data.scenes.remove(user)
    assert step(bpy.ops.truthbake.step_scene)[current.ORIGIN].name == "Scene"
    with bpy.context.temp_override(scene=staged()):
        bpy.ops.truthbake.clear_stage()
    assert [scene.name for scene in bpy.data.scenes] == ["Scene"]
    bpy.ops.wm.read_homefile(use_empty=True)


def test_a_file_that_was_saved_with_a_stage_is_cleared_too(settings, tmp_path):
    bpy.ops.wm.read_homefile(use_empty=True)  # nothing unused, which no file keeps
    tree.apply(bpy.context.scene.truthbake, TINY)
    counts = datablocks()
    stage(index=0)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "staged.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "staged.blend"))
    assert step(bpy.ops.truthbake.step_scene)[current.SCENE] == 1
    with bpy.context.temp_override(scene=staged()):
        bpy.ops.truthbake.clear_stage()
    assert datablocks() == counts
    bpy.ops.wm.read_homefile(use_empty=True)


def test_what_is_linked_from_a_file_with_a_stage_stays(tiny, settings, tmp_path):
    stage(index=0)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "staged.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "staged.blend"), link=True) as (there, wanted):
        wanted.collections, wanted.objects = list(there.collections), list(there.objects)
    tree.apply(bpy.context.scene.truthbake, TINY)
    linked = len(bpy.data.objects)
    assert linked > 3 and not bpy.ops.truthbake.clear_stage.poll()
    stage(index=0)
    bpy.ops.truthbake.clear_stage()
    assert len(bpy.data.objects) == linked
    bpy.ops.wm.read_homefile(use_empty=True)
