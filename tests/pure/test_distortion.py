"""Lens distortion against an independent model: the formula of OpenCV's manual written out for single numbers, and its
inverse by bisection along rays."""

import math

import numpy as np
import pytest

from tests.pure import synthetic
from truthbake.dataset import distortion, exporters
from truthbake.dataset.overlay import bent_edge, cuboid_picture
from truthbake.dataset.records import OUTSIDE, VISIBLE, Camera
from truthbake.dataset.store import Store
from truthbake.dataset.verify import verify, verify_bop, verify_coco
from truthbake.render.annotate import Instance, Model, annotate, box_corners

LENSES = {
    "barrel": (-0.28, 0.07, 0.0, 0.0, 0.0),
    "strong_barrel": (-0.35, 0.15, 0.0005, -0.0008, -0.03),
    "pincushion": (0.21, 0.03, 0.0, 0.0, 0.01),
    "tangential": (0.0, 0.0, 0.004, -0.006, 0.0),
    "moustache": (-0.2, 0.25, 0.001, 0.002, -0.05),
}
WIDTH, HEIGHT = 160, 120
K = np.array([[150.0, 0, 77.0], [0, 156.0, 61.5], [0, 0, 1]])


def by_hand(x: float, y: float, k1, k2, p1, p2, k3) -> tuple[float, float]:
    """The model for one point, as the manual of OpenCV's projectPoints writes it."""
    r = math.sqrt(x**2 + y**2)
    radial = 1 + k1 * r**2 + k2 * r**4 + k3 * r**6
    return (
        x * radial + 2 * p1 * x * y + p2 * (r**2 + 2 * x**2),
        y * radial + p1 * (r**2 + 2 * y**2) + 2 * p2 * x * y,
    )


def bisected(radius: float, k1, k2, k3) -> float:
    """The radius that a purely radial model takes to ``radius``."""
    low, high = 0.0, 4.0 * radius
    while high - low > 1e-14:
        middle = (low + high) / 2
        if middle * (1 + k1 * middle**2 + k2 * middle**4 + k3 * middle**6) < radius:
            low = middle
        else:
            high = middle
    return low


@pytest.mark.parametrize("name", LENSES)
def test_agrees_with_the_formula_point_by_point(name):
    lens = LENSES[name]
    reach = min(distortion.limit(lens), 1.5)
    angles, radii = np.meshgrid(np.linspace(0, 2 * np.pi, 25), np.linspace(0, reach, 13))
    points = np.stack([radii * np.cos(angles), radii * np.sin(angles)], -1).reshape(-1, 2)
    expected = [by_hand(x, y, *lens) for x, y in points]
    np.testing.assert_allclose(distortion.distort(points, lens), expected, atol=1e-12)


@pytest.mark.parametrize("name", LENSES)
def test_inverse_comes_back(name):
    lens = LENSES[name]
    rng = np.random.default_rng(3)
    points = rng.uniform(-1, 1, (2000, 2)) * min(distortion.limit(lens), 1.2) / math.sqrt(2)
    np.testing.assert_allclose(distortion.undistort(distortion.distort(points, lens), lens), points, atol=1e-9)


@pytest.mark.parametrize("name", ["barrel", "pincushion"])
def test_inverse_agrees_with_bisection(name):
    k1, k2, _, _, k3 = LENSES[name]
    for radius in (0.05, 0.3, 0.55):
        for angle in (0.1, 1.9, 4.4):
            point = np.array([[radius * math.cos(angle), radius * math.sin(angle)]])
            expected = point / radius * bisected(radius, k1, k2, k3)
            np.testing.assert_allclose(distortion.undistort(point, LENSES[name]), expected, atol=1e-9)


def test_camera_projects_through_the_lens():
    """World points to pixels, to a hundredth of a pixel and better, against the formula for each of them."""
    pose = np.eye(4)
    pose[:3, :3] = [[0, 0, 1], [-1, 0, 0], [0, -1, 0]]
    pose[:3, 3] = (1.0, 2.0, 3.0)
    camera = Camera(WIDTH, HEIGHT, K, pose, LENSES["strong_barrel"])
    rng = np.random.default_rng(4)
    local = np.c_[rng.uniform(-0.5, 0.5, (300, 2)), np.ones(300)] * rng.uniform(0.3, 3.0, (300, 1))
    world = local @ pose[:3, :3].T + pose[:3, 3]
    expected = []
    for x, y, z in local:
        u, v = by_hand(x / z, y / z, *camera.distortion)
        expected.append((150.0 * u + 77.0, 156.0 * v + 61.5))
    np.testing.assert_allclose(camera.project(world), expected, atol=1e-9)


def test_without_coefficients_the_camera_is_a_pinhole_and_says_nothing():
    camera = Camera(WIDTH, HEIGHT, K, np.eye(4))
    assert camera.distortion == distortion.NONE and "distortion" not in camera.to_json()
    points = np.array([[0.3, -0.2, 1.5]])
    np.testing.assert_array_equal(camera.project(points), (points @ K.T)[:, :2] / points[:, 2:])


def test_camera_survives_json():
    camera = Camera(WIDTH, HEIGHT, K, np.eye(4), LENSES["moustache"])
    again = Camera.from_json(camera.to_json())
    assert again.distortion == LENSES["moustache"] and again.to_json() == camera.to_json()


@pytest.mark.parametrize("name", LENSES)
def test_the_map_is_one_to_one_up_to_its_limit_and_beyond(name):
    """Along every ray the image only ever moves outwards, and neighbours keep their side of each other."""
    lens = LENSES[name]
    radii = np.linspace(0.0, 12.0, 4000)
    for angle in np.linspace(0, 2 * np.pi, 17):
        ray = np.array([np.cos(angle), np.sin(angle)])
        outwards = distortion.distort(radii[:, None] * ray, lens) @ ray
        assert (np.diff(outwards) > 0).all()


def test_what_lies_beside_the_image_stays_beside_it():
    """The bare polynomial brings a point at 60 degrees back into the image; the model used here does not."""
    lens = (-0.3, 0.0, 0.0, 0.0, 0.0)
    far = np.array([[math.tan(math.radians(60)), 0.0]])
    assert abs(by_hand(*far[0], *lens)[0]) < 0.2
    assert (
        distortion.distort(far, lens)[0, 0] > distortion.distort(np.array([[distortion.limit(lens), 0.0]]), lens)[0, 0]
    )


def test_limit_is_where_the_slope_ends():
    """One coefficient in closed form: 1 + 3 k1 r² = 0.1."""
    assert distortion.limit((-0.3, 0, 0, 0, 0)) == pytest.approx(1.0)
    assert distortion.limit((0.2, 0.1, 0, 0, 0.1)) == math.inf
    assert distortion.limit((-0.3, 0, 0.001, 0, 0)) < 1.0


@pytest.mark.parametrize("name", LENSES)
def test_window_fills_every_pixel_and_is_no_larger(name):
    lens = LENSES[name]
    seen = distortion.window(WIDTH, HEIGHT, K, lens)
    x, y = seen.source[..., 0], seen.source[..., 1]
    assert 0 <= x.min() < 1 and 0 <= y.min() < 1
    assert seen.width - 2 < x.max() <= seen.width - 1 and seen.height - 2 < y.max() <= seen.height - 1
    pinhole = seen.source.reshape(-1, 2) + np.array([seen.left, seen.top])
    again = [
        (150.0 * u + 77.0, 156.0 * v + 61.5)
        for u, v in (by_hand((px - 77.0) / 150.0, (py - 61.5) / 156.0, *lens) for px, py in pinhole)
    ]
    grid = np.stack(np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT)), -1).reshape(-1, 2)
    assert np.abs(np.array(again) - grid).max() < 1e-6
    rows, columns = np.divmod(seen.nearest, seen.width)
    assert np.abs(columns - x).max() <= 0.5 and np.abs(rows - y).max() <= 0.5


def test_padding_widens_the_window_on_every_side():
    bare, padded = (distortion.window(WIDTH, HEIGHT, K, LENSES["barrel"], pad) for pad in (0, 3))
    assert (padded.left, padded.top) == (bare.left - 3, bare.top - 3)
    assert (padded.width, padded.height) == (bare.width + 6, bare.height + 6)
    np.testing.assert_allclose(padded.source - bare.source, 3.0)


def test_a_model_that_folds_back_inside_the_image_is_refused():
    with pytest.raises(distortion.DistortionError, match=r"^sensor\.k1: .*folds back.*field of view$"):
        distortion.window(WIDTH, HEIGHT, K, (-0.9, 0, 0, 0, 0))
    narrow = np.array([[600.0, 0, 77.0], [0, 600.0, 61.5], [0, 0, 1]])
    assert distortion.window(WIDTH, HEIGHT, narrow, (-0.9, 0, 0, 0, 0)).width < WIDTH + 10


LENS = (-0.2, 0.05, 0.002, -0.003, 0.0)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A traced data set whose every ray goes through the lens; its boxes have edges as long as the image."""
    root = tmp_path_factory.mktemp("lens") / "set"
    return synthetic.build(root, synthetic.SHAPES, [synthetic.usual_frames()], synthetic.camera(lens=LENS))[0]


def test_right_data_sets_pass_every_check(store):
    exporters.export(store, ["bop", "coco"])
    assert verify(store) == []
    assert verify_bop(store.exports("bop")) == []
    assert verify_coco(store.exports("coco")) == []


@pytest.mark.parametrize("lens", [(0.0,) * 5, (-0.1, 0.05, 0.002, -0.003, 0.0)], ids=["none", "half"])
def test_labels_of_another_lens_are_found(tmp_path, store, lens, monkeypatch):
    wrong = Store(store.root, store.header)
    monkeypatch.setattr(Camera, "from_json", classmethod(lambda cls, data: _with_lens(data, lens)))
    problems = verify(wrong)
    assert any("cuboid is not the projection" in text for text in problems)
    assert any("project outside of the mask" in text or "but the mask covers" in text for text in problems)


def _with_lens(data, lens) -> Camera:
    return Camera(data["width"], data["height"], np.array(data["K"]), np.array(data["camera_to_world"]), lens)


def test_an_export_that_knows_no_lens_says_so(store, tmp_path):
    (warning,) = exporters.warnings(store, ["bop", "coco"])
    assert warning.startswith("bop: ") and "distort" in warning and "\n" not in warning
    assert exporters.warnings(store, ["coco"]) == []
    pinhole, _ = synthetic.build(tmp_path / "pinhole", synthetic.SHAPES, [synthetic.usual_frames()[:1]])
    assert exporters.warnings(pinhole, ["bop", "coco"]) == []


def test_edges_are_drawn_as_the_lens_bends_them(store):
    """Every drawn point is the image of some point of the straight edge in space: the nearest of 4000 of them."""
    camera = synthetic.camera(lens=LENS)
    ends = np.array([[-0.4, -0.3, 0.9], [0.5, -0.25, 1.4]])
    drawn = bent_edge(camera.image(ends), camera)
    dense = camera.image(ends[0] + np.linspace(0, 1, 4000)[:, None] * (ends[1] - ends[0]))
    distance = np.linalg.norm(drawn[:, None] - dense[None], axis=2).min(axis=1)
    assert len(drawn) > 8 and distance.max() < 0.05
    middle = camera.image(ends).mean(axis=0)
    assert np.linalg.norm(drawn - middle, axis=1).min() > 1.0, "a straight line would pass through the middle"
    assert cuboid_picture(next(store.frames(0)), 160).size == (160, 120)


def test_keypoints_and_cuboids_go_through_the_formula():
    """Each by the formula for single points; a keypoint that the lens puts beside the image is outside of it."""
    camera = Camera(WIDTH, HEIGHT, K, np.eye(4), LENSES["pincushion"])
    points = {"near the axis": [0.02, -0.01, 0.0], "far out": [0.21, 0.1, 0.1], "pushed out": [0.52, 0.0, 0.0]}
    low, high = np.array([-0.1, -0.1, 0.0]), np.array([0.3, 0.2, 0.3])
    model = Model("m", "target", 1, "m", box_corners(low, high), np.array([[0, 1, 2]]), low, high, list(points.items()))
    pose = np.eye(4)
    pose[2, 3] = 1.0
    item = Instance(1, model, pose, in_sight=np.ones(3, bool))
    (label,) = annotate(0, camera, 0.001, [item], np.zeros((HEIGHT, WIDTH), np.uint16), {}).objects
    for keypoint, (x, y, z) in zip(label.keypoints, points.values()):
        u, v = by_hand(x / (1 + z), y / (1 + z), *camera.distortion)
        np.testing.assert_allclose(keypoint.pixel, (150 * u + 77, 156 * v + 61.5), atol=1e-9)
    assert [keypoint.visibility for keypoint in label.keypoints] == [VISIBLE, VISIBLE, OUTSIDE]
    assert 150 * 0.52 + 77 < WIDTH - 0.5, "a pinhole would have it inside"
    corners = [(x, y, z) for z in (1.0, 1.3) for y in (-0.1, 0.2) for x in (-0.1, 0.3)]
    for pixel, (x, y, z) in zip(label.cuboid, corners):
        u, v = by_hand(x / z, y / z, *camera.distortion)
        np.testing.assert_allclose(pixel, (150 * u + 77, 156 * v + 61.5), atol=1e-9)
