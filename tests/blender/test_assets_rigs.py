"""Rigged and layered sources: rest poses, link folders, Collada, scanned objects, ShapeNet, splits; end to end."""

import json

import bpy
import numpy as np
import pytest

from tests import model_files
from tests.blender import baking
from tests.house import module


@pytest.fixture(autouse=True)
def clean():
    module("scene.assets.catalogue").clear_cache()
    yield
    module("scene.assets.catalogue").clear_cache()


def load(path, **settings):
    return module("scene.assets.catalogue").load_library([{"path": str(path)} | settings])


def points(asset):
    return module("scene.assets.merging").vertices(asset.mesh)


def mesh_object(name, vertices, faces):
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices, [], faces)
    item = bpy.data.objects.new(name, mesh)
    bpy.context.collection.objects.link(item)
    return item


@pytest.fixture
def rig(tmp_path):
    """A post of 1 m that two bones bend, a hat on its upper bone, both bent by an animation; as GLB and FBX."""
    before = {kind: set(getattr(bpy.data, kind)) for kind in ("objects", "meshes", "armatures", "actions", "materials")}
    levels = np.linspace(0, 1, 5)
    vertices = [(x, y, z) for z in levels for x, y in ((-0.1, -0.1), (0.1, -0.1), (0.1, 0.1), (-0.1, 0.1))]
    faces = [
        (4 * k + i, 4 * k + (i + 1) % 4, 4 * k + 4 + (i + 1) % 4, 4 * k + 4 + i) for k in range(4) for i in range(4)
    ]
    post = mesh_object("post", vertices, [*faces, (3, 2, 1, 0), (16, 17, 18, 19)])
    hat = mesh_object("hat", [(-0.2, -0.2, 1.1), (0.2, -0.2, 1.1), (0, 0.2, 1.1), (0, 0, 1.4)],
                      [(0, 2, 1), (0, 1, 3), (1, 2, 3), (2, 0, 3)])  # fmt: skip
    armature = bpy.data.objects.new("bones", bpy.data.armatures.new("bones"))
    bpy.context.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for name, low, high in (("lower", 0, 0.5), ("upper", 0.5, 1.0)):
        bone = armature.data.edit_bones.new(name)
        bone.head, bone.tail = (0, 0, low), (0, 0, high)
    armature.data.edit_bones["upper"].parent = armature.data.edit_bones["lower"]
    bpy.ops.object.mode_set(mode="OBJECT")
    for item in (post, hat):
        item.parent = armature
        item.modifiers.new("bones", "ARMATURE").object = armature
        for name in ("lower", "upper"):
            group = item.vertex_groups.new(name=name)
            group.add([v.index for v in item.data.vertices if (v.co.z > 0.5) == (name == "upper")], 1.0, "REPLACE")
    bone = armature.pose.bones["upper"]
    bone.rotation_mode = "XYZ"
    for frame, angle in ((1, 1.2), (20, -1.2)):
        bone.rotation_euler = (angle, 0, 0)
        bone.keyframe_insert("rotation_euler", frame=frame)
    bpy.ops.object.select_all(action="DESELECT")
    for item in (armature, post, hat):
        item.select_set(True)
    bpy.ops.export_scene.gltf(filepath=str(tmp_path / "rig.glb"), use_selection=True, export_animations=True)
    bpy.ops.export_scene.fbx(filepath=str(tmp_path / "rig.fbx"), use_selection=True, bake_anim=True)
    for kind, kept in before.items():
        collection = getattr(bpy.data, kind)
        bpy.data.batch_remove([block for block in collection if block not in kept])
    return tmp_path


@pytest.mark.parametrize("name", ["rig.glb", "rig.fbx"])
def test_rigged_models_come_in_their_rest_pose(rig, name):
    (asset,), warnings = load(rig / name)
    assert warnings == []
    np.testing.assert_allclose(asset.minimum, [-0.2, -0.2, 0], atol=1e-4)
    np.testing.assert_allclose(asset.maximum, [0.2, 0.2, 1.4], atol=1e-4)
    found = points(asset)
    upright = found[found[:, 2] < 1.05]
    assert np.abs(upright[:, :2]).max() == pytest.approx(0.1, abs=1e-4)  # the post is not bent
    assert len(asset.mesh.polygons) >= 22  # and the hat is there


def of_the_user():
    window = bpy.context.window
    cube = bpy.data.objects["Cube"]
    return (
        window.scene.name, window.view_layer.name, bpy.context.view_layer.objects.active, cube.mode,
        [item.name for item in bpy.context.selected_objects], len(cube.data.vertices), sorted(bpy.data.objects.keys()),
        sorted(bpy.data.scenes.keys()), sorted(bpy.data.armatures.keys()), sorted(bpy.data.actions.keys()),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["rig.glb", "rig.fbx"])
@pytest.mark.parametrize("active", [True, False])
def test_a_rig_touches_no_object_of_the_user(rig, name, active):
    """Importers that make bones enter edit mode; not that of the user's cube, nor in the view layer that is shown."""
    scene, cube = bpy.context.scene, bpy.data.objects["Cube"]
    layer = scene.view_layers.new("Other")
    first = bpy.context.window.view_layer
    bpy.context.window.view_layer = layer
    try:
        layer.objects.active = cube if active else None
        cube.select_set(active)
        before = of_the_user()
        load(rig / name)
        assert of_the_user() == before
    finally:
        bpy.context.window.view_layer = first
        scene.view_layers.remove(layer)


COLLADA = """<?xml version="1.0" encoding="utf-8"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
 <asset><unit name="inch" meter="{metres}"/><up_axis>{up}_UP</up_axis></asset>
 <library_geometries><geometry id="g"><mesh>
  <source id="p"><float_array id="pa" count="12">0 0 0 1 0 0 0 2 0 0 0 3</float_array>
   <technique_common><accessor source="#pa" count="4" stride="3">
    <param name="X" type="float"/><param name="Y" type="float"/><param name="Z" type="float"/>
   </accessor></technique_common></source>
  <vertices id="v"><input semantic="POSITION" source="#p"/></vertices>
  <triangles count="4"><input semantic="VERTEX" source="#v" offset="0"/><p>0 2 1 0 1 3 1 2 3 2 0 3</p></triangles>
 </mesh></geometry></library_geometries>
 <library_visual_scenes><visual_scene id="s"><node id="n"><instance_geometry url="#g"/></node></visual_scene>
 </library_visual_scenes><scene><instance_visual_scene url="#s"/></scene>
</COLLADA>
"""


@pytest.mark.parametrize("metres", [1.0, 0.0254])
def test_collada(tmp_path, metres):
    """Where Blender reads it, in metres and z up; where it does not, one line says what to do."""
    path = tmp_path / "link.dae"
    path.write_text(COLLADA.format(metres=metres, up="Z"))
    if module("compat").at_least(5, 0):
        with pytest.raises(module("scene.assets").AssetError, match=r"DAE files up to version 4\.5 only") as caught:
            load(path)
        assert "\n" not in str(caught.value)
        return
    (asset,), _ = load(path)
    np.testing.assert_allclose(asset.minimum, 0, atol=1e-7)
    np.testing.assert_allclose(asset.maximum, np.array([1, 2, 3]) * metres, rtol=1e-5)


def test_link_folders(tmp_path):
    """A folder of a robot's links in several formats: each is a model, called after its file."""
    meshes = tmp_path / "arm" / "meshes"
    meshes.mkdir(parents=True)
    model_files.write_stl(meshes / "link_0.stl")
    model_files.write_obj(meshes / "link_1.obj")
    model_files.write_stl(meshes / "link_10.stl", text=True)
    (tmp_path / "arm" / "arm.urdf").write_text("<robot/>")
    assets, warnings = load(tmp_path / "arm", unit="MM")
    assert [asset.name for asset in assets] == ["link_0", "link_1", "link_10"] and warnings == []


def picture_of(mesh):
    shader = module("scene.assets.looks").principled(mesh.materials[0])
    (link,) = shader.inputs["Base Color"].links
    return link.from_node.image


@pytest.mark.parametrize("with_library", [True, False])
def test_scanned_objects_show_their_picture(tmp_path, with_library):
    """Row B06. Their material file names a picture beside itself, which is in another folder."""
    for name, colour in (("Mug", (200, 30, 10)), ("Dino", (10, 200, 30))):
        meshes, textures = tmp_path / name / "meshes", tmp_path / name / "materials" / "textures"
        meshes.mkdir(parents=True)
        textures.mkdir(parents=True)
        model_files.write_obj(meshes / "model.obj", "texture.png")
        text = (meshes / "model.mtl").read_text().replace("Kd 0.8 0 0", "map_Kd texture.png")
        (meshes / "model.mtl").write_text(text)
        if not with_library:
            (meshes / "model.mtl").unlink()
        model_files.write_picture(textures / "texture.png", colour)
    assets, warnings = load(tmp_path, unit="MM")
    assert [asset.name for asset in assets] == ["Dino", "Mug"] and warnings == []
    assert [asset.key for asset in assets] == ["Dino", "Mug"]
    for asset, name in zip(assets, ("Dino", "Mug"), strict=True):
        assert picture_of(asset.mesh).filepath == str((tmp_path / name / "materials/textures/texture.png").resolve())
    before = assets[0].sha256
    model_files.write_picture(tmp_path / "Dino" / "materials" / "textures" / "texture.png", (1, 2, 3))
    assert load(tmp_path, unit="MM")[0][0].sha256 != before  # the picture is part of the model


@pytest.fixture
def shapenet(tmp_path):
    """Four chairs and twelve lamps, each a box of another height."""
    root = tmp_path / "ShapeNetCore.v2"
    for synset, count in (("03001627", 4), ("03636649", 12)):
        for index in range(count):
            mesh = root / synset / f"m{index}" / "models" / "model_normalized.obj"
            mesh.parent.mkdir(parents=True)
            vertices, faces = baking.box(0.5, 0.3, 0.2 + 0.01 * index)
            lines = [f"v {x} {y} {z}" for x, y, z in vertices] + [f"f {a + 1} {b + 1} {c + 1}" for a, b, c in faces]
            mesh.write_text("\n".join(lines) + "\n")
    taxonomy = [{"synsetId": "03001627", "name": "chair"}, {"synsetId": "03636649", "name": "lamp"}]
    (root / "taxonomy.json").write_text(json.dumps(taxonomy))
    return root


def library_of(root, **objects):
    recipe = module("presets.recipes").compose(
        [], [], {"objects": {"models": [{"path": str(root), "normalize_size": 0.1}]} | objects}
    )
    return module("operators.jobs.model_library").load(recipe)[0]


def targets(assets):
    return {asset.key: asset for asset in assets if asset.kind == "target"}


def test_splits_show_no_shape_twice(shapenet):
    """Row D07: disjoint, complete, and a class has the same numbers in each."""
    parts = {name: targets(library_of(shapenet, split=name)) for name in ("train", "val", "test", "all")}
    sizes = {name: sorted(asset.name for asset in found.values()) for name, found in parts.items()}
    assert sizes["train"] == ["chair"] * 2 + ["lamp"] * 10 and sizes["val"] == sizes["test"] == ["chair", "lamp"]
    keys = [key for name in ("train", "val", "test") for key in parts[name]]
    assert sorted(keys) == sorted(parts["all"]) and len(set(keys)) == 16
    shapes = {name: {asset.sha256 for asset in found.values()} for name, found in parts.items()}
    for name in ("train", "val", "test"):
        for key, asset in parts[name].items():
            whole = parts["all"][key]
            assert (asset.id, asset.class_id, asset.name) == (whole.id, whole.class_id, whole.name)
    assert len({asset.class_id for asset in parts["all"].values()}) == 2 and len(shapes["all"]) >= 12
    assert all(max(asset.maximum - asset.minimum) == pytest.approx(0.1) for asset in parts["all"].values())


def test_limits_and_classes(shapenet):
    """Row D08: classes by their names; a large collection is cut to what is wanted."""
    library = module("scene.assets.catalogue")
    assets, _ = library.load_library([{"path": str(shapenet), "classes": [{"name": "lamp"}], "limit": 3}])
    assert [asset.name for asset in assets] == ["lamp"] * 3 and all(asset.key.startswith("lamp_m") for asset in assets)
    with pytest.raises(module("scene.assets").AssetError, match="did you mean lamp"):
        library.load_library([{"path": str(shapenet), "classes": [{"name": "lmap"}]}])
    with pytest.raises(module("scene.assets").AssetError, match=r"objects\.split: val is empty"):
        library.load_library([{"path": str(shapenet), "limit": 0}], split="val", shares=(1, 0, 0))


def test_a_split_bakes_only_its_own_models(shapenet, tmp_path):
    layer = {"objects": {"models": [{"path": str(shapenet), "normalize_size": 0.1}], "split": "test", "count": 4}}
    store = baking.bake(baking.compose(tmp_path / "none", {}, layer), tmp_path / "data")
    names = {model.key for model in store.models}
    assert names == set(targets(library_of(shapenet, split="test"))) and len(names) == 2
    assert {label.model for frame in store.frames(0) for label in frame.labels.objects} <= names


def test_model_info_beside_the_mesh_reaches_the_data_set(tmp_path):
    """Row B16, and A18 done right: what lies beside a mesh is that mesh's alone, and comes out as BOP writes it."""
    folders = [tmp_path / name for name in ("screw", "nut")]
    for folder in folders:
        folder.mkdir()
        model_files.write_obj(folder / f"{folder.name}.obj")
    half_turn = [-1, 0, 0, 22, 0, -1, 0, 34, 0, 0, 1, 0, 0, 0, 0, 1]
    info = {
        "symmetries_discrete": [half_turn],
        "symmetries_continuous": [{"axis": [0, 0, 1], "offset": [11, 17, 0]}],
        "align_axes": [{"object": [0, 1, 0], "camera": [0, 0, 1]}],
    }
    (folders[0] / "model_info.json").write_text(json.dumps(info))
    assets, _ = load(tmp_path, unit="MM")
    nut, screw = (module("operators.jobs.model_library").record(asset) for asset in assets)
    written = module("dataset.bop.models").model_info(screw)
    np.testing.assert_allclose(written["symmetries_discrete"], [half_turn], atol=1e-9)
    np.testing.assert_allclose(written["symmetries_continuous"][0]["offset"], [11, 17, 0], atol=1e-9)
    assert screw.align_axes == info["align_axes"]
    assert not any(key.startswith("symmetries") for key in module("dataset.bop.models").model_info(nut))
    again = type(screw).from_json(json.loads(json.dumps(screw.to_json())))
    assert again == screw
