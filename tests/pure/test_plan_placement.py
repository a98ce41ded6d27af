"""Free-space placement: the overlap test against linear separation by sampling, and promises of `place`."""

from dataclasses import dataclass

import numpy as np
import pytest

from truthbake.scene.plan import draw
from truthbake.scene.plan.objects import ObjectPlan
from truthbake.scene.plan.placement import boxes_overlap, place


@dataclass
class Shape:
    minimum: np.ndarray
    maximum: np.ndarray
    key: str = "shape"
    kind: str = "target"


def gap(first, second) -> float:
    """The distance between two boxes (centre, axes, halves) by projecting alternately onto each (von Neumann)."""
    point = first[0]
    for _ in range(3000):
        before = point
        for centre, axes, halves in (second, first):
            point = centre + axes @ np.clip(axes.T @ (point - centre), -halves, halves)
        if np.abs(point - before).max() < 1e-13:
            break
    centre, axes, halves = second
    return float(np.linalg.norm(point - (centre + axes @ np.clip(axes.T @ (point - centre), -halves, halves))))


def overlaps(boxes, one=0) -> bool:
    centres, axes, halves = (np.array([box[i] for box in boxes]) for i in range(3))
    return boxes_overlap(centres, axes, halves, one, np.delete(np.arange(len(boxes)), one))


def test_against_the_distance_of_the_boxes():
    rng = np.random.default_rng(0)
    decided = {True: 0, False: 0}
    for _ in range(400):
        boxes = [(rng.normal(0, 0.55, 3), draw.rotation(rng), rng.uniform(0.05, 0.9, 3)) for _ in range(2)]
        distance = gap(*boxes)
        if 1e-9 < distance < 1e-3:
            continue  # slow to decide this way
        assert overlaps(boxes) == (distance < 1e-9), boxes
        decided[distance < 1e-9] += 1
    assert min(decided.values()) > 80


def test_boxes_in_line_with_the_axes():
    """Parallel axes: their cross products vanish and must separate nothing and hide nothing."""
    unit = (np.zeros(3), np.eye(3), np.ones(3))
    for direction in np.eye(3):
        assert overlaps([unit, (1.999 * direction, np.eye(3), np.ones(3))])
        assert not overlaps([unit, (2.001 * direction, np.eye(3), np.ones(3))])
        assert not overlaps([unit, (2.0 * direction + 1e-9 * direction, np.eye(3), np.ones(3))])


def test_edge_against_edge():
    """Only the cross product of two edges separates these."""
    first = (np.zeros(3), np.eye(3), np.array([1.0, 1, 1]))
    turned = np.array([[1, 0, 0], [0, 1, 1], [0, -1, 1]]) / np.array([1, np.sqrt(2), np.sqrt(2)])
    spun = np.array([[1, 0, 1], [0, np.sqrt(2), 0], [-1, 0, 1]]) / np.sqrt(2)
    direction = np.array([1, 1, 0]) / np.sqrt(2)
    reach = None
    for step in np.linspace(1, 5, 2001):
        box = (direction * step, spun @ turned, np.array([1.0, 1, 1]))
        if not overlaps([first, box]):
            reach = step
            break
    assert gap(first, (direction * (reach + 0.002), spun @ turned, np.ones(3))) > 1e-4
    assert gap(first, (direction * (reach - 0.004), spun @ turned, np.ones(3))) < 1e-6


def test_one_of_many():
    unit = (np.zeros(3), np.eye(3), np.ones(3))
    far = [(np.array([5.0 * n, 0, 0]), np.eye(3), np.ones(3)) for n in range(1, 6)]
    assert not overlaps([unit, *far])
    assert overlaps([unit, *far, (np.array([0, 0, 1.5]), np.eye(3), np.ones(3))])
    assert not overlaps([unit])


def test_inside_is_overlap():
    assert overlaps([(np.zeros(3), np.eye(3), np.ones(3)), (np.full(3, 0.1), np.eye(3), np.full(3, 0.01))])


SECTION = {"volume_min": [-0.2, -0.3, 0.1], "volume_max": [0.2, 0.3, 0.4], "mode": "float", "max_tries": 200,
           "orientation": "auto", "volume_min_inset": [0, 0, 0], "volume_max_inset": [0, 0, 0],
           "occlusion": [0, 0]}  # fmt: skip
SHAPES = {
    "plate": Shape(np.array([0.0, 0, 0]), np.array([0.12, 0.08, 0.01])),  # the origin is a corner
    "cube": Shape(np.array([-0.03, -0.03, 0.1]), np.array([0.03, 0.03, 0.16])),  # the origin lies outside
    "pin": Shape(np.array([-0.005, -0.005, -0.1]), np.array([0.005, 0.005, 0.1])),
}


def plans(count):
    return [ObjectPlan(n, ["plate", "cube", "pin"][n % 3], "target") for n in range(1, count + 1)]


def box_of(pose, shape):
    middle, half = (shape.minimum + shape.maximum) / 2, (shape.maximum - shape.minimum) / 2
    return pose[:3, :3] @ middle + pose[:3, 3], pose[:3, :3], half


def corners(pose, shape):
    centre, axes, half = box_of(pose, shape)
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return centre + (signs * half) @ axes.T


def check(poses, items):
    boxes = [box_of(poses[item.instance], SHAPES[item.model]) for item in items if item.instance in poses]
    for i in range(len(boxes)):
        for j in range(i):
            assert gap(boxes[i], boxes[j]) > 0


@pytest.mark.parametrize("seed", range(4))
def test_placed_objects_are_inside_and_apart(seed):
    items = plans(12)
    poses, left_out = place(np.random.default_rng(seed), SECTION, items, SHAPES)
    assert sorted([*poses, *left_out]) == list(range(1, 13))
    assert len(poses) > 8
    check(poses, items)
    for item in items:
        if item.instance in poses:
            points = corners(poses[item.instance], SHAPES[item.model])
            assert (points > np.array(SECTION["volume_min"]) - 1e-9).all()
            assert (points < np.array(SECTION["volume_max"]) + 1e-9).all()


def test_what_finds_no_room_is_left_out():
    small = SECTION | {"volume_min": [0, 0, 0], "volume_max": [0.05, 0.05, 0.05]}
    poses, left_out = place(np.random.default_rng(0), small, plans(3), SHAPES)
    assert poses == {} and left_out == [1, 2, 3]


def test_a_drop_grows_upwards_until_all_have_a_place():
    narrow = SECTION | {"volume_min": [-0.15, -0.15, 0], "volume_max": [0.15, 0.15, 0.1], "mode": "drop"}
    items = plans(25)
    poses, left_out = place(np.random.default_rng(0), narrow | {"max_tries": 1000}, items, SHAPES)
    assert left_out == [] and len(poses) == 25
    check(poses, items)
    points = np.concatenate([corners(poses[item.instance], SHAPES[item.model]) for item in items])
    assert (points[:, :2] >= -0.15 - 1e-9).all() and (points[:, :2] <= 0.15 + 1e-9).all()
    assert points[:, 2].min() >= -1e-9


def test_positions_are_even():
    """A small object alone in the volume: every place is as likely."""
    rng = np.random.default_rng(0)
    shape = {"cube": Shape(np.full(3, -1e-6), np.full(3, 1e-6))}
    places = np.array([place(rng, SECTION, [ObjectPlan(1, "cube", "target")], shape)[0][1][:3, 3] for _ in range(2000)])
    low, high = np.array(SECTION["volume_min"]), np.array(SECTION["volume_max"])
    share = np.sort((places - low) / (high - low), axis=0)
    assert np.abs(share - np.linspace(0, 1, 2000)[:, None]).max() < 1.95 / np.sqrt(2000)
