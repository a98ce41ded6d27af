"""From arrays to labels."""

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from truthbake.dataset.records import Camera
from truthbake.render.annotate import Instance, Model, annotate, box_corners

WIDTH, HEIGHT = 24, 16
K = np.array([[30.0, 0, 11.5], [0, 30.0, 7.5], [0, 0, 1]])
LOW, HIGH = np.array([-0.05, -0.03, -0.02]), np.array([0.07, 0.03, 0.04])
CAMERA = Camera(WIDTH, HEIGHT, K, np.eye(4))
FACES = np.array([[0, 2, 1], [1, 2, 3], [4, 5, 6], [5, 7, 6], [0, 1, 4], [1, 5, 4],
                  [2, 6, 3], [3, 6, 7], [0, 4, 2], [2, 4, 6], [1, 3, 5], [3, 7, 5]])  # fmt: skip
MODEL = Model("obj", "target", 4, "thing", box_corners(LOW, HIGH), FACES, LOW, HIGH)


def at(x, y, z) -> Instance:
    pose = np.eye(4)
    pose[:3, 3] = (x, y, z)
    return Instance(3, MODEL, pose)


def label_of(item, index=None, amodal=None, camera=CAMERA):
    index = np.zeros((HEIGHT, WIDTH), np.uint16) if index is None else index
    labels = annotate(5, camera, 0.001, [item], index, amodal or {})
    assert labels.frame == 5 and labels.camera is camera
    (label,) = labels.objects
    return label


def test_corners_run_x_fastest_then_y_then_z():
    corners = box_corners(np.array([0, 10, 20]), np.array([1, 12, 23]))
    assert corners.tolist()[:3] == [[0, 10, 20], [1, 10, 20], [0, 12, 20]]
    assert corners.tolist()[4] == [0, 10, 23] and corners.tolist()[7] == [1, 12, 23]


def test_visible_and_amodal_parts():
    index = np.zeros((HEIGHT, WIDTH), np.uint16)
    index[4:7, 5:9] = 3
    index[5, 6] = 9  # something in front
    silhouette = np.zeros((HEIGHT, WIDTH), bool)
    silhouette[4:8, 5:10] = True
    label = label_of(at(0, 0, 1.0), index, {3: np.flatnonzero(silhouette)})
    assert (label.pixels_visible, label.pixels_inside, label.pixels_all) == (11, 20, 20)
    assert label.visible_fraction == 11 / 20
    assert label.box_visible == (5, 4, 4, 3) and label.box_inside == (5, 4, 5, 4) == label.box_all
    decoded = coco_mask.decode({"size": [HEIGHT, WIDTH], "counts": label.amodal.encode()})
    np.testing.assert_array_equal(decoded.astype(bool), silhouette)


def test_cuboid_is_the_projected_box():
    label = label_of(at(0.1, -0.05, 0.8))
    expected = [(30 * (x + 0.1) / (z + 0.8) + 11.5, 30 * (y - 0.05) / (z + 0.8) + 7.5)
                for z in (-0.02, 0.04) for y in (-0.03, 0.03) for x in (-0.05, 0.07)]  # fmt: skip
    np.testing.assert_allclose(label.cuboid[:8], expected)
    centre = (30 * 0.11 / 0.81 + 11.5, 30 * -0.05 / 0.81 + 7.5)
    np.testing.assert_allclose(label.cuboid[8], centre)


def test_pose_in_the_camera():
    camera_to_world = np.eye(4)
    camera_to_world[:3, :3] = [[0, 0, 1], [-1, 0, 0], [0, -1, 0]]  # looks along x, z up
    camera_to_world[:3, 3] = (1, 2, 3)
    label = label_of(at(3, 2.5, 2.8), camera=Camera(WIDTH, HEIGHT, K, camera_to_world))
    np.testing.assert_allclose(label.object_to_camera[:3, 3], (-0.5, 0.2, 2.0), atol=1e-12)
    np.testing.assert_allclose(camera_to_world @ label.object_to_camera, label.object_to_world, atol=1e-12)


def test_hidden_altogether():
    silhouette = np.arange(40, 50)
    label = label_of(at(0, 0, 1), amodal={3: silhouette})
    assert label.pixels_visible == 0 and label.visible_fraction == 0 and label.box_visible is None
    assert label.pixels_all == label.pixels_inside == 10


@pytest.mark.parametrize("place", [(0, 0, -1.0), (9.0, 0, 1.0)], ids=["behind", "far off"])
def test_nowhere_in_sight(place):
    label = label_of(at(*place))
    assert label.pixels_all == 0 and label.visible_fraction == 0.0
    assert label.box_visible is label.box_inside is label.box_all is None
    assert np.isnan(label.cuboid).all() == (place[2] < 0)
    decoded = coco_mask.decode({"size": [HEIGHT, WIDTH], "counts": label.amodal.encode()})
    assert decoded.shape == (HEIGHT, WIDTH) and not decoded.any()


def test_a_box_seen_from_inside_the_image_and_out():
    """Truncation: half the silhouette lies left of the image. A flat face at z = 1: every column in closed form."""
    item = at(-0.4, 0, 1.02)  # front face at z = 1, x from -0.45 to -0.33
    left, right = 30 * -0.45 + 11.5, 30 * -0.33 + 11.5
    top, bottom = 30 * -0.03 + 7.5, 30 * 0.03 + 7.5
    columns = np.arange(np.ceil(left), np.floor(right) + 1).astype(int)
    rows = np.arange(np.ceil(top), np.floor(bottom) + 1).astype(int)
    assert columns[0] < 0 < columns[-1]
    inside = np.array([y * WIDTH + x for y in rows for x in columns if x >= 0])
    label = label_of(item, amodal={3: inside})
    assert label.pixels_inside == len(inside)
    # The back of the box, further away, projects to the right of its front and adds nothing on the left.
    assert label.pixels_all == len(inside) + len(rows) * (columns < 0).sum()
    assert label.box_all == (columns[0], rows[0], len(columns), len(rows))


def test_order_and_missing_instances():
    second = Instance(8, MODEL, np.eye(4))
    labels = annotate(0, CAMERA, 0.001, [at(0, 0, 1), second], np.zeros((HEIGHT, WIDTH), np.uint16), {3: np.array([7])})
    assert [label.instance for label in labels.objects] == [3, 8]
    assert [label.pixels_inside for label in labels.objects] == [1, 0]
    assert annotate(0, CAMERA, 0.001, [], np.zeros((HEIGHT, WIDTH), np.uint16), {}).objects == []
