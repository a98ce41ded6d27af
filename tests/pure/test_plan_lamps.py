"""Lamps: where they are, how bright, and of what colour."""

import numpy as np
import pytest

from truthbake.scene.plan import blackbody
from truthbake.scene.plan.lamps import lamps, on_arc
from truthbake.scene.plan.lights import ceiling, point_lights
from truthbake.scene.plan.streams import stream

from .test_plan_draw import COUNT, LIMIT, distance

ENTRY = {
    "kind": "point", "count": 1, "energy": [50.0, 150.0], "irradiance": [1.0, 3.0], "color": [0.5, 1.0],
    "use_temperature": False, "temperature": [2700.0, 6500.0], "size": [0.05, 0.25], "sun_angle": 0.5,
    "spot_angle": [30.0, 60.0], "spot_blend": [0.1, 0.5], "placement": "shell", "distance": [1.0, 1.5],
    "elevation": [5.0, 89.0], "azimuth": [-180.0, 180.0], "arc_angle": [-45.0, 45.0], "position": [0.0, 0.0, 1.5],
}  # fmt: skip


def drawn(entries, scene=0, seed=3):
    return lamps(lambda number: stream(seed, scene, "other lamps", number), entries)


def many(changes, count=COUNT):
    return [drawn([ENTRY | changes], scene)[0] for scene in range(count)]


# The colours of glowing bodies ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kelvin", "x", "y"),
    [
        # Wyszecki and Stiles, "Color Science" (2nd ed.), table 1(3.11): chromaticities of black bodies, CIE 1931.
        (1000, 0.6528, 0.3444),
        (2000, 0.5267, 0.4133),
        (2856, 0.4475, 0.4074),  # CIE standard illuminant A
        (4000, 0.3805, 0.3768),
        (6500, 0.3135, 0.3237),
        (10000, 0.2807, 0.2884),
    ],
)
def test_chromaticity_is_the_published_one(kelvin, x, y):
    assert blackbody.chromaticity(kelvin) == (pytest.approx(x, abs=6e-4), pytest.approx(y, abs=6e-4))


def test_temperature_changes_the_colour_and_not_the_brightness():
    colors = np.array([blackbody.linear_rgb(kelvin) for kelvin in np.linspace(1000, 15000, 57)])
    np.testing.assert_allclose(colors @ [0.2126729, 0.7151522, 0.0721750], 1.0, atol=1e-9)
    assert (colors >= 0).all()
    ratio = colors[:, 2] / colors[:, 0]
    assert (np.diff(ratio) >= 0).all() and ratio[0] == 0 and ratio[-1] > 1.5
    # 6500 K is almost the white of sRGB.
    assert np.abs(np.array(blackbody.linear_rgb(6500)) - 1).max() < 0.06


def test_beyond_its_range_the_colour_stands_still():
    assert blackbody.linear_rgb(500) == blackbody.linear_rgb(1000)
    assert blackbody.linear_rgb(40000) == blackbody.linear_rgb(15000)


# Where and how ------------------------------------------------------------------------------------------------------


def test_shell():
    found = many({"elevation": [10.0, 70.0], "azimuth": [-30.0, 90.0]})
    points = np.array([lamp.position for lamp in found])
    radius = np.linalg.norm(points, axis=1)
    low, high = np.sin(np.radians([10, 70]))
    assert distance(radius, lambda r: (r - 1) / 0.5) < LIMIT
    assert distance(points[:, 2] / radius, lambda s: (s - low) / (high - low)) < LIMIT
    assert distance(np.degrees(np.arctan2(points[:, 1], points[:, 0])), lambda a: (a + 30) / 120) < LIMIT
    assert distance([lamp.power for lamp in found], lambda e: (e - 50) / 100) < LIMIT
    assert distance([lamp.size for lamp in found], lambda s: (s - 0.05) / 0.2) < LIMIT


@pytest.mark.parametrize("kind", ["point", "area", "sun", "spot"])
def test_each_kind_has_its_own_power_and_size(kind):
    lamp = drawn([ENTRY | {"kind": kind, "energy": 70.0, "irradiance": 2.0, "size": 0.3, "sun_angle": 0.5}])[0]
    assert (lamp.kind, lamp.power, lamp.size) == (kind, *((2.0, 0.5) if kind == "sun" else (70.0, 0.3)))


def test_row_d04_light_arc():
    """D04: a point light at the angle -.5 + N(0, r) on an arc of radius 1.5 over the scene, in the plane of y and z."""
    r = 0.4
    angle = {"normal": [float(np.degrees(-0.5)), float(np.degrees(r))]}
    found = many({"placement": "arc", "distance": 1.5, "azimuth": 90.0, "arc_angle": angle})
    points = np.array([lamp.position for lamp in found])
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1.5)
    np.testing.assert_allclose(points[:, 0], 0, atol=1e-12)
    swing = np.arctan2(points[:, 1], points[:, 2])
    assert abs(swing.mean() + 0.5) < 4 * r / np.sqrt(COUNT) and abs(swing.std() - r) < 0.03
    # With r = 0 it stands still, close to where D03 has its lamp: (0, -.75, 1.35).
    (still,) = drawn([ENTRY | {"placement": "arc", "distance": 1.5, "azimuth": 90.0, "arc_angle": np.degrees(-0.5)}])
    np.testing.assert_allclose(still.position, [0, -0.719, 1.316], atol=1e-3)


def test_the_top_of_the_arc():
    np.testing.assert_allclose(on_arc(2.0, 0.0, 33.0), [0, 0, 2])
    np.testing.assert_allclose(on_arc(2.0, 90.0, 0.0), [2, 0, 0], atol=1e-12)
    np.testing.assert_allclose(on_arc(2.0, -90.0, 90.0), [0, -2, 0], atol=1e-12)


def test_row_d03_fixed_lamps():
    """D03: a point light of energy 100 at (0, -.75, 1.35), and a sun of energy 1 behind the middle of the scene."""
    point = ENTRY | {"placement": "fixed", "position": [0.0, -0.75, 1.35], "energy": 100.0, "size": 1.0, "color": 1.0}
    sun = ENTRY | {"kind": "sun", "placement": "fixed", "position": [-2.0, 0.0, -0.8], "irradiance": 1.0}
    one, two = drawn([point, sun])
    assert (one.position, one.power, one.size, one.color) == ((0.0, -0.75, 1.35), 100.0, 1.0, (1.0, 1.0, 1.0))
    assert (two.kind, two.position, two.power) == ("sun", (-2.0, 0.0, -0.8), 1.0)


def test_temperature():
    found = many({"use_temperature": True, "temperature": [2700.0, 6500.0]}, 400)
    coldest, hottest = blackbody.linear_rgb(2700), blackbody.linear_rgb(6500)
    assert all(
        hottest[0] <= lamp.color[0] <= coldest[0] and coldest[2] <= lamp.color[2] <= hottest[2] for lamp in found
    )


def test_counts_and_independence():
    """Another lamp more, or another entry, or a switch, changes no lamp that is there."""
    entries = [ENTRY | {"count": [0, 3]}, ENTRY | {"kind": "area"}]
    counts = {len(drawn(entries, scene)) for scene in range(50)}
    assert counts == {1, 2, 3, 4}
    first = drawn([ENTRY | {"count": 2}, entries[1]])
    second = drawn([ENTRY | {"count": 5}, entries[1]])
    assert first[:2] == second[:2] and first[2] == second[5]
    assert len({lamp.position for lamp in second}) == 6
    warm = drawn([ENTRY | {"count": 2, "use_temperature": True}, entries[1]])
    assert [lamp.position for lamp in warm] == [lamp.position for lamp in first] and warm[2] == first[2]
    arc = drawn([ENTRY | {"count": 2, "placement": "arc"}, entries[1]])
    assert [lamp.power for lamp in arc] == [lamp.power for lamp in first] and arc[2] == first[2]


def test_row_a07_ceiling_and_point_light():
    """A07: a panel of 6 m at z = 10, emission U(3, 6), colour U(.5, 1)^3; a point light of 100 W on a shell."""
    section = {
        "use_ceiling": True, "ceiling_height": 10.0, "ceiling_size": 6.0, "ceiling_strength": [3.0, 6.0],
        "ceiling_color": [0.5, 1.0], "count": 1, "energy": 100.0, "color": [0.5, 1.0], "distance": [1.0, 1.5],
        "elevation": [5.0, 89.0], "radius": 0.1,
    }  # fmt: skip
    rng = np.random.default_rng(0)
    panels = [ceiling(rng, section) for _ in range(COUNT)]
    assert {(panel.height, panel.size) for panel in panels} == {(10.0, 6.0)}
    assert distance([panel.strength for panel in panels], lambda x: (x - 3) / 3) < LIMIT
    for channel in range(3):
        assert distance([panel.color[channel] for panel in panels], lambda x: (x - 0.5) / 0.5) < LIMIT
    points = [point_lights(rng, section)[0] for _ in range(COUNT)]
    assert {point.energy for point in points} == {100.0}
    assert distance([np.linalg.norm(point.position) for point in points], lambda x: (x - 1) / 0.5) < LIMIT
    assert distance([point.color[0] for point in points], lambda x: (x - 0.5) / 0.5) < LIMIT
