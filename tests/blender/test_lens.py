"""Lenses that distort: labels and pictures go through them exactly."""

import numpy as np
import pytest

from tests.blender import baking
from tests.blender.optics import LENS, MESHES, compose, light_of, picture
from tests.house import module


def by_hand(x, y, k1, k2, p1, p2, k3):
    """OpenCV's formula, written out."""
    r2 = x * x + y * y
    radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
    return x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x), y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y


@pytest.fixture(scope="module")
def bent(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bent")
    return baking.bake(compose(folder, {"sensor": LENS, "render": {"resolution": [160, 120]}}), folder / "data")


def test_labels_go_through_the_lens_exactly(bent):
    """Every cuboid's corner, to a thousandth of a pixel, by the formula for single points."""
    for frame in bent.frames(0):
        camera = frame.labels.camera
        np.testing.assert_allclose(camera.distortion, [LENS[key] for key in ("k1", "k2", "p1", "p2", "k3")], rtol=1e-6)
        fx, fy, cx, cy = camera.K[0, 0], camera.K[1, 1], camera.K[0, 2], camera.K[1, 2]
        assert (cx, cy) == pytest.approx((79.5, 59.5), abs=1e-3)
        for label in frame.labels.objects:
            low, high = MESHES[label.class_name][0].min(axis=0), MESHES[label.class_name][0].max(axis=0)
            corners = [[(low, high)[i][0], (low, high)[j][1], (low, high)[k][2]]
                       for k in (0, 1) for j in (0, 1) for i in (0, 1)]  # fmt: skip
            for corner, pixel in zip(corners, label.cuboid, strict=False):
                x, y, z = label.object_to_camera[:3, :3] @ np.array(corner, np.float32) + label.object_to_camera[:3, 3]
                u, v = by_hand(x / z, y / z, *camera.distortion)
                assert np.abs([fx * u + cx - pixel[0], fy * v + cy - pixel[1]]).max() < 1e-3


def test_every_pixel_shows_what_its_bent_ray_hits(bent):
    """Instances, depth and normals of the ball against a sphere in closed form, along the inverse formula's rays."""
    distortion = module("dataset.distortion")
    for frame in bent.frames(0):
        camera = frame.labels.camera
        label = next(item for item in frame.labels.objects if item.class_name == "ball")
        grid = np.stack(np.meshgrid(np.arange(160.0), np.arange(120.0)), -1).reshape(-1, 2)
        flat = distortion.undistort_pixels(grid, camera.K, camera.distortion)
        rays = np.c_[(flat - camera.K[:2, 2]) / camera.K[[0, 1], [0, 1]], np.ones(len(flat))]
        centre = label.object_to_camera[:3, 3]
        a, b, c = (rays**2).sum(1), rays @ centre, centre @ centre - 0.1**2
        inside = b * b - a * c
        mask = baking.amodal_mask(label, camera).ravel()
        # The nearest pixel of the render is at most 0.71 pixels away, so a rim of that width may go either way.
        distance = np.sqrt(np.maximum(c + 0.01 - b * b / a, 0)) - 0.1
        rim = np.abs(distance) < 1.2 * centre[2] / camera.K[0, 0]
        np.testing.assert_array_equal(mask[~rim], (inside > 0)[~rim])
        visible = (frame.instances().ravel() == label.instance) & ~rim
        assert mask.sum() > 100
        exact = (b - np.sqrt(np.maximum(inside, 0))) / a
        slope = 0.71 / camera.K[0, 0] * centre[2]
        cosine = np.abs(((rays * exact[:, None] - centre) * rays).sum(1)) / 0.1 / np.sqrt(a)
        assert (
            np.abs(frame.depth().ravel() - exact)[visible] < (slope / np.maximum(cosine, 0.1) + 1e-3)[visible]
        ).all()


@pytest.mark.parametrize("k1", [-0.24, 0.25], ids=["barrel", "cushion"])
def test_the_picture_and_its_labels_agree(monkeypatch, tmp_path, k1):
    """Black objects before a white sky: what they cover of the picture is their mask, in size and place."""
    baking.show_holes(monkeypatch)
    section = LENS | {"k1": k1}
    recipe = compose(tmp_path, {"sensor": section, "render": {"resolution": [160, 120], "samples": 64}})
    for frame in baking.bake(recipe, tmp_path / "data").frames(0):
        covered = 1.0 - light_of(picture(frame))[..., 0]
        mask = (frame.instances() > 0).astype(float)
        assert covered.max() > 0.99 and covered.min() < 0.01 and mask.sum() > 1000
        assert covered.sum() == pytest.approx(mask.sum(), rel=0.01)
        y, x = np.mgrid[0:120, 0:160]
        for place in (x, y):
            middle = (covered * place).sum() / covered.sum(), (mask * place).sum() / mask.sum()
            assert abs(middle[0] - middle[1]) < 0.25
        assert ((covered > 0.5) != (mask > 0)).sum() < 0.03 * mask.sum()


def test_a_distorted_data_set_passes_every_check(bent, tmp_path):
    verify = module("dataset.verify")
    assert verify.verify(bent) == []
    exporters = module("dataset.exporters")
    folders = exporters.export(bent, ["bop", "coco"], tmp_path)
    assert verify.verify_bop(folders["bop"]) == [] and verify.verify_coco(folders["coco"]) == []
    events = list(module("operators.jobs.export").export_data_set(bent.root, ["bop", "coco"], tmp_path / "again"))
    assert [event["event"] for event in events] == ["export", "export", "warning"]


def test_rays_through_more_objects_than_have_ranks(monkeypatch, tmp_path):
    """Twelve boxes behind each other: those that are rendered again, in groups, go through the same lens."""
    meshes = {f"box{number:02d}": baking.box(0.1 + 0.01 * number, 0.1, 0.02) for number in range(12)}
    poses = {n + 1: baking.pose([0.03 + 0.004 * n, 0.05 - 0.003 * n, 0.5 + 0.04 * n]) for n in range(12)}
    baking.place_exactly(monkeypatch, poses, [np.eye(4)])
    groups = []
    truth = module("render.truth")
    original = truth.render_group
    monkeypatch.setattr(truth, "render_group", lambda *arguments: (groups.append(1), original(*arguments)))
    recipe = baking.compose(tmp_path / "models", meshes, {"sensor": LENS, "render": {"resolution": [96, 72]}})
    store = baking.bake(recipe, tmp_path / "data")
    assert groups
    (frame,) = store.frames(0)
    assert len(frame.labels.objects) == 12 and all(label.pixels_inside > 100 for label in frame.labels.objects)
    assert module("dataset.verify").verify(store) == []


def test_a_lens_that_folds_the_image_is_refused_by_name(tmp_path):
    recipe = compose(tmp_path, {"sensor": {"k1": -2.0}})
    with pytest.raises(module("dataset.distortion").DistortionError, match=r"sensor\.k1"):
        list(module("operators.jobs.bake").bake(recipe, tmp_path / "data", range(1)))
    assert not (tmp_path / "data").exists()
