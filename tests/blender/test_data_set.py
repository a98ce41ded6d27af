"""A data set in the sidebar: opened, counted, paged through and closed again, through the operators and panels."""

import json
import shutil

import bpy
import numpy as np
import pytest
from PIL import Image

from tests.blender.pressing import TINY, complaint, datablocks
from tests.house import module
from tests.pure import synthetic

session = module("operators.data_set.session")
pictures = module("operators.pictures")
Store = module("dataset.store").Store


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data set of two scenes with five frames and one frame, traced."""
    folder = tmp_path_factory.mktemp("sets") / "shapes"
    frames = synthetic.usual_frames()
    synthetic.build(folder, synthetic.SHAPES, [frames, frames[:1]])
    return folder


@pytest.fixture
def state():
    yield bpy.context.window_manager.truthbake_data_set
    if session.current():
        bpy.ops.truthbake.close_data_set()


def shown_pixels() -> np.ndarray:
    """The picture in the image editor, top row first, as (H, W, 3) bytes."""
    (image,) = [image for image in bpy.data.images if image.get(pictures.MARK)]
    width, height = image.size
    return np.rint(np.array(image.pixels[:]).reshape(height, width, 4)[::-1, :, :3] * 255).astype(np.uint8)


def test_numbers_of_a_data_set(made, state):
    assert not state.is_open and state.scenes == 0 and not any(state.fractions)
    assert bpy.ops.truthbake.open_data_set(filepath=str(made / "dataset.yaml")) == {"FINISHED"}
    assert state.is_open and state.title == "shapes" and state.folder == str(made)
    assert (state.scenes, state.images, state.resolution, state.seed) == (2, 6, "160 x 120", "7")
    assert state.passes == "rgb, instances, depth, normals" and state.size.endswith(" kB")
    numbers = module("dataset.report").gather(Store.open(made))
    assert state.instances == len(numbers.fractions) and state.empty_images == numbers.empty_images > 0
    assert {item.name: (item.placed, item.visible) for item in state.classes} == {
        name: (count, numbers.visible[name]) for name, count in numbers.instances.items()
    }
    counts, _ = np.histogram(numbers.fractions, bins=10, range=(0, 1))
    np.testing.assert_allclose(state.fractions, counts / counts.max(), atol=1e-6)
    assert list(state.fraction_counts) == counts.tolist()
    assert not state.is_counting and state.counted == 1.0 and state.broken == 0
    bpy.ops.truthbake.close_data_set()
    assert not state.is_open and not state.classes


def test_a_folder_and_the_recipes_output_open_too(made, state, settings):
    assert "output folder" in complaint(bpy.ops.truthbake.open_data_set)
    assert "nowhere" in complaint(bpy.ops.truthbake.open_data_set, filepath="/nowhere/")
    bpy.ops.truthbake.open_data_set(folder=str(made))
    assert state.folder == str(made)
    bpy.ops.truthbake.close_data_set()
    settings.output.folder = str(made)
    bpy.ops.truthbake.open_data_set(filepath=f"{made}/")
    bpy.ops.truthbake.close_data_set()
    bpy.ops.truthbake.open_data_set()
    assert state.folder == str(made)


def test_a_bake_that_has_no_scene_is_said(tmp_path, state):
    Store.open_or_create(tmp_path / "empty", synthetic.header({}))
    assert "no finished scene" in complaint(bpy.ops.truthbake.open_data_set, folder=str(tmp_path / "empty"))
    assert not state.is_open


def test_paging(made, state):
    bpy.ops.truthbake.open_data_set(folder=str(made))
    before = datablocks()
    assert (state.scene, state.frame, state.view) == (0, 0, "MASKS")
    walked = []
    for to in ("NEXT", "LAST", "NEXT", "PREVIOUS", "PREVIOUS_SCENE", "NEXT_SCENE", "FIRST", "PREVIOUS", "NEXT_SCENE"):
        assert bpy.ops.truthbake.browse_frames(to=to) == {"FINISHED"}
        walked.append((state.scene, state.frame))
    assert walked == [(0, 1), (1, 0), (1, 0), (0, 4), (0, 4), (1, 0), (0, 0), (0, 0), (1, 0)]
    assert datablocks()["images"] == before["images"] + 1, "one picture, however many pages"
    state.scene, state.frame = 0, 99
    assert (state.scene, state.frame) == (0, 4), "the nearest frame there is"
    state.scene = 7
    assert (state.scene, state.frame) == (1, 0)
    bpy.ops.truthbake.show_frame(scene=0, frame=2)
    assert (state.scene, state.frame) == (0, 2)
    assert "scene 9" in complaint(bpy.ops.truthbake.show_frame, scene=9)
    bpy.ops.truthbake.close_data_set()
    assert datablocks() == before


def test_scenes_that_are_baked_meanwhile_can_be_reached(made, state, tmp_path):
    first = tmp_path / "set" / "scenes" / "000000"
    shutil.copytree(made, first.parents[1], ignore=shutil.ignore_patterns("000001"))
    bpy.ops.truthbake.open_data_set(folder=str(first.parents[1]))
    last = state.images - 1
    bpy.ops.truthbake.browse_frames(to="LAST")
    bpy.ops.truthbake.browse_frames(to="NEXT")
    assert (state.scene, state.frame, state.scenes) == (0, last, 1)
    shutil.copytree(first, first.with_name("000003"))
    bpy.ops.truthbake.browse_frames(to="NEXT")
    assert (state.scene, state.frame, state.scenes) == (3, 0, 2) and state.images == 2 * (last + 1)
    shutil.rmtree(first.parents[1])
    for to in ("NEXT", "LAST", "FIRST", "PREVIOUS_SCENE"):
        assert bpy.ops.truthbake.browse_frames(to=to) == {"FINISHED"}
        assert "missing" in state.message


def test_every_view_shows_its_image(made, state):
    bpy.ops.truthbake.open_data_set(folder=str(made))
    seen = {}
    for view in ("RGB", "MASKS", "CUBOIDS", "DEPTH", "NORMALS", "INSTANCES"):
        state.view = view
        assert bpy.ops.truthbake.show_frame() == {"FINISHED"}
        seen[view] = shown_pixels()
        assert seen[view].shape == (480, 640, 3), "160 x 120, enlarged to be read"
    assert len({picture.tobytes() for picture in seen.values()}) == len(seen)
    frame = Store.open(made).frame(0, 0)
    np.testing.assert_array_equal(seen["RGB"][::4, ::4], np.asarray(Image.open(frame.rgb_path)))
    instances = frame.instances()
    colours = {tuple(colour) for colour in seen["INSTANCES"][::4, ::4][instances == 1]}
    assert colours == {module("dataset.overlay").colour_of(1)}
    state.view = "FLOW"
    assert "has no flow; switch passes.flow on" in complaint(bpy.ops.truthbake.show_frame)
    assert "has no flow" in state.message
    state.view = "MASKS"
    bpy.ops.truthbake.show_frame()
    assert state.message == ""


def test_flow_is_a_picture(settings, tmp_path, state):
    module("presets.tree").apply(settings, TINY | {"passes": {"flow": True}, "camera": {"mode": "trajectory"}})
    settings.output.folder, settings.output.scenes = str(tmp_path / "data"), 1
    bpy.ops.truthbake.bake()
    bpy.ops.truthbake.open_data_set()
    state.view = "FLOW"
    bpy.ops.truthbake.show_frame(scene=0, frame=0)
    assert len(np.unique(shown_pixels().reshape(-1, 3), axis=0)) > 50


def test_broken_and_missing_frames_are_one_line(tmp_path, state):
    folder = tmp_path / "broken"
    synthetic.build(folder, synthetic.SHAPES, [synthetic.usual_frames()])
    labels = folder / "scenes" / "000000" / "labels"
    (labels / "000001.json").write_text("{")
    (labels / "000002.json").write_text(json.dumps({"frame": 2}))
    (folder / "scenes" / "000000" / "rgb" / "000003.png").write_bytes(b"PNG")
    (folder / "scenes" / "000000" / "instances" / "000000.png").unlink()
    bpy.ops.truthbake.open_data_set(folder=str(folder))
    assert state.images == 3 and state.broken == 2 and "frame 1" in state.first_broken
    for frame, said in ((1, "000001.json"), (2, "000002.json"), (3, "frame 3"), (0, "no instances")):
        assert said in complaint(bpy.ops.truthbake.show_frame, scene=0, frame=frame)
        assert said in state.message
    (labels / "000004.json").unlink()
    assert "000004" in complaint(bpy.ops.truthbake.show_frame, scene=0, frame=4)
    bpy.ops.truthbake.browse_frames(to="PREVIOUS")
    assert state.frame == 3, "a broken page can be turned"


def test_the_header_of_a_stranger_names_no_file_outside(made, tmp_path, state):
    synthetic.build(tmp_path / "set", synthetic.SHAPES, [synthetic.usual_frames()[:1]])
    header = tmp_path / "set" / "dataset.yaml"
    header.write_text(header.read_text().replace("models/ball.ply", "../../secret.ply"))
    assert "outside" in complaint(bpy.ops.truthbake.export, folder=str(tmp_path / "set"), formats="bop")
    header.write_text("!!python/object/apply:os.system ['touch /tmp/touched-by-yaml']")
    synthetic.build(tmp_path / "huge", synthetic.SHAPES, [synthetic.usual_frames()[:1]])
    labels = tmp_path / "huge" / "scenes" / "000000" / "labels" / "000000.json"
    labels.write_text(labels.read_text().replace('"width":160', '"width":1000000000'))
    bpy.ops.truthbake.open_data_set(folder=str(tmp_path / "huge"))
    assert "is not 1000000000 x 120 pixels" in complaint(bpy.ops.truthbake.show_frame)
    for content in (header.read_bytes(), b"\xff\xfe\x81", b"[" * 9999):
        header.write_bytes(content)
        for operator in (bpy.ops.truthbake.open_data_set, bpy.ops.truthbake.verify, bpy.ops.truthbake.export):
            assert "not readable as YAML" in complaint(operator, folder=str(tmp_path / "set"))


def test_buttons_work_on_the_open_data_set(made, state, settings):
    bpy.ops.truthbake.open_data_set(folder=str(made))
    assert not state.is_verified
    assert bpy.ops.truthbake.verify() == {"FINISHED"}
    assert state.is_verified and not state.problems
    bpy.ops.truthbake.export(formats="coco")
    assert (made / "exports" / "coco" / "annotations.json").exists()


def test_problems_are_listed(tmp_path, state):
    folder = tmp_path / "wrong"
    synthetic.build(folder, synthetic.SHAPES, [synthetic.usual_frames()[:2]])
    (folder / "scenes" / "000000" / "rgb" / "000001.png").unlink()
    bpy.ops.truthbake.open_data_set(folder=str(folder))
    bpy.ops.truthbake.verify()
    assert [item.name.endswith("000001.png: missing") for item in state.problems] == [True]
    assert (state.scene, state.frame) == (0, 0)
    state.active_problem = 0
    assert (state.scene, state.frame) == (0, 1), "the frame of the chosen problem is shown"
    assert "000001 is missing" in state.message


def test_another_file_closes_it(made, state, tmp_path):
    bpy.ops.truthbake.open_data_set(folder=str(made))
    bpy.ops.truthbake.show_frame()
    next(image for image in bpy.data.images if image.get(pictures.MARK)).use_fake_user = True  # as an editor would
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "kept.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "kept.blend"))
    state = bpy.context.window_manager.truthbake_data_set
    assert not state.is_open and not state.classes
    assert [image for image in bpy.data.images if image.get(pictures.MARK)] == []
    bpy.ops.wm.read_homefile(use_empty=True)


def test_counting_in_a_thread_can_be_watched_and_stopped(made, state):
    module("operators.data_set.session").open_store(made, in_thread=True)
    session.current().counting.close(30)
    assert state.images == 6 and not state.is_counting
    bpy.ops.truthbake.close_data_set()
    opened = session.open_store(made, in_thread=True)
    bpy.ops.truthbake.close_data_set()
    opened.counting.close(5)
    assert opened.counting.is_over


def test_nothing_is_looked_at_once_the_extension_is_gone(made):
    parts, runtime = module("operators.data_set"), module("operators.data_set.runtime")
    session.open_store(made, in_thread=True).numbers.is_complete = False
    runtime.follow()
    assert bpy.app.timers.is_registered(runtime._look)
    parts.unregister()
    try:
        assert not bpy.app.timers.is_registered(runtime._look) and session.current() is None
    finally:
        parts.register()


def test_the_panels_show_the_open_data_set(made, state, tmp_path):
    from tests.blender.drawing import drawn

    panels = {cls.__name__: cls for cls in module("panels").classes if "data_set" in cls.__name__}
    first = panels["TRUTHBAKE_PT_data_set"]
    assert ("operator", "truthbake.open_data_set", "Open Data Set") in drawn(first)
    assert "truthbake.browse_frames" not in {name for _, name, _ in drawn(first)}
    assert drawn(panels["TRUTHBAKE_PT_data_set_pages"]) == drawn(panels["TRUTHBAKE_PT_data_set_numbers"]) == []
    bpy.ops.truthbake.open_data_set(folder=str(made))
    shown = drawn(first)
    assert ("label", "", "2 scenes, 6 images, 160 x 120") in shown
    names = {name for _, name, _ in shown}
    assert {"truthbake.browse_frames", "truthbake.show_frame", "scene", "frame", "view"} <= names
    assert {"truthbake.verify", "truthbake.report"} <= names
    assert {"truthbake.browse_frames", "view"} <= {name for _, name, _ in drawn(panels["TRUTHBAKE_PT_data_set_pages"])}
    numbers = drawn(panels["TRUTHBAKE_PT_data_set_numbers"])
    assert ("label", "", "90 - 100 %") in numbers and ("list", "", "classes") in numbers
    assert ("label", "", "rgb, instances, depth, normals") in numbers
