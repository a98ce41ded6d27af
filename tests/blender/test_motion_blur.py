"""Motion blur: as long as the motion while the shutter is open, in the picture alone."""

import bpy
import numpy as np
import pytest
from PIL import Image

from tests.blender import baking
from tests.blender.test_truth_flow import place
from tests.house import module

look_at = module("scene.plan.camera").look_at
STEP = 0.06  # metres from frame to frame
WIDTH = 96
# From above, 1 m away: x of the world is x of the image.
ABOVE = np.array([[1.0, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 1.0], [0, 0, 0, 1]])
CUBES = [{1: baking.pose([-STEP + STEP * t, 0.0, 0.0])} for t in range(3)]
DARK = {
    "background": {"mode": "hdri", "hdri_strength": 0.0},
    "lights": {"count": 1, "energy": 40.0, "distance": 1.5, "elevation": 89.0},
    "render": {"samples": 64, "resolution": [WIDTH, 48]},
    "camera": {"fov": 50.0},
    "output": {"frames_per_scene": 3},
    "placement": {"mode": "drop", "sampling": "moments"},
}
FALLING = {"placement": {"mode": "drop", "sampling": "moments"}}
TRAVELLING = {"placement": {"mode": "float", "sampling": "rest"}, "camera": {"mode": "trajectory", "fov": 50.0}}


def bake(folder, monkeypatch, moments, views, *layers):
    place(monkeypatch, moments, views)
    meshes = {"cube": baking.box(0.1, 0.1, 0.02)}
    return baking.bake(baking.compose(folder / "models", meshes, DARK, *layers), folder / "data")


def bright(frame) -> tuple[int, int]:
    """First and last column that is brighter than black."""
    image = np.asarray(Image.open(frame.rgb_path).convert("L")).max(axis=0)
    columns = np.flatnonzero(image > 8)
    return int(columns[0]), int(columns[-1])


def labels(folder) -> dict[str, str]:
    tree = baking.tree_of(folder / "data" / "scenes")
    return {name: digest for name, digest in tree.items() if "/rgb/" not in name and "files.json" not in name}


@pytest.mark.parametrize("moving", ["object", "camera"])
@pytest.mark.parametrize("shutter", [0.5, 1.0])
def test_smears_as_far_as_it_moves(tmp_path, monkeypatch, moving, shutter):
    if moving == "object":
        moments, views, layer = CUBES, [ABOVE] * 3, FALLING
    else:
        moments, layer = [{1: baking.pose([0.0, 0.0, 0.0])}], TRAVELLING
        views = [ABOVE @ baking.pose([STEP - STEP * t, 0.0, 0.0]) for t in range(3)]
    blur = {"sensor": {"use_motion_blur": True, "shutter": shutter}, "passes": {"flow": True}}
    sharp = bake(tmp_path / "sharp", monkeypatch, moments, views, layer, {"passes": {"flow": True}})
    soft = bake(tmp_path / "soft", monkeypatch, moments, views, layer, blur)
    assert labels(tmp_path / "sharp") == labels(tmp_path / "soft")
    for clear, smeared in zip(sharp.frames(0), soft.frames(0), strict=True):
        camera = clear.labels.camera
        depth = 1.0 - 0.01  # the cube's top
        travel = camera.K[0, 0] * STEP / depth * shutter
        assert travel > 2.5
        before, after = (linear(frame).sum(axis=0) for frame in (clear, smeared))
        assert after.sum() == pytest.approx(before.sum(), rel=0.02)  # the light is spread, not added
        (middle, width), (other, smear) = spread(before), spread(after)
        assert other == pytest.approx(middle, abs=0.15)  # half of it before the instant
        # Spreading adds its own variance, that of an even distribution: length squared / 12.
        assert np.sqrt(12 * (smear - width)) == pytest.approx(travel, abs=0.3)


def spread(profile) -> tuple[float, float]:
    """Mean and variance of a profile over its columns."""
    share, columns = profile / profile.sum(), np.arange(len(profile))
    middle = float(share @ columns)
    return middle, float(share @ (columns - middle) ** 2)


def linear(frame) -> np.ndarray:
    """Scene light of a picture (sRGB undone)."""
    image = np.asarray(Image.open(frame.rgb_path)).astype(float)[..., 1] / 255
    return np.where(image > 0.04045, ((image + 0.055) / 1.055) ** 2.4, image / 12.92)


def test_without_motion_the_picture_is_the_same(tmp_path, monkeypatch):
    """Also where views jump: what is drawn anew for each frame does not move."""
    jumps = [ABOVE, ABOVE @ baking.pose([0.1, 0, 0]), ABOVE]
    still = {"placement": {"mode": "float", "sampling": "rest"}}
    one = bake(tmp_path / "one", monkeypatch, CUBES[:1], jumps, still)
    two = bake(tmp_path / "two", monkeypatch, CUBES[:1], jumps, still, {"sensor": {"use_motion_blur": True}})
    for first, second in zip(one.frames(0), two.frames(0), strict=True):
        assert first.rgb_path.read_bytes() == second.rgb_path.read_bytes()


def test_a_blurred_frame_depends_on_no_other(tmp_path, monkeypatch):
    """Frames that do not move are as sharp as without blur, beside others that move."""
    layer = {"sensor": {"use_motion_blur": True, "shutter": 0.8}, "render": {"samples": 4}}
    five = {"output": {"frames_per_scene": 5}}
    halting = [CUBES[0], CUBES[0], CUBES[0], CUBES[1], CUBES[2]]
    blurred = bake(tmp_path / "blurred", monkeypatch, halting, [ABOVE] * 5, FALLING, layer, five)
    sharp = bake(tmp_path / "sharp", monkeypatch, halting, [ABOVE] * 5, FALLING, {"render": {"samples": 4}}, five)
    pictures = [[frame.rgb_path.read_bytes() for frame in store.frames(0)] for store in (blurred, sharp)]
    assert [one == other for one, other in zip(*pictures, strict=True)] == [True, True] + [False] * 3


def test_the_two_eyes_move_alike(tmp_path, monkeypatch):
    layer = {"camera": {"use_stereo": True, "baseline": 0.04}, "sensor": {"use_motion_blur": True, "shutter": 1.0}}
    store = bake(tmp_path, monkeypatch, CUBES, [ABOVE] * 3, FALLING, layer)
    frames = list(store.frames(0))
    assert [frame.labels.eye for frame in frames] == ["left", "right"] * 3
    disparity = frames[0].labels.camera.K[0, 0] * 0.04 / 0.99
    for left, right in zip(frames[0::2], frames[1::2], strict=True):
        (a, b), (c, d) = bright(left), bright(right)
        assert a - c == pytest.approx(disparity, abs=1.1) and b - d == pytest.approx(disparity, abs=1.1)


def test_the_frame_of_the_users_scene_does_not_matter(tmp_path, monkeypatch):
    layer = {"sensor": {"use_motion_blur": True, "shutter": 1.0}, "render": {"samples": 4}}
    trees = []
    for frame in (1, 57):
        bpy.context.scene.frame_set(frame)
        try:
            bake(tmp_path / str(frame), monkeypatch, CUBES, [ABOVE] * 3, FALLING, layer)
        finally:
            bpy.context.scene.frame_set(1)
        trees.append(baking.tree_of(tmp_path / str(frame) / "data" / "scenes"))
    assert trees[0] == trees[1]
