"""The small parts of the data set room: meshes, run-length codes, boxes, masks as PNG."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from pycocotools import mask as coco_mask

from tests.pure import synthetic
from truthbake.dataset import boxes, images, rle
from truthbake.dataset.meshes import MeshData, read_mesh, write_mesh
from truthbake.dataset.store import StoreError

masks = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=17))


@settings(deadline=None)
@given(masks)
def test_run_length_codes_are_pycocotools_own(mask):
    height, width = mask.shape
    counts = rle.encode(mask)
    runs = rle.runs_of_columns(np.ascontiguousarray(mask.T), 0, width)
    assert counts == coco_mask.encode(np.asfortranarray(mask, dtype=np.uint8))["counts"].decode()
    assert (rle.decode(counts, height, width) == mask).all()
    assert (rle.decode_runs(runs, height, width) == mask).all()
    assert rle.from_runs(runs, height, width) == {"size": [height, width], "counts": counts}
    box = boxes.box_of(mask)
    assert box == synthetic.mask_box(mask)
    if box:
        x, _, w, _ = box
        assert rle.runs_of_columns(mask[:, x : x + w].T, x, width) == runs


def test_codes_of_another_size_are_refused():
    counts = rle.encode(np.eye(6, dtype=bool))
    for height, width in ((5, 6), (6, 7), (600, 600)):
        with pytest.raises(ValueError, match="does not fill"):
            rle.decode(counts, height, width)
    with pytest.raises(ValueError, match="middle of a number"):
        rle.decode("o", 4, 4)
    with pytest.raises(ValueError, match="not a text"):
        rle.decode(None, 4, 4)
    with pytest.raises(ValueError, match="does not fill"):
        rle.decode_runs([3, -1, 14], 4, 4)


@given(hnp.arrays(np.uint16, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.integers(0, 5)))
def test_boxes_of_all_instances(instances):
    found = boxes.visible_boxes(instances)
    assert set(found) == set(np.unique(instances).tolist()) - {0}
    for value, (box, count) in found.items():
        assert box == synthetic.mask_box(instances == value) and count == (instances == value).sum()


@given(masks)
def test_mask_png(mask):
    image = Image.open(io.BytesIO(images.mask_png(mask)))
    assert image.mode == "L" and image.size == mask.shape[::-1]
    assert (np.asarray(image) == mask * 255).all()


def test_float_images_keep_every_bit(tmp_path):
    depth = np.random.default_rng(0).normal(size=(7, 9)).astype(np.float32)
    depth[0, 0] = np.inf
    images.write_float_exr(tmp_path / "a.exr", {"Z": depth})
    assert (images.read_float_exr(tmp_path / "a.exr")["Z"] == depth).all()


def full_mesh():
    generator = np.random.default_rng(1)
    mesh = synthetic.sphere_mesh(0.3, rings=8)
    count = len(mesh.vertices)
    return MeshData(
        mesh.vertices,
        mesh.faces,
        mesh.vertices / np.float32(0.3),
        generator.integers(0, 256, (count, 3)).astype(np.uint8),
        generator.random((count, 2)).astype(np.float32),
        "skin of it.png",
    )


def test_a_mesh_comes_back_bit_by_bit(tmp_path):
    mesh, path = full_mesh(), tmp_path / "models" / "a.ply"
    write_mesh(path, mesh)
    again = read_mesh(path)
    for name in ("vertices", "faces", "normals", "colors", "uv"):
        written, read = getattr(mesh, name), getattr(again, name)
        assert read.dtype == written.dtype and (read == written).all(), name
    assert again.texture == "skin of it.png"
    first = path.read_bytes()
    write_mesh(path, again)
    assert path.read_bytes() == first
    header = first.split(b"end_header")[0].decode()
    assert "comment TextureFile skin of it.png" in header
    assert "property float texture_u\nproperty float texture_v" in header


def test_other_readers_agree(tmp_path):
    trimesh = pytest.importorskip("trimesh")
    mesh = synthetic.sphere_mesh(0.3, rings=8)
    write_mesh(tmp_path / "a.ply", mesh)
    loaded = trimesh.load(tmp_path / "a.ply", process=False)
    assert (loaded.faces == mesh.faces).all() and (loaded.vertices == mesh.vertices).all()
    loaded.export(tmp_path / "b.ply", encoding="ascii")
    again = read_mesh(tmp_path / "b.ply")
    assert (again.faces == mesh.faces).all() and np.allclose(again.vertices, mesh.vertices, atol=1e-7)


def test_polygons_become_fans(tmp_path):
    (tmp_path / "a.ply").write_text(
        "ply\nformat ascii 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\n"
        "element face 2\nproperty list uchar int vertex_index\nend_header\n"
        "0 0 0\n1 0 0\n1 1 0\n0 1 0\n0 0 1\n4 0 1 2 3\n3 0 1 4\n"
    )
    assert read_mesh(tmp_path / "a.ply").faces.tolist() == [[0, 1, 2], [0, 2, 3], [0, 1, 4]]


def test_scaling():
    mesh = full_mesh().scaled(1000.0)
    assert mesh.vertices.dtype == np.float32 and mesh.texture == "skin of it.png"
    assert np.abs(mesh.vertices).max() == pytest.approx(300)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"solid",
        b"ply\nformat ascii 1.0\nelement vertex 0\nproperty float x\nproperty float y\nproperty float z\nend_header\n",
        b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n1\n",
        b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
        b"element face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n3 0 1 2\n",
        b"ply\nformat binary_little_endian 1.0\nelement vertex 9\nproperty float x\nproperty float y\n"
        b"property float z\nend_header\n123",
    ],
)
def test_broken_meshes_are_named(tmp_path, content):
    path = tmp_path / "a.ply"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"a\.ply: not a readable PLY mesh"):
        read_mesh(path)


def test_a_texture_name_that_ply_cannot_hold(tmp_path):
    mesh = full_mesh()
    for name in ("schön.png", "a\nb.png"):
        with pytest.raises(StoreError, match="not plain ASCII"):
            write_mesh(tmp_path / "a.ply", MeshData(mesh.vertices, mesh.faces, texture=name))
