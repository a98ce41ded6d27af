"""What a recipe does to meshes: number of triangles, size, shading; each against the shape itself."""

import bpy
import numpy as np
import pytest

from tests import model_files
from tests.blender import baking
from tests.house import module

LAYOUT = {"unit": "M"}


@pytest.fixture(autouse=True)
def clean():
    module("scene.assets.catalogue").clear_cache()
    before = sorted(bpy.data.meshes.keys()), sorted(bpy.data.objects.keys())
    yield
    module("scene.assets.catalogue").clear_cache()
    assert (sorted(bpy.data.meshes.keys()), sorted(bpy.data.objects.keys())) == before


def load(path, **settings):
    (asset,), warnings = module("scene.assets.catalogue").load_library([LAYOUT | {"path": str(path)} | settings])
    assert warnings == []
    return asset


def triangles(mesh):
    mesh.calc_loop_triangles()
    return len(mesh.loop_triangles)


@pytest.fixture
def ball(tmp_path):
    """A ball of 20480 triangles, 10 cm across."""
    return baking.write_ply(tmp_path / "ball.ply", baking.sphere(0.05, 5))


@pytest.mark.parametrize("limit", [15000, 2000, 100])
def test_decimate_to_a_number_of_triangles(ball, limit):
    """Row B05: at most so many, hardly fewer, and still the same ball."""
    asset = load(ball, decimate=limit)
    assert 0.95 * limit <= triangles(asset.mesh) <= limit
    radii = np.linalg.norm(module("scene.assets.merging").vertices(asset.mesh), axis=1)
    assert np.abs(radii - 0.05).max() < (0.0002 if limit > 1000 else 0.006)
    assert asset.diameter == pytest.approx(0.1, rel=0.06)


def test_decimate_leaves_small_meshes_alone(ball):
    assert triangles(load(ball, decimate=20480).mesh) == triangles(load(ball, decimate=0).mesh) == 20480


def test_decimate_keeps_uv_and_materials(tmp_path):
    """A grid of 2 x 40 x 40 triangles with a picture: what is left still shows it in the right place."""
    rows = 41
    places = [(x / 40, y / 40) for y in range(rows) for x in range(rows)]
    lines = ["mtllib grid.mtl", "usemtl paint"]
    lines += [f"v {x:.4f} {y:.4f} {0.1 * np.sin(3 * x):.4f}" for x, y in places]
    lines += [f"vt {x:.4f} {y:.4f}" for x, y in places]
    for y in range(40):
        for x in range(40):
            a, b, c, d = (1 + i for i in (y * rows + x, y * rows + x + 1, (y + 1) * rows + x + 1, (y + 1) * rows + x))
            lines.append(f"f {a}/{a} {b}/{b} {c}/{c} {d}/{d}")
    (tmp_path / "grid.obj").write_text("\n".join(lines) + "\n")
    model_files.write_picture(tmp_path / "paint.png")
    (tmp_path / "grid.mtl").write_text("newmtl paint\nKd 0.8 0.8 0.8\nmap_Kd paint.png\n")
    mesh = load(tmp_path / "grid.obj", decimate=400).mesh
    assert triangles(mesh) <= 400 and [material.name for material in mesh.materials] == ["paint"]
    corner = np.empty(len(mesh.loops), dtype=np.int32)
    mesh.loops.foreach_get("vertex_index", corner)
    uv = np.empty(len(mesh.loops) * 2, dtype=np.float32)
    mesh.uv_layers.active.data.foreach_get("uv", uv)
    points = module("scene.assets.merging").vertices(mesh)[corner]
    np.testing.assert_allclose(uv.reshape(-1, 2), points[:, :2], atol=0.03)


@pytest.mark.parametrize("size", [0.7, 0.05])
def test_normalize_size_and_centre(tmp_path, size):
    """Row D06: the longest edge gets that length, the box's middle the origin; keypoints and symmetries go along."""
    path = model_files.write_obj(tmp_path / "house.obj")
    plain = load(path, unit="MM")
    tip = {"name": "tip", "position": [0.008, 0.012, 0.053]}
    turn = {"axis": [0, 0, 1], "offset": [0.011, 0.017, 0], "fold": 0}
    asset = load(path, unit="MM", normalize_size=size, keypoints=[tip], symmetries=[turn])
    assert (asset.maximum - asset.minimum).max() == pytest.approx(size, rel=1e-6)
    np.testing.assert_allclose(asset.maximum + asset.minimum, 0, atol=1e-7)
    factor = size / 0.05
    assert asset.diameter == pytest.approx(plain.diameter * factor, rel=1e-5)
    np.testing.assert_allclose(asset.maximum - asset.minimum, (plain.maximum - plain.minimum) * factor, rtol=1e-5)
    ((name, place),) = asset.keypoints.points
    vertices = module("scene.assets.merging").vertices(asset.mesh)
    assert name == "tip" and np.linalg.norm(vertices - place, axis=1).min() < 1e-6
    middle = (plain.minimum + plain.maximum) / 2
    offset = asset.symmetries.continuous[0]["offset"]
    np.testing.assert_allclose(offset, (np.array([0.011, 0.017, 0]) - middle) * factor, atol=1e-7)


def test_up_axis(tmp_path):
    """What stands along y in the file stands along z in the model, right-handed; points and axes go along."""
    path = model_files.write_obj(tmp_path / "house.obj")
    settings = {"keypoints": [{"name": "tip", "position": [0.008, 0.012, 0.053]}], "unit": "MM"}
    settings |= {"symmetries": [{"axis": [0, 1, 0], "offset": [0.01, 0, 0], "fold": 0}]}
    plain, turned = load(path, **settings), load(path, up_axis="y", **settings)
    vertices = [module("scene.assets.merging").vertices(asset.mesh) for asset in (plain, turned)]
    np.testing.assert_allclose(vertices[1], vertices[0] @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]]), atol=1e-8)
    assert turned.keypoints.points == [("tip", pytest.approx([0.008, -0.053, 0.012]))]
    assert turned.symmetries.continuous == [{"axis": pytest.approx([0, 0, 1]), "offset": pytest.approx([0.01, 0, 0])}]


def face_normals_are_flat(mesh):
    normals = module("scene.assets.merging").corner_normals(mesh)
    sizes = [len(face.vertices) for face in mesh.polygons]
    own = np.repeat([face.normal[:] for face in mesh.polygons], sizes, axis=0)
    return np.abs(normals - own).max() < 1e-3


def cylinder(sides=48):
    """Radius and height 0.1; its walls meet at 360 / sides degrees, walls and ends at 90."""
    angles = np.arange(sides) * 2 * np.pi / sides
    ring = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(sides)]) * 0.1
    points = np.concatenate([ring, ring + np.array([0, 0, 0.1]), [[0, 0, 0], [0, 0, 0.1]]])
    faces = []
    for a in range(sides):
        b = (a + 1) % sides
        faces += [
            (a, b, b + sides),
            (a, b + sides, a + sides),
            (2 * sides, b, a),
            (2 * sides + 1, a + sides, b + sides),
        ]
    return points, np.array(faces)


def test_shading(tmp_path):
    """Row A05: auto keeps the rim of a cylinder sharp and its wall round, smooth bends the rim, flat none."""
    path = baking.write_ply(tmp_path / "cylinder.ply", cylinder())

    def normals(**settings):
        """The mesh, its corners' normals and the directions (x, y) of the corners from the axis; which are of ends."""
        mesh = load(path, **settings).mesh
        corner = np.empty(len(mesh.loops), dtype=np.int32)
        mesh.loops.foreach_get("vertex_index", corner)
        points = module("scene.assets.merging").vertices(mesh)[corner]
        ends = np.repeat([abs(face.normal[2]) > 0.9 for face in mesh.polygons], 3)
        return mesh, module("scene.assets.merging").corner_normals(mesh), points / 0.1, ends

    assert face_normals_are_flat(normals(shading="flat")[0])
    for setting in ({"shading": "auto"}, {"shading": "keep"}, {"shading": "auto", "smooth_angle": 80.0}):
        _, auto, points, ends = normals(**setting)  # the file has no normals of its own
        np.testing.assert_allclose(np.abs(auto[ends]), [[0, 0, 1]] * ends.sum(), atol=1e-3)
        radial = points[~ends] * [1, 1, 0]
        np.testing.assert_allclose(auto[~ends], radial, atol=2e-3)
    _, smooth, points, ends = normals(shading="smooth")
    rim = ends & (np.linalg.norm(points[:, :2], axis=1) > 0.5)
    assert np.abs(smooth[rim][:, 2]).max() < 0.9
    _, wide, *_ = normals(shading="auto", smooth_angle=100.0)
    np.testing.assert_allclose(wide, smooth, atol=1e-3)
    assert face_normals_are_flat(normals(shading="auto", smooth_angle=5.0)[0])


def test_keep_keeps_the_normals_of_the_file(tmp_path):
    text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nvn 0.6 0 0.8\nf 1//1 3//1 2//1\nf 1//1 2//1 4//1\n"
    (tmp_path / "a.obj").write_text(text)
    merging = module("scene.assets.merging")
    kept = merging.corner_normals(load(tmp_path / "a.obj").mesh)
    np.testing.assert_allclose(kept, [[0.6, 0, 0.8]] * 6, atol=1e-3)
    for shading in ("flat", "auto"):
        mesh = load(tmp_path / "a.obj", shading=shading).mesh
        assert not mesh.has_custom_normals and face_normals_are_flat(mesh)


def test_each_treatment_is_a_mesh_of_its_own_and_imported_once(ball):
    """Row D10: what was imported is used again, as long as nothing that decides about it has changed."""
    one, other = load(ball), load(ball, decimate=500)
    assert one.mesh != other.mesh and triangles(one.mesh) == 20480
    assert load(ball).mesh == one.mesh and load(ball, decimate=500).mesh == other.mesh
    assert load(ball, scale=[0.5, 2.0], count=3).mesh == one.mesh
