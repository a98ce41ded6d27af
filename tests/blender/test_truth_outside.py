"""The silhouette beyond the image, against an X-ray render of the same view on a canvas of 3W x 3H."""

import numpy as np
import pytest

from tests.blender import baking
from tests.house import module

WIDTH, HEIGHT = 40, 30
LENS = {"intrinsics": "matrix", "fx": 45.0, "fy": 50.0, "cx": 17.3, "cy": 15.9}
WIDE = LENS | {"cx": LENS["cx"] + WIDTH, "cy": LENS["cy"] + HEIGHT}
VIEW = module("scene.plan.camera").look_at(np.array([-0.5, 0.0, 0.0]), np.zeros(3), 20.0)
MESHES = {"cube": baking.box(0.2, 0.16, 0.12), "ball": baking.sphere(0.1, 3)}

PLACES = {  # in camera axes: x right, y down, z forward
    "across_left": (-0.22, 0.02, 0.5),
    "across_right_bottom": (0.22, 0.16, 0.45),
    "outside_top": (0.0, -0.35, 0.5),
    "outside_far": (-0.6, 0.0, 0.55),
    "off_the_canvas": (0.0, 1.5, 0.5),
    "behind": (0.0, 0.0, -0.4),
    "at_the_near_plane": (0.12, 0.05, 0.04),
    "around_the_camera": (0.0, 0.0, 0.0),
    "whole": (0.0, 0.0, 0.6),
}


@pytest.mark.parametrize("shape", MESHES)
@pytest.mark.parametrize("place", PLACES)
def test_wide_canvas(tmp_path, monkeypatch, place, shape):
    pose = VIEW @ baking.pose(PLACES[place], baking.turn([3, 1, 2], 50))
    baking.place_exactly(monkeypatch, {1: pose}, [VIEW])
    labels = []
    for name, lens, resolution in [("small", LENS, [WIDTH, HEIGHT]), ("wide", WIDE, [3 * WIDTH, 3 * HEIGHT])]:
        layer = {"camera": lens, "render": {"resolution": resolution}}
        recipe = baking.compose(tmp_path / "models", {shape: MESHES[shape]}, layer)
        (frame,) = baking.bake(recipe, tmp_path / name).frames(0)
        labels.append((frame.labels.camera, frame.labels.objects[0]))
    (small_camera, small), (wide_camera, wide) = labels
    np.testing.assert_allclose(wide_camera.K - small_camera.K, [[0, 0, WIDTH], [0, 0, HEIGHT], [0, 0, 0]], atol=1e-3)
    mask = baking.amodal_mask(wide, wide_camera)
    inner = mask[HEIGHT : 2 * HEIGHT, WIDTH : 2 * WIDTH]
    edge = 4 + mask.sum() // 500  # ties on the silhouette
    assert (baking.amodal_mask(small, small_camera) != inner).sum() <= 2
    assert abs(small.pixels_all - mask.sum()) <= edge
    if not mask.any():
        assert small.pixels_all == 0 and small.box_all is None
        return
    rows, columns = np.nonzero(mask)
    expected = (columns.min() - WIDTH, rows.min() - HEIGHT, np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert np.abs(np.subtract(small.box_all, expected)).max() <= 1
    assert small.visible_fraction == pytest.approx(inner.sum() / mask.sum(), abs=0.02)
    seen = {"behind": (0, 0), "off_the_canvas": (0, 0), "around_the_camera": (9 * WIDTH * HEIGHT,) * 2}
    low, high = seen.get(place, (30, 9 * WIDTH * HEIGHT))
    assert low <= mask.sum() <= high
