"""Surfaces of implicit solids against closed forms."""

import numpy as np
import pytest

from truthbake.scene.assets import body, solids
from truthbake.scene.assets.implicit import ellipsoid, round_cone, smooth_max, smooth_min, surface, tube


def closed(vertices, faces) -> solids.Solid:
    return vertices, [tuple(face) for face in faces.tolist()]


def test_a_ball():
    vertices, faces = surface(lambda p: np.linalg.norm(p, axis=1) - 0.1, (-0.15,) * 3, (0.15,) * 3, 0.01)
    np.testing.assert_allclose(np.linalg.norm(vertices, axis=1), 0.1, atol=1e-9)
    solid = closed(vertices, faces)
    assert solids.open_edges(solid) == 0
    assert solids.volume(solid) == pytest.approx(4 / 3 * np.pi * 0.001, rel=0.01)  # positive: faces look outwards


def test_an_ellipsoid_and_a_cone():
    rng = np.random.default_rng(0)
    way = rng.normal(size=(200, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    radii = np.array([0.1, 0.2, 0.05])
    np.testing.assert_allclose(ellipsoid(way * radii, (0, 0, 0), radii), 0, atol=1e-12)
    assert (ellipsoid(1.1 * way * radii, (0, 0, 0), radii) > 0).all()
    points = np.array([[0.0, 0.3, 0.0], [0.0, 0.0, 1.2], [0.0, 0.0, -0.3]])
    np.testing.assert_allclose(round_cone(points, (0, 0, 0), (0, 0, 1), (0.2, 0.1)), [0.1, 0.1, 0.1])


def test_a_tube_of_one_radius_is_a_cylinder_with_round_ends():
    points = np.array([[0.3, 0, 0.5], [0, 0.1, 0.2], [0, 0, 1.25], [0, 0, -0.2]])
    found = tube(points, (0, 0, 0), (0, 0, 1), (1, 0, 0), [(0, 0.2, 0.2), (0.5, 0.2, 0.2), (1, 0.2, 0.2)])
    np.testing.assert_allclose(found, [0.1, -0.1, 0.05, 0.0], atol=1e-9)


def test_smooth_minimum():
    a, b = np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    np.testing.assert_allclose(smooth_min(a, b, 0.1), [0.0, 0.0, -0.025])
    np.testing.assert_allclose(smooth_max(a, b, 0.1), [1.0, 1.0, 0.025])


@pytest.mark.parametrize(
    "field, low, high",
    [
        (body.skin, (-0.75, -0.3, -0.03), (0.75, 0.3, 1.8)),
        (body.shoe, (0.09, -0.24, -0.02), (0.26, 0.12, 0.13)),
        (lambda p: body.top(p, "long"), (-0.6, -0.22, 0.82), (0.6, 0.24, 1.55)),
        (lambda p: body.bottom(p, "short"), (-0.35, -0.2, 0.4), (0.35, 0.25, 1.08)),
    ],
    ids=["skin", "shoe", "top", "bottom"],
)
def test_the_body_is_closed_and_symmetric(field, low, high):
    vertices, faces = surface(field, low, high, 0.015)
    # Without an edge where it ends: each is walked as often one way as the other.
    edges = np.concatenate([faces[:, [i, (i + 1) % 4]] for i in range(4)])
    np.testing.assert_array_equal(*(np.unique(way, axis=0, return_counts=True)[1] for way in (edges, edges[:, ::-1])))
    np.testing.assert_array_equal(*(np.unique(way, axis=0) for way in (edges, edges[:, ::-1])))
    np.testing.assert_allclose(field(vertices), 0, atol=1e-3)
    assert (vertices > np.array(low) + 0.005).all() and (vertices < np.array(high) - 0.005).all()  # nothing cut off
    if field is not body.shoe:
        np.testing.assert_allclose(field(vertices * [-1, 1, 1]), field(vertices), atol=1e-12)


def test_the_body_has_the_size_of_an_adult():
    vertices, faces = surface(body.skin, (-0.75, -0.3, -0.03), (0.75, 0.3, 1.8), 0.015)
    assert np.ptp(vertices[:, 2]) == pytest.approx(body.HEIGHT, abs=0.02)
    # About as heavy as water: 60 to 95 kg.
    assert 0.060 < solids.volume(closed(vertices, faces)) < 0.095
