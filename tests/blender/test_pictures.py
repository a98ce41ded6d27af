"""Pictures that the user looks at."""

import bpy
import numpy as np

from tests.house import module

pictures = module("operators.pictures")


def test_a_picture_keeps_its_pixels_and_its_name():
    """Top row first, and the same image for the next picture, whatever its size."""
    shown = np.zeros((2, 3, 3), np.uint8)
    shown[0, 2] = (255, 0, 51)
    image = pictures.show(bpy.context, "Truthbake Test", shown)
    assert tuple(image.size) == (3, 2)
    rows = np.array(image.pixels[:]).reshape(2, 3, 4)[::-1]
    np.testing.assert_allclose(rows[0, 2], (1.0, 0.0, 0.2, 1.0), atol=1e-6)
    again = pictures.show(bpy.context, "Truthbake Test", np.zeros((4, 5, 3), np.uint8))
    assert again == image and tuple(again.size) == (5, 4)
    assert not image.is_dirty, "Blender would ask whether to save it before it quits"
    pictures.forget("Truthbake Test", "never shown")
    assert "Truthbake Test" not in bpy.data.images


def test_the_users_own_image_stays():
    own = bpy.data.images.new("Own", 2, 2)
    image = pictures.show(bpy.context, "Own", np.zeros((2, 2, 3), np.uint8))
    assert image != own
    pictures.forget("Own", image.name)
    assert "Own" in bpy.data.images and len([one for one in bpy.data.images if one.get(pictures.MARK)]) == 0
    bpy.data.images.remove(own)


def test_a_picture_is_not_there_when_its_file_is_opened_again(tmp_path):
    image = pictures.show(bpy.context, "Truthbake Test", np.zeros((2, 2, 3), np.uint8))
    image.use_fake_user = True  # as an editor would
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "kept.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "kept.blend"))
    assert not pictures.is_there("Truthbake Test")
    bpy.ops.wm.read_homefile(use_empty=True)
