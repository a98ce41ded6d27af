"""Diameters, hulls and solids against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truthbake.scene.assets import shape, solids


def brute_force(points):
    return np.linalg.norm(points[:, None] - points, axis=2).max()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(2, 300), flat=st.floats(0.0, 1.0), step=st.sampled_from([0, 0.25]))
def test_diameter_is_the_largest_distance(seed, count, flat, step):
    points = np.random.default_rng(seed).normal(size=(count, 3)) * [1.0, 1.0, flat]
    if step:
        points = np.round(points / step) * step
    assert shape.diameter(points) == pytest.approx(brute_force(points), rel=1e-12)


def test_diameter_of_a_fine_ball():
    points, _ = solids.lathe(np.concatenate([[[0, -1]], solids.arc(1.0, -89, 89, 99), [[0, 1]]]), 100)
    assert shape.diameter(points) == pytest.approx(2.0, abs=1e-12)


def test_thinned_hull_keeps_the_shape():
    cylinder, _ = solids.lathe(np.array([[0, -2.0], [1, -2], [1, 2], [0, 2]]), 200)
    thin = shape.thin_out(cylinder)
    assert len(thin) <= 64
    assert set(map(tuple, thin)) <= set(map(tuple, cylinder))
    assert np.ptp(thin, axis=0) == pytest.approx([2, 2, 4], rel=0.02)
    # how far the thinned hull falls short, in any direction
    towards = shape.directions(500)
    short = (cylinder @ towards.T).max(axis=0) - (thin @ towards.T).max(axis=0)
    assert short.max() < 0.05


def test_small_hulls_are_kept_whole():
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 2) for z in (0, 3)], dtype=float)
    assert np.array_equal(shape.thin_out(corners), corners)
    assert shape.diameter(corners) == pytest.approx(np.sqrt(14))


def test_solids_are_closed_and_have_their_volume():
    square = np.array([[0, 0], [2, 0], [2, 1], [0, 1]], dtype=float)
    box = solids.extrude(square, 3.0)
    ring = solids.lathe(solids.circle(1.0, 90, (4.0, 0.0)), 180, closed=True)
    cone = solids.lathe(np.array([[0, 0], [2, 0], [0, 3]], dtype=float), 360)
    for solid, volume in ((box, 6.0), (ring, 2 * np.pi**2 * 4), (cone, 4 * np.pi)):
        assert solids.open_edges(solid) == 0
        assert solids.volume(solid) == pytest.approx(volume, rel=2e-3)
    assert solids.volume(solids.combine(box, cone)) == pytest.approx(solids.volume(box) + solids.volume(cone))
