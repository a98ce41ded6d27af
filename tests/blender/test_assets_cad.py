"""STEP and IGES: units, axes, tolerance and part names, against shapes whose size is known."""

import sys

import bpy
import numpy as np
import pytest

from tests import step_files
from tests.house import module

METRES = {"mm": 0.001, "m": 1.0, "inch": 0.0254}


@pytest.fixture(autouse=True)
def clean():
    module("scene.assets.catalogue").clear_cache()
    yield
    module("scene.assets.catalogue").clear_cache()


def load(path, **settings):
    return module("scene.assets.catalogue").load_library([{"path": str(path)} | settings])


def write(path, text):
    path.write_text(text)
    return path


@pytest.mark.parametrize("unit", step_files.UNITS)
def test_the_files_unit_and_axes(tmp_path, unit):
    """A box of 10 x 20 x 30 units from (1, 2, 3): its corners come in metres, along the file's own axes."""
    path = write(tmp_path / "box.step", step_files.box("Bracket", unit=unit))
    (asset,), _ = load(path)
    scale = METRES[unit]
    np.testing.assert_allclose(asset.minimum, np.array([1, 2, 3]) * scale, rtol=1e-6)
    np.testing.assert_allclose(asset.maximum, np.array([11, 22, 33]) * scale, rtol=1e-6)
    assert asset.diameter == pytest.approx(1400**0.5 * scale, rel=1e-6)
    asset.mesh.calc_loop_triangles()
    assert len(asset.mesh.loop_triangles) == 12


def test_faces_look_outwards(tmp_path):
    (asset,), _ = load(write(tmp_path / "box.stp", step_files.box("Bracket")))
    middle = (asset.minimum + asset.maximum) / 2
    for face in asset.mesh.polygons:
        assert np.dot(face.normal, np.array(face.center) - middle) > 0


@pytest.mark.parametrize("unit", ["mm", "m"])
@pytest.mark.parametrize("tolerance", [0.0005, 0.0001, 0.00001])
def test_tolerance_is_the_distance_from_the_surface(tmp_path, unit, tolerance):
    """A cylinder of 10 mm radius: the middles of its facets lie no deeper than the tolerance, and not much less."""
    radius = 0.01 / METRES[unit]
    path = write(tmp_path / "pin.step", step_files.cylinder("Pin", radius, 2 * radius, unit))
    (asset,), _ = load(path, tolerance=tolerance, tolerance_angle=90.0)
    points = module("scene.assets.merging").vertices(asset.mesh)
    wall = np.array([face.vertices[:] for face in asset.mesh.polygons if abs(face.normal[2]) < 0.5])
    chords = points[np.concatenate([wall[:, [0, 1]], wall[:, [1, 2]], wall[:, [2, 0]]])]
    depth = 0.01 - np.linalg.norm(chords.mean(axis=1)[:, :2], axis=1)
    assert 0.1 * tolerance < depth.max() <= 1.05 * tolerance
    np.testing.assert_allclose(asset.maximum[2] - asset.minimum[2], 0.02, rtol=1e-5)


def test_angle_tolerance(tmp_path):
    path = write(tmp_path / "pin.step", step_files.cylinder("Pin", 10, 20))
    numbers = []
    for angle in (45.0, 15.0, 5.0):
        (asset,), _ = load(path, tolerance=0.004, tolerance_angle=angle)
        heights = module("scene.assets.merging").vertices(asset.mesh)
        numbers.append(len({tuple(np.round(p[:2], 6)) for p in heights if np.hypot(*p[:2]) > 0.009}))
        assert numbers[-1] >= 360 / angle - 1
    assert numbers == sorted(numbers)


PARTS = [("Base", (40, 40, 10), (0, 0, 0)), ("Post", (10, 10, 30), (15, 15, 10)), ("Cap 2", (20, 20, 5), (10, 10, 40))]


def test_an_assembly_is_one_model(tmp_path):
    (asset,), _ = load(write(tmp_path / "fixture.step", step_files.assembly("Fixture", PARTS)))
    assert asset.name == "fixture"
    assert module("operators.jobs.model_library").record(asset).parts == ["Base", "Post", "Cap 2"]  # the names are kept
    np.testing.assert_allclose(asset.maximum - asset.minimum, [0.04, 0.04, 0.045], rtol=1e-6)


def test_or_each_part_is_one_with_its_name(tmp_path):
    """In its own frame: where the assembly puts it plays no role."""
    path = write(tmp_path / "fixture.step", step_files.assembly("Fixture", PARTS))
    assets, warnings = load(path, separate_parts=True)
    assert [(asset.name, asset.key) for asset in assets] == [
        ("Base", "fixture_Base"), ("Post", "fixture_Post"), ("Cap 2", "fixture_Cap_2"),
    ]  # fmt: skip
    assert [asset.class_id for asset in assets] == [1, 2, 3] and warnings == []
    for asset, (_, size, _) in zip(assets, PARTS, strict=True):
        np.testing.assert_allclose(asset.minimum, 0, atol=1e-9)
        np.testing.assert_allclose(asset.maximum, np.array(size) / 1000, rtol=1e-6)
    (first,), _ = load(path)
    assert first.diameter > max(asset.diameter for asset in assets)


def test_parts_of_other_files(tmp_path):
    (tmp_path / "a.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    with pytest.raises(module("scene.assets").AssetError, match="switch separate_parts off"):
        load(tmp_path / "a.obj", separate_parts=True)


def iges(x: float, y: float, unit: str = "mm") -> str:
    """A flat rectangle: a B-spline surface of degree 1 in both directions."""
    flag = {"mm": "2,2HMM", "inch": "1,2HIN", "m": "6,1HM"}[unit]
    heads = {
        "S": ["made for a test"],
        "G": [f"1H,,1H;,4Hpart,8Hpart.igs,4Htest,4Htest,32,38,6,308,15,4Hpart,1.,{flag},", "1,1.,15H20200101.000000,",
              "1.E-06,10000.,4Htest,4Htest,11,0,15H20200101.000000;"],
    }  # fmt: skip
    numbers = [1, 1, 1, 1, 0, 0, 1, 0, 0]  # last indices, degrees; open, open, polynomial, not periodic
    numbers += [0.0, 0.0, 1.0, 1.0] * 2 + [1.0] * 4  # knots and weights
    numbers += [0.0, 0.0, 0.0, x, 0.0, 0.0, 0.0, y, 0.0, x, y, 0.0]
    numbers += [0.0, 1.0, 0.0, 1.0]
    values = [f"{number}," for number in (128, *numbers)]
    values[-1] = values[-1].replace(",", ";")
    rows = ["".join(values[start : start + 10]) for start in range(0, len(values), 10)]
    text = [f"{row:<72}{key}{number:>7}" for key, lines in heads.items() for number, row in enumerate(lines, start=1)]
    directory = [[128, 1, 0, 0, 0, 0, 0, 0, "00000000"], [128, 0, 0, len(rows), 0, "", "", "", 0]]
    text += [
        "".join(f"{field:>8}" for field in fields) + f"D{number:>7}" for number, fields in enumerate(directory, start=1)
    ]
    text += [f"{row:<64}{1:>8}P{number:>7}" for number, row in enumerate(rows, start=1)]
    ends = f"S{1:>7}G{3:>7}D{2:>7}P{len(rows):>7}"
    return "\n".join([*text, f"{ends:<72}T{1:>7}"]) + "\n"


@pytest.mark.parametrize("unit", ["mm", "inch", "m"])
def test_iges(tmp_path, unit):
    (asset,), _ = load(write(tmp_path / "square.igs", iges(25.0, 40.0, unit)))
    expected = np.array([25, 40, 0]) * METRES[unit]
    np.testing.assert_allclose(asset.maximum - asset.minimum, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", ["bad.step", "bad.iges"])
def test_broken_files_are_named(tmp_path, name, capfd):
    before = len(bpy.data.meshes)
    with pytest.raises(module("scene.assets").AssetError, match=r"not readable as (STEP|IGES)") as caught:
        load(write(tmp_path / name, "no model at all"))
    assert str(tmp_path / name) in str(caught.value) and "\n" not in str(caught.value)
    assert len(bpy.data.meshes) == before and "ERR" not in "".join(capfd.readouterr())


def test_without_cascadio_it_says_what_to_do(tmp_path, monkeypatch):
    path = write(tmp_path / "box.step", step_files.box("Bracket"))
    monkeypatch.setitem(sys.modules, "cascadio", None)
    with pytest.raises(module("scene.assets").AssetError, match=r"pip install cascadio") as caught:
        load(path)
    assert "\n" not in str(caught.value)
