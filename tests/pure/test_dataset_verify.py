"""verify passes on right data sets, and each kind of damage gives a line that names the file."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pure import synthetic
from truthbake.dataset import exporters, images, rle
from truthbake.dataset.meshes import MeshData
from truthbake.dataset.store import Store, to_json_bytes
from truthbake.dataset.verify import verify, verify_bop, verify_coco
from truthbake.dataset.verify.geometry import check_reprojection
from truthbake.dataset.verify.silhouette import dilated, silhouette


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    root = tmp_path_factory.mktemp("verify") / "set"
    store, _ = synthetic.build(root, synthetic.SHAPES, [synthetic.usual_frames()])
    exporters.export(store, ["bop", "coco"])
    return store


def copy(store, target):
    shutil.copytree(store.root, target, dirs_exist_ok=True)
    return Store.open(target)


@pytest.fixture
def store(pristine, tmp_path):
    return copy(pristine, tmp_path / "copy")


def seal(store, scene=0):
    """Make the checksums fit again, so that only the content speaks."""
    folder = store.scene_folder(scene)
    (folder / "files.json").write_bytes(to_json_bytes({}))


def test_right_data_sets_pass(pristine):
    assert verify(pristine) == []
    assert verify_bop(pristine.exports("bop")) == []
    assert verify_coco(pristine.exports("coco")) == []


poses = st.tuples(
    st.floats(-0.5, 0.5), st.floats(-0.4, 0.4), st.floats(0.5, 3), st.floats(-1, 1), st.floats(0.1, 1), st.floats(0, 6)
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(synthetic.SHAPES), poses), max_size=6), st.sampled_from([(96, 64), (50, 90)]))
def test_any_traced_scene_passes(tmp_path_factory, placed, size):
    placed = [(shape, synthetic.pose_at(*p[:3], (p[3], p[4], 0.3), p[5])) for shape, p in placed]
    root = tmp_path_factory.mktemp("any")
    cam = synthetic.camera(*size, focal=90.0, cx=size[0] * 0.4)
    store, _ = synthetic.build(root, synthetic.SHAPES, [[placed]], cam)
    folders = exporters.export(store, ["bop", "coco"])
    assert verify(store) == []
    assert verify_bop(folders["bop"]) == []
    assert verify_coco(folders["coco"]) == []


def edit_labels(store, change, frame=0):
    path = store.scene_folder(0) / "labels" / f"{frame:06d}.json"
    data = json.loads(path.read_bytes())
    change(data)
    path.write_bytes(to_json_bytes(data))
    seal(store)


def set_object(key, value, index=0):
    def change(data):
        data["objects"][index][key] = value(data["objects"][index][key]) if callable(value) else value

    return change


def turned(matrix, scale=1.0, flip=False):
    matrix = np.array(matrix)
    matrix[:3, :3] *= scale
    if flip:
        matrix[:3, 0] *= -1
    return matrix.tolist()


def shifted(matrix, dx=0.03):
    matrix = np.array(matrix)
    matrix[0, 3] += dx
    return matrix.tolist()


def moved_everywhere(data):
    """A pose that agrees with itself, but not with the picture: only the reprojection can tell."""
    camera_to_world = np.array(data["camera"]["camera_to_world"])
    item = data["objects"][0]
    item["object_to_camera"] = shifted(item["object_to_camera"])
    item["object_to_world"] = (camera_to_world @ np.array(item["object_to_camera"])).tolist()
    item["cuboid"] = [[x + 0.03 * 150 / 0.9, y] for x, y in item["cuboid"]]


def two_focal_lengths(data):
    data["camera"]["K"][0][0] *= -1


def scaled_camera(data):
    data["camera"]["camera_to_world"] = turned(data["camera"]["camera_to_world"], 2)


LABEL_DAMAGE = {
    "box_visible": (set_object("box_visible", lambda box: [box[0], box[1], box[2] - 1, box[3]]), "box_visible is"),
    "box_inside": (set_object("box_inside", [1, 2, 3, 4]), "box_inside is"),
    "box_all": (set_object("box_all", [-4, 2, 30, 4]), "box_all is partly outside"),
    "no box_all": (set_object("box_all", None), "box_all is None"),
    "pixels_visible": (set_object("pixels_visible", lambda n: n - 1), "pixels_visible is"),
    "pixels_inside": (set_object("pixels_inside", lambda n: n + 1), "pixels_inside is"),
    "pixels_all": (set_object("pixels_all", 3), "not in ascending order"),
    "visible_fraction": (set_object("visible_fraction", 1.0), "visible_fraction is"),
    "amodal code": (set_object("amodal", "@@"), "amodal: the run-length code"),
    "amodal silhouette": (set_object("amodal", rle.encode(np.eye(120, 160, dtype=bool))), "outside of the amodal"),
    "scaled pose": (set_object("object_to_camera", lambda m: turned(m, 1.01)), "is not orthonormal"),
    "mirrored pose": (set_object("object_to_camera", lambda m: turned(m, flip=True)), "is a reflection"),
    "pose of another camera": (set_object("object_to_world", shifted), "is not world_to_camera times"),
    "pose beside the picture": (moved_everywhere, "model vertices inside the image project outside of the mask"),
    "cuboid": (set_object("cuboid", lambda c: c[::-1]), "cuboid is not the projection"),
    "class": (set_object("class_id", 99), "kind or class differs"),
    "model": (set_object("model", "nothing"), "names no such model"),
    "repeated instance": (set_object("instance", 2), "repeated or out of order"),
    "missing object": (lambda data: data["objects"].pop(), "instance 3 has no labels"),
    "focal length": (two_focal_lengths, "not positive"),
    "camera rotation": (scaled_camera, "camera_to_world is not orthonormal"),
    "image size": (lambda data: data["camera"].update(width=161), "is not 161 x 120"),
    "missing key": (lambda data: data["objects"][0].pop("cuboid"), "not readable"),
}  # fmt: skip


@pytest.mark.parametrize("damage", LABEL_DAMAGE)
def test_wrong_labels_are_found(store, damage):
    change, expected = LABEL_DAMAGE[damage]
    edit_labels(store, change)
    problems = verify(store)
    assert any(expected in problem for problem in problems), problems
    assert all("\n" not in problem and str(store.root) in problem for problem in problems)


def test_files_missing_cut_or_changed_are_found(store):
    scene = store.scene_folder(0)
    (scene / "depth" / "000000.exr").unlink()
    path = scene / "rgb" / "000001.png"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert verify(store) == [
        f"{scene}/depth/000000.exr: missing",
        f"{path}: content differs from what was baked",
    ]


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan])
def test_wrong_noisy_depth_is_found(store, value):
    for frame in store.frames(0):
        measured = frame.depth().copy()
        measured[60, 80] = np.inf if frame.frame else value
        (frame.folder / "noisy_depth").mkdir(exist_ok=True)
        images.write_float_exr(frame.folder / "noisy_depth" / f"{frame.frame:06d}.exr", {"Z": measured})
    assert [problem for problem in verify(store) if "noisy" in problem] == [
        f"{store.scene_folder(0)}/noisy_depth/000000.exr: 1 pixels are neither positive nor infinite"
    ]


@pytest.mark.parametrize(
    ("kind", "suffix"), [("labels", "json"), ("instances", "png"), ("depth", "exr"), ("rgb", "png")]
)
def test_garbage_becomes_a_line(store, kind, suffix):
    (store.scene_folder(0) / kind / f"000001.{suffix}").write_bytes(b"{garbage")
    seal(store)
    problems = verify(store)
    assert problems and all("\n" not in problem for problem in problems)
    assert any("not readable" in problem for problem in problems)


def test_wrong_instances_are_found(store):
    path = store.scene_folder(0) / "instances" / "000000.png"
    image = images.read_png(path).copy()
    image[:4, :4] = 9
    images.write_grey_png(path, image)
    seal(store)
    assert any("instance 9 has no labels" in problem for problem in verify(store))


@pytest.mark.parametrize("value", [np.inf, np.nan, 0.0, -1.0])
def test_wrong_depth_is_found(store, value):
    path = store.scene_folder(0) / "depth" / "000000.exr"
    depth = images.read_float_exr(path)["Z"].copy()
    depth[60, 80] = value
    images.write_float_exr(path, {"Z": depth})
    seal(store)
    assert any("depth/000000.exr: 1 pixels" in problem for problem in verify(store))


def test_short_normals_are_found(store):
    path = store.scene_folder(0) / "normals" / "000000.exr"
    channels = {name: channel.copy() for name, channel in images.read_float_exr(path).items()}
    channels["Z"][60, 80] *= 0.9
    channels["X"][60, 80] = 0.0
    images.write_float_exr(path, channels)
    seal(store)
    assert any("1 normals are not unit vectors" in problem for problem in verify(store))


def test_wrong_models_are_found(store):
    from truthbake.dataset.meshes import read_mesh, write_mesh

    path = store.root / "models" / "ball.ply"
    write_mesh(path, read_mesh(path).scaled(1.1))
    problems = verify(store)
    assert any("models/ball.ply: the vertices' box" in problem for problem in problems)
    assert any("models/ball.ply: the diameter" in problem for problem in problems)
    path.write_bytes(b"ply\nnonsense")
    assert any("ball.ply: not a readable PLY mesh" in problem for problem in verify(store))
    path.unlink()
    assert any("ball.ply: cannot be read" in problem for problem in verify(store))


def test_an_empty_store_says_so(tmp_path):
    store = Store.open_or_create(tmp_path, synthetic.header({}))
    assert verify(store) == [f"{tmp_path}: no finished scene"]


def test_the_drawn_silhouette_equals_the_traced_one():
    cam = synthetic.camera(320, 240, focal=300)
    generator = np.random.default_rng(5)
    for _ in range(20):
        pose = synthetic.pose_at(*generator.uniform((-0.5, -0.4, 0.5), (0.5, 0.4, 2)), generator.normal(size=3), 2.0)
        traced = np.isfinite(synthetic.BRICK.trace(pose, synthetic.rays(cam)))
        mesh = synthetic.BRICK.mesh()
        points = (mesh.vertices @ pose[:3, :3].T + pose[:3, 3]) @ cam.K.T
        assert (silhouette(points[:, :2] / points[:, 2:], mesh.faces, 320, 240) == traced).all()


def test_dilation():
    mask = np.zeros((5, 6), dtype=bool)
    mask[0, 0] = mask[3, 3] = True
    assert np.argwhere(dilated(mask, 1)).tolist() == (
        [[0, 0], [0, 1], [1, 0], [1, 1]] + [[y, x] for y in (2, 3, 4) for x in (2, 3, 4)]
    )


def test_slivers_thinner_than_a_pixel_are_no_problem():
    """Most vertices of this needle lie where it is too thin for the pixel centres to see it."""
    around = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    rings = [
        np.stack([radius * np.cos(around), radius * np.sin(around), np.full(16, height)], -1)
        for radius, height in [(0.02, 0.0)] + [(0.00002, 0.1 + 0.002 * step) for step in range(50)]
    ]
    i, j = np.arange(16), (np.arange(16) + 1) % 16
    faces = [
        np.stack(triangle, -1) + 16 * ring
        for ring in range(len(rings) - 1)
        for triangle in ((i, j, i + 16), (j, j + 16, i + 16))
    ]
    mesh = MeshData(np.concatenate(rings).astype(np.float32), np.concatenate(faces).astype(np.int32))
    cam = synthetic.camera()
    generator = np.random.default_rng(0)
    for _ in range(20):
        pose = synthetic.pose_at(0, 0, generator.uniform(0.5, 2), generator.normal(size=3), 2.0)
        points = (mesh.vertices @ pose[:3, :3].T + pose[:3, 3]) @ cam.K.T
        mask = silhouette(points[:, :2] / points[:, 2:], mesh.faces, 160, 120)
        assert list(check_reprojection(mesh, cam.K, pose, mask)) == []


@pytest.mark.parametrize("rings", [12, 150])
def test_a_pose_that_is_two_pixels_off_is_found(rings):
    """With few triangles they are drawn; with 90 000 the vertices alone raise the suspicion."""
    cam, shape, pose = synthetic.camera(), synthetic.BALL, synthetic.pose_at(0.02, 0.0, 0.5)
    mask = np.isfinite(shape.trace(pose, synthetic.rays(cam)))
    mesh = synthetic.sphere_mesh(0.1, rings)
    assert list(check_reprojection(mesh, cam.K, pose, mask)) == []
    for axis in (0, 1):
        wrong = pose.copy()
        wrong[axis, 3] += 2 * 0.5 / 150
        assert len(list(check_reprojection(mesh, cam.K, wrong, mask))) >= 1
