"""Texture sets by the names of their files, and pictures that are none."""

from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from PIL import Image

from truthbake.scene.assets.pictures import PictureError, check_whole, pictures, texture_sets
from truthbake.scene.assets.texture_sets import group, meaning

AMBIENT_CG = ["Color", "Displacement", "NormalDX", "NormalGL", "Roughness", "Metalness", "AmbientOcclusion"]


def picture(path: Path, size=(8, 6), value=100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(0).integers(0, value, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    return path


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Bricks060_1K-JPG_Color.jpg", ("Bricks060_1K-JPG", "color")),
        ("Bricks060_1K-JPG_NormalGL.jpg", ("Bricks060_1K-JPG", "normal")),
        ("Bricks060_1K-JPG_NormalDX.jpg", ("Bricks060_1K-JPG", "normal_directx")),
        ("Bricks060_1K-JPG_AmbientOcclusion.jpg", ("Bricks060_1K-JPG", "occlusion")),
        ("Metal032_2K_Metalness.png", ("Metal032_2K", "metalness")),
        ("Bricks060.png", None),
        ("brown_planks_03_diff_4k.jpg", ("brown_planks_03", "color")),
        ("brown_planks_03_nor_gl_4k.exr", ("brown_planks_03", "normal")),
        ("brown_planks_03_nor_dx_4k.exr", ("brown_planks_03", "normal_directx")),
        ("brown_planks_03_arm_4k.jpg", ("brown_planks_03", "packed")),
        ("rough_wood_diff_1k.jpg", ("rough_wood", "color")),
        ("metal_plate_rough_1k.jpg", ("metal_plate", "roughness")),
        ("red_brick_col_1_1k.jpg", ("red_brick", "color")),
        ("a_disp_1k.png", ("a", "displacement")),
        ("oak/basecolor.png", ("oak", "color")),
        ("color_of_the_sea.jpg", None),
        ("Bricks060_1K-JPG_Opacity.jpg", None),
    ],
)
def test_what_a_name_means(name, found):
    assert meaning(Path("folder") / name) == found


def test_sets_of_ambientcg_and_poly_haven():
    """Row A08 and B08: one folder for each set, or all files together."""
    files = [Path(f"cc/Wood01/Wood01_2K_{kind}.jpg") for kind in AMBIENT_CG] + [Path("cc/Wood01/Wood01.png")]
    files += [Path(f"cc/Wood02/Wood02_2K_{kind}.jpg") for kind in ("Roughness", "NormalGL")]  # no colour: no set
    files += [Path(f"haven/planks_{kind}_1k.jpg") for kind in ("diff", "arm", "nor_gl")]
    files += [Path(f"haven/stone_{kind}_1k.png") for kind in ("diff", "rough")]
    wood, planks, stone = group(reversed(files))
    assert (wood.name, planks.name, stone.name) == ("Wood01_2K", "planks", "stone")
    assert wood.normal.endswith("NormalGL.jpg") and wood.normal_directx.endswith("NormalDX.jpg")
    assert wood.metalness.endswith("Metalness.jpg") and len(wood.files) == len(AMBIENT_CG)
    assert planks.packed.endswith("arm_1k.jpg") and planks.roughness == ""
    assert stone.roughness.endswith("rough_1k.png")


def test_sets_have_an_order_of_their_own(tmp_path):
    for name in ("b_diff_1k.png", "a_diff_1k.png", "sub/c_Color.png", "a_rough_1k.png"):
        picture(tmp_path / name)
    assert [found.name for found in texture_sets(str(tmp_path), "key")] == ["a", "b", "c"]


def test_pictures_are_found_in_sub_folders(tmp_path):
    for name in ("banded/banded_0002.jpg", "banded/banded_0001.jpg", "woven/w.png", ".hidden.png", "notes.txt"):
        picture(tmp_path / name) if not name.endswith("txt") else (tmp_path / name).write_text("x")
    found = [Path(path).relative_to(tmp_path).as_posix() for path in pictures(str(tmp_path), "key")]
    assert found == ["banded/banded_0001.jpg", "banded/banded_0002.jpg", "woven/w.png"]
    assert pictures(str(tmp_path / "woven" / "w.png"), "key") == [str(tmp_path / "woven" / "w.png")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "no picture in this folder"),
        ({"a.txt": b"hello"}, "no picture in this folder"),
        ({"a.png": b""}, "not a readable picture"),
        ({"a.jpg": b"hello, I am text"}, "not a readable picture"),
        ({"a.png": b"\x89PNG\r\n\x1a\n"}, "not a readable picture"),
    ],
)
def test_what_is_no_picture(tmp_path, content, message):
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(PictureError, match=message) as told:
        pictures(str(tmp_path), "materials.pictures")
    assert "materials.pictures" in str(told.value) and str(tmp_path) in str(told.value) and "\n" not in str(told.value)


def test_no_such_folder(tmp_path):
    with pytest.raises(PictureError, match=r"gone: there is no such file or folder; correct materials\.pictures"):
        pictures(str(tmp_path / "gone"), "materials.pictures")
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(PictureError, match=r"a\.txt: is no picture"):
        pictures(str(tmp_path / "a.txt"), "materials.pictures")


def test_a_folder_without_sets(tmp_path):
    picture(tmp_path / "cat.jpg")
    with pytest.raises(PictureError, match="no texture set here"):
        texture_sets(str(tmp_path), "materials.texture_sets")


def test_a_broken_map(tmp_path):
    picture(tmp_path / "a_Color.png")
    (tmp_path / "a_NormalGL.exr").write_bytes(b"no EXR")
    with pytest.raises(PictureError, match=r"a_NormalGL\.exr: is not a readable picture"):
        texture_sets(str(tmp_path), "materials.texture_sets")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".bmp"])
def test_a_picture_that_is_cut_off(tmp_path, suffix):
    path = picture(tmp_path / f"a{suffix}", (300, 200))
    check_whole(str(path), "key")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PictureError, match=f"a{suffix}: is (cut off or damaged|not a readable picture)"):
        check_whole(str(path), "materials.pictures")


def test_a_map_that_is_cut_off(tmp_path):
    path = tmp_path / "a_nor_gl_1k.exr"
    channels = {name: np.random.default_rng(0).random((60, 80), dtype=np.float32) for name in "RGB"}
    with OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}, channels) as file:
        file.write(str(path))
    check_whole(str(path), "key")
    whole = path.read_bytes()
    for keep in (0.3, 0.9):
        path.write_bytes(whole[: int(keep * len(whole))])
        with pytest.raises(PictureError, match=r"a_nor_gl_1k\.exr: is cut off or damaged"):
            check_whole(str(path), "materials.texture_sets")
