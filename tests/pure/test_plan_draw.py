"""The draws: evenly spread, within their limits, and independent of each other.

Each statistical test compares with the exact distribution function (Kolmogorov-Smirnov) at a fixed seed.
"""

from statistics import NormalDist

import numpy as np
import pytest

from truthbake.scene.plan import draw
from truthbake.scene.plan.streams import CONCERNS, stream

COUNT = 4000
LIMIT = 1.95 / np.sqrt(COUNT)  # passed by chance in 999 of 1000 cases


def distance(values, distribution) -> float:
    """The largest difference between the values' distribution and the expected one."""
    values = np.sort(np.asarray(values))
    expected = distribution(values)
    steps = np.arange(len(values) + 1) / len(values)
    return max(np.abs(expected - steps[1:]).max(), np.abs(expected - steps[:-1]).max())


def angle_of(rotations: np.ndarray) -> np.ndarray:
    return np.arccos(np.clip((np.trace(rotations, axis1=1, axis2=2) - 1) / 2, -1, 1))


def euler(rng) -> np.ndarray:
    """The wrong way: three even angles."""
    a, b, c = rng.uniform(-np.pi, np.pi, 3)

    def about(i, j, angle):
        matrix = np.eye(3)
        matrix[i, i] = matrix[j, j] = np.cos(angle)
        matrix[i, j], matrix[j, i] = -np.sin(angle), np.sin(angle)
        return matrix

    return about(0, 1, a) @ about(0, 2, b) @ about(1, 2, c)


def evenness(rotations: np.ndarray) -> float:
    """Worst distance over what must hold on SO(3): the angle's density is (1 - cos a) / pi, and every axis is carried
    evenly over the sphere, so that each matrix entry is even on [-1, 1] (Archimedes)."""
    fixed = np.linalg.qr(np.arange(1, 10).reshape(3, 3) + np.eye(3))[0]
    entries = [distance((fixed @ rotations)[:, i, j], lambda x: (x + 1) / 2) for i in range(3) for j in range(3)]
    plain = [distance(rotations[:, i, j], lambda x: (x + 1) / 2) for i in range(3) for j in range(3)]
    return max(*entries, *plain, distance(angle_of(rotations), lambda a: (a - np.sin(a)) / np.pi))


def test_rotations_are_rotations():
    rng = np.random.default_rng(0)
    for _ in range(50):
        matrix = draw.rotation(rng)
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(matrix) == pytest.approx(1)


def test_rotations_are_even():
    rng = np.random.default_rng(1)
    assert evenness(np.array([draw.rotation(rng) for _ in range(COUNT)])) < LIMIT * 1.2


def test_the_test_notices_euler_angles():
    rng = np.random.default_rng(1)
    assert evenness(np.array([euler(rng) for _ in range(COUNT)])) > 3 * LIMIT


def test_shell_is_even_over_its_surface():
    rng = np.random.default_rng(2)
    points = np.array([draw.on_shell(rng, (2.0, 3.0), (10.0, 70.0), (-30.0, 90.0)) for _ in range(COUNT)])
    radius = np.linalg.norm(points, axis=1)
    sine = points[:, 2] / radius
    around = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
    low, high = np.sin(np.radians([10, 70]))
    assert distance(radius, lambda r: r - 2) < LIMIT
    assert distance(sine, lambda s: (s - low) / (high - low)) < LIMIT
    assert distance(around, lambda a: (a + 30) / 120) < LIMIT
    assert np.abs(np.corrcoef([radius, sine, around]) - np.eye(3)).max() < 0.06


def test_shell_reaches_the_poles():
    rng = np.random.default_rng(2)
    np.testing.assert_allclose(draw.on_shell(rng, (2, 2), (90, 90), (0, 360)), [0, 0, 2], atol=1e-7)
    np.testing.assert_allclose(draw.on_shell(rng, (2, 2), (-90, -90), (0, 360)), [0, 0, -2], atol=1e-7)
    np.testing.assert_allclose(draw.on_shell(rng, (2, 2), (0, 0), (90, 90)), [0, 2, 0], atol=1e-12)


def test_uniform():
    rng = np.random.default_rng(3)
    assert distance([draw.uniform(rng, (-2, 4)) for _ in range(COUNT)], lambda x: (x + 2) / 6) < LIMIT
    assert draw.uniform(rng, (1.5, 1.5)) == 1.5


@pytest.mark.parametrize("limits", [(0, 0), (0, 1), (3, 8)])
def test_count_is_even_with_both_ends(limits):
    rng = np.random.default_rng(4)
    values = [draw.count(rng, limits) for _ in range(COUNT)]
    numbers, found = np.unique(values, return_counts=True)
    assert numbers.tolist() == list(range(limits[0], limits[1] + 1))
    expected = COUNT / len(numbers)
    assert (np.abs(found - expected) < 4 * np.sqrt(expected)).all()


def test_pick_is_even():
    rng = np.random.default_rng(5)
    found = np.unique([draw.pick(rng, "abcde") for _ in range(COUNT)], return_counts=True)
    assert found[0].tolist() == list("abcde") and (np.abs(found[1] - 800) < 110).all()


class Almost:
    """A generator at the very end of its range."""

    def random(self):
        return np.nextafter(1.0, 0.0)


def test_the_end_of_the_range_is_inside():
    assert draw.count(Almost(), (0, 2**31 - 1)) == 2**31 - 1
    assert draw.count(Almost(), (2, 5)) == 5
    assert draw.pick(Almost(), [1, 2, 3]) == 3


@pytest.mark.parametrize("limits", [(2, 2), (2, 9)])
def test_every_draw_takes_one_number_whatever_its_limits(limits):
    """So that a narrower range shifts no later draw."""
    for function in (draw.uniform, draw.count):
        rng, plain = np.random.default_rng(6), np.random.default_rng(6)
        function(rng, limits)
        plain.random()
        assert rng.random() == plain.random()


def test_colours():
    rng = np.random.default_rng(7)
    colours = np.array([draw.rgb(rng, (0.2, 0.6)) for _ in range(COUNT)])
    assert all(distance(colours[:, i], lambda x: (x - 0.2) / 0.4) < LIMIT for i in range(3))
    assert np.abs(np.corrcoef(colours.T) - np.eye(3)).max() < 0.06
    grey = draw.hsv(rng, (0, 0), (0.3, 0.3))
    assert grey == (0.3, 0.3, 0.3)
    values = np.array([draw.hsv(rng, (0.5, 0.5), (0.8, 0.8)) for _ in range(200)])
    np.testing.assert_allclose(values.max(axis=1), 0.8)
    np.testing.assert_allclose(values.min(axis=1), 0.4)


def test_streams():
    first = {(seed, scene, concern, attempt): tuple(stream(seed, scene, concern, attempt).random(3))
             for seed in (0, 1) for scene in (0, 1) for concern in CONCERNS for attempt in (0, 1)}  # fmt: skip
    assert len(set(first.values())) == len(first)
    assert tuple(stream(1, 0, "camera").random(3)) == first[1, 0, "camera", 0]
    assert sorted(CONCERNS.values()) == list(range(len(CONCERNS)))


def test_what_a_seed_means_stays():
    """These numbers are a promise: data sets of published recipes can be made again."""
    assert stream(7, 3, "placement").random() == pytest.approx(0.06559309592288809, abs=1e-15)
    first_row = [0.08762557211431998, 0.8914000287670453, 0.4446658833615964]
    np.testing.assert_allclose(draw.rotation(stream(7, 3, "placement"))[0], first_row, atol=1e-12)


def draws(spec, function=draw.number):
    rng = np.random.default_rng(8)
    return np.array([function(rng, spec) for _ in range(COUNT)])


def test_numbers_follow_their_distributions():
    assert (draws(4) == 4).all()
    assert distance(draws([-2, 4]), lambda x: (x + 2) / 6) < LIMIT
    assert distance(draws({"log_uniform": [0.01, 10]}), lambda x: np.log(x / 0.01) / np.log(1000)) < LIMIT
    curve = np.vectorize(NormalDist(2.0, 0.5).cdf)
    assert distance(draws({"normal": [2.0, 0.5]}), curve) < LIMIT
    first, last = NormalDist(2.0, 0.5).cdf(1.8), NormalDist(2.0, 0.5).cdf(2.1)
    cut = draws({"normal": [2.0, 0.5], "within": [1.8, 2.1]})
    assert cut.min() >= 1.8 and cut.max() <= 2.1
    assert distance(cut, lambda x: (curve(x) - first) / (last - first)) < LIMIT
    found = np.unique(draws({"choice": [1, 2, 2, 5]}), return_counts=True)
    assert found[0].tolist() == [1, 2, 5] and (np.abs(found[1] - [1000, 2000, 1000]) < 130).all()


def test_whole_numbers_follow_their_distributions():
    found = np.unique(draws({"log_uniform": [1, 7]}, draw.count), return_counts=True)[1] / COUNT
    assert np.abs(found - np.log(np.arange(2, 9) / np.arange(1, 8)) / np.log(8)).max() < 0.03
    rounded = draws({"normal": [5, 1], "within": [0, 8]}, draw.count)
    assert rounded.dtype.kind == "i" and set(rounded) <= set(range(9)) and abs(rounded.mean() - 5) < 0.06
    assert set(draws({"choice": [2, 9]}, draw.count)) == {2, 9}


SPECS = [3, [1, 4], {"log_uniform": [1, 100]}, {"normal": [5, 2], "within": [0, 8]}, {"choice": [1, 2]}]


@pytest.mark.parametrize("spec", SPECS)
def test_every_distribution_takes_one_number(spec):
    """So that another distribution shifts no later draw."""
    for function in (draw.number, draw.count):
        rng, plain = np.random.default_rng(6), np.random.default_rng(6)
        function(rng, spec)
        plain.random()
        assert rng.random() == plain.random()


@pytest.mark.parametrize("spec", SPECS)
def test_draws_lie_between_the_ends(spec):
    low, high = draw.ends(spec)
    for function in (draw.number, draw.count):
        assert low <= draws(spec, function).min() and draws(spec, function).max() <= high
        assert low <= function(Almost(), spec) <= high


@pytest.mark.parametrize("within", [[0, 1], [-1e6, 0], [0, 1e6]])
def test_the_far_tails_are_finite(within):
    values = draws({"normal": [0, 1e-3], "within": within})
    assert np.isfinite(values).all() and values.min() >= within[0] and values.max() <= within[1]


def test_the_elevation_of_a_shell_may_have_any_distribution():
    rng = np.random.default_rng(9)
    points = [draw.on_shell(rng, {"choice": [2]}, {"choice": [30]}, [0, 360]) for _ in range(20)]
    np.testing.assert_allclose(np.array(points)[:, 2], 1.0)
