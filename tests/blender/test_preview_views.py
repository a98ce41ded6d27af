"""3D views look through the camera while a scene is staged, and afterwards show what they showed before."""

import bpy
import pytest

from tests.blender.pressing import TINY, datablocks
from tests.house import module


def views() -> dict:
    """What every 3D view of the file shows."""
    spaces = [space for screen in bpy.data.screens for area in screen.areas for space in area.spaces]
    regions = {str(space): space.region_3d for space in spaces if space.type == "VIEW_3D"}
    keys = ("view_perspective", "view_distance", "view_camera_zoom")
    return {
        name: [*(getattr(region, key) for key in keys), *region.view_location, *region.view_rotation]
        for name, region in regions.items()
    }


def through_camera(window) -> list[bool]:
    spaces = [area.spaces.active for area in window.screen.areas if area.type == "VIEW_3D"]
    return [space.region_3d.view_perspective == "CAMERA" for space in spaces]


@pytest.fixture
def window(settings):
    """The window of Blender's own start file, with the tiny recipe."""
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    module("presets.tree").apply(bpy.context.scene.truthbake, TINY)
    yield bpy.context.window_manager.windows[0]
    bpy.ops.wm.read_homefile(use_empty=True)


def in_view(window) -> dict:
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    return {"window": window, "area": area, "region": next(one for one in area.regions if one.type == "WINDOW")}


def test_the_view_of_an_area_that_is_maximised_meanwhile(window):
    before = views()
    with bpy.context.temp_override(**in_view(window)):
        bpy.ops.truthbake.stage_scene()
        assert all(through_camera(window))
        bpy.ops.screen.screen_full_area()
    with bpy.context.temp_override(window=window):
        bpy.ops.truthbake.clear_stage()
    with bpy.context.temp_override(**in_view(window)):
        bpy.ops.screen.back_to_previous()
    assert views() == before


def test_the_view_of_an_area_that_shows_something_else_meanwhile(window):
    before = views()
    with bpy.context.temp_override(window=window):
        bpy.ops.truthbake.stage_scene()
        in_view(window)["area"].type = "IMAGE_EDITOR"
        bpy.ops.truthbake.clear_stage()
    assert views() == before


def test_a_scene_that_an_image_editor_drew_for_stays_until_it_draws_again(window):
    retiring, tree = module("operators.preview.retiring"), module("presets.tree")
    tree.apply(bpy.context.scene.truthbake, TINY)
    before = datablocks()
    next(area for area in window.screen.areas if area.type == "PROPERTIES").type = "IMAGE_EDITOR"
    with bpy.context.temp_override(window=window):
        bpy.ops.truthbake.stage_scene()
        first = window.scene
        bpy.ops.truthbake.step_scene()
        assert window.scene.name == "Truthbake" and window.scene != first and first in list(bpy.data.scenes)
        assert not first.objects and bpy.app.timers.is_registered(retiring.remove_retired)
        retiring.remove_retired()
        assert [scene.name for scene in bpy.data.scenes] == ["Scene", "Truthbake"]
        bpy.ops.truthbake.step_scene()
        bpy.ops.truthbake.clear_stage()
    assert datablocks() == before
