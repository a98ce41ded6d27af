"""Which files are models, and in which unit."""

import pytest

from tests import model_files
from truthbake.scene.assets import formats
from truthbake.scene.assets.checks import check_file
from truthbake.scene.assets.numbering import Numbers


def touch(*paths):
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_folder_is_read_recursively_in_natural_order(tmp_path):
    touch(*(tmp_path / name for name in ("part10.ply", "part2.STL", "sub/deep/a.glb", "notes.txt", ".hidden/b.ply")))
    found = [path.relative_to(tmp_path).as_posix() for path in formats.discover(tmp_path)]
    assert found == ["part2.STL", "part10.ply", "sub/deep/a.glb"]


def test_bop_folder_gives_its_objects_only(tmp_path):
    touch(*(tmp_path / "models" / name for name in ("obj_000002.ply", "obj_000001.ply", "scan.ply", "obj_000001.obj")))
    (tmp_path / "models" / "models_info.json").write_text("{}")
    assert [path.name for path in formats.discover(tmp_path)] == ["obj_000001.ply", "obj_000002.ply"]
    assert formats.unit_scale(tmp_path / "models" / "obj_000001.ply") == 0.001
    assert formats.bop_id(tmp_path / "obj_000012.ply") == 12
    assert formats.bop_id(tmp_path / "thing_12.ply") is None


def test_link_back_up_does_not_loop(tmp_path):
    touch(tmp_path / "a" / "part.ply")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert len(formats.discover(tmp_path)) == 1


@pytest.mark.parametrize(
    "name, words",
    [
        ("missing.ply", "no such file or folder"),
        ("empty", "no model in this folder; readable are PLY, OBJ"),
        ("part.sldprt", ".sldprt files are not readable; convert it to one of PLY"),
        ("part.3ds", ".3ds files are not readable"),
    ],
)
def test_wrong_paths_are_refused_by_name(tmp_path, name, words):
    (tmp_path / "empty").mkdir()
    touch(tmp_path / "part.sldprt", tmp_path / "part.3ds")
    with pytest.raises(formats.AssetError) as caught:
        formats.discover(tmp_path / name)
    assert words in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_units(tmp_path):
    ply, glb = tmp_path / "a.ply", tmp_path / "a.glb"
    assert [formats.unit_scale(ply, unit) for unit in formats.UNITS] == [1.0, 1.0, 0.01, 0.001, 0.0254, 0.001]
    assert formats.unit_scale(glb) == 1.0
    assert formats.unit_scale(glb, "mm") == 0.001
    with pytest.raises(formats.AssetError, match="unknown unit furlong"):
        formats.unit_scale(ply, "furlong")


def test_unlikely_sizes_get_a_hint(tmp_path):
    path = tmp_path / "gear.ply"
    assert formats.size_warning(path, "AUTO", 0.08) is None
    assert formats.size_warning(path, "AUTO", 80.0) == "gear.ply is 80 m across if its unit is metres; say --unit mm"
    assert "0.08 mm across if its unit is mm" in formats.size_warning(path, "MM", 8e-5)


def test_side_files(tmp_path):
    obj = model_files.write_obj(tmp_path / "house.obj", picture="-bm 0.2 roof.png")
    touch(tmp_path / "roof.png")
    assert [path.name for path in formats.side_files(obj)] == ["house.mtl", "roof.png"]
    ply = model_files.write_textured_ply(tmp_path / "house.ply", "roof.png")
    assert [path.name for path in formats.side_files(ply)] == ["roof.png"]
    gltf = tmp_path / "house.gltf"
    touch(tmp_path / "ho use.bin")
    gltf.write_text('{"buffers": [{"uri": "ho%20use.bin"}], "images": [{"uri": "data:image/png;base64,"}]}')
    assert [path.name for path in formats.side_files(gltf)] == ["ho use.bin"]


@pytest.mark.parametrize("binary", [False, True])
def test_whole_files_pass_and_cut_ones_do_not(tmp_path, binary):
    files = [
        model_files.write_ply(tmp_path / "a.ply", binary=binary),
        model_files.write_stl(tmp_path / "a.stl", not binary),
    ]
    for path in files:
        check_file(path)
        whole = path.read_bytes()
        for share in (0.0, 0.1, 0.5, 0.9, 0.99):
            path.write_bytes(whole[: int(len(whole) * share)])
            with pytest.raises(formats.AssetError, match=path.name):
                check_file(path)


def test_ids_are_positions_and_bop_names_keep_theirs(tmp_path):
    names = ["a/obj_000005.ply", "gear.ply", "b/obj_000005.ply", "gear.obj", "bolt.stl"]
    numbers = Numbers([tmp_path / name for name in names], [(name, 0) for name in names])
    assert numbers.ids[0] == 5
    assert numbers.ids[1] == 2
    assert len(set(numbers.ids)) == 5
    assert len(numbers.clashes) == 1 and "b/obj_000005.ply" in numbers.clashes[0].replace("\\", "/")
    keys = [numbers.key((tmp_path / name).stem) for name in ("Gear 1.ply", "gear_1.ply", "../ü.ply")]
    assert keys == ["Gear_1", "gear_1_2", "model"]


def test_models_of_one_class_share_its_number(tmp_path):
    files = [tmp_path / f"{name}.ply" for name in "abcd"]
    assert Numbers(files, [("nut", 0), ("nut", 0), ("bolt", 0), ("gear", 0)]).class_ids == [1, 1, 3, 4]
    assert Numbers(files, [("nut", 0), ("nut", 7), ("bolt", 1), ("gear", 0)]).class_ids == [7, 7, 1, 4]
    automatic = Numbers(files, [("nut", 0), ("bolt", 1), ("gear", 0), ("cap", 0)]).class_ids
    assert automatic[1] == 1 and len(set(automatic)) == 4
