"""Depth, masks, normals and intrinsics of baked shapes against closed forms, for cameras of every kind."""

import json

import numpy as np
import pytest

from tests.blender import baking
from tests.rays import around, grid, see, ties

MESHES = {
    "cube": baking.box(0.1, 0.1, 0.1),
    "slab": baking.box(0.25, 0.18, 0.01),
    "ball": baking.sphere(0.06, 2),
    "rod": baking.box(0.02, 0.03, 0.3),
}

CAMERA_FILE = {"width": 96, "height": 72, "fx": 110.3, "fy": 98.7, "cx": 40.2, "cy": 39.9, "depth_scale": 0.1}

CAMERAS = {
    "square": ({"intrinsics": "fov", "fov": 40}, [72, 72]),
    "wide": ({"intrinsics": "fov", "fov": 60}, [128, 48]),
    "tall": ({"intrinsics": "focal_length", "focal_length": 50, "sensor_width": 20}, [48, 112]),
    "wide_shifted": ({"intrinsics": "fov", "fov": 50, "shift_x": 0.11, "shift_y": -0.07}, [112, 64]),
    "tall_shifted": ({"intrinsics": "focal_length", "focal_length": 35, "shift_x": -0.06, "shift_y": 0.09}, [60, 96]),
    "matrix": ({"intrinsics": "matrix", "fx": 130.0, "fy": 101.5, "cx": 31.7, "cy": 52.2}, [100, 80]),
    "matrix_tall_pixels": ({"intrinsics": "matrix", "fx": 90.0, "fy": 123.4, "cx": 47.1, "cy": 20.9}, [80, 72]),
    "file": ({"intrinsics": "file"}, [640, 480]),
}


def asked(name: str) -> tuple[int, int, np.ndarray]:
    """Width, height and K that a recipe asks for, worked out here from the definitions and not by the extension."""
    section, (width, height) = CAMERAS[name]
    if section["intrinsics"] == "file":
        section, width, height = CAMERA_FILE, CAMERA_FILE["width"], CAMERA_FILE["height"]
    if "fx" in section:
        fx, fy, cx, cy = (section[key] for key in ("fx", "fy", "cx", "cy"))
    else:
        if section["intrinsics"] == "fov":
            fx = width / (2 * np.tan(np.radians(section["fov"]) / 2))
        else:
            fx = width * section["focal_length"] / section.get("sensor_width", 36.0)
        fy = fx
        # Blender's lens shift: in larger sides of the image, the picture's centre moves right and up.
        x, y = section.get("shift_x", 0.0), section.get("shift_y", 0.0)
        cx, cy = (width - 1) / 2 - x * max(width, height), (height - 1) / 2 + y * max(width, height)
    return width, height, np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1.0]])


@pytest.fixture(scope="module", params=CAMERAS)
def baked(request, tmp_path_factory):
    """(name, frames) of a baked data set with objects in random poses, seen from near."""
    name, folder = request.param, tmp_path_factory.mktemp("truth")
    section, resolution = CAMERAS[name]
    if name == "file":
        (folder / "camera.json").write_text(json.dumps(CAMERA_FILE))
        section = section | {"file": str(folder / "camera.json")}
    section = section | {"distance": [0.35, 0.55], "elevation": [-80, 80], "roll": [-180, 180], "look_at_count": 2}
    layer = {
        "camera": section | {"obstacle_distance": 0.02},
        "render": {"resolution": resolution},
        "output": {"frames_per_scene": 4},
        "placement": {"volume_min": [-0.25, -0.25, -0.1], "volume_max": [0.25, 0.25, 0.25]},
    }
    store = baking.bake(baking.compose(folder / "models", MESHES, layer), folder / "data")
    frames = list(store.frames(0))
    assert len(frames) == 4
    return name, frames


@pytest.fixture(scope="module")
def expected(baked):
    """For each frame what `expect` tells."""
    return [expect(frame) for frame in baked[1]]


def expect(frame):
    """What the ray caster sees with the frame's labelled poses and K, straight and with the rays moved a little."""
    camera = frame.labels.camera
    objects = {label.instance: baking.in_camera(label, MESHES[label.class_name]) for label in frame.labels.objects}

    def seen(offset=(0.0, 0.0)):
        return see(objects, camera.K, camera.width, camera.height, offset)

    return seen(), around(seen)


def test_labelled_intrinsics_are_those_asked_for(baked):
    name, frames = baked
    width, height, K = asked(name)
    for frame in frames:
        camera = frame.labels.camera
        assert (camera.width, camera.height) == (width, height)
        assert frame.instances().shape == frame.depth().shape == (height, width)
        np.testing.assert_allclose(camera.K, K, atol=0.002)


def test_rendered_intrinsics_are_those_asked_for(baked):
    """K from the pixels alone. On a plane n.x = d inverse depth is linear in the pixel: 1/z = (K^-T n / d).p. Fitting
    that linear function on each flat face, and comparing with the face's n / d in camera axes, gives all of K."""
    name, frames = baked
    _, _, K = asked(name)
    fitted, known, weights = [], [], []
    for frame in frames:
        depth, index, normals = frame.depth(), frame.instances(), frame.normals()
        for label in frame.labels.objects:
            if label.class_name == "ball":
                continue
            vertices, faces = baking.in_camera(label, MESHES[label.class_name])
            for a, b, c in vertices[faces[::2]]:
                normal = np.cross(b - a, c - a)
                normal /= np.linalg.norm(normal)
                on_face = (index == label.instance) & (normals @ normal > 0.999)
                if on_face.sum() < 40:
                    continue
                rows, columns = np.nonzero(on_face)
                pixels = np.column_stack([columns, rows, np.ones(len(rows))])
                inverse = 1 / depth[on_face].astype(float)
                solution, _, rank, _ = np.linalg.lstsq(pixels, inverse, rcond=None)
                assert rank == 3
                assert np.abs(pixels @ solution - inverse).max() < 1e-5 * inverse.max()
                fitted.append(solution)
                known.append(normal / (normal @ a))
                weights.append(np.sqrt(on_face.sum()) / np.linalg.norm(known[-1]))
    assert len(fitted) >= 6
    weights = np.array(weights)[:, None]
    rendered, _, rank, _ = np.linalg.lstsq(weights * np.array(fitted), weights * np.array(known), rcond=None)
    assert rank == 3
    np.testing.assert_allclose(rendered, K, atol=0.01)


def test_instances_have_no_wrong_pixel(baked, expected):
    for frame, (straight, moved) in zip(baked[1], expected, strict=True):
        tied = ties(straight.index, [other.index for other in moved])
        assert not ((straight.index != frame.instances()) & ~tied).any()
        assert len(np.unique(straight.index)) >= 3 and tied.mean() < 0.02


def test_depth_and_normals(baked, expected):
    for frame, (straight, moved) in zip(baked[1], expected, strict=True):
        index, depth, normals = frame.instances(), frame.depth(), frame.normals()
        np.testing.assert_array_equal(np.isfinite(depth), index > 0)
        hit = index > 0
        assert np.abs(np.linalg.norm(normals[hit], axis=1) - 1).max() < 1e-5
        assert not normals[~hit].any()
        # Where a face ends or lies edge-on to the ray, a hundredth of a pixel decides.
        reference = np.where(hit & np.isfinite(straight.depth), straight.depth, -1.0)
        shift = np.max([np.abs(other.depth - reference) for other in moved], axis=0)
        steady = (reference > 0) & (shift < 1e-3 * reference)
        assert steady.sum() > 0.6 * hit.sum()
        error = np.abs(depth[steady] - reference[steady]) / reference[steady]
        assert error.max() < 1e-4 and np.median(error) < 3e-5
        sides = np.max([np.abs(other.normals - straight.normals).max(axis=2) for other in moved], axis=0)
        ball = next(label for label in frame.labels.objects if label.class_name == "ball")
        flat = steady & (sides == 0) & (index != ball.instance)
        assert flat.sum() > 200
        # Towards the camera, in OpenCV axes. Cycles packs vertex normals in 32 bits from Blender 5.1 on: 4e-5.
        assert np.abs(normals - straight.normals)[flat].max() < 6e-5
        # The ball's facets meet at less than 30 degrees: shaded smooth, as the sphere that they stand for.
        round_ = steady & (index == ball.instance)
        rays = np.column_stack([grid(*index.shape[::-1]), np.ones(index.size)]) @ np.linalg.inv(frame.labels.camera.K).T
        points = rays.reshape(*index.shape, 3)[round_] * depth[round_][:, None]
        outward = points - ball.object_to_camera[:3, 3]
        outward /= np.linalg.norm(outward, axis=1, keepdims=True)
        assert ((normals[round_] * outward).sum(axis=1) > np.cos(np.radians(3))).all()


def test_amodal_and_boxes(baked, expected):
    for frame, (straight, moved) in zip(baked[1], expected, strict=True):
        index = frame.instances()
        for label in frame.labels.objects:
            mask = baking.amodal_mask(label, frame.labels.camera)
            crossed = straight.crossed[label.instance]
            tied = ties(crossed, [other.crossed[label.instance] for other in moved])
            assert not ((mask != crossed) & ~tied).any()
            visible = index == label.instance
            assert not (visible & ~mask).any()
            assert (label.pixels_visible, label.pixels_inside) == (visible.sum(), mask.sum())
            for box, pixels in ((label.box_visible, visible), (label.box_inside, mask)):
                if not pixels.any():
                    assert box is None
                    continue
                rows, columns = np.nonzero(pixels)
                assert box == (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)


def test_a_fine_sphere_is_the_ideal_one(tmp_path):
    """|o + t d| = r: depth, silhouette and normals of a true sphere, against a mesh finer than the pixels."""
    radius = 0.05
    meshes = {"ball": baking.sphere(radius, 5)}
    layer = {
        "camera": {"fov": 14, "distance": [0.6, 0.7]},
        "render": {"resolution": [96, 80]},
        "output": {"frames_per_scene": 3},
    }
    store = baking.bake(baking.compose(tmp_path / "models", meshes, layer), tmp_path / "data")
    for frame in store.frames(0):
        camera, label = frame.labels.camera, frame.labels.objects[0]
        centre = label.object_to_camera[:3, 3]
        index, depth, normals = frame.instances(), frame.depth(), frame.normals()
        shape = index.shape
        rays = np.column_stack([grid(camera.width, camera.height), np.ones(index.size)]) @ np.linalg.inv(camera.K).T
        a, b, c = (rays**2).sum(1), rays @ centre, centre @ centre - radius**2
        discriminant = b * b - a * c
        on = (discriminant > 0).reshape(shape)
        with np.errstate(invalid="ignore"):
            ideal = ((b - np.sqrt(discriminant)) / a).reshape(shape)
        # The silhouette may differ where the ray passes within 4e-5 of the surface: the mesh's sagitta.
        distance = np.sqrt(np.maximum(0, centre @ centre - b * b / a)).reshape(shape)
        assert not ((on != (index > 0)) & (np.abs(distance - radius) > 4e-5)).any()
        points = rays.reshape(*shape, 3) * np.where(on, ideal, 1)[..., None]
        outward = (points - centre) / radius
        unit = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        facing = -(outward * unit.reshape(*shape, 3)).sum(axis=2)
        inner = on & (index > 0) & (facing > 0.4)
        assert inner.sum() > 300
        assert (np.abs(depth - ideal)[inner] / ideal[inner]).max() < 1e-4
        assert (normals * outward).sum(axis=2)[inner].min() > np.cos(np.radians(1.0))
