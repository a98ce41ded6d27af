"""What a pixel is: the mean over its area in the picture, the ray through its centre in the ground truth."""

import numpy as np
import pytest
from PIL import Image

from tests.blender import baking

LEFT, RIGHT, TOP, BOTTOM = 20.3, 43.85, 10.6, 35.25  # edges of a face in pixels, centres at integers


@pytest.fixture
def silhouette(monkeypatch):
    """A hole in front of a white sky."""
    baking.show_holes(monkeypatch)


def bake(tmp_path, monkeypatch, section):
    """A face 1 m before a camera of 100 pixels focal length, its edges at the places above."""
    lens = {"intrinsics": "matrix", "fx": 100, "fy": 100, "cx": 31.5, "cy": 23.5}
    layer = {"camera": lens, "render": {"samples": 1024}, "sensor": section}
    width, height = (RIGHT - LEFT) / 100, (BOTTOM - TOP) / 100
    middle = ((LEFT + RIGHT) / 2 - 31.5) / 100, ((TOP + BOTTOM) / 2 - 23.5) / 100
    view = np.eye(4)
    baking.place_exactly(monkeypatch, {1: baking.pose([*middle, 1.005])}, [view])
    recipe = baking.compose(tmp_path / "models", {"face": baking.box(width, height, 0.01)}, layer)
    frame = next(baking.bake(recipe, tmp_path / "data").frames(0))
    with Image.open(frame.rgb_path) as image:
        shown = np.asarray(image.convert("RGB"))[..., 0] / 255.0
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4), frame


def share(low: float, high: float, count: int) -> np.ndarray:
    """How much of each pixel, from centre - 0.5 to centre + 0.5, lies between two places."""
    pixels = np.arange(count)
    return np.clip(np.minimum(pixels + 0.5, high) - np.maximum(pixels - 0.5, low), 0, 1)


def test_a_box_filter_is_the_mean_over_the_pixels_area(tmp_path, monkeypatch, silhouette):
    light, frame = bake(tmp_path, monkeypatch, {"pixel_filter": "box"})
    covered = share(TOP, BOTTOM, 48)[:, None] * share(LEFT, RIGHT, 64)
    assert 0.1 < np.ptp(covered[:, 30]) and set(np.round(covered[20, [19, 20, 21]], 2)) == {0.0, 0.2, 1.0}
    np.testing.assert_allclose(1 - light, covered, atol=0.015)
    # The ground truth asks for the centre alone, and nothing of it is between.
    rows, columns = np.arange(48), np.arange(64)
    centres = ((rows > TOP) & (rows < BOTTOM))[:, None] & (columns > LEFT) & (columns < RIGHT)
    np.testing.assert_array_equal(frame.instances() == 1, centres)
    depth = frame.depth()
    np.testing.assert_allclose(depth[centres], 1.0, atol=1e-6)
    assert np.isinf(depth[~centres]).all()


def test_the_usual_filter_reaches_further(tmp_path, monkeypatch, silhouette):
    """1.5 pixels wide: the neighbour of an edge pixel has some of the edge, and all light is still there."""
    light, frame = bake(tmp_path, monkeypatch, {})
    covered = share(TOP, BOTTOM, 48)[:, None] * share(LEFT, RIGHT, 64)
    assert 0.01 < np.abs(1 - light - covered).max() < 0.2
    assert (1 - light).sum() == pytest.approx(covered.sum(), rel=0.005)
    assert frame.instances().max() == 1
