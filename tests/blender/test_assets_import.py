"""A known model through every format: coordinates, faces, colours, materials and pictures arrive."""

import base64
import json

import bpy
import numpy as np
import pytest

from tests import model_files
from tests.house import module

METRES = model_files.POINTS / 1000


@pytest.fixture(autouse=True)
def no_leftovers():
    library = module("scene.assets.catalogue")
    yield
    library.clear_cache()


def load(path, unit="MM"):
    assets, warnings = module("scene.assets.catalogue").load_library([{"path": str(path), "unit": unit}])
    assert len(assets) == 1
    return assets[0], warnings


def points(mesh):
    return module("scene.assets.merging").vertices(mesh)


def same_points(found, expected, tolerance=1e-6):
    """Both (N, 3) hold the same points, whatever their order and how often."""
    distance = np.linalg.norm(found[:, None] - expected, axis=2)
    return distance.min(axis=1).max() < tolerance and distance.min(axis=0).max() < tolerance


def surface(mesh):
    """Signed volume: positive when the faces look outwards."""
    mesh.calc_loop_triangles()
    corners = points(mesh)[[tuple(triangle.vertices) for triangle in mesh.loop_triangles]]
    return np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6


VOLUME = module("scene.assets.solids").volume((METRES, model_files.FACES))


def base_colour(material):
    node = module("scene.assets.looks").principled(material)
    return node.inputs["Base Color"]


@pytest.mark.parametrize("binary", [False, True])
def test_ply(tmp_path, binary):
    asset, warnings = load(model_files.write_ply(tmp_path / "house.ply", binary=binary))
    mesh = asset.mesh
    assert warnings == []
    assert np.abs(points(mesh) - METRES).max() < 1e-6
    assert [tuple(polygon.vertices) for polygon in mesh.polygons] == model_files.FACES
    assert asset.has_material
    node = base_colour(mesh.materials[0]).links[0].from_node
    assert node.layer_name == mesh.color_attributes[0].name
    arrays = module("scene.assets.catalogue").mesh_arrays(asset)
    assert np.array_equal(arrays.colors, model_files.COLOURS)
    assert np.abs(arrays.vertices - METRES).max() < 1e-6
    assert len(arrays.faces) == 14 and arrays.uv is None and arrays.texture is None


def test_ply_without_colours_has_no_material(tmp_path):
    asset, _ = load(model_files.write_ply(tmp_path / "house.ply", colours=False))
    assert not asset.has_material
    assert len(asset.mesh.materials) == 0


def test_textured_ply(tmp_path):
    picture = model_files.write_picture(tmp_path / "roof.png")
    asset, _ = load(model_files.write_textured_ply(tmp_path / "house.ply", "roof.png"))
    image = base_colour(asset.mesh.materials[0]).links[0].from_node.image
    assert image.filepath == str(picture)
    arrays = module("scene.assets.catalogue").mesh_arrays(asset)
    assert np.allclose(arrays.uv, [[i / 8, 1 - i / 16] for i in range(9)])
    assert arrays.texture == "house.png" and arrays.texture_bytes == picture.read_bytes()
    assert not {"texture_u", "texture_v"} & set(asset.mesh.attributes.keys())


@pytest.mark.parametrize("text", [False, True])
def test_stl(tmp_path, text):
    asset, _ = load(model_files.write_stl(tmp_path / "house.stl", text))
    assert len(asset.mesh.vertices) == 9 and len(asset.mesh.polygons) == 14
    assert same_points(points(asset.mesh), METRES)
    assert surface(asset.mesh) == pytest.approx(VOLUME, rel=1e-5)
    assert not asset.has_material


def test_obj_with_materials_and_picture(tmp_path):
    picture = model_files.write_picture(tmp_path / "roof.png")
    asset, warnings = load(model_files.write_obj(tmp_path / "house.obj", "roof.png"))
    mesh = asset.mesh
    assert warnings == []
    assert np.abs(points(mesh) - METRES).max() < 1e-6
    assert len(mesh.polygons) == 9
    walls, roof = mesh.materials
    assert tuple(base_colour(walls).default_value)[:3] == pytest.approx((0.8, 0, 0))
    assert base_colour(roof).links[0].from_node.image.filepath == str(picture)
    assert [polygon.material_index for polygon in mesh.polygons] == [0] * 5 + [1] * 4
    uv = np.array([loop.uv for loop in mesh.uv_layers.active.data])
    vertex = np.array([loop.vertex_index for loop in mesh.loops])
    assert np.allclose(uv, np.stack([vertex / 8, vertex / 16], axis=1))


def test_missing_picture_is_a_warning_not_a_pink_roof(tmp_path):
    asset, warnings = load(model_files.write_obj(tmp_path / "house.obj", "gone.png"))
    assert warnings == ["house.obj: its texture gone.png is missing"]
    assert not base_colour(asset.mesh.materials[1]).is_linked


def test_picture_with_another_machines_path_is_found_beside_the_model(tmp_path):
    picture = model_files.write_picture(tmp_path / "roof.png")
    asset, warnings = load(model_files.write_obj(tmp_path / "house.obj", "D:\\models\\roof.png"))
    assert warnings == []
    image = base_colour(asset.mesh.materials[1]).links[0].from_node.image
    assert image.filepath == str(picture) and tuple(image.size) == (8, 8)


def test_missing_material_file_is_a_warning(tmp_path):
    path = model_files.write_obj(tmp_path / "house.obj")
    path.with_suffix(".mtl").unlink()
    asset, warnings = load(path)
    assert warnings == ["house.obj: its material file house.mtl is missing"]
    assert not asset.has_material


def staged_house(tmp_path, parent_scale=(1, 1, 1), location=(0, 0, 0)):
    """The house as selected Blender objects: walls and roof apart, textured, below an empty; lamp and camera too."""
    asset, _ = load(model_files.write_obj(tmp_path / "source.obj", model_files.write_picture(tmp_path / "r.png").name))
    empty = bpy.data.objects.new("empty", None)
    empty.scale, empty.location = parent_scale, location
    objects = [empty]
    for name, material in (("walls", 0), ("roof", 1)):
        mesh = bpy.data.meshes.new(name)
        faces = [polygon for polygon in asset.mesh.polygons if polygon.material_index == material]
        mesh.from_pydata(METRES, [], [tuple(face.vertices) for face in faces])
        mesh.uv_layers.new(name=f"uv {name}").data.foreach_set("uv", np.linspace(0, 1, 2 * len(mesh.loops)))
        mesh.materials.append(asset.mesh.materials[material])
        objects.append(bpy.data.objects.new(name, mesh))
        objects[-1].parent = empty
    objects.append(bpy.data.objects.new("lamp", bpy.data.lights.new("lamp", "POINT")))
    objects.append(bpy.data.objects.new("camera", bpy.data.cameras.new("camera")))
    for obj in bpy.context.scene.objects:
        obj.select_set(False)
    for obj in objects:
        bpy.context.scene.collection.objects.link(obj)
        obj.select_set(True)
    bpy.context.view_layer.update()
    return objects


def export(objects, path):
    """Write the selected objects to `path` and forget them."""
    if path.suffix in (".glb", ".gltf"):
        kind = "GLB" if path.suffix == ".glb" else "GLTF_SEPARATE"
        options = {"export_cameras": True, "export_lights": True}
        bpy.ops.export_scene.gltf(filepath=str(path), export_format=kind, use_selection=True, **options)
    elif path.suffix == ".fbx":
        bpy.ops.export_scene.fbx(filepath=str(path), use_selection=True, path_mode="COPY", embed_textures=True)
    else:
        bpy.ops.wm.usd_export(filepath=str(path), selected_objects_only=True)
    for obj in objects:
        bpy.data.objects.remove(obj)
    bpy.data.orphans_purge(do_recursive=True)
    module("scene.assets.catalogue").clear_cache()


SCENE_FORMATS = [".glb", ".gltf", ".fbx", ".usda", ".usdc", ".usdz"]


@pytest.mark.parametrize("suffix", SCENE_FORMATS)
@pytest.mark.parametrize("mirrored", [False, True])
def test_scene_formats(tmp_path, suffix, mirrored):
    scale = (-2, 1, 1) if mirrored else (1, 1, 1)
    path = tmp_path / f"scene{suffix}"
    export(staged_house(tmp_path, scale, (0.5, 0, 0.25)), path)
    before = {name: set(getattr(bpy.data, name).keys()) for name in ("objects", "scenes", "lights", "cameras")}
    asset, warnings = load(path, "AUTO")
    mesh = asset.mesh
    assert warnings == []
    assert same_points(points(mesh), METRES * scale + [0.5, 0, 0.25])
    assert surface(mesh) == pytest.approx(VOLUME * (2 if mirrored else 1), rel=1e-4)
    assert len(mesh.polygons) in (9, 14)
    assert len(mesh.uv_layers) == 1
    names = sorted(material.name.split(".")[0] for material in mesh.materials)
    assert names == ["roof", "walls"]
    roof = next(material for material in mesh.materials if material.name.startswith("roof"))
    walls = next(material for material in mesh.materials if material.name.startswith("walls"))
    image = module("scene.assets.arrays")._base_picture(roof)
    assert image is not None and tuple(image.size) == (8, 8)
    assert np.allclose(image.pixels[:3], np.array([10, 200, 30]) / 255, atol=0.01)
    assert tuple(base_colour(walls).default_value)[:3] == pytest.approx((0.8, 0, 0), abs=0.01)
    assert before == {name: set(getattr(bpy.data, name).keys()) for name in before}


def test_normals_of_the_file_survive_a_turn(tmp_path):
    """Normals that no smoothing rule would give, through turning, stretching and mirroring."""
    merging = module("scene.assets.merging")
    mesh = bpy.data.meshes.new("tilted")
    mesh.from_pydata(METRES, [], model_files.FACES)
    mesh.update()
    wanted = np.array([polygon.normal for polygon in mesh.polygons for _ in polygon.vertices])
    wanted += (0.2, 0.1, -0.3)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    mesh.normals_split_custom_set(wanted.astype(np.float32))
    before = merging.corner_normals(mesh)
    keys = [(polygon.index, vertex) for polygon in mesh.polygons for vertex in polygon.vertices]
    linear = np.array([[0, -2, 0], [1, 0, 0.5], [0, 0, -1]]) @ np.diag([1, -1, 1])
    linear[0, 0] = 0.3
    matrix = np.eye(4)
    matrix[:3, :3] = linear
    merging.transform(mesh, matrix)
    after = merging.corner_normals(mesh)
    keys_after = [(polygon.index, vertex) for polygon in mesh.polygons for vertex in polygon.vertices]
    expected = before @ np.linalg.inv(linear)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    expected = expected[[keys.index(key) for key in keys_after]]
    assert np.abs(after - expected).max() < 2e-3
    assert surface(mesh) * np.linalg.det(linear) * VOLUME != 0 and surface(mesh) > 0
    bpy.data.meshes.remove(mesh)


def test_shading_stops_at_sharp_edges(tmp_path):
    asset, _ = load(model_files.write_ply(tmp_path / "house.ply"))
    normals = module("scene.assets.merging").corner_normals(asset.mesh)
    flat = np.array([polygon.normal for polygon in asset.mesh.polygons for _ in polygon.vertices])
    low = np.array([loop.vertex_index for loop in asset.mesh.loops]) < 4  # the roof meets one wall at 28 degrees
    assert np.abs(normals - flat)[low].max() < 1e-4
    assert np.abs(normals - flat).max() > 0.1


@pytest.mark.parametrize("unit, factor", [("MM", 0.001), ("CM", 0.01), ("M", 1), ("INCH", 0.0254), ("BOP", 0.001)])
def test_units(tmp_path, unit, factor):
    asset, _ = load(model_files.write_ply(tmp_path / "house.ply"), unit)
    assert np.abs(asset.minimum / factor - [1, 2, 3]).max() < 1e-4
    assert asset.diameter == pytest.approx(model_files.DIAMETER * factor, rel=1e-6)


def test_a_unit_for_a_format_with_its_own_is_said(tmp_path):
    export(staged_house(tmp_path), tmp_path / "house.glb")
    asset, warnings = load(tmp_path / "house.glb", "CM")
    assert asset.maximum[2] == pytest.approx(0.053 * 0.01, rel=1e-5)
    assert any("carries its own unit" in warning for warning in warnings)


@pytest.mark.skipif(
    not module("compat").at_least(4, 5), reason="glTF import of Blender 4.2 takes every scene of a file"
)
def test_gltf_with_several_scenes_gives_its_default_scene(tmp_path):
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], dtype="<f4")
    data = base64.b64encode(points.tobytes()).decode()
    document = {
        "asset": {"version": "2.0"},
        "scene": 1,
        "scenes": [{"nodes": [0]}, {"nodes": [1]}],
        "nodes": [{"mesh": 0}, {"mesh": 0, "translation": [5, 0, 0]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 0]}
        ],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "buffers": [{"byteLength": 36, "uri": f"data:application/octet-stream;base64,{data}"}],
    }
    (tmp_path / "two.gltf").write_text(json.dumps(document))
    scenes = bpy.data.scenes.keys()
    asset, _ = load(tmp_path / "two.gltf", "AUTO")
    assert asset.minimum == pytest.approx([5, 0, 0]) and asset.maximum == pytest.approx([6, 0, 1])
    assert bpy.data.scenes.keys() == scenes
