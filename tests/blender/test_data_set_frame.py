"""A frame of a data set, opened as a scene again: poses, settings, and the very pixels when it is rendered."""

import shutil

import bpy
import numpy as np
import pytest
import yaml
from PIL import Image

from tests.blender.pressing import TINY, complaint, datablocks
from tests.house import module
from tests.model_files import write_obj

tree = module("presets.tree")
restage = module("operators.data_set.restage")
Store = module("dataset.store").Store

CLEAR = {"output": {"image_format": "png"}}
LAYERS = {
    "plain": CLEAR,
    "room": {
        "background": {"mode": "room"},
        "placement": {"mode": "drop"},
        "objects": {"count": 3},
        "lights": {"count": 2},
        "render": {"samples": 4, "view_transform": "agx"},
    },
    "depth_of_field": {"sensor": {"use_depth_of_field": True}},
    "motion_blur": {
        "sensor": {"use_motion_blur": True},
        "camera": {"mode": "trajectory"},
        "output": {"frames_per_scene": 3},
    },
    "transparent": {"background": {"mode": "transparent"}},
    "people": {"people": {"count": 1}, "objects": {"count": 1}},
    "stereo": {"camera": {"use_stereo": True}},
    "moments": {"placement": {"mode": "flight"}, "camera": {"mode": "trajectory"}},
}


@pytest.fixture
def bake(settings, tmp_path):
    """Bakes a small recipe with another one on top; returns the store."""

    def bake(layer) -> Store:
        tree.apply(settings, tree.merge(tree.merge(tree.defaults(), tree.validate(TINY)), tree.validate(layer)))
        settings.output.folder = str(tmp_path / "data")
        settings.output.scenes = 2
        bpy.ops.truthbake.bake()
        return Store.open(tmp_path / "data")

    yield bake
    if bpy.ops.truthbake.clear_stage.poll():
        bpy.ops.truthbake.clear_stage()


def told(store, scene: int, frame: int) -> list[str]:
    """What opening a frame's scene warns of."""
    return restage.restage(bpy.context, store, scene, frame)


def staged_scene():
    (scene,) = [scene for scene in bpy.data.scenes if module("presets.current").is_staged(scene)]
    return scene


def rendered(path) -> np.ndarray:
    """What F12 gives in the staged scene."""
    scene = staged_scene()
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True, scene=scene.name)
    return np.asarray(Image.open(path))


@pytest.mark.parametrize("name", LAYERS)
def test_a_render_gives_the_stored_picture(bake, settings, tmp_path, name):
    store = bake(LAYERS[name])
    tree.apply(settings, tree.defaults())  # the sidebar is about something else by now
    before = tree.to_dict(settings)
    assert told(store, 1, 1) == []
    assert tree.to_dict(settings) == before
    stored = np.asarray(Image.open(store.frame(1, 1).rgb_path))
    again = rendered(tmp_path / "again.png")
    np.testing.assert_array_equal(again, stored)
    assert np.ptp(stored[..., :3].astype(int)) > 20, "something is to be seen"


def test_everything_is_as_before_when_it_is_cleared(bake, settings):
    store = bake(CLEAR)
    before, scene = datablocks(), bpy.context.scene
    kept = {key: getattr(scene.render, key) for key in ("engine", "resolution_x", "film_transparent")}
    assert bpy.ops.truthbake.open_frame_scene(folder=str(store.root), scene=0, frame=1) == {"FINISHED"}
    assert staged_scene()["truthbake_data_set"] == str(store.root)
    assert {key: getattr(scene.render, key) for key in kept} == kept
    with bpy.context.temp_override(scene=staged_scene()):
        assert not bpy.ops.truthbake.step_frame.poll(), "its neighbours are not those of the recipe in the sidebar"
        assert not bpy.ops.truthbake.step_scene.poll()
    bpy.ops.truthbake.clear_stage()
    assert datablocks() == before


def test_the_open_data_sets_frame_is_meant_by_default(bake):
    store = bake(CLEAR)
    bpy.ops.truthbake.open_data_set(folder=str(store.root))
    bpy.context.window_manager.truthbake_data_set.scene = 1
    bpy.ops.truthbake.open_frame_scene()
    bpy.ops.truthbake.close_data_set()
    assert staged_scene()["truthbake_scene"] == 1


def test_what_is_done_after_the_render_is_said(bake):
    store = bake({"sensor": {"use_noise": True, "jpeg_quality": 60}})
    (text,) = told(store, 0, 0)
    assert "the sensor's lens, light and noise" in text and "JPEG's losses" in text


def test_changed_and_missing_files_are_one_line(bake, tmp_path):
    part = tmp_path / "house.obj"
    write_obj(part)
    store = bake({"objects": {"models": [{"path": str(part), "unit": "mm"}]}})
    assert told(store, 0, 0) == []
    text = part.read_text()
    part.write_text(text + "\n# another line\n")
    (line,) = told(store, 0, 0)
    assert "files have changed" in line and "house" in line
    part.unlink()
    assert "house.obj" in complaint(bpy.ops.truthbake.open_frame_scene, folder=str(store.root), scene=0, frame=0)


def test_poses_that_differ_from_the_labels_are_one_line(bake, tmp_path):
    store = bake(CLEAR)
    stored = store.frame(0, 1).labels
    stored.objects[0].object_to_camera[0, 3] += 1e-4
    (line,) = restage.differences(stored, store.frame(0, 1).labels)
    assert line == f"1 of {len(stored.objects)} objects do not stand as the labels say, by up to 0.0001 m"
    other = shutil.copytree(store.root, tmp_path / "other")
    header = yaml.safe_load((other / "dataset.yaml").read_text())
    header["seed"] = 99
    (other / "dataset.yaml").write_text(yaml.safe_dump(header))
    assert any("do not stand as the labels say" in line for line in told(Store.open(other), 0, 1))


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda header: header["recipe"]["lights"].update(cuont=2), "lights.cuont"),
        (lambda header: header.update(seed="one"), "seed"),
        (lambda header: header.update(recipe=[1]), "recipe"),
    ],
)
def test_a_header_that_cannot_be_staged_is_one_line(bake, change, said):
    store = bake(CLEAR)
    before = datablocks()
    assert "999999" in complaint(bpy.ops.truthbake.open_frame_scene, folder=str(store.root), scene=999999, frame=0)
    path = store.root / "dataset.yaml"
    header = yaml.safe_load(path.read_text())
    change(header)
    path.write_text(yaml.safe_dump(header))
    assert said in complaint(bpy.ops.truthbake.open_frame_scene, folder=str(store.root), scene=0, frame=0)
    assert datablocks() == before
