"""What the label overlay draws, as numbers; no graphics card is asked."""

import json

import numpy as np
import pytest

from tests.house import module

geometry = module("panels.overlay.geometry")

CUBOID = [[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)]
RED, BLUE = [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]


def item(**differing) -> dict:
    points = [
        {"name": "a", "place": [0, 0, 0], "is_visible": True},
        {"name": "b", "place": [0.5, 0, 0], "is_visible": False},
    ]
    known = {
        "instance": 1, "name": "bolt", "visible_fraction": 0.5, "color": RED,
        "box": [[-0.5, -0.5], [4.5, -0.5], [4.5, 2.5], [-0.5, 2.5]], "cuboid": CUBOID, "points": points,
    }  # fmt: skip
    return known | differing


def labels(*items, cameras=(), current=0) -> dict:
    return {"objects": list(items), "cameras": list(cameras), "current": current, "size": [10, 5]}


def test_the_image_fills_its_border():
    image = geometry.Border(100, 50, 300, 150)
    places = image.place([[-0.5, -0.5], [9.5, 4.5], [4.5, 2.0]], [10, 5])
    assert places == pytest.approx(np.array([[100, 150], [300, 50], [200, 100]]))


def test_a_border_needs_a_frame_before_the_eye():
    corners = [[-0.5, -0.5, 0], [0.5, -0.5, 0], [0.5, 0.5, 0], [-0.5, 0.5, 0]]
    assert geometry.border(np.eye(4), (200, 100), corners) == geometry.Border(50, 25, 150, 75)
    behind = np.diag([1.0, 1.0, 1.0, -1.0])
    assert geometry.border(behind, (200, 100), corners) is None
    assert geometry.border(np.eye(4), (200, 100), [corners[0]] * 4) is None


def test_cuboids_have_twelve_edges_of_length_one():
    vertices, colours = geometry.cuboids(labels(item(), item(color=BLUE)))
    assert vertices.shape == (48, 3) and colours.shape == (48, 4)
    assert np.linalg.norm(vertices[0::2] - vertices[1::2], axis=1) == pytest.approx(1.0)
    edges = {tuple(sorted(map(tuple, pair))) for pair in vertices[:24].reshape(12, 2, 3).tolist()}
    assert len(edges) == 12
    assert colours[0].tolist() == [1, 0, 0, 1] and colours[-1].tolist() == [0, 0, 1, 1]


def test_boxes_are_closed_lines():
    vertices, _ = geometry.boxes(labels(item(), item(box=None)), geometry.Border(0, 0, 20, 10))
    assert vertices.tolist() == [[0, 10], [10, 10], [10, 10], [10, 4], [10, 4], [0, 4], [0, 4], [0, 10]]


def test_frustums_tell_the_shown_one():
    camera = [[0, 0, 0], [-1, 1, 1], [1, 1, 1], [1, -1, 1], [-1, -1, 1]]
    data = labels(cameras=[camera, camera], current=1)
    vertices, colours = geometry.frustums(data)
    assert vertices.shape == (40, 3)
    assert [tuple(colour) for colour in colours[::20]] == [geometry.OTHER, geometry.CURRENT]
    assert vertices[:, 1].max() == pytest.approx(1.5), "a mark above what is up"
    assert len(geometry.frustums(data, leave_out=1)[0]) == 20


def test_keypoints_are_discs_and_rings():
    (discs, fill), (rings, edge) = geometry.keypoints(labels(item()), np.eye(4), (200, 100), 4.0)
    assert len(discs) == 3 * 14 and len(rings) == 2 * 2 * 14
    assert discs.mean(axis=0) == pytest.approx([100, 50])
    assert np.linalg.norm(rings[28:] - [150, 50], axis=1) == pytest.approx(4.0)
    assert fill[0].tolist() == [1, 0, 0, 1]
    assert tuple(edge[0]) == geometry.WHITE and edge[-1].tolist() == [1, 0, 0, 1]
    behind = np.diag([1.0, 1.0, 1.0, -1.0])
    (discs, _), (rings, _) = geometry.keypoints(labels(item()), behind, (200, 100), 4.0)
    assert len(discs) == len(rings) == 0


def measure(text: str) -> float:
    return 6.0 * len(text)


def test_names_stand_on_their_boxes_and_do_not_cover_each_other():
    image = geometry.Border(0, 0, 20, 10)
    far = item(name="far", cuboid=(np.array(CUBOID) - [0, 0, 5]).tolist())
    view = np.eye(4)
    view[3] = [0, 0, -1, 3]  # the eye at z = 3 looks down
    found = geometry.tags(labels(far, item()), image, view, (200, 100), measure, 10.0)
    assert [(tag.text, tag.x, tag.y) for tag in found] == [("bolt 50%", 0.0, 10.0)]
    assert found[0].ink == geometry.WHITE and found[0].color == (1, 0, 0, 1)
    assert geometry.tags(labels(item(box=None)), image, view, (200, 100), measure, 10.0) == []
    free = geometry.tags(labels(item(box=None)), None, view, (200, 100), measure, 10.0)
    middle, _ = geometry.project(view, (200, 100), [[0.5, 0.5, 0.5]])
    assert (free[0].x, free[0].y) == pytest.approx(tuple(middle[0]))
    vertices, _ = geometry.backgrounds(found)
    assert len(vertices) == 6 and vertices.max(axis=0).tolist() == [measure("bolt 50%") + 6.0, 20.0]


def test_nothing_gives_nothing():
    empty = labels()
    image = geometry.Border(0, 0, 20, 10)
    shapes = [geometry.cuboids(empty), geometry.boxes(empty, image), geometry.frustums(empty)]
    shapes += [*geometry.keypoints(empty, np.eye(4), (20, 10), 4.0), geometry.backgrounds([])]
    assert all(len(vertices) == len(colours) == 0 for vertices, colours in shapes)
    assert geometry.tags(empty, image, np.eye(4), (20, 10), measure, 10.0) == []


def test_parsed_once():
    text = json.dumps(labels(item()))
    assert geometry.parsed(text) is geometry.parsed(text)
