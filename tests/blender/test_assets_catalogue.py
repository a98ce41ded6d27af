"""The library: broken files are left out by name and leave nothing behind, meshes are shared, numbers are stable."""

import json
import os
import struct

import bpy
import numpy as np
import pytest

from tests import model_files
from tests.house import module

KINDS = (
    *("actions", "collections", "images", "lights", "cameras", "materials", "meshes", "node_groups", "objects"),
    *("scenes", "texts", "worlds"),
)


@pytest.fixture(autouse=True)
def no_leftovers():
    library = module("scene.assets.catalogue")
    library.clear_cache()
    before = datablocks()
    yield library
    library.clear_cache()
    assert datablocks() == before


def datablocks():
    return {kind: sorted(getattr(bpy.data, kind).keys()) for kind in KINDS}


def view():
    layer = bpy.context.view_layer
    selected = [obj.name for obj in layer.objects if obj.select_get()]
    return bpy.context.window.scene.name, bpy.context.scene.name, selected, layer.objects.active


def broken_files(folder):
    """Name -> words that the refusal must hold."""
    whole = model_files.write_ply(folder / "x.ply", binary=True).read_bytes()
    (folder / "cut.ply").write_bytes(whole[:200])
    (folder / "empty.stl").write_bytes(b"")
    (folder / "garbage.glb").write_bytes(b"no model at all, but longer than a header")
    (folder / "garbage.fbx").write_bytes(b"no model at all")
    (folder / "garbage.gltf").write_text("{}")
    (folder / "garbage.usda").write_text("no model at all")
    (folder / "garbage.ply").write_text("no model at all")
    (folder / "points.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\n")
    (folder / "outside.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\nf 1 2 7\n")
    flat = np.array(model_files.POINTS)
    flat[4, 1] = np.nan
    model_files.write_ply(folder / "nan.ply", flat)
    model_files.write_ply(folder / "nan2.ply", flat, binary=True)
    (folder / "nan.obj").write_text("v 0 0 0\nv nan 0 0\nv 0 1 0\nf 1 2 3\n")
    model_files.write_ply(folder / "dot.ply", np.ones((9, 3)))
    stl = bytearray(model_files.write_stl(folder / "inf.stl").read_bytes())
    stl[84 + 12 : 84 + 16] = struct.pack("<f", np.inf)
    (folder / "inf.stl").write_bytes(stl)
    (folder / "x.ply").unlink()
    return {
        "cut.ply": "is cut off",
        "empty.stl": "is empty",
        "garbage.glb": "not a GLB file",
        "garbage.fbx": "Blender cannot read it",
        "garbage.gltf": "",
        "garbage.usda": "Blender cannot read it",
        "garbage.ply": "not a PLY file",
        "points.obj": "no faces",
        "outside.obj": "1 faces name vertices that are not in the file",
        "nan.ply": "no numbers",
        "nan2.ply": "no numbers",
        "nan.obj": "no numbers",
        "inf.stl": "no numbers",
        "dot.ply": "one point",
    }


def test_broken_files_are_named_and_the_rest_is_imported(tmp_path, no_leftovers):
    expected = broken_files(tmp_path)
    model_files.write_obj(tmp_path / "good.obj")
    model_files.write_stl(tmp_path / "also_good.stl")
    assets, warnings = no_leftovers.load_library([{"path": str(tmp_path), "unit": "MM"}])
    assert [asset.key for asset in assets] == ["also_good", "good"]
    assert len(warnings) == len(expected)
    for name, words in expected.items():
        (warning,) = [warning for warning in warnings if str(tmp_path / name) in warning]
        assert warning.startswith("left out: ") and words in warning and "\n" not in warning


@pytest.mark.parametrize("name", ["points.obj", "nan.ply", "dot.ply", "garbage.fbx", "garbage.gltf", "cut.ply"])
def test_a_refused_import_leaves_nothing_behind(tmp_path, no_leftovers, name):
    broken_files(tmp_path)
    before, seen = datablocks(), view()
    with pytest.raises(module("scene.assets").AssetError, match=name):
        no_leftovers.load_library([{"path": str(tmp_path / name)}])
    assert datablocks() == before
    assert view() == seen


def test_all_refused_is_an_error(tmp_path, no_leftovers):
    for name in ("a.ply", "b.ply", "c.ply"):
        (tmp_path / name).write_text("ply")
    with pytest.raises(module("scene.assets").AssetError, match=r"a\.ply.*and 2 more"):
        no_leftovers.load_library([{"path": str(tmp_path)}])
    with pytest.raises(module("scene.assets").AssetError, match="nowhere"):
        no_leftovers.load_library([{"path": str(tmp_path / "nowhere")}])


def test_an_import_changes_nothing_else(tmp_path, no_leftovers):
    cube = bpy.data.objects["Cube"]
    cube.select_set(True)
    bpy.context.view_layer.objects.active = cube
    before, seen = datablocks(), view()
    assets, _ = no_leftovers.load_library([{"path": "builtin:parts"}])
    after = datablocks()
    assert view() == seen
    new = {kind: len(after[kind]) - len(before[kind]) for kind in KINDS if after[kind] != before[kind]}
    assert new == {"meshes": len(assets), "materials": len({m for a in assets for m in a.mesh.materials})}


def test_the_second_call_reuses_the_meshes(tmp_path, no_leftovers):
    path = model_files.write_ply(tmp_path / "house.ply")
    source = {"path": str(path), "unit": "MM"}
    (first,), _ = no_leftovers.load_library([source])
    (again,), _ = no_leftovers.load_library([source])
    assert first.mesh is again.mesh or first.mesh == again.mesh
    first.mesh.name = "renamed by the user"
    (again,), _ = no_leftovers.load_library([source])
    assert again.mesh == first.mesh
    objects = [bpy.data.objects.new(f"instance {index}", asset.mesh) for index, asset in enumerate((first, again))]
    assert objects[0].data == objects[1].data and objects[0].data.users == 2
    for obj in objects:
        bpy.data.objects.remove(obj)
    (inch,), _ = no_leftovers.load_library([source | {"unit": "INCH"}])
    assert inch.mesh != first.mesh
    model_files.write_ply(path, model_files.POINTS * 2)
    os.utime(path, ns=(1, 1))
    (changed,), _ = no_leftovers.load_library([source])
    assert changed.sha256 != first.sha256
    assert changed.diameter == pytest.approx(2 * first.diameter)


def test_a_removed_mesh_is_imported_again(tmp_path, no_leftovers):
    source = {"path": str(model_files.write_ply(tmp_path / "house.ply")), "unit": "MM"}
    (asset,), _ = no_leftovers.load_library([source])
    for material in list(asset.mesh.materials):
        bpy.data.materials.remove(material)
    bpy.data.meshes.remove(asset.mesh)
    with pytest.raises(module("scene.assets").AssetError, match="import it again"):
        _ = asset.mesh
    (again,), _ = no_leftovers.load_library([source])
    assert len(again.mesh.vertices) == 9


def test_measures_of_an_asset(tmp_path, no_leftovers):
    (asset,), _ = no_leftovers.load_library([{"path": str(model_files.write_ply(tmp_path / "a.ply")), "unit": "MM"}])
    metres = model_files.POINTS / 1000
    assert np.allclose(asset.minimum, metres.min(axis=0), atol=1e-8)
    assert np.allclose(asset.maximum, metres.max(axis=0), atol=1e-8)
    assert asset.diameter == pytest.approx(model_files.DIAMETER / 1000, rel=1e-6)
    assert asset.hull.dtype == np.float64 and len(asset.hull) == 9


def test_checksum_covers_side_files_and_not_the_place(tmp_path, no_leftovers):
    digests = []
    for folder, colour in (("a", (10, 200, 30)), ("b", (10, 200, 30)), ("c", (0, 0, 0))):
        (tmp_path / folder).mkdir()
        model_files.write_picture(tmp_path / folder / "roof.png", colour)
        path = model_files.write_obj(tmp_path / folder / "house.obj", "roof.png")
        (asset,), _ = no_leftovers.load_library([{"path": str(path), "unit": "MM"}])
        digests.append(asset.sha256)
    assert digests[0] == digests[1] != digests[2]


def test_bop_folder(tmp_path, no_leftovers):
    models = tmp_path / "models"
    models.mkdir()
    for number in (5, 1, 12):
        model_files.write_ply(models / f"obj_{number:06d}.ply")
    model_files.write_ply(models / "scan.ply")
    (models / "models_info.json").write_text(json.dumps({str(number): {"diameter": 57.0} for number in (1, 5, 12)}))
    assets, warnings = no_leftovers.load_library([{"path": str(tmp_path)}])
    assert warnings == []
    assert [(asset.id, asset.class_id, asset.key) for asset in assets] == [
        (1, 1, "obj_000001"), (5, 5, "obj_000005"), (12, 12, "obj_000012"),
    ]  # fmt: skip
    assert assets[0].maximum[2] == pytest.approx(0.053)


def test_ids_do_not_move_when_a_file_breaks(tmp_path, no_leftovers):
    for name in ("a", "b", "c"):
        model_files.write_ply(tmp_path / f"{name}.ply")
    sources = [{"path": str(tmp_path), "unit": "MM", "class_name": "", "class_id": 0}]
    before, _ = no_leftovers.load_library(sources)
    (tmp_path / "b.ply").write_bytes(b"ply")
    after, warnings = no_leftovers.load_library(sources)
    assert [(asset.key, asset.id) for asset in before] == [("a", 1), ("b", 2), ("c", 3)]
    assert [(asset.key, asset.id) for asset in after] == [("a", 1), ("c", 3)]
    assert len(warnings) == 1


def test_classes_and_keys(tmp_path, no_leftovers):
    for name in ("m6/nut.ply", "m8/nut.ply", "gear.ply"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        model_files.write_ply(tmp_path / name)
    sources = [
        {"path": str(tmp_path / "m6"), "unit": "MM", "class_name": "nut"},
        {"path": str(tmp_path / "m8"), "unit": "MM", "class_name": "nut"},
        {"path": str(tmp_path / "gear.ply"), "unit": "MM", "class_id": 9},
    ]
    targets, _ = no_leftovers.load_library(sources)
    assert [(a.key, a.name, a.class_id) for a in targets] == [
        ("nut", "nut", 1),
        ("nut_2", "nut", 1),
        ("gear", "gear", 9),
    ]
    distractors, _ = no_leftovers.load_library(sources, "distractor")
    assert [asset.key for asset in distractors] == ["distractor_nut", "distractor_nut_2", "distractor_gear"]
    assert distractors[0].mesh == targets[0].mesh


def test_wrong_unit_gets_a_hint(tmp_path, no_leftovers):
    _, warnings = no_leftovers.load_library([{"path": str(model_files.write_ply(tmp_path / "house.ply"))}])
    assert len(warnings) == 1 and "say --unit mm" in warnings[0]


def test_progress_is_told(tmp_path, no_leftovers):
    for name in ("a", "b"):
        model_files.write_ply(tmp_path / f"{name}.ply")
    seen = []
    source = {"path": str(tmp_path), "unit": "MM"}
    no_leftovers.load_library([source], progress=lambda *step: seen.append(step))
    assert seen == [(0, 2, "a.ply"), (1, 2, "b.ply")]


def test_loose_points_are_dropped(tmp_path, no_leftovers):
    points = np.concatenate([model_files.POINTS, [[900.0, 0, 0]]])
    colours = model_files.COLOURS
    model_files.COLOURS = np.concatenate([colours, [[0, 0, 0]]]).astype(np.uint8)
    try:
        path = model_files.write_ply(tmp_path / "house.ply", points)
    finally:
        model_files.COLOURS = colours
    (asset,), _ = no_leftovers.load_library([{"path": str(path), "unit": "MM"}])
    assert len(asset.mesh.vertices) == 9
    assert asset.maximum[0] == pytest.approx(0.021)
    assert np.array_equal(no_leftovers.mesh_arrays(asset).colors, colours)


def test_arrays_split_only_at_seams(tmp_path, no_leftovers):
    (tmp_path / "flat").mkdir()
    (asset,), _ = no_leftovers.load_library([{"path": str(model_files.write_obj(tmp_path / "a.obj")), "unit": "MM"}])
    arrays = no_leftovers.mesh_arrays(asset)
    # the walls are red and the roof is blue: the four points between them are there twice
    assert len(arrays.vertices) == 13 and len(arrays.faces) == 14
    assert {tuple(color) for color in arrays.colors} == {(231, 0, 0), (0, 0, 231)}
    assert np.allclose(np.linalg.norm(arrays.normals, axis=1), 1, atol=1e-5)
    assert all(
        array.dtype == kind for array, kind in ((arrays.vertices, "f4"), (arrays.faces, "i4"), (arrays.uv, "f4"))
    )


def test_a_name_that_is_no_text_is_left_out_by_name(no_leftovers, tmp_path):
    model_files.write_stl(tmp_path / "bolt.stl")
    try:
        model_files.write_stl(tmp_path / "b\udce4d.stl")
    except OSError:
        pytest.skip("this file system has no such names")
    assets, warnings = no_leftovers.load_library([{"path": str(tmp_path), "unit": "MM"}])
    assert [asset.name for asset in assets] == ["bolt"]
    assert [text for text in warnings if "not UTF-8 text; rename it" in text and text.isprintable()]
    source = {"path": str(tmp_path), "unit": "mm"}
    *_, (_, _, facts) = module("operators.models.looking").look_at_all([("key", "target", source)], {})
    assert facts.models == 2 and any("rename it" in text for text in facts.warnings)
