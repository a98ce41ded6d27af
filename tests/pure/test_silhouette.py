"""Silhouettes beyond the image, against rays through a canvas of 3W x 3H."""

import numpy as np
import pytest

from tests.rays import cast, grid
from truthbake.dataset import distortion
from truthbake.dataset.records import Camera
from truthbake.render import silhouette

WIDTH, HEIGHT, NEAR = 40, 30, 0.001
LENSES = {
    "centred": np.array([[45.0, 0, 19.5], [0, 45.0, 14.5], [0, 0, 1]]),
    "shifted": np.array([[60.0, 0, 3.2], [0, 47.5, 25.9], [0, 0, 1]]),
}

CENTRED = Camera(WIDTH, HEIGHT, LENSES["centred"], np.eye(4))


def blob(rng, triangles: int, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Triangles anywhere in a cube of this size, not even joined."""
    return rng.uniform(-size / 2, size / 2, (3 * triangles, 3)), np.arange(3 * triangles).reshape(-1, 3)


def canvas(vertices, faces, K, offset=(0.0, 0.0)) -> np.ndarray:
    _, face = cast(vertices, faces, K, grid(3 * WIDTH, 3 * HEIGHT, -WIDTH, -HEIGHT) + offset, NEAR)
    mask = (face >= 0).reshape(3 * HEIGHT, 3 * WIDTH)
    mask[HEIGHT : 2 * HEIGHT, WIDTH : 2 * WIDTH] = False
    return mask


def check(vertices, faces, K) -> int:
    """Compare with the rays; a point exactly on an edge may go either way, so the bounds come from moved rays."""
    count, box = silhouette.outside(vertices, faces, Camera(WIDTH, HEIGHT, K, np.eye(4)), NEAR)
    straight = canvas(vertices, faces, K)
    moved = [canvas(vertices, faces, K, (x, y)) for x in (-1e-6, 1e-6) for y in (-1e-6, 1e-6)]
    sure, possible = np.logical_and.reduce([straight, *moved]), np.logical_or.reduce([straight, *moved])
    assert sure.sum() <= count <= possible.sum()
    assert possible.sum() - sure.sum() <= 2
    if sure.sum() != possible.sum():
        return count
    if count == 0:
        assert box is None
    else:
        rows, columns = np.nonzero(straight)
        assert box == (
            columns.min() - WIDTH, rows.min() - HEIGHT, columns.max() - WIDTH, rows.max() - HEIGHT
        )  # fmt: skip
    return count


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("seed", range(6))
def test_in_front(lens, seed):
    rng = np.random.default_rng(seed)
    vertices, faces = blob(rng, 25, 0.6)
    assert check(vertices + np.array([rng.uniform(-0.6, 0.6), rng.uniform(-0.5, 0.5), 0.8]), faces, LENSES[lens]) > 0


@pytest.mark.parametrize("seed", range(6))
def test_across_the_near_plane(seed):
    """Some corners in front, some behind the camera, some just about at it."""
    rng = np.random.default_rng(seed)
    vertices, faces = blob(rng, 12, 0.8)
    assert check(vertices + np.array([0.1, 0.05, 0.05]), faces, LENSES["centred"]) > 0


def test_small_and_large_triangles():
    """The two ways of filling meet at some pixels' width: many sizes around it."""
    rng = np.random.default_rng(3)
    corners = rng.uniform(-1, 1, (150, 1, 3)) * [1.1, 0.8, 0.1] + rng.normal(0, 0.09, (150, 3, 3)) + [0, 0, 1]
    assert check(corners.reshape(-1, 3), np.arange(450).reshape(-1, 3), LENSES["centred"]) > 1000


def test_behind_the_camera_is_nothing():
    vertices, faces = blob(np.random.default_rng(0), 20, 0.5)
    assert silhouette.outside(vertices - [0, 0, 0.3], faces, CENTRED, NEAR) == (0, None)


def test_nearer_than_near_is_nothing():
    vertices, faces = blob(np.random.default_rng(0), 20, 0.5)
    shifted = vertices + np.array([0, 0, 0.4])
    far = shifted[:, 2].max() + 0.01
    assert silhouette.outside(shifted, faces, CENTRED, far) == (0, None)


def test_off_the_canvas_is_nothing():
    vertices, faces = blob(np.random.default_rng(1), 20, 0.1)
    for place in ([3.0, 0, 1.0], [-3.0, 0, 1.0], [0, 2.5, 1.0], [0, -2.5, 1.0]):
        assert silhouette.outside(vertices + place, faces, CENTRED, NEAR) == (0, None)


def test_a_wall_around_the_camera_fills_the_canvas():
    corners = np.array([[-9.0, -9, 1], [9, -9, 1], [9, 9, 1], [-9, 9, 1]])
    count, box = silhouette.outside(corners, np.array([[0, 1, 2], [0, 2, 3]]), CENTRED, NEAR)
    assert count == 8 * WIDTH * HEIGHT
    assert box == (-WIDTH, -HEIGHT, 2 * WIDTH - 1, 2 * HEIGHT - 1)


def test_inside_the_image_counts_nothing():
    corners = np.array([[-0.1, -0.1, 1], [0.1, -0.1, 1], [0.0, 0.1, 1]])
    assert silhouette.outside(corners, np.array([[0, 1, 2]]), CENTRED, NEAR) == (0, None)


def test_neither_side_nor_order_of_corners_matters():
    rng = np.random.default_rng(5)
    vertices, faces = blob(rng, 30, 0.9)
    vertices += [0.3, 0, 0.6]
    results = {
        silhouette.outside(vertices, faces[:, order], CENTRED, NEAR) for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0])
    }
    assert len(results) == 1


@pytest.mark.parametrize("lens", [(-0.3, 0.1, 0.001, -0.002, 0.0), (0.25, 0.0, 0.0, 0.003, 0.0)], ids=["in", "out"])
@pytest.mark.parametrize("seed", range(4))
def test_through_a_lens(lens, seed):
    """Every pixel of the canvas goes back to the pinhole and its ray is cast there: large triangles, bent."""
    K = np.array([[33.0, 0, 19.5], [0, 33.0, 14.5], [0, 0, 1]])
    rng = np.random.default_rng(seed)
    vertices, faces = blob(rng, 5, 1.6)
    vertices = vertices + np.array([1.0, 0.5, 1.4])
    count, box = silhouette.outside(vertices, faces, Camera(WIDTH, HEIGHT, K, np.eye(4), lens), NEAR)
    pixels = distortion.undistort_pixels(grid(3 * WIDTH, 3 * HEIGHT, -WIDTH, -HEIGHT), K, lens)
    _, face = cast(vertices, faces, K, pixels, NEAR)
    mask = (face >= 0).reshape(3 * HEIGHT, 3 * WIDTH)
    mask[HEIGHT : 2 * HEIGHT, WIDTH : 2 * WIDTH] = False
    assert mask.sum() > 40 and abs(count - mask.sum()) <= 2
    rows, columns = np.nonzero(mask)
    expected = (columns.min() - WIDTH, rows.min() - HEIGHT, columns.max() - WIDTH, rows.max() - HEIGHT)
    assert np.abs(np.subtract(box, expected)).max() <= 1
