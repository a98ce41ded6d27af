"""Draws the labels of the staged frame over a 3D view, from plain data in the file: undo leaves nothing stale."""

from __future__ import annotations

import blf
import bpy
import gpu
import numpy as np
from gpu_extras.batch import batch_for_shader

from ...presets import current
from . import geometry

FONT = 0
# Before scaling with the interface: pixels of lines, of text, and of a keypoint's radius.
LINE, TEXT, POINT = 1.6, 11, 4.0
# Of a line that something lies before.
HIDDEN = 0.3

_handles: list = []


def register():
    for draw, when in ((draw_world, "POST_VIEW"), (draw_region, "POST_PIXEL")):
        _handles.append(bpy.types.SpaceView3D.draw_handler_add(draw, (), "WINDOW", when))


def unregister():
    while _handles:
        bpy.types.SpaceView3D.draw_handler_remove(_handles.pop(), "WINDOW")


def draw_world() -> None:
    """Cuboids and frustums: they stand in the scene, and things may stand before them."""
    context = bpy.context
    data = labels(context)
    if data is None:
        return
    preview, text = context.window_manager.truthbake_preview, context.scene[current.LABELS]
    shapes = []
    if preview.show_cuboids:
        shapes.append(geometry.in_world(text, "cuboids"))
    if preview.show_frustums:
        # Through its own camera a frustum is the border of the image, which Blender draws.
        shapes.append(geometry.in_world(text, "frustums", data["current"] if looks_through(context) else -1))
    scale = context.preferences.system.ui_scale
    gpu.state.blend_set("ALPHA")
    try:
        for shape in shapes:
            gpu.state.depth_test_set("LESS_EQUAL")
            _lines(context, shape, LINE * scale)
            gpu.state.depth_test_set("GREATER")
            _lines(context, geometry.faded(shape, HIDDEN), LINE * scale)
    finally:
        gpu.state.depth_test_set("NONE")
        gpu.state.blend_set("NONE")


def draw_region() -> None:
    """Boxes, keypoints and names: they lie flat on the picture."""
    context = bpy.context
    data = labels(context)
    if data is None:
        return
    preview = context.window_manager.truthbake_preview
    scale = context.preferences.system.ui_scale
    matrix = context.region_data.perspective_matrix
    size = context.region.width, context.region.height
    image = camera_border(context)
    gpu.state.blend_set("ALPHA")
    try:
        if preview.show_boxes and image:
            _lines(context, geometry.boxes(data, image), LINE * scale)
        if preview.show_keypoints:
            discs, rings = geometry.keypoints(data, matrix, size, POINT * scale)
            _triangles(discs)
            _lines(context, rings, LINE * scale)
        if preview.show_names:
            blf.size(FONT, TEXT * scale)
            height = TEXT * scale * 1.5
            _names(geometry.tags(data, image, matrix, size, lambda text: blf.dimensions(FONT, text)[0], height))
    finally:
        gpu.state.blend_set("NONE")


def labels(context: bpy.types.Context) -> dict | None:
    """The labels to draw in a 3D view; None where there are none, or none are wanted."""
    if not current.is_staged(context.scene) or not context.window_manager.truthbake_preview.show_labels:
        return None
    if context.region_data is None or not context.space_data.overlay.show_overlays:
        return None
    return geometry.parsed(context.scene.get(current.LABELS, ""))


def looks_through(context: bpy.types.Context) -> bool:
    """Whether the 3D view looks through the staged scene's camera."""
    camera = context.scene.camera
    return (
        camera is not None and context.region_data.view_perspective == "CAMERA" and context.space_data.camera == camera
    )


def camera_border(context: bpy.types.Context) -> geometry.Border | None:
    """Where the camera's image lies in the region, however the view is moved and zoomed; None from elsewhere."""
    if not looks_through(context):
        return None
    camera = context.scene.camera
    corners = [camera.matrix_world @ corner for corner in camera.data.view_frame(scene=context.scene)]
    size = context.region.width, context.region.height
    return geometry.border(context.region_data.perspective_matrix, size, corners)


def _lines(context: bpy.types.Context, shapes: geometry.Shapes, width: float) -> None:
    vertices, colours = shapes
    if not len(vertices):
        return
    shader = gpu.shader.from_builtin("POLYLINE_FLAT_COLOR")
    shader.bind()
    shader.uniform_float("viewportSize", (context.region.width, context.region.height))
    shader.uniform_float("lineWidth", width)
    _draw(shader, "LINES", vertices, colours)


def _triangles(shapes: geometry.Shapes) -> None:
    vertices, colours = shapes
    if len(vertices):
        _draw(gpu.shader.from_builtin("FLAT_COLOR"), "TRIS", vertices, colours)


def _draw(shader, kind: str, vertices: np.ndarray, colours: np.ndarray) -> None:
    places = np.zeros((len(vertices), 3), np.float32)
    places[:, : vertices.shape[1]] = vertices
    batch_for_shader(shader, kind, {"pos": places, "color": colours.astype(np.float32)}).draw(shader)


def _names(listed: list[geometry.Tag]) -> None:
    _triangles(geometry.backgrounds(listed))
    for tag in listed:
        blf.color(FONT, *tag.ink)
        blf.position(FONT, tag.x + tag.height * 0.3, tag.y + tag.height * 0.3, 0)
        blf.draw(FONT, tag.text)
