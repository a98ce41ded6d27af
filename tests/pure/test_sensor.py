"""What the sensor makes of arrays: closed forms and statistics."""

import numpy as np
import pytest

from truthbake.dataset import distortion
from truthbake.dataset.records import Camera
from truthbake.render.annotate import Instance, Model
from truthbake.render.decode import Truth
from truthbake.render.sensor import depth, develop, focus, noise, optics
from truthbake.render.sensor.resample import catmull_rom
from truthbake.render.sensor.sight import Sight
from truthbake.scene.plan.camera import Intrinsics
from truthbake.scene.plan.sensor import AperturePlan, DepthPlan, ExposurePlan, LensPlan, NoisePlan

IMAGE = Intrinsics(80, 60, 70.0, 75.0, 38.0, 31.5)
PLAIN = LensPlan((0.0,) * 5, 0.0, 0.0)
BARREL = LensPlan((-0.2, 0.05, 0.003, -0.002, 0.0), 0.0, 0.0)
CUSHION = LensPlan((0.3, 0.0, 0.0, 0.0, 0.0), 0.0, 0.0)
NOTHING = ExposurePlan(None, 0.0, (1.0, 1.0, 1.0), None, 0)


# Noise.


@pytest.mark.parametrize("level", [0.02, 0.18, 0.9])
def test_shot_noise_has_the_variance_of_its_signal(level):
    """Poisson: mean = light, variance = light / full well; 5 deviations of the estimates over 300 000 pixels."""
    seen = noise.add(np.full((300, 400, 3), level, np.float32), 800.0, 0.0, 11).astype(float)
    expected = level / 800.0
    assert abs(seen.mean() - level) < 5 * np.sqrt(expected / seen.size)
    assert abs(seen.var() / expected - 1) < 5 * np.sqrt((2 + 1 / (800 * level)) / seen.size)
    counts = seen * 800.0
    np.testing.assert_allclose(counts, np.rint(counts), atol=1e-3)  # whole electrons


def test_read_noise_is_normal_and_there_in_the_dark():
    seen = noise.add(np.zeros((300, 400, 3), np.float32), 1000.0, 5.0, 12).astype(float)
    assert abs(seen.mean()) < 5 * 0.005 / np.sqrt(seen.size)
    assert abs(seen.std() / 0.005 - 1) < 0.01
    assert abs(((seen / seen.std()) ** 4).mean() - 3) < 0.1


def test_shot_and_read_noise_add_their_variances():
    seen = noise.add(np.full((300, 400, 3), 0.5, np.float32), 400.0, 6.0, 13).astype(float)
    assert abs(seen.var() / (0.5 / 400 + (6 / 400) ** 2) - 1) < 0.01


def test_noise_of_pixels_and_channels_is_independent():
    seen = noise.add(np.full((200, 200, 3), 0.3, np.float32), 100.0, 3.0, 14).astype(float)
    seen = (seen - seen.mean()) / seen.std()
    for other in (seen[1:] * seen[:-1], seen[:, 1:] * seen[:, :-1], seen[..., 1:] * seen[..., :-1]):
        assert abs(other.mean()) < 0.015


def test_the_same_seed_gives_the_same_noise_and_each_kind_has_its_own():
    grey = np.full((20, 30, 3), 0.4, np.float32)
    assert np.array_equal(noise.add(grey, 500.0, 4.0, 3), noise.add(grey, 500.0, 4.0, 3))
    assert not np.array_equal(noise.add(grey, 500.0, 4.0, 3), noise.add(grey, 500.0, 4.0, 4))
    # Without light only the read noise is left, whatever the full well would have made of light.
    read = noise.add(grey, 500.0, 4.0, 3) - noise.add(grey, 500.0, 0.0, 3)
    np.testing.assert_allclose(read, noise.add(0 * grey, 500.0, 4.0, 3), atol=1e-6)


def test_lamps_of_any_brightness_are_no_error():
    assert np.isfinite(noise.add(np.full((4, 4, 3), 3e38, np.float32), 1e9, 1.0, 0)).all()


# Light.


def test_vignetting_in_closed_form():
    share = optics.vignette(80, 60, (38.0, 31.5), 0.6)
    assert share.min() == pytest.approx(0.4) and share[0, 79] == share.min()
    radius = np.hypot(79 - 38.0, 0 - 31.5)
    for x, y in [(38, 31), (10, 50), (79, 59), (0, 0)]:
        tangent = (np.sqrt(1 / np.sqrt(0.4) - 1)) * np.hypot(x - 38.0, y - 31.5) / radius
        assert share[y, x] == pytest.approx(np.cos(np.arctan(tangent)) ** 4)


def test_natural_vignetting_is_cosine_to_the_fourth():
    """With the loss that a real lens of this angle has, every pixel has the cosine law of its own ray."""
    corner = np.hypot(41.0, 31.5) / 70.0
    share = optics.vignette(80, 60, (38.0, 31.5), 1 - np.cos(np.arctan(corner)) ** 4)
    x, y = np.meshgrid(np.arange(80) - 38.0, np.arange(60) - 31.5)
    np.testing.assert_allclose(share, np.cos(np.arctan(np.hypot(x, y) / 70.0)) ** 4, rtol=1e-9)


def test_exposure_and_gains_in_closed_form():
    light = np.random.default_rng(0).uniform(0, 2, (60, 80, 3)).astype(np.float32)
    plan = ExposurePlan(None, 1.5, (0.8, 1.0, 1.7), None, 0)
    seen = develop.develop(light, Sight(IMAGE, PLAIN), plan)
    np.testing.assert_allclose(seen, light * 2**1.5 * np.array([0.8, 1.0, 1.7]), rtol=1e-6)


def test_noise_comes_before_the_gains_and_after_exposure():
    """Gains multiply noise too; exposure makes more electrons."""
    light = np.full((60, 80, 3), 0.1, np.float32)
    seen = develop.develop(
        light, Sight(IMAGE, PLAIN), ExposurePlan(None, 2.0, (3.0, 1.0, 1.0), NoisePlan(900, 0, 1), 0)
    )
    variance = seen.reshape(-1, 3).var(axis=0)
    np.testing.assert_allclose(variance, 0.4 / 900 * np.array([9.0, 1.0, 1.0]), rtol=0.1)


def test_nothing_is_needed_where_nothing_happens():
    light = np.random.default_rng(1).uniform(0, 1, (60, 80, 3)).astype(np.float32)
    assert not develop.is_needed(Sight(IMAGE, PLAIN), NOTHING)
    np.testing.assert_array_equal(develop.develop(light, Sight(IMAGE, PLAIN), NOTHING), light)
    for lens in (BARREL, LensPlan((0.0,) * 5, 0.001, 0.0), LensPlan((0.0,) * 5, 0.0, 0.1)):
        assert develop.is_needed(Sight(IMAGE, lens), NOTHING)


def test_what_is_no_light_becomes_black():
    light = np.full((60, 80, 3), 0.5, np.float32)
    light[0, 0], light[1, 1], light[2, 2] = np.nan, -0.1, np.inf
    seen = develop.develop(light, Sight(IMAGE, PLAIN), NOTHING)
    assert seen[0, 0].tolist() == seen[1, 1].tolist() == seen[2, 2].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "lens", [PLAIN, BARREL, LensPlan((0.1, 0, 0, 0, 0), 0.003, 0.2)], ids=["plain", "bent", "spread"]
)
def test_alpha_goes_through_the_lens_with_green_and_hides_noise(lens):
    sight = Sight(IMAGE, lens)
    rendered_size = sight.picture_intrinsics
    light = np.zeros((rendered_size.height, rendered_size.width, 4), np.float32)
    light[20:40, 30:60] = (0.3, 0.3, 0.3, 1.0)
    plan = ExposurePlan(None, 0.0, (1.0, 1.0, 1.0), NoisePlan(1e7, 5.0, 2), 0)
    seen = develop.develop(light, sight, plan)
    assert seen.shape == (60, 80, 4) and seen[..., 3].max() == 1.0 and 0.05 < seen[..., 3].mean() < 0.3
    assert not seen[seen[..., 3] == 0].any()
    if lens.vignetting == 0:
        np.testing.assert_allclose(seen[..., 1], 0.3 * seen[..., 3], atol=0.002)


# Resampling.


def test_interpolation_keeps_pixels_and_slopes():
    rng = np.random.default_rng(2)
    image = rng.uniform(0, 1, (20, 30, 3)).astype(np.float32)
    rows, columns = np.mgrid[1:17, 1:27].astype(float)
    np.testing.assert_allclose(catmull_rom(image, columns, rows), image[1:17, 1:27], atol=1e-6)
    y, x = np.mgrid[0:20, 0:30]
    slope = (0.3 * x - 0.2 * y + 5).astype(np.float32)
    places = rng.uniform(1, 17, (200, 2))
    np.testing.assert_allclose(
        catmull_rom(slope, places[:, 0], places[:, 1]), 0.3 * places[:, 0] - 0.2 * places[:, 1] + 5, atol=1e-5
    )


def test_interpolation_is_sharper_than_linear_and_stays_within_its_neighbours():
    x = np.arange(64)
    wave = (0.5 + 0.5 * np.cos(2 * np.pi * x / 6))[None].repeat(8, 0).astype(np.float32)
    places = np.linspace(4, 58, 300)
    exact = 0.5 + 0.5 * np.cos(2 * np.pi * places / 6)
    cubic = catmull_rom(wave, places, np.full(300, 4.0))
    linear = np.interp(places, x, wave[0])
    assert np.abs(cubic - exact).std() < 0.45 * np.abs(linear - exact).std()
    lamp = np.zeros((16, 16), np.float32)
    lamp[8, 8] = 1000.0
    rng = np.random.default_rng(0)
    around = catmull_rom(lamp, rng.uniform(2, 13, 4000), rng.uniform(2, 13, 4000))
    assert around.min() == 0.0 and around.max() <= 1000.0


def pattern(x, y):
    """A smooth picture of a plane at z = 1."""
    return 0.5 + 0.2 * np.sin(14 * x) + 0.2 * np.cos(11 * y + 5 * x)


def rendered(image: Intrinsics) -> np.ndarray:
    x, y = np.meshgrid((np.arange(image.width) - image.cx) / image.fx, (np.arange(image.height) - image.cy) / image.fy)
    return pattern(x, y)[..., None].repeat(3, axis=2).astype(np.float32)


@pytest.mark.parametrize("lens", [BARREL, CUSHION], ids=["barrel", "cushion"])
def test_the_lens_shows_the_scene_where_the_formula_says(lens):
    """A pinhole's picture of a known pattern, bent: each pixel shows what the inverse formula says."""
    sight = Sight(IMAGE, lens)
    seen = sight.bend(rendered(sight.picture_intrinsics))
    assert seen.shape == (60, 80, 3)
    rays = sight.rays()
    np.testing.assert_allclose(seen[..., 1], pattern(rays[..., 0], rays[..., 1]), atol=0.003)
    back = distortion.distort(rays[..., :2].reshape(-1, 2), lens.distortion) * [70.0, 75.0] + [38.0, 31.5]
    grid = np.stack(np.meshgrid(np.arange(80), np.arange(60)), -1).reshape(-1, 2)
    assert np.abs(back - grid).max() < 1e-6


def edges(image: Intrinsics) -> np.ndarray:
    """A black and white picture, slanted bars 12 pixels of the usual image wide, each pixel the mean of its area."""
    x, y = np.meshgrid((np.arange(image.width) - image.cx) / image.fx, (np.arange(image.height) - image.cy) / image.fy)
    bar = (x + 0.17 * y) * 70.0 / 12.0
    distance = (0.5 - np.abs(bar % 2.0 - 1.0)) * 12.0 / np.hypot(1, 0.17) * image.fx / 70.0  # pixels to the next edge
    return np.clip(distance + 0.5, 0, 1)[..., None].repeat(3, axis=2).astype(np.float32)


@pytest.mark.parametrize("lens", [PLAIN, BARREL, CUSHION], ids=["plain", "barrel", "cushion"])
def test_the_picture_stays_sharp(lens):
    """Across an edge the square of the slope adds up to the inverse of its width: a bent edge keeps three quarters."""
    large = Intrinsics(320, 240, 280.0, 280.0, 159.5, 119.5)

    def sharpness(image: np.ndarray, part: tuple[slice, slice]) -> float:
        steps = np.diff(image[part][..., 1].astype(float), axis=1)
        return (steps**2).sum() / np.abs(steps).sum()

    sight = Sight(large, lens)
    seen = sight.bend(edges(sight.picture_intrinsics))
    usual = edges(large)
    for part in [(slice(100, 140), slice(120, 200)), (slice(0, 40), slice(2, 60)), (slice(200, 238), slice(260, 318))]:
        assert sharpness(seen, part) > 0.75 * sharpness(usual, part)


def test_colours_are_spread_around_the_principal_point():
    spread = 0.02
    sight = Sight(IMAGE, LensPlan((0.0,) * 5, spread, 0.0))
    seen = sight.bend(rendered(sight.picture_intrinsics))
    x, y = np.meshgrid((np.arange(80) - 38.0) / 70.0, (np.arange(60) - 31.5) / 75.0)
    for channel, larger in enumerate((1 + spread, 1.0, 1 - spread)):
        np.testing.assert_allclose(seen[..., channel], pattern(x / larger, y / larger), atol=0.003)


def test_the_picture_is_rendered_no_larger_than_needed():
    plain, barrel, cushion = (Sight(IMAGE, lens).picture_intrinsics for lens in (PLAIN, BARREL, CUSHION))
    assert plain == IMAGE
    assert 1.0 < barrel.width * barrel.height / (80 * 60) < 1.6
    assert cushion.fx > IMAGE.fx and cushion.width * cushion.height / (80 * 60) < 1.5
    assert Sight(IMAGE, LensPlan((0.0,) * 5, 0.01, 0.5)).truth_intrinsics == IMAGE  # colours leave the labels alone


def test_truth_takes_the_nearest_pixel():
    sight = Sight(IMAGE, BARREL)
    wide = sight.truth_intrinsics
    shape = wide.height, wide.width
    number = np.arange(wide.width * wide.height).reshape(shape)
    truth = Truth(
        depth=number.astype(np.float32), index=(number % 50000).astype(np.uint16),
        normals=np.dstack([number] * 3).astype(np.float32),
        crossed={"a": np.flatnonzero(number % 7 == 0), "corner": np.array([0]), "all": number.ravel()}, is_full=False,
    )  # fmt: skip
    seen = sight.through(truth)
    rays = sight.rays()
    columns, rows = np.rint(rays[..., 0] * wide.fx + wide.cx), np.rint(rays[..., 1] * wide.fy + wide.cy)
    expected = (rows * wide.width + columns).astype(int)
    assert seen.depth.shape == (60, 80)
    np.testing.assert_array_equal(seen.depth, expected.astype(np.float32))
    np.testing.assert_array_equal(seen.index, expected % 50000)
    np.testing.assert_array_equal(seen.normals[..., 2], expected.astype(np.float32))
    np.testing.assert_array_equal(seen.crossed["a"], np.flatnonzero(expected % 7 == 0))
    assert len(seen.crossed["all"]) == 80 * 60
    np.testing.assert_allclose(sight.matrix(wide), IMAGE.K, atol=1e-9)


# Focus.


def test_focus_is_on_a_target_in_the_image():
    low, high = np.full(3, -0.1), np.array([0.3, 0.1, 0.1])
    model = Model("m", "target", 1, "m", np.zeros((3, 3)), np.zeros((1, 3), int), low, high)
    decoy = Model("d", "distractor", 2, "d", np.zeros((3, 3)), np.zeros((1, 3), int), low, high)

    def at(number, x, y, z, shape=model):
        pose = np.eye(4)
        pose[:3, 3] = (x, y, z)
        return Instance(number, shape, pose)

    camera = Camera(80, 60, IMAGE.K, np.eye(4))
    items = [at(1, 0, 0, 1.5), at(2, 5, 0, 1.0), at(3, 0.1, 0, 0.9), at(4, 0, 0, -2), at(5, 0, 0, 0.5, decoy)]
    found = {focus.distance(AperturePlan(2.8, share, 7.0), camera, items) for share in np.linspace(0, 0.999, 20)}
    assert found == {1.5, 0.9}
    assert focus.distance(AperturePlan(2.8, None, 7.0), camera, items) == 7.0
    assert focus.distance(AperturePlan(2.8, 0.5, 7.0), camera, [items[1], items[3], items[4]]) == 7.0


# Depth cameras.

QUIET = DepthPlan(noise=0, step=0, jitter=0, max_angle=90, edge_loss=0, loss=0, reach=(0, 100), seed=5)
RAYS = Sight(IMAGE, PLAIN).rays()
FACING = np.broadcast_to([0.0, 0.0, -1.0], (60, 80, 3))


def wall(z: float) -> np.ndarray:
    return np.full((60, 80), z, np.float32)


def with_(**changes) -> DepthPlan:
    return DepthPlan(**{**vars(QUIET), **changes})


def test_a_perfect_depth_camera_measures_the_exact_depth():
    exact = np.random.default_rng(0).uniform(0.5, 3, (60, 80)).astype(np.float32)
    exact[3, 4] = np.inf
    np.testing.assert_allclose(depth.measure(exact, FACING, RAYS, QUIET), exact, rtol=1e-6)


@pytest.mark.parametrize("z", [0.5, 1.0, 2.0, 4.0])
def test_depth_noise_grows_with_the_square_of_the_distance(z):
    seen = np.concatenate([depth.measure(wall(z), FACING, RAYS, with_(noise=0.002, seed=s)) for s in range(10)])
    assert abs(seen.mean() - z) < 5 * 0.002 * z * z / np.sqrt(seen.size) + 2 * 0.002**2 * z**3
    assert abs(seen.std() / (0.002 * z * z) - 1) < 0.03


def test_depth_steps_grow_with_the_square_of_the_distance():
    exact = np.linspace(0.9, 3.1, 4800, dtype=np.float32).reshape(60, 80)
    seen = np.unique(depth.measure(exact, FACING, RAYS, with_(step=0.01)))
    middle = (seen[1:] + seen[:-1]) / 2
    np.testing.assert_allclose(np.diff(seen)[1:-1], 0.01 * middle[1:-1] ** 2, rtol=0.01)
    np.testing.assert_allclose(1 / seen / 0.01, np.rint(1 / seen / 0.01), atol=1e-3)


def test_jitter_frays_edges_and_nothing_else():
    exact = wall(2.0)
    exact[:, 40:] = 1.0
    seen = depth.measure(exact, FACING, RAYS, with_(jitter=1.0))
    moved = seen != exact
    columns = np.abs(np.arange(80) - 39.5)
    assert set(np.unique(seen)) == {1.0, 2.0}
    assert moved[:, columns < 1].mean() > 0.2 and not moved[:, columns > 6].any()


def test_grazing_surfaces_return_nothing():
    """A floor below the camera: the angle to its normal is that of the ray, in closed form."""
    floor = np.broadcast_to([0.0, -1.0, 0.0], (60, 80, 3))
    down = RAYS[..., 1] > 0.01
    exact = np.where(down, 1.0 / np.where(down, RAYS[..., 1], 1), np.inf).astype(np.float32)
    seen = depth.measure(exact, floor, RAYS, with_(max_angle=75.0, reach=(0, 1000)))
    expected = np.degrees(np.arccos(RAYS[..., 1] / np.linalg.norm(RAYS, axis=2))) <= 75.0
    np.testing.assert_array_equal(np.isfinite(seen), expected & down)


def test_losses_are_as_frequent_as_asked_for():
    lost = ~np.isfinite(depth.measure(wall(1.0), FACING, RAYS, with_(loss=0.2)))
    assert abs(lost.mean() - 0.2) < 5 * np.sqrt(0.16 / lost.size)
    exact = wall(2.0)
    exact[20:40, 20:60] = 1.0
    lost = ~np.isfinite(depth.measure(exact, FACING, RAYS, with_(edge_loss=1.0)))
    edge = np.zeros((60, 80), bool)
    edge[19:41, 20:60] = edge[20:40, 19:61] = True
    edge[21:39, 21:59] = False
    np.testing.assert_array_equal(lost, edge)


def test_a_slanted_plane_has_no_edges():
    z = 1.0 / (0.3 + 2.0 * RAYS[..., 0] * 0.2 + 0.5 * RAYS[..., 1])
    z = np.where((z > 0) & (z < 50), z, np.inf)
    inside = np.isfinite(z)
    nearness = np.where(inside, 1 / z, 0)
    around = inside & np.roll(inside, 1, 0) & np.roll(inside, -1, 0) & np.roll(inside, 1, 1) & np.roll(inside, -1, 1)
    assert around.sum() > 1000 and not depth.jumps(nearness)[around].any()


def test_reach_ends_near_and_far():
    exact = np.linspace(0.1, 6, 4800, dtype=np.float32).reshape(60, 80)
    seen = depth.measure(exact, FACING, RAYS, with_(reach=(0.4, 3.5)))
    np.testing.assert_array_equal(np.isfinite(seen), (exact >= 0.4) & (exact <= 3.5))


def test_depth_noises_are_independent_of_each_other():
    both = depth.measure(wall(1.0), FACING, RAYS, with_(noise=0.01, loss=0.1))
    noisy = depth.measure(wall(1.0), FACING, RAYS, with_(noise=0.01))
    kept = np.isfinite(both)
    np.testing.assert_array_equal(both[kept], noisy[kept])
    np.testing.assert_array_equal(kept, np.isfinite(depth.measure(wall(1.0), FACING, RAYS, with_(loss=0.1))))
