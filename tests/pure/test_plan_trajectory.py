"""Paths of the camera: through their keys, around their subject, within their bounds, and smooth."""

import numpy as np
import pytest

from tests.pure.test_plan_camera import SECTION
from tests.pure.test_plan_views import POSE, is_rigid, looks_at
from truthbake.scene.plan.camera import Interest, look_at, trajectory

SUBJECT = np.array([[0.2, -0.1, 0.3]])
INTEREST = Interest(SUBJECT, ["bolt"], SUBJECT)


def path(frames, seed=0, **changes):
    return trajectory.path(np.random.default_rng(seed), SECTION | changes, INTEREST, frames)


def key(location, point=(0.0, 0.0, 0.0), roll=0.0):
    return POSE | {"location": list(location), "look_at": list(point), "roll": roll}


KEYS = [key((1, 0, 1)), key((0, 1, 1.5), (0.1, 0, 0)), key((-1, 0, 0.5), roll=20.0), key((-1, -1, 1))]


def test_keys_are_reached():
    found = path(10, path="keys", poses=KEYS)
    for number, item in enumerate(KEYS):
        expected = look_at(np.array(item["location"], float), np.array(item["look_at"], float), item["roll"])
        np.testing.assert_allclose(found[3 * number], expected, atol=1e-9)
    assert all(is_rigid(pose) for pose in found)


def test_keys_of_rotations_are_reached():
    turned = [item | {"aim": "rotation", "rotation": [20.0 * i, 10.0, 170.0 * i]} for i, item in enumerate(KEYS)]
    found = path(10, path="keys", poses=turned)
    for number, item in enumerate(turned):
        x, y, z = np.radians(item["rotation"])
        about = [
            [[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]],
            [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]],
            [[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]],
        ]
        axes = np.array(about[2]) @ about[1] @ about[0] @ np.diag([1, -1, -1])
        cosine, sine = np.cos(np.radians(item["roll"])), np.sin(np.radians(item["roll"]))
        axes = axes @ [[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]
        np.testing.assert_allclose(found[3 * number][:3, :3], axes, atol=1e-9)
        np.testing.assert_allclose(found[3 * number][:3, 3], item["location"], atol=1e-9)
    assert all(is_rigid(pose) for pose in found)
    fine = path(301, path="keys", poses=turned)
    steps = [np.linalg.norm(a[:3, :3] - b[:3, :3]) for a, b in zip(fine[1:], fine[:-1], strict=True)]
    assert max(steps) < 0.15  # the short way around, without a jump


def test_two_keys_are_a_straight_line_at_even_speed():
    found = path(5, path="keys", poses=[key((1, 0, 1)), key((1, 2, 1))])
    np.testing.assert_allclose([pose[1, 3] for pose in found], [0, 0.5, 1, 1.5, 2], atol=1e-12)


def test_keys_are_passed_smoothly():
    fine = np.array([pose[:3, 3] for pose in path(601, path="keys", poses=KEYS)])
    speed = np.diff(fine, axis=0)
    assert np.linalg.norm(np.diff(speed, axis=0), axis=1).max() < 0.05 * np.linalg.norm(speed, axis=1).max()


def test_one_frame_is_enough():
    for kind in ("keys", "orbit", "walk"):
        (pose,) = path(1, path=kind, poses=KEYS)
        assert is_rigid(pose)


@pytest.mark.parametrize("turn", [360.0, -90.0])
def test_orbit(turn):
    found = path(12, path="orbit", turn=turn, elevation=[30.0, 30.0], distance=1.5)
    places = np.array([pose[:3, 3] for pose in found]) - SUBJECT[0]
    assert all(looks_at(pose, SUBJECT[0]) and is_rigid(pose) for pose in found)
    np.testing.assert_allclose(np.linalg.norm(places, axis=1), 1.5)
    np.testing.assert_allclose(places[:, 2], 0.75)
    angles = np.degrees(np.unwrap(np.arctan2(places[:, 1], places[:, 0])))
    np.testing.assert_allclose(np.diff(angles), turn / 12)


@pytest.mark.parametrize("azimuth", [[-180.0, 180.0], [20.0, 80.0], [170.0, 200.0]])
def test_walk_stays_within_its_bounds(azimuth):
    bounds = {"distance": [0.8, 1.2], "elevation": [10.0, 50.0], "azimuth": azimuth, "step": [0.02, 0.05]}
    for seed in range(5):
        found = path(300, seed, path="walk", **bounds)
        places = np.array([pose[:3, 3] for pose in found]) - SUBJECT[0]
        distance = np.linalg.norm(places, axis=1)
        elevation = np.degrees(np.arcsin(places[:, 2] / distance))
        around = np.degrees(np.arctan2(places[:, 1], places[:, 0]))
        assert 0.8 - 1e-9 <= distance.min() and distance.max() <= 1.2 + 1e-9
        assert 10 - 1e-6 <= elevation.min() and elevation.max() <= 50 + 1e-6
        assert ((around - azimuth[0]) % 360 <= azimuth[1] - azimuth[0] + 1e-6).all()
        steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
        assert steps.max() < 0.05 * 1.02 and np.median(steps) > 0.018
        assert all(looks_at(pose, SUBJECT[0]) for pose in found)


def test_walk_is_steady_and_goes_places():
    found = path(400, path="walk", distance=[0.5, 1.5], elevation=[5.0, 80.0], step=0.02)
    places = np.array([pose[:3, 3] for pose in found])
    steps = np.diff(places, axis=0)
    steps /= np.linalg.norm(steps, axis=1, keepdims=True)
    assert (steps[1:] * steps[:-1]).sum(axis=1).mean() > 0.8
    assert np.ptp(places, axis=0).min() > 0.4


def test_more_frames_of_a_walk_change_no_earlier_one():
    np.testing.assert_array_equal(path(20, path="walk"), path(50, path="walk")[:20])


def test_walks_differ_by_seed():
    assert not np.allclose(path(5, 0, path="walk"), path(5, 1, path="walk"))


def test_a_roll_is_kept_along_the_path():
    level, rolled = path(6, path="orbit"), path(6, path="orbit", roll=25.0)
    for one, other in zip(level, rolled, strict=True):
        turn = one[:3, :3].T @ other[:3, :3]
        assert np.degrees(np.arctan2(turn[1, 0], turn[0, 0])) == pytest.approx(25.0)
