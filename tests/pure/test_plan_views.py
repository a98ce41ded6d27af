"""The camera's modes, in closed form and by their distributions."""

import numpy as np
import pytest

from tests.pure.test_plan_camera import SECTION
from truthbake.scene.plan import camera
from truthbake.scene.plan.camera import views

POSE = {"location": [1.0, 0.0, 0.4], "aim": "point", "look_at": [0.0, 0.0, 0.0], "rotation": [0.0] * 3, "roll": 0.0}
TARGETS = np.array([[0.1, 0.2, 0.0], [-0.3, 0.4, 0.1], [0.5, -0.2, 0.3], [0.0, 0.0, 0.2]])
INTEREST = camera.Interest(TARGETS, ["bolt", "bolt", "nut", "nut"], np.vstack([TARGETS, [[3.0, 3.0, 3.0]]]))


def views_of(number, seed=0, **changes):
    rng = np.random.default_rng(seed)
    return [camera.candidate(rng, SECTION | changes, INTEREST, i) for i in range(number)]


def is_rigid(pose) -> bool:
    rotation = pose[:3, :3]
    return np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-12) and np.linalg.det(rotation) > 0


def looks_at(pose, point) -> bool:
    local = (point - pose[:3, 3]) @ pose[:3, :3]
    return np.abs(local[:2]).max() < 1e-9 and local[2] > 0


def test_box_is_even_in_its_volume():
    found = views_of(4000, mode="box", look_at="point", look_at_point=[0.0, 0.0, 0.2])
    assert all(is_rigid(pose) and looks_at(pose, [0.0, 0.0, 0.2]) for pose in found[:50])
    places = np.array([pose[:3, 3] for pose in found])
    low, high = np.array(SECTION["box_min"]), np.array(SECTION["box_max"])
    share = (places - low) / (high - low)
    assert share.min() >= 0 and share.max() <= 1
    for axis in range(3):
        counts = np.histogram(share[:, axis], 10, (0, 1))[0]
        assert ((counts - 400) ** 2 / 400).sum() < 27.9  # chi-squared, 9 degrees of freedom, 0.1 %
    assert np.abs(np.corrcoef(share.T) - np.eye(3)).max() < 0.06


def test_box_above_what_is_looked_at():
    """The camera of the people's recipe: up to 5 m to the sides and 3 to 8 m up, looking at the one person (C03)."""
    around = {"mode": "box", "box_around": "look_at", "box_min": [-5, -5, 3], "box_max": [5, 5, 8], "look_at_count": 1}
    for pose in views_of(200, **around):
        hits = [target for target in TARGETS if looks_at(pose, target)]
        assert hits and ((pose[:3, 3] - hits[0] >= [-5, -5, 3]) & (pose[:3, 3] - hits[0] <= [5, 5, 8])).all()


def test_along_a_direction():
    """The camera of DOPE's recipe: somewhere near the origin, looking along x with z up (B09)."""
    near = {"mode": "box", "box_min": [-0.3, -0.3, 0], "box_max": [0.3, 0.3, 0], "look_at": "direction"}
    for pose in views_of(50, **near):
        np.testing.assert_allclose(pose[:3, :3], [[0, 0, 1], [-1, 0, 0], [0, -1, 0]], atol=1e-12)
        assert np.abs(pose[:2, 3]).max() <= 0.3 and pose[2, 3] == 0
    still = views_of(1, mode="box", box_min=[0] * 3, box_max=[0] * 3, look_at="direction")[0]
    np.testing.assert_array_equal(still[:3, 3], 0)


def test_fixed_poses_come_in_turn():
    turned = POSE | {"aim": "rotation", "rotation": [64.8, 0.0, 90.0]}
    rolled = POSE | {"location": [0.0, -2.0, 1.0], "roll": 30.0}
    follows = POSE | {"aim": "look_at", "location": [2.0, 2.0, 2.0]}
    found = views_of(7, mode="fixed", poses=[turned, rolled, follows], look_at="centre")
    for number in (0, 3, 6):
        # Blender looks along -z: turned by 64.8 degrees about x and a quarter about z, towards -x and down (D03).
        sine, cosine = np.sin(np.radians(64.8)), np.cos(np.radians(64.8))
        np.testing.assert_allclose(found[number][:3, 2], [-sine, 0, -cosine], atol=1e-12)
        np.testing.assert_allclose(found[number][:3, 0], [0, 1, 0], atol=1e-12)
        np.testing.assert_allclose(found[number][:3, 3], [1.0, 0.0, 0.4])
    assert looks_at(found[1], [0, 0, 0]) and looks_at(found[2], INTEREST.everything.mean(axis=0))
    untilted = camera.look_at(np.array([0.0, -2.0, 1.0]), np.zeros(3), 0.0)
    assert (untilted[:3, :3].T @ found[1][:3, :3])[0, 0] == pytest.approx(np.cos(np.radians(30)))
    assert all(is_rigid(pose) for pose in found)


def test_viewpoint_turns_the_camera_about_its_subject():
    noise = {"mode": "viewpoint", "poses": [POSE], "viewpoint_noise": {"normal": [0.0, 5.0]}}
    found = views_of(3000, **noise)
    places = np.array([pose[:3, 3] for pose in found])
    assert all(looks_at(pose, [0, 0, 0]) for pose in found[:50])
    np.testing.assert_allclose(np.linalg.norm(places, axis=1), np.hypot(1.0, 0.4))
    # Small angles: each axis turns the camera by its own normal angle.
    base = camera.look_at(np.array([1.0, 0.0, 0.4]), np.zeros(3), 0.0)
    turns = np.array([pose[:3, :3] @ base[:3, :3].T for pose in found])
    angles = np.degrees(np.stack([turns[:, 2, 1] - turns[:, 1, 2], turns[:, 0, 2] - turns[:, 2, 0],
                                  turns[:, 1, 0] - turns[:, 0, 1]], axis=1) / 2)  # fmt: skip
    assert np.abs(angles.mean(axis=0)).max() < 0.4 and np.abs(angles.std(axis=0) - 5.0).max() < 0.4
    np.testing.assert_allclose(views_of(1, **noise | {"viewpoint_noise": 0.0})[0], base, atol=1e-12)


def test_what_is_looked_at():
    for pose in views_of(20, look_at="class", look_at_class="nut"):
        assert looks_at(pose, TARGETS[2:].mean(axis=0))
    for pose in views_of(20, look_at="class", look_at_class="screw"):
        assert looks_at(pose, TARGETS.mean(axis=0))
    assert looks_at(views_of(1, look_at="point", look_at_point=[1, 2, 3])[0], [1, 2, 3])
    assert looks_at(views_of(1, look_at="centre")[0], INTEREST.everything.mean(axis=0))
    # What is looked at takes the same numbers from the stream: the camera goes around it in the same way.
    one, other = views_of(5, look_at="targets"), views_of(5, look_at="centre")
    for mine, its in zip(one, other, strict=True):
        np.testing.assert_allclose(mine[:3, :3], its[:3, :3], atol=1e-9)


def test_a_camera_on_its_subject_still_looks_somewhere():
    pose = views_of(1, mode="box", box_min=[0] * 3, box_max=[0] * 3, box_around="look_at")[0]
    assert is_rigid(pose) and np.isfinite(pose).all()


@pytest.mark.parametrize("angles", [(0, 0, 0), (30, 0, 0), (10, -50, 120), (90, 90, 90)])
def test_euler_angles_are_applied_in_blenders_order(angles):
    x, y, z = np.radians(angles)
    point = np.array([0.3, -0.7, 0.2])
    after_x = [point[0], point[1] * np.cos(x) - point[2] * np.sin(x), point[1] * np.sin(x) + point[2] * np.cos(x)]
    after_y = [
        after_x[0] * np.cos(y) + after_x[2] * np.sin(y), after_x[1], -after_x[0] * np.sin(y) + after_x[2] * np.cos(y)
    ]  # fmt: skip
    after_z = [
        after_y[0] * np.cos(z) - after_y[1] * np.sin(z), after_y[0] * np.sin(z) + after_y[1] * np.cos(z), after_y[2]
    ]  # fmt: skip
    np.testing.assert_allclose(views.euler(angles) @ point, after_z, atol=1e-12)


# The stereo rig ----------------------------------------------------------------------------------------------------

VIEW = camera.look_at(np.array([1.0, 0.5, 0.7]), np.array([0.1, 0.0, 0.0]), 20.0)


def test_one_eye_is_the_view():
    (eye,) = camera.eyes(VIEW, SECTION, 0.0)
    assert eye.name == "" and eye.camera_to_world is VIEW
    assert camera.baseline(np.random.default_rng(0), SECTION) == 0.0
    assert camera.baseline(np.random.default_rng(0), SECTION | {"use_stereo": True, "baseline": 0.12}) == 0.12


def test_parallel_eyes_see_disparity_by_depth():
    left, right = camera.eyes(VIEW, SECTION | {"use_stereo": True}, 0.1)
    assert (left.name, right.name) == ("left", "right")
    point = VIEW @ [0.2, -0.1, 2.0, 1.0]
    pixels = []
    for eye in (left, right):
        local = np.linalg.inv(eye.camera_to_world) @ point
        pixels.append(500 * local[:2] / local[2])
    np.testing.assert_allclose(pixels[0] - pixels[1], [500 * 0.1 / 2.0, 0.0], atol=1e-9)


def test_toed_in_eyes_meet():
    section = SECTION | {"use_stereo": True, "convergence": "toe_in", "convergence_distance": 1.5}
    for eye in camera.eyes(VIEW, section, 0.2):
        assert is_rigid(eye.camera_to_world) and looks_at(eye.camera_to_world, (VIEW @ [0, 0, 1.5, 1])[:3])
        np.testing.assert_allclose(np.linalg.norm(eye.camera_to_world[:3, 3] - VIEW[:3, 3]), 0.1)


def test_frames_are_counted_with_their_eyes():
    recipe = {"camera": SECTION, "output": {"frames_per_scene": 7}}
    assert camera.frames_per_scene(recipe) == 7
    assert camera.frames_per_scene(recipe | {"camera": SECTION | {"use_stereo": True}}) == 14
