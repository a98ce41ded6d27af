"""Photographs behind transparent pictures: where they lie, how they are composed, and what stands in for them."""

from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from PIL import Image

from truthbake.render import backdrop
from truthbake.scene.assets.pictures import PictureError
from truthbake.scene.plan.photograph import BackdropPlan, PhotographPlan, photograph

from .test_plan_draw import LIMIT, distance

SECTION = {
    "photograph_rotation": [-45.0, 45.0], "photograph_crop": [0.5, 1.0], "use_photograph_flip": True,
    "photograph_each": "frame",
}  # fmt: skip


def plan(path="", rotation=0.0, crop=1.0, place=(0.5, 0.5), is_mirrored=False, heading=0.0):
    return PhotographPlan(str(path), rotation, crop, place, is_mirrored, heading)


def noise(width, height, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def saved(path: Path, pixels) -> Path:
    Image.fromarray(pixels).save(path)
    return path


# Row B17: rotated, cropped, mirrored ----------------------------------------------------------------------------------


def test_row_b17_draws():
    rng = np.random.default_rng(0)
    drawn = [photograph(rng, SECTION, ["a", "b"]) for _ in range(4000)]
    assert distance([one.rotation for one in drawn], lambda x: (x + 45) / 90) < LIMIT
    assert distance([one.crop for one in drawn], lambda x: (x - 0.5) / 0.5) < LIMIT
    assert distance([one.heading for one in drawn], lambda x: x / 360) < LIMIT
    assert abs(np.mean([one.is_mirrored for one in drawn]) - 0.5) < 0.04
    assert abs(np.mean([one.path == "a" for one in drawn]) - 0.5) < 0.04
    never = [photograph(np.random.default_rng(n), SECTION | {"use_photograph_flip": False}, ["a"]) for n in range(50)]
    assert not any(one.is_mirrored for one in never)


def test_each_frame_or_each_scene_has_its_own():
    frames = BackdropPlan(3, 0, SECTION, ["a", "b"])
    assert frames.of(0) != frames.of(1) and frames.of(1) == frames.of(1)
    assert BackdropPlan(3, 1, SECTION, ["a", "b"]).of(0) != frames.of(0)
    scene = BackdropPlan(3, 0, SECTION | {"photograph_each": "scene"}, ["a", "b"])
    assert scene.of(0) == scene.of(5) == frames.of(0)
    pairs = BackdropPlan(3, 0, SECTION, ["a", "b"], eyes=2)
    assert pairs.of(2) == pairs.of(3) == frames.of(1) != pairs.of(1)


def test_no_corner_is_empty_and_the_largest_part_touches_the_edge():
    rng = np.random.default_rng(1)
    for _ in range(300):
        size = tuple(int(value) for value in rng.integers(20, 900, 2))
        wanted = tuple(int(value) for value in rng.integers(8, 700, 2))
        crop = 1.0 if rng.random() < 0.5 else rng.uniform(0.1, 1.0)
        one = plan(rotation=rng.uniform(-180, 180), crop=crop, place=tuple(rng.random(2)))
        matrix = backdrop.placement(one, size, wanted)
        w, h = wanted
        corners = np.array([[0, 0, 1], [w, 0, 1], [w, h, 1], [0, h, 1]]) @ matrix.T
        assert (corners > -1e-6).all() and (corners < np.array(size) + 1e-6).all()
        extent = np.ptp(corners, axis=0) / size
        assert extent.max() == pytest.approx(crop)


def test_as_it_is(tmp_path):
    pixels = noise(40, 30)
    path = saved(tmp_path / "a.png", pixels)
    np.testing.assert_array_equal(np.asarray(backdrop.cut_out(plan(path), 40, 30)), pixels)
    mirrored = backdrop.cut_out(plan(path, is_mirrored=True), 40, 30)
    np.testing.assert_array_equal(np.asarray(mirrored), pixels[:, ::-1])


@pytest.mark.parametrize(("degrees", "turns"), [(90.0, 1), (180.0, 2), (-90.0, 3)])
def test_it_turns_counter_clockwise(tmp_path, degrees, turns):
    pixels = noise(32, 32)
    turned = backdrop.cut_out(plan(saved(tmp_path / "a.png", pixels), rotation=degrees), 32, 32)
    np.testing.assert_allclose(np.asarray(turned, dtype=int), np.rot90(pixels, turns).astype(int), atol=1)


def test_a_part_of_it(tmp_path):
    pixels = noise(40, 40)
    path = saved(tmp_path / "a.png", pixels)
    corner = backdrop.cut_out(plan(path, crop=0.5, place=(0.0, 1.0)), 20, 20)
    np.testing.assert_array_equal(np.asarray(corner), pixels[20:, :20])


def test_large_photographs_are_averaged_not_sampled(tmp_path):
    """A fine checkerboard becomes grey, not a coarse checkerboard."""
    fine = np.indices((800, 800)).sum(axis=0) % 2 * 255
    path = saved(tmp_path / "a.png", np.dstack([fine] * 3).astype(np.uint8))
    small = np.asarray(backdrop.cut_out(plan(path, rotation=10.0), 100, 100), dtype=float)
    assert small.std() < 4 and abs(small.mean() - 127.5) < 3


def test_photographs_lie_as_their_camera_was_held(tmp_path):
    pixels = noise(30, 20)
    image = Image.fromarray(pixels)
    exif = image.getexif()
    exif[0x0112] = 3  # upside down
    image.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(np.asarray(backdrop.cut_out(plan(tmp_path / "a.png"), 30, 20)), np.rot90(pixels, 2))


# Behind the picture ---------------------------------------------------------------------------------------------------


def front(tmp_path, alpha) -> tuple[Path, np.ndarray]:
    pixels = noise(24, 16, 1)
    return saved(tmp_path / "front.png", np.dstack([pixels, alpha])), pixels


def test_what_is_opaque_stays_and_what_is_clear_shows_the_photograph(tmp_path):
    alpha = np.full((16, 24), 255, dtype=np.uint8)
    alpha[:, 8:16], alpha[:, 16:] = 128, 0
    picture, pixels = front(tmp_path, alpha)
    behind = noise(24, 16, 2)
    one = plan(saved(tmp_path / "a.png", behind))
    backdrop.compose(picture, one, tmp_path / "out.png", "png", 95)
    found = np.asarray(Image.open(tmp_path / "out.png"), dtype=float)
    assert found.shape == (16, 24, 3)
    np.testing.assert_array_equal(found[:, :8], pixels[:, :8])
    np.testing.assert_array_equal(found[:, 16:], behind[:, 16:])
    half = (pixels * (128 / 255) + behind * (127 / 255))[:, 8:16]
    assert np.abs(found[:, 8:16] - half).max() <= 0.5 + 1e-3


@pytest.mark.parametrize("image_format", ["png", "jpeg"])
def test_the_same_bytes_each_time(tmp_path, image_format):
    picture, _ = front(tmp_path, noise(24, 16, 5)[..., 0])
    one = plan(saved(tmp_path / "a.png", noise(90, 70)), rotation=20.0, crop=0.7, place=(0.2, 0.9))
    for name in ("one", "two"):
        backdrop.compose(picture, one, tmp_path / name, image_format, 95)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with Image.open(tmp_path / "one") as image:
        assert (image.format, image.mode, image.size) == (image_format.upper(), "RGB", (24, 16))


def test_under_linear_light(tmp_path):
    """The sensor works on light: there the photograph's codes are decoded as sRGB."""
    grey = saved(tmp_path / "a.png", np.full((4, 6, 3), 188, dtype=np.uint8))
    light = np.full((4, 6, 3), 0.25, dtype=np.float32)
    for opacity, expected in ((0.0, 0.25 + 0.5029), (0.5, 0.25 + 0.2514), (1.0, 0.25)):
        found = backdrop.lay_under(light, np.full((4, 6), opacity, dtype=np.float32), plan(grey))
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_broken_photographs(tmp_path):
    path = saved(tmp_path / "a.jpg", noise(300, 200))
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(PictureError, match=r"a\.jpg: is cut off or damaged; .* background\.photographs"):
        backdrop.cut_out(plan(path), 30, 20)
    (tmp_path / "a.exr").write_bytes(b"\x76\x2f\x31\x01 and no more")
    with pytest.raises(PictureError, match=r"a\.exr: cannot be read as a sky"):
        backdrop.cut_out(plan(tmp_path / "a.exr"), 30, 20)


# Views of skies stand in for photographs ------------------------------------------------------------------------------


def write_sky(path: Path, pixels: np.ndarray) -> Path:
    channels = {name: np.ascontiguousarray(pixels[..., index]) for index, name in enumerate("RGB")}
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    with OpenEXR.File(header, channels) as file:
        file.write(str(path))
    return path


def test_an_even_sky_is_middle_grey(tmp_path):
    """Whatever its brightness: 0.22 / 1.22 is 0.18 in linear light, 118 as sRGB."""
    for value in (0.01, 1.0, 300.0):
        sky = write_sky(tmp_path / "sky.exr", np.full((16, 32, 3), value, dtype=np.float32))
        assert set(backdrop.view_of_sky(sky, 0.0, 20, 10).ravel()) == {118}


@pytest.mark.parametrize("heading", [0.0, 90.0, 200.0])
def test_it_looks_where_it_is_told_and_up_is_up(tmp_path, heading):
    """A bright spot at a known direction appears where a pinhole sees it."""
    pixels = np.full((180, 360, 3), 0.1, dtype=np.float32)
    row, column = 90 - 11, int((heading + 20) % 360)  # 11 degrees above the horizon, 20 to the right
    pixels[row, column] = 50.0
    view = backdrop.view_of_sky(write_sky(tmp_path / "sky.exr", pixels), heading, 201, 201).astype(int).sum(axis=2)
    y, x = np.unravel_index(view.argmax(), view.shape)
    focal = 100.5 / np.tan(np.radians(37.5))
    right = np.radians(20.5)
    expected = 100 + focal * np.tan(right), 100 - focal * np.tan(np.radians(10.5)) / np.cos(right)
    assert (x, y) == (pytest.approx(expected[0], abs=2), pytest.approx(expected[1], abs=2))


def rgbe(runs: bytes, width=8, height=1) -> bytes:
    return b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n" + f"-Y {height} +X {width}\n".encode() + runs


def test_radiance_files():
    """Mantissas in 1/256 times two to the exponent less 128."""
    line = bytes([2, 2, 0, 8]) + bytes([136, 128]) + bytes([8, *range(8)]) + bytes([136, 64]) + bytes([136, 129])
    found = backdrop.read_radiance(rgbe(line))
    assert found.shape == (1, 8, 3)
    np.testing.assert_allclose(found[0, :, 0], 1.0)
    np.testing.assert_allclose(found[0, :, 1], np.arange(8) / 128)
    np.testing.assert_allclose(found[0, :, 2], 0.5)
    flat = backdrop.read_radiance(rgbe(bytes([128, 0, 64, 130] * 6), 3, 2))
    np.testing.assert_allclose(flat, np.broadcast_to([2.0, 0.0, 1.0], (2, 3, 3)))


@pytest.mark.parametrize("data", [rgbe(b"\x02\x02\x00\x08\x88"), rgbe(b"", 3, 2), b"#?RADIANCE\nno end", b""])
def test_broken_radiance_files(tmp_path, data):
    (tmp_path / "a.hdr").write_bytes(data)
    with pytest.raises(PictureError, match=r"a\.hdr: cannot be read as a sky"):
        backdrop.view_of_sky(tmp_path / "a.hdr", 0.0, 4, 4)
