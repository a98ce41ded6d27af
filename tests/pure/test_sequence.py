"""Frames in order: each gets its flow both ways, few are held back, the ends have none."""

from pathlib import Path

import numpy as np
import pytest

from truthbake.dataset.records import Camera, FrameLabels
from truthbake.render.sequence import BakedFrame, Sequence

K = np.array([[100.0, 0, 15.5], [0, 100.0, 11.5], [0, 0, 1]])
DEPTH = np.full((24, 32), 2.0, dtype=np.float32)


def frame(number: int, x: float, eye: str = "") -> BakedFrame:
    """A wall two metres ahead, seen from ``x`` metres to the right."""
    pose = np.eye(4)
    pose[0, 3] = x
    labels = FrameLabels(number, Camera(32, 24, K, pose), [], eye)
    return BakedFrame(labels, Path(f"{number}.png"), {"instances": np.zeros((24, 32), dtype=np.uint16)})


def played(frames) -> tuple[list[BakedFrame], int]:
    """All frames as they come out, and how many were held back at most."""
    sequence, ready, held = Sequence(), [], 0
    for number, item in enumerate(frames):
        ready += sequence.add(item, DEPTH, {})
        held = max(held, number + 1 - len(ready))
    return ready + sequence.end(), held


def test_flow_goes_both_ways():
    ready, held = played([frame(0, 0.0), frame(1, 0.1), frame(2, 0.04)])
    assert [item.labels.frame for item in ready] == [0, 1, 2] and held == 1
    steps = [(-5.0, None), (3.0, 5.0), (None, -3.0)]  # 100 px x metres / 2 m, against the camera's motion
    for item, (forward, backward) in zip(ready, steps, strict=True):
        for kind, step in (("forward_flow", forward), ("backward_flow", backward)):
            found = item.images[kind]
            assert found.shape == (24, 32, 2) and found.dtype == np.float32
            if step is None:
                assert np.isnan(found).all()
            else:
                np.testing.assert_allclose(found, np.broadcast_to([step, 0], found.shape), atol=1e-5)


def test_occlusion_has_a_bit_for_each_way():
    ready, _ = played([frame(0, 0.0), frame(1, 0.1), frame(2, 0.04)])
    columns = [item.images["occlusion"][5] for item in ready]
    assert all((item.images["occlusion"] == column).all() for item, column in zip(ready, columns, strict=True))
    x = np.arange(32)
    np.testing.assert_array_equal(columns[0], 2 + (x < 5))
    np.testing.assert_array_equal(columns[1], (x >= 29) + 2 * (x >= 27))
    np.testing.assert_array_equal(columns[2], 1 + 2 * (x < 3))
    assert columns[0].dtype == np.uint8


def test_eyes_are_sequences_of_their_own():
    frames = [frame(0, 0.0, "left"), frame(1, 0.2, "right"), frame(2, 0.1, "left"), frame(3, 0.3, "right")]
    ready, held = played(frames)
    assert [item.labels.frame for item in ready] == [0, 1, 2, 3] and held == 2
    for item in ready[:2]:
        assert item.images["forward_flow"][3, 3, 0] == pytest.approx(-5.0)


@pytest.mark.parametrize("number", [0, 1])
def test_short_sequences(number):
    ready, _ = played([frame(0, 0.0)] * number)
    assert len(ready) == number
    for item in ready:
        assert np.isnan(item.images["forward_flow"]).all() and np.isnan(item.images["backward_flow"]).all()
        assert (item.images["occlusion"] == 3).all()
