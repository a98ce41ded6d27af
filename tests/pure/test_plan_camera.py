"""Intrinsics and views in closed form; mistakes in camera files."""

import json

import numpy as np
import pytest

from truthbake.scene.plan import camera

SECTION = {
    "intrinsics": "fov", "fov": 60.0, "focal_length": 50.0, "sensor_width": 36.0, "fx": 700.0, "fy": 650.0,
    "cx": 300.5, "cy": 250.25, "file": "", "shift_x": 0.0, "shift_y": 0.0, "lens_for": "scene", "mode": "shell",
    "distance": [1.0, 2.0], "elevation": [10.0, 80.0], "azimuth": [-180.0, 180.0], "roll": 0.0, "look_at": "targets",
    "look_at_count": 15, "look_at_class": "", "look_at_point": [0.0, 0.0, 0.0], "look_direction": [1.0, 0.0, 0.0],
    "box_min": [-1.0, -2.0, 0.5], "box_max": [1.0, 2.0, 1.5], "box_around": "world", "poses": [],
    "viewpoint_noise": [-10.0, 10.0], "path": "orbit", "turn": 360.0, "step": [0.01, 0.03], "use_stereo": False,
    "baseline": 0.1, "convergence": "parallel", "convergence_distance": 1.0,
}  # fmt: skip


def lens(resolution=(640, 480), **changes):
    recipe = {"camera": SECTION | changes, "render": {"resolution": list(resolution)}}
    return camera.intrinsics(recipe, np.random.default_rng(0))


@pytest.mark.parametrize("resolution", [(640, 480), (480, 640), (500, 500)])
def test_field_of_view_is_horizontal(resolution):
    width, height = resolution
    found = lens(resolution)
    assert found.fx == found.fy == pytest.approx(width / 2 / np.tan(np.radians(30)))
    # The image's left border, half a pixel left of the first centre, is 30 degrees off the axis.
    assert np.degrees(np.arctan((-0.5 - found.cx) / found.fx)) == pytest.approx(-30)
    assert (found.cx, found.cy) == ((width - 1) / 2, (height - 1) / 2)
    assert (found.width, found.height) == resolution


def test_focal_length_fills_the_width():
    assert lens(intrinsics="focal_length").fx == pytest.approx(640 * 50 / 36)
    assert lens((480, 640), intrinsics="focal_length", sensor_width=20.0).fy == pytest.approx(480 * 50 / 20)


@pytest.mark.parametrize("resolution", [(640, 480), (480, 640)])
def test_shift_is_in_larger_sides(resolution):
    """Shifting the lens to the right shows more of what is right: the axis moves left in the image; up: down."""
    width, height = resolution
    found = lens(resolution, shift_x=0.1, shift_y=0.05)
    assert found.cx == pytest.approx((width - 1) / 2 - 64)
    assert found.cy == pytest.approx((height - 1) / 2 + 32)


def test_matrix_is_taken_as_it_is():
    found = lens(intrinsics="matrix", shift_x=0.5, shift_y=0.5)
    np.testing.assert_array_equal(found.K, [[700, 0, 300.5], [0, 650, 250.25], [0, 0, 1]])


def test_file_brings_its_resolution(tmp_path):
    path = tmp_path / "camera.json"
    path.write_text(json.dumps({"width": 720, "height": 540, "fx": 1075.5, "fy": 1073.25, "cx": 367, "cy": 247.5}))
    found = lens(intrinsics="file", file=str(path))
    assert (found.width, found.height) == (720, 540)
    np.testing.assert_array_equal(found.K, [[1075.5, 0, 367], [0, 1073.25, 247.5], [0, 0, 1]])


GOOD = {"width": 720, "height": 540, "fx": 1075.5, "fy": 1073.25, "cx": 367, "cy": 247.5}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("{", "not a BOP camera.json"),
        ("[]", "not a BOP camera.json"),
        ("3", "not a BOP camera.json"),
        ("null", "not a BOP camera.json"),
        (json.dumps({key: value for key, value in GOOD.items() if key != "fy"}), "fy"),
        (json.dumps(GOOD | {"fx": "wide"}), "not a BOP camera.json"),
        (json.dumps(GOOD | {"fx": None}), "not a BOP camera.json"),
        (json.dumps(GOOD | {"fx": 0}), "above 0"),
        (json.dumps(GOOD | {"width": 0}), "above 0"),
        (json.dumps(GOOD | {"width": -720}), "above 0"),
        (json.dumps(GOOD | {"cx": float("nan")}), "above 0|finite"),
        (json.dumps(GOOD | {"width": float("inf")}), "not a BOP camera.json|above 0"),
        (b"\xff\xfe\x00", "not a BOP camera.json"),
    ],
)
def test_mistakes_in_camera_files(tmp_path, content, words):
    path = tmp_path / "camera.json"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.write_text(content)
    with pytest.raises(camera.CameraFileError, match=words) as error:
        camera.from_camera_file(path)
    assert str(error.value).startswith(f"{path}: ") and "\n" not in str(error.value)


def test_a_folder_is_no_camera_file(tmp_path):
    with pytest.raises(camera.CameraFileError, match="cannot be read"):
        camera.from_camera_file(tmp_path)


@pytest.mark.parametrize("roll", [0.0, 35.0, -120.0])
@pytest.mark.parametrize("position", [(1.0, 2, 3), (-1, 0.3, 0), (0, 0, 2), (0, 0, -2), (1e-6, 0, 2), (0.2, 0.1, 0.5)])
def test_look_at(position, roll):
    position, target = np.array(position), np.array([0.2, 0.1, -0.3])
    pose = camera.look_at(position, target, roll)
    rotation = pose[:3, :3]
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1)
    np.testing.assert_allclose(pose[:3, 3], position)
    np.testing.assert_allclose(rotation[:, 2], (target - position) / np.linalg.norm(target - position), atol=1e-12)
    untilted = camera.look_at(position, target, 0.0)
    assert abs(untilted[2, 0]) < 1e-12  # x is level
    assert untilted[2, 1] <= 1e-12  # y points down
    turn = untilted[:3, :3].T @ rotation
    np.testing.assert_allclose(turn[0, 0], np.cos(np.radians(roll)), atol=1e-12)
    np.testing.assert_allclose(turn[1, 0], np.sin(np.radians(roll)), atol=1e-12)


def test_candidates_look_at_the_mean_of_some_targets():
    rng = np.random.default_rng(0)
    targets = rng.normal(size=(6, 3))
    section = SECTION | {"look_at_count": 2, "roll": [-180, 180]}
    pairs = np.array([(targets[i] + targets[j]) / 2 for i in range(6) for j in range(i)])
    used = set()
    for _ in range(100):
        view = camera.candidate(rng, section, camera.Interest(targets, ["a"] * 6, targets), 0)
        local = (pairs - view[:3, 3]) @ view[:3, :3]
        hit = np.flatnonzero(np.abs(local[:, :2]).max(axis=1) < 1e-9)
        assert len(hit) == 1
        used.add(int(hit[0]))
        distance = np.linalg.norm(view[:3, 3] - pairs[hit[0]])
        sine = (view[2, 3] - pairs[hit[0], 2]) / distance
        assert 1 <= distance <= 2 and 10 <= np.degrees(np.arcsin(sine)) <= 80
    assert len(used) > 10


def test_candidates_without_targets_look_at_the_origin():
    nothing = np.zeros((0, 3))
    view = camera.candidate(np.random.default_rng(0), SECTION, camera.Interest(nothing, [], nothing), 0)
    np.testing.assert_allclose((-view[:3, 3] @ view[:3, :3])[:2], 0, atol=1e-12)


def test_targets_in_view():
    found = lens((100, 80), intrinsics="matrix", fx=100.0, fy=100.0, cx=49.5, cy=39.5)
    view = np.eye(4)
    view[:3, 3] = (1, 2, 3)
    edge = np.array([[-0.5, 39.5], [99.5, 39.5], [49.5, -0.5], [49.5, 79.5]])
    outwards = np.array([[-1, 0], [1, 0], [0, -1], [0, 1]])

    def at(pixels, depth):
        return np.column_stack([(pixels - [49.5, 39.5]) / 100 * depth, np.full(len(pixels), depth)]) + view[:3, 3]

    assert camera.targets_in_view(found, view, at(edge - 0.01 * outwards, 2.0)) == 4
    assert camera.targets_in_view(found, view, at(edge + 0.01 * outwards, 2.0)) == 0
    assert camera.targets_in_view(found, view, at(edge - 0.01 * outwards, -2.0)) == 0
    assert camera.targets_in_view(found, view, np.zeros((0, 3))) == 0
