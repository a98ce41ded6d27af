"""Poses around an instant, and what counts as moving."""

import numpy as np
import pytest

from tests.pure.synthetic import pose_at
from truthbake.scene.plan import motion


def test_between_its_neighbours():
    poses = [pose_at(float(x), 0, 0) for x in (0, 1, 5)]
    path = motion.around(poses, 1)
    assert [pose[0, 3] for pose in (path.before, path.now, path.after)] == [0, 1, 5]
    assert not path.is_still


def test_ends_go_on_steadily():
    turns = [pose_at(1 + 2.0 * i, 3, 0, (0, 0, 1), 0.3 * i) for i in range(4)]
    expected = pose_at(-1.0, 3, 0, (0, 0, 1), -0.3)
    first, last = motion.around(turns[:2], 0), motion.around(turns[:3], 2)
    np.testing.assert_allclose(first.before[:3, :3], expected[:3, :3], atol=1e-12)
    np.testing.assert_allclose(last.after[:3, :3], turns[3][:3, :3], atol=1e-12)
    straight = [pose_at(1 + 2.0 * i, 3, 0) for i in range(2)]
    np.testing.assert_allclose(motion.around(straight, 0).before[:3, 3], [-1, 3, 0])
    np.testing.assert_allclose(motion.around(straight, 1).after[:3, 3], [5, 3, 0])


@pytest.mark.parametrize("number", [1, 3])
def test_what_stands_is_still(number):
    path = motion.around([pose_at(0.1, 0.2, 0.3, (1, 2, 3), 0.4)] * number, 0)
    assert path.is_still == (number == 1) or np.allclose(path.before, path.now, atol=1e-12)


def test_only_what_follows_in_time_moves():
    def moves(**placement):
        return motion.objects_move({"placement": {"mode": "drop", "sampling": "rest"} | placement})

    assert moves(mode="flight") and moves(sampling="moments") and moves(mode="stack", sampling="moments")
    assert not moves() and not moves(mode="float", sampling="moments")
    assert motion.camera_moves({"camera": {"mode": "trajectory"}})
    assert not motion.camera_moves({"camera": {"mode": "shell"}})


def test_shutters_are_drawn_for_each_frame():
    recipe = {"sensor": {"shutter": [0.2, 0.8]}}
    found = [motion.shutter(recipe, 3, 1, frame) for frame in range(200)]
    assert 0.2 <= min(found) < 0.25 and 0.75 < max(found) <= 0.8
    assert found[5] == motion.shutter(recipe, 3, 1, 5)
    assert motion.shutter({"sensor": {"shutter": 0.5}}, 3, 1, 0) == 0.5
