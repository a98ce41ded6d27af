"""Keypoints from empties and vertex groups: in the frame of the model's file, whatever was done to the object."""

import bpy
import numpy as np
import pytest
from mathutils import Euler

from tests import model_files
from tests.house import module


@pytest.fixture
def settings():
    tree = module("presets.tree")
    root = bpy.context.scene.truthbake
    tree.apply(root, tree.defaults())
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = None
    before = set(bpy.data.objects), set(bpy.data.meshes)
    yield root
    tree.apply(root, tree.defaults())
    for kind, kept in zip((bpy.data.objects, bpy.data.meshes), before, strict=True):
        bpy.data.batch_remove([block for block in kind if block not in kept])
    module("scene.assets.catalogue").clear_cache()


def choose(settings, path, unit="AUTO"):
    item = module("presets.lists").add(settings.objects, "models")
    item.path, item.unit = str(path), unit
    return item


def moved(item):
    """Put an object anywhere, turned and stretched."""
    item.location, item.rotation_euler, item.scale = (3, -2, 1), Euler((0.3, 1.1, -0.4)), (2, 2, 2)
    bpy.context.view_layer.update()


def mark(item, name, local):
    empty = bpy.data.objects.new(name, None)
    bpy.context.collection.objects.link(empty)
    empty.parent = item
    empty.location = local
    bpy.context.view_layer.update()


def read(settings, **keywords):
    assert bpy.ops.truthbake.read_keypoints(**keywords) == {"FINISHED"}
    return {point.name: list(point.position) for point in settings.objects.models[0].keypoints}


TIP = model_files.POINTS[8]


def test_empties_in_millimetres(settings, tmp_path):
    """The tip of the house lies at 53 mm in the file, whatever became of the object; the library puts it there too."""
    path = model_files.write_stl(tmp_path / "house.stl")
    bpy.ops.wm.stl_import(filepath=str(path))
    item = bpy.context.view_layer.objects.active
    mark(item, "tip", TIP)
    mark(item, "origin", (0, 0, 0))
    moved(item)
    choose(settings, path, "MM")
    found = read(settings)
    assert list(found) == ["origin", "tip"]
    np.testing.assert_allclose(found["tip"], TIP / 1000, atol=1e-7)
    recipe = module("presets.tree").checked(settings)
    (asset,), _ = module("scene.assets.catalogue").load_library(recipe["objects"]["models"])
    place = dict(asset.keypoints.points)["tip"]
    vertices = module("scene.assets.merging").vertices(asset.mesh)
    assert np.linalg.norm(vertices - place, axis=1).min() < 1e-7


def test_a_file_with_its_own_unit(settings, tmp_path):
    """glTF: where the importer puts the object is the model's frame."""
    path = model_files.write_stl(tmp_path / "house.stl")
    bpy.ops.wm.stl_import(filepath=str(path))
    item = bpy.context.view_layer.objects.active
    item.location, item.scale = (0.5, 0, 0), (0.001, 0.001, 0.001)
    glb = tmp_path / "house.glb"
    bpy.ops.export_scene.gltf(filepath=str(glb), use_selection=True)
    bpy.data.objects.remove(item)
    bpy.ops.import_scene.gltf(filepath=str(glb))
    item = bpy.context.view_layer.objects.active
    mark(item, "tip", item.matrix_world.inverted() @ item.matrix_world @ item.data.vertices[0].co)
    expected = np.array(item.matrix_world @ item.data.vertices[0].co)
    choose(settings, glb)
    found = read(settings)
    np.testing.assert_allclose(found["tip"], expected, atol=1e-6)
    (asset,), _ = module("scene.assets.catalogue").load_library(
        module("presets.tree").checked(settings)["objects"]["models"]
    )
    vertices = module("scene.assets.merging").vertices(asset.mesh)
    assert np.linalg.norm(vertices - dict(asset.keypoints.points)["tip"], axis=1).min() < 1e-6


def test_vertex_groups(settings, tmp_path):
    """The weighted middle of each group; empty groups are no points."""
    path = model_files.write_obj(tmp_path / "house.obj")
    bpy.ops.wm.obj_import(filepath=str(path))
    item = bpy.context.view_layer.objects.active
    places = np.array([vertex.co for vertex in item.data.vertices])
    for name, members in (("edge", {0: 1.0, 1: 1.0}), ("corner", {2: 0.5}), ("heavy", {0: 3 / 4, 4: 1 / 4})):
        group = item.vertex_groups.new(name=name)
        for index, weight in members.items():
            group.add([index], weight, "REPLACE")
    item.vertex_groups.new(name="nothing")
    moved(item)
    choose(settings, path, "CM")
    found = read(settings, source="VERTEX_GROUPS")
    assert set(found) == {"edge", "corner", "heavy"}
    np.testing.assert_allclose(found["edge"], places[:2].mean(axis=0) / 100, atol=1e-6)
    np.testing.assert_allclose(found["corner"], places[2] / 100, atol=1e-6)
    np.testing.assert_allclose(found["heavy"], (0.75 * places[0] + 0.25 * places[4]) / 100, atol=1e-6)
    assert np.allclose(found["corner"], model_files.POINTS[2] / 100, atol=1e-6)  # the file's own axes


def test_reading_again_replaces(settings, tmp_path):
    path = model_files.write_stl(tmp_path / "house.stl")
    bpy.ops.wm.stl_import(filepath=str(path))
    item = bpy.context.view_layer.objects.active
    choose(settings, path)
    mark(item, "a", (1, 2, 3))
    assert list(read(settings)) == ["a"]
    mark(item, "b", (1, 2, 4))
    assert list(read(settings)) == ["a", "b"]


def test_it_says_what_is_missing(settings, tmp_path):
    with pytest.raises(RuntimeError, match="mesh object of the model the active one"):
        bpy.ops.truthbake.read_keypoints()
    bpy.ops.mesh.primitive_cube_add()
    with pytest.raises(RuntimeError, match="Choose a model in the recipe"):
        bpy.ops.truthbake.read_keypoints()
    choose(settings, tmp_path / "cube.obj")
    with pytest.raises(RuntimeError, match="no child empties"):
        bpy.ops.truthbake.read_keypoints()
    with pytest.raises(RuntimeError, match="no vertex group"):
        bpy.ops.truthbake.read_keypoints(source="VERTEX_GROUPS")
    assert "UNDO" in module("operators.read_keypoints").TRUTHBAKE_OT_read_keypoints.bl_options
