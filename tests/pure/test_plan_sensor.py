"""The sensor's draws: their distributions, and that no switch and no distribution shifts another draw."""

from dataclasses import fields, replace

import numpy as np
import pytest

from truthbake.dataset.distortion import limit
from truthbake.scene.plan import blackbody
from truthbake.scene.plan import sensor as plans

SECTION = {
    "use_depth_of_field": False, "f_number": 2.8, "focus": "target", "focus_distance": 1.0,
    "k1": 0.0, "k2": 0.0, "k3": 0.0, "p1": 0.0, "p2": 0.0, "chromatic_aberration": 0.0, "vignetting": 0.0,
    "exposure": 0.0, "use_noise": False, "full_well": 10000.0, "read_noise": 3.0, "white_balance": 6500.0,
    "red_gain": 1.0, "blue_gain": 1.0, "jpeg_quality": 0, "depth_noise": 0.0015, "depth_step": 0.001,
    "depth_jitter": 0.5, "depth_max_angle": 80.0, "depth_edge_loss": 0.3, "depth_loss": 0.002,
    "depth_reach": [0.1, 10.0], "pixel_filter": "blackman_harris",
}  # fmt: skip
EVERYTHING = SECTION | {
    "use_depth_of_field": True, "f_number": {"log_uniform": [1.4, 22]}, "focus_distance": [0.3, 2.0],
    "k1": [-0.2, 0.1], "k2": {"normal": [0.0, 0.02]}, "p1": [-0.01, 0.01], "chromatic_aberration": [0, 0.01],
    "vignetting": [0.1, 0.5], "exposure": {"normal": [0.0, 0.5]}, "use_noise": True, "full_well": [500, 20000],
    "read_noise": {"choice": [2, 8]}, "white_balance": [4000, 9000], "red_gain": [0.9, 1.1], "blue_gain": [0.9, 1.1],
    "jpeg_quality": [40, 95], "depth_noise": [0.0, 0.01], "depth_loss": [0, 0.1],
}  # fmt: skip


def test_everything_is_off_by_default():
    lens, exposure = plans.lens(SECTION, 5, 2), plans.exposure(SECTION, 5, 2, 0)
    assert not lens.bends and lens.vignetting == 0
    assert exposure.aperture is None and exposure.noise is None
    assert not exposure.develops and exposure.jpeg_quality == 0 and exposure.gains == (1.0, 1.0, 1.0)


def test_one_lens_for_a_scene_and_another_exposure_for_each_frame():
    lenses = {plans.lens(EVERYTHING, 5, scene) for scene in range(20)}
    exposures = [plans.exposure(EVERYTHING, 5, 0, frame) for frame in range(20)]
    assert len(lenses) == 20 and len(set(exposures)) == 20
    assert len({item.noise.seed for item in exposures}) == 20
    assert plans.lens(EVERYTHING, 5, 3) == plans.lens(EVERYTHING, 5, 3)
    assert plans.exposure(EVERYTHING, 5, 0, 7) == exposures[7]
    assert plans.depth(EVERYTHING, 5, 0, 7) == plans.depth(EVERYTHING, 5, 0, 7) != plans.depth(EVERYTHING, 5, 0, 8)


@pytest.mark.parametrize("key", [key for key in EVERYTHING if EVERYTHING[key] != SECTION[key]])
def test_no_setting_changes_another_draw(key):
    """With one setting back at its default all other numbers are the same."""
    other = EVERYTHING | {key: SECTION[key]}
    affected = {
        "k1": "distortion", "k2": "distortion", "p1": "distortion", "chromatic_aberration": "chromatic",
        "vignetting": "vignetting", "exposure": "stops", "white_balance": "gains", "red_gain": "gains",
        "blue_gain": "gains", "jpeg_quality": "jpeg_quality", "use_depth_of_field": "aperture", "f_number": "aperture",
        "focus_distance": "aperture", "use_noise": "noise", "full_well": "noise", "read_noise": "noise",
        "depth_noise": "noise", "depth_loss": "loss",
    }[key]  # fmt: skip
    for made in (plans.lens, plans.exposure, plans.depth):
        arguments = (9, 4) if made is plans.lens else (9, 4, 3)
        before, after = made(EVERYTHING, *arguments), made(other, *arguments)
        different = {
            field.name for field in fields(before) if getattr(before, field.name) != getattr(after, field.name)
        }
        assert different <= {affected}
    coefficients = plans.lens(EVERYTHING, 9, 4).distortion, plans.lens(other, 9, 4).distortion
    assert sum(one != two for one, two in zip(*coefficients)) == (key in ("k1", "k2", "p1"))
    if key in ("full_well", "read_noise"):
        noises = plans.exposure(EVERYTHING, 9, 4, 3).noise, plans.exposure(other, 9, 4, 3).noise
        assert noises[0].seed == noises[1].seed


def test_draws_follow_their_distributions():
    lenses = [plans.lens(EVERYTHING, 1, scene) for scene in range(4000)]
    exposures = [plans.exposure(EVERYTHING, 1, 0, frame) for frame in range(4000)]
    k1 = np.array([lens.distortion[0] for lens in lenses])
    assert k1.min() > -0.2 and k1.max() < 0.1 and abs(k1.mean() + 0.05) < 0.005
    k2 = np.array([lens.distortion[1] for lens in lenses])
    assert abs(k2.std() - 0.02) < 0.001
    assert all(lens.distortion[4] == 0.0 for lens in lenses), "OpenCV's order has k3 last"
    stops = np.array([item.stops for item in exposures])
    assert abs(stops.mean()) < 0.03 and abs(stops.std() - 0.5) < 0.03
    numbers = np.log([item.aperture.f_number for item in exposures])
    assert abs(numbers.mean() - np.log([1.4, 22]).mean()) < 0.05
    shares = np.array([item.aperture.focus_share for item in exposures])
    assert abs(shares.mean() - 0.5) < 0.02
    assert {item.noise.read_noise for item in exposures} == {2.0, 8.0}
    qualities = np.bincount([item.jpeg_quality for item in exposures], minlength=96)
    assert qualities[:40].sum() == 0 and (qualities[40:] > 30).all()


def test_white_balance_is_the_ratio_of_two_black_bodies():
    """Closed form: what a black body of that temperature lights white looks grey afterwards."""
    assert plans.balance(6500.0) == (1.0, 1.0, 1.0)
    for kelvin in (3000.0, 4500.0, 12000.0):
        gains = np.array(plans.balance(kelvin))
        lit = np.array(blackbody.linear_rgb(kelvin)) * gains
        reference = np.array(blackbody.linear_rgb(6500.0))
        np.testing.assert_allclose(lit / lit[1], reference / reference[1], rtol=1e-9)
        assert gains[1] == 1.0
        assert (gains[2] > 1 > gains[0]) == (kelvin < 6500)


def test_gains_multiply_the_white_balance():
    section = SECTION | {"white_balance": 4000.0, "red_gain": 1.5, "blue_gain": 0.25}
    red, green, blue = plans.balance(4000.0)
    assert plans.exposure(section, 0, 0, 0).gains == pytest.approx((1.5 * red, green, 0.25 * blue))


def test_two_eyes_differ_in_their_noise_alone():
    left, right = (plans.exposure(EVERYTHING, 3, 1, 4, eye) for eye in (0, 1))
    assert left.noise.seed != right.noise.seed
    assert replace(left, noise=None) == replace(right, noise=None)
    assert (left.noise.full_well, left.noise.read_noise) == (right.noise.full_well, right.noise.read_noise)


def test_the_strongest_lens_folds_first():
    """Of any lens that may be drawn none reaches its limit before that one."""
    section = EVERYTHING | {"k3": {"choice": [0.01, -0.02]}, "p2": -0.003}
    strongest = plans.strongest(section)
    assert strongest.distortion[0] == -0.2 and strongest.distortion[4] == -0.02
    limits = [limit(plans.lens(section, 1, scene).distortion) for scene in range(300)]
    assert limit(strongest.distortion) <= min(limits) < np.inf


def test_focus_at_a_distance_names_no_target():
    section = SECTION | {"use_depth_of_field": True, "focus": "distance", "focus_distance": 0.7}
    assert plans.exposure(section, 0, 0, 0).aperture == plans.AperturePlan(2.8, None, 0.7)
