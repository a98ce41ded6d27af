"""The labels of a preview are those that a bake writes, and the overlay lies where the camera sees the objects."""

import json

import bpy
import numpy as np
import pytest

from tests.blender.pressing import TINY, datablocks
from tests.blender.test_preview import MOVING, stage, staged, step
from tests.house import module

tree = module("presets.tree")
current = module("presets.current")
geometry = module("panels.overlay.geometry")
drawing = module("panels.overlay.drawing")

KEYPOINTS = [{"name": "low", "position": [0.0, 0.0, 0.0]}, {"name": "high", "position": [0.0, 0.0, 0.02]}]
WITH_KEYPOINTS = {"objects": {"models": [{"path": "builtin:parts", "keypoints": KEYPOINTS}]}}


def data(scene) -> dict:
    found = geometry.parsed(scene[current.LABELS])
    assert found
    return found


def seen(scene):
    """A view through the staged camera in a region of twice its image's size: (perspective matrix, region size)."""
    camera, render = scene.camera, scene.render
    layer = scene.view_layers[0]
    layer.update()
    projection = camera.calc_matrix_camera(
        layer.depsgraph, x=render.resolution_x, y=render.resolution_y,
        scale_x=render.pixel_aspect_x, scale_y=render.pixel_aspect_y,
    )  # fmt: skip
    return projection @ camera.matrix_world.inverted(), (2 * render.resolution_x, 2 * render.resolution_y)


def image_of(scene):
    camera = scene.camera
    corners = [camera.matrix_world @ corner for corner in camera.data.view_frame(scene=scene)]
    return geometry.border(*seen(scene), corners)


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        MOVING,
        WITH_KEYPOINTS,
        {"camera": {"use_stereo": True}},
        {"sensor": {"k1": 0.2}, **WITH_KEYPOINTS},
        {"people": {"count": 1}, "objects": {"count": 1}},
        {"passes": {"flow": True, "noisy_depth": True}},
    ],
    ids=["still", "moving", "keypoints", "stereo", "lens", "people", "passes"],
)
def test_labels_are_those_of_a_bake(tiny, settings, recipe):
    tree.apply(settings, tree.merge(TINY, recipe))
    settings.output.folder = str(tiny)
    assert bpy.ops.truthbake.bake() == {"FINISHED"}
    stage(index=1)
    frames = staged()[current.FRAMES]
    for frame in range(frames):
        path = tiny / "scenes" / "000001" / "labels" / f"{frame:06d}.json"
        assert data(staged())["labels"] == json.loads(path.read_text()), path
        step(bpy.ops.truthbake.step_frame) if frames > 1 else None
    bpy.ops.truthbake.clear_stage()


@pytest.mark.parametrize("lens", [{}, {"sensor": {"k1": 0.2}}], ids=["pinhole", "distorted"])
def test_the_overlay_lies_where_the_camera_sees_the_objects(tiny, settings, lens):
    tree.apply(settings, tree.merge(TINY, tree.merge(WITH_KEYPOINTS, {"camera": {"shift_x": 0.1}})))
    tree.apply(settings, tree.merge(tree.to_dict(settings), lens))
    scene = stage(index=0)
    matrix, size = seen(scene)
    image = image_of(scene)
    assert (image.left, image.bottom, image.right, image.top) == pytest.approx((0, 0, *size), abs=0.01)
    found = data(scene)
    records, distortion = module("dataset.records"), module("dataset.distortion")
    labels = records.FrameLabels.from_json(found["labels"])
    camera = labels.camera
    by_number = {label.instance: label for label in labels.objects if label.kind == records.TARGET}
    assert [item["instance"] for item in found["objects"]] == list(by_number)

    def straight(pixels):
        pixels = np.asarray(pixels, dtype=float)
        return distortion.undistort_pixels(pixels, camera.K, camera.distortion) if lens else pixels

    for item in found["objects"]:
        label = by_number[item["instance"]]
        places, ahead = geometry.project(matrix, size, item["cuboid"])
        assert ahead.all()
        assert places == pytest.approx(image.place(straight(label.cuboid[:8]), found["size"]), abs=0.05)
        points = [point for point in label.keypoints if point.visibility]
        assert len(points) == len(item["points"]) > 0
        places, _ = geometry.project(matrix, size, [point["place"] for point in item["points"]])
        expected = image.place(straight([point.pixel for point in points]), found["size"])
        assert places == pytest.approx(expected, abs=0.05)
        if label.box_visible:
            x, y, width, height = label.box_visible
            corners = [(x - 0.5, y - 0.5), (x + width - 0.5, y + height - 0.5)]
            line = image.place(item["box"], found["size"])
            first, last = image.place(straight(corners), found["size"])
            assert any(np.allclose(row, first, atol=0.05) for row in line)
            assert any(np.allclose(row, last, atol=0.05) for row in line)
            assert item["visible_fraction"] == label.visible_fraction > 0
        overlay = module("dataset.overlay")
        assert item["color"] == pytest.approx([value / 255 for value in overlay.colour_of(item["instance"])])
    bpy.ops.truthbake.clear_stage()


def test_all_cameras_are_there(tiny, settings):
    settings.output.frames_per_scene = 3
    stage(index=0)
    scene = step(bpy.ops.truthbake.step_frame)
    found = data(scene)
    assert len(found["cameras"]) == 3 and found["current"] == 1
    tip, *corners = found["cameras"][1]
    assert tip == pytest.approx(list(scene.camera.matrix_world.translation), abs=1e-5)
    places, ahead = geometry.project(*seen(scene), corners)
    width, height = seen(scene)[1]
    assert ahead.all()
    assert places == pytest.approx(np.array([(0, height), (width, height), (width, 0), (0, 0)]), abs=0.05)
    bpy.ops.truthbake.clear_stage()


def test_staging_leaves_no_render_result(tiny):
    for image in [image for image in bpy.data.images if image.type == "RENDER_RESULT"]:
        bpy.data.images.remove(image)
    before = datablocks()
    stage(index=0)
    assert [image.type for image in bpy.data.images if image.type == "RENDER_RESULT"] == []
    bpy.ops.truthbake.clear_stage()
    assert datablocks() == before


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", 7, '{"objects": []}'])
def test_missing_labels_are_no_error(text):
    assert geometry.parsed(text) is None


class Context:
    """What the drawing asks of a context in a 3D view."""

    def __init__(self, scene, **differing):
        self.scene = scene
        self.window_manager = bpy.context.window_manager
        self.preferences = bpy.context.preferences
        self.space_data = type("Space", (), {"camera": scene.camera, "overlay": type("O", (), {"show_overlays": True})})
        matrix, size = seen(scene)
        self.region = type("Region", (), {"width": size[0], "height": size[1]})
        self.region_data = type("View", (), {"view_perspective": "CAMERA", "perspective_matrix": matrix})
        vars(self).update(differing)


def test_what_is_drawn_when(tiny):
    scene = stage(index=0)
    preview = bpy.context.window_manager.truthbake_preview
    context = Context(scene)
    assert drawing.labels(context) == data(scene)
    assert drawing.camera_border(context) == image_of(scene)
    context.region_data.view_perspective = "PERSP"
    assert drawing.camera_border(context) is None, "boxes are of the camera's image"
    assert drawing.labels(context), "cuboids are seen from everywhere"
    preview.show_labels = False
    assert drawing.labels(context) is None
    preview.show_labels = True
    context.space_data.overlay.show_overlays = False
    assert drawing.labels(context) is None
    context.space_data.overlay.show_overlays = True
    del scene[current.LABELS]
    assert drawing.labels(context) is None
    bpy.ops.truthbake.clear_stage()


def test_the_handlers_go_with_the_extension():
    assert len(drawing._handles) == 2
    drawing.unregister()
    try:
        assert drawing._handles == []
    finally:
        drawing.register()
    header = module("panels.overlay.header")
    drawn = bpy.types.VIEW3D_HT_header._dyn_ui_initialize()
    assert drawn.count(header.draw) == 1
    header.unregister()
    assert header.draw not in drawn
    header.register()
