"""Optical flow of baked frames against closed forms, a ray caster, and Blender's own motion vectors."""

import json

import bpy
import numpy as np
import OpenEXR
import pytest
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from tests.blender import baking
from tests.house import module
from tests.rays import see

MESHES = {"cube": baking.box(0.1, 0.12, 0.08), "ball": baking.sphere(0.06, 3), "wall": baking.box(0.6, 0.4, 0.01)}
look_at = module("scene.plan.camera").look_at
LAYER = {
    "background": {"mode": "plane"},
    "passes": {"flow": True},
    "render": {"resolution": [96, 72]},
    "output": {"frames_per_scene": 3},
}
MOMENTS = [
    {
        1: baking.pose([-0.08 + 0.03 * t, 0.02, 0.1 + 0.015 * t], baking.turn((1, 2, 0.5), 20 + 12 * t)),
        2: baking.pose([0.1 - 0.02 * t, 0.05, 0.07], baking.turn((0, 0, 1), 15.0 * t)),
        3: baking.pose([0.0, 0.25, 0.2], baking.turn((1, 0, 0), 80)),
    }
    for t in range(3)
]
VIEWS = [
    look_at(np.array([0.1 + 0.04 * t, -0.5, 0.35 - 0.02 * t]), np.array([0.0, 0.05, 0.1]), 10.0 + 2 * t)
    for t in range(3)
]


def place(monkeypatch, moments, views) -> None:
    """Every scene staged from now on has these moments and views."""
    monkeypatch.setattr(module("scene.stage.placing"), "find", lambda *arguments: [dict(item) for item in moments])
    monkeypatch.setattr(module("scene.stage.viewing"), "find_views", lambda *arguments: list(views))


def bake(folder, monkeypatch, moments=MOMENTS, views=VIEWS, **layer):
    place(monkeypatch, moments, views)
    return baking.bake(baking.compose(folder / "models", MESHES, LAYER, layer), folder / "data")


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    with pytest.MonkeyPatch.context() as monkeypatch:
        store = bake(tmp_path_factory.mktemp("flow"), monkeypatch)
    return list(store.frames(0))


def pixels(frame) -> np.ndarray:
    camera = frame.labels.camera
    return np.stack(np.meshgrid(np.arange(camera.width), np.arange(camera.height)), -1).astype(float)


def poses(frame) -> dict:
    return {label.instance: label.object_to_world for label in frame.labels.objects}


def surface(frame) -> tuple[np.ndarray, np.ndarray]:
    """Instances (H, W) and points (H, W, 3) in world axes, from a ray caster and a plane: no depth image."""
    camera = frame.labels.camera
    objects = {label.instance: baking.in_camera(label, MESHES[label.class_name]) for label in frame.labels.objects}
    seen = see(objects, camera.K, camera.width, camera.height)
    rays = np.concatenate([pixels(frame), np.ones((camera.height, camera.width, 1))], -1) @ np.linalg.inv(camera.K).T
    rays = rays @ camera.camera_to_world[:3, :3].T
    floor = -camera.camera_to_world[2, 3] / rays[..., 2]
    depth = np.where(seen.index > 0, seen.depth, np.where(floor > 0, floor, np.nan))
    return seen.index, rays * depth[..., None] + camera.camera_to_world[:3, 3]


@pytest.mark.parametrize(("here", "there", "kind"), [(0, 1, "forward_flow"), (1, 2, "forward_flow"),
                                                     (1, 0, "backward_flow"), (2, 1, "backward_flow")])  # fmt: skip
def test_flow_of_moving_objects_and_camera(frames, here, there, kind):
    one, other = frames[here], frames[there]
    found = one.image(kind)
    index, points = surface(one)
    sure = (index == one.instances()) & np.isfinite(one.depth())  # the floor has an end
    assert sure.mean() > 0.9
    for number, pose in poses(one).items():
        mask = index == number
        after = poses(other)[number]
        assert mask.any() and not (number < 3 and np.allclose(pose, after))
        points[mask] = (points[mask] - pose[:3, 3]) @ pose[:3, :3] @ after[:3, :3].T + after[:3, 3]
    place = other.labels.camera.project(points[sure])
    np.testing.assert_allclose(found[sure], place - pixels(one)[sure], atol=0.01)
    assert np.linalg.norm(found[sure], axis=1).max() > 5


@pytest.mark.parametrize(("here", "there", "kind", "bit"), [(0, 1, "forward_flow", 1), (2, 1, "backward_flow", 2)])
def test_warp_within_half_a_pixel(frames, here, there, kind, bit):
    """Warped by its flow, a visible point of one frame is the other frame's point there, to half a pixel."""
    one, other = frames[here], frames[there]
    visible = (one.image("occlusion") & bit) == 0
    assert 0.5 < visible.mean() < 0.99
    index, points = surface(one)
    index_there, points_there = surface(other)
    target = pixels(one) + one.image(kind)
    column, row = np.floor(target + 0.5)[visible].astype(int).T
    same = index_there[row, column] == index[visible]
    assert same.mean() > 0.97
    gaps = []
    for number, pose in [*poses(one).items(), (0, np.eye(4))]:
        after = poses(other).get(number, np.eye(4))
        on = (index[visible] == number) & same
        mine = (points[visible][on] - pose[:3, 3]) @ pose[:3, :3] @ after[:3, :3].T + after[:3, 3]
        its = points_there[row, column][on]
        gaps.append(np.abs(other.labels.camera.project(mine) - other.labels.camera.project(its)))
    gaps = np.concatenate(gaps)
    gaps = gaps[np.isfinite(gaps).all(axis=1)]
    assert len(gaps) > 1000 and gaps.max() <= 0.5 + 0.02


@pytest.mark.parametrize(("here", "there", "bit"), [(0, 1, 1), (1, 0, 2)])
def test_occlusion_is_what_rays_to_the_points_say(frames, here, there, bit):
    """A ray from the other camera to each point of the objects; where it is stopped, the point is occluded."""
    one, other = frames[here], frames[there]
    index, points = surface(one)
    eye = other.labels.camera.camera_to_world[:3, 3]
    names = {label.instance: label.class_name for label in other.labels.objects}
    trees = {
        number: BVHTree.FromPolygons([Vector(point) for point in vertices], faces.tolist())
        for number, (vertices, faces) in ((number, MESHES[name]) for number, name in names.items())
    }
    sure = (index == one.instances()) & (index > 0)
    hidden = []
    for number, point in zip(index[sure], points[sure], strict=True):
        before, after = poses(one)[number], poses(other)[number]
        moved = after[:3, :3] @ (before[:3, :3].T @ (point - before[:3, 3])) + after[:3, 3]
        x, y = other.labels.camera.project(moved[None])[0]
        is_hidden = not (-0.5 <= x < one.labels.camera.width - 0.5 and -0.5 <= y < one.labels.camera.height - 0.5)
        for its, tree in trees.items():
            pose, reach = poses(other)[its], np.linalg.norm(moved - eye)
            start, towards = (eye - pose[:3, 3]) @ pose[:3, :3], (moved - eye) / reach @ pose[:3, :3]
            is_hidden |= tree.ray_cast(Vector(start), Vector(towards), reach * (1 - 2e-4))[0] is not None
        hidden.append(is_hidden)
    found = (one.image("occlusion")[sure] & bit) > 0
    assert 0.03 < np.mean(hidden) < 0.9
    assert np.mean(found != hidden) < 0.02  # single pixels along outlines


def test_the_ends_have_none(frames):
    assert np.isnan(frames[0].image("backward_flow")).all() and np.isnan(frames[2].image("forward_flow")).all()
    assert (frames[0].image("occlusion") & 2).all() and (frames[2].image("occlusion") & 1).all()


def test_forward_and_backward_meet(frames):
    """What is visible in both comes back to where it was."""
    forward, backward = frames[0].image("forward_flow"), frames[1].image("backward_flow")
    visible = (frames[0].image("occlusion") & 1) == 0
    column, row = np.floor(pixels(frames[0]) + forward + 0.5)[visible].astype(int).T
    same = frames[1].instances()[row, column] == frames[0].instances()[visible]
    back = np.linalg.norm(forward[visible] + backward[row, column], axis=1)[same]
    assert np.median(back) < 0.3 and (back < 1.0).mean() > 0.97


def test_blenders_motion_vectors_agree(frames, tmp_path):
    """The renderer's Vector pass, of a scene built here: cur - next is (Z, W) with y up (ground truth notes)."""
    camera = frames[0].labels.camera
    scene = bpy.data.scenes.new("vectors")
    made = []
    try:
        scene.render.engine = "CYCLES"
        scene.cycles.samples, scene.cycles.device = 1, "CPU"
        scene.cycles.use_adaptive_sampling = scene.cycles.use_denoising = False
        scene.render.resolution_x, scene.render.resolution_y = camera.width, camera.height
        scene.render.use_motion_blur = False
        module("render.files").write_data(scene)
        layer = scene.view_layers[0]
        layer.use_pass_vector = layer.use_pass_object_index = True
        for label in frames[0].labels.objects:
            vertices, faces = baking.single(MESHES[label.class_name])
            mesh = bpy.data.meshes.new("vectors")
            mesh.from_pydata(vertices, [], faces)
            item = bpy.data.objects.new("vectors", mesh)
            item.pass_index = label.instance
            made += [item, mesh]
            keyframes(scene, item, [poses(frame)[label.instance] for frame in frames])
        lens = bpy.data.cameras.new("vectors")
        lens.sensor_fit, lens.sensor_width = "HORIZONTAL", 36.0
        lens.lens = camera.K[0, 0] / camera.width * 36.0
        viewer = bpy.data.objects.new("vectors", lens)
        made += [viewer, lens]
        flip = np.diag([1.0, -1.0, -1.0, 1.0])
        keyframes(scene, viewer, [frame.labels.camera.camera_to_world @ flip for frame in frames])
        scene.camera = viewer
        with bpy.context.temp_override(scene=scene):
            scene.frame_set(2)
        scene.render.filepath = str(tmp_path / "vectors.exr")
        with bpy.context.temp_override(scene=scene):  # else the frame is that of the window's scene
            bpy.ops.render.render(write_still=True, scene=scene.name)
    finally:
        bpy.data.scenes.remove(scene)
        for block in made:
            (bpy.data.objects if isinstance(block, bpy.types.Object) else
             bpy.data.meshes if isinstance(block, bpy.types.Mesh) else bpy.data.cameras).remove(block)  # fmt: skip
    channels = {}
    with OpenEXR.File(str(tmp_path / "vectors.exr"), separate_channels=True) as file:
        for part in file.parts:
            channels |= {".".join(name.split(".")[-2:]): channel.pixels for name, channel in part.channels.items()}
    index = channels.get("IndexOB.X", channels.get("Object Index.X"))
    sure = (index == frames[1].instances()) & (index > 0)
    assert sure.sum() > 500
    for kind, x, y in (
        ("forward_flow", -channels["Vector.Z"], channels["Vector.W"]),
        ("backward_flow", channels["Vector.X"], -channels["Vector.Y"]),
    ):
        gap = np.linalg.norm(frames[1].image(kind) - np.stack([x, y], -1), axis=-1)[sure]
        assert np.quantile(gap, 0.99) < 0.02, kind


def keyframes(scene, item, matrices) -> None:
    """Link an object into a scene and key its pose at the frames 1, 2, ..."""
    from mathutils import Matrix

    scene.collection.objects.link(item)
    item.rotation_mode = "QUATERNION"
    for frame, matrix in enumerate(matrices, start=1):
        item.location, item.rotation_quaternion, _ = Matrix(matrix).decompose()
        item.keyframe_insert("location", frame=frame)
        item.keyframe_insert("rotation_quaternion", frame=frame)


def test_nothing_flows_in_a_still_scene(tmp_path, monkeypatch):
    store = bake(tmp_path, monkeypatch, MOMENTS[:1], VIEWS[:1] * 3)
    first, second, third = store.frames(0)
    for frame, kinds in ((first, ["forward_flow"]), (second, ["forward_flow", "backward_flow"])):
        for kind in kinds:
            assert not frame.image(kind).any()
    assert not second.image("occlusion").any()
    assert (first.image("occlusion") == 2).all() and (third.image("occlusion") == 1).all()


def test_flow_changes_no_other_byte_and_needs_no_depth_image(tmp_path, monkeypatch):
    trees = []
    for name, passes in (
        ("with", {"flow": True}),
        ("without", {"flow": False}),
        ("bare", {"flow": True, "depth": False}),
    ):
        bake(tmp_path / name, monkeypatch, passes=passes)
        tree = baking.tree_of(tmp_path / name / "data" / "scenes")
        trees.append({key: digest for key, digest in tree.items() if "files.json" not in key})
    extra = {key for key in trees[0] if "flow/" in key or "occlusion/" in key}
    assert len(extra) == 9
    assert {key: trees[0][key] for key in trees[0].keys() - extra} == trees[1]
    assert {key: digest for key, digest in trees[0].items() if "/depth/" not in key} == trees[2]


def test_a_fresh_process_gives_the_same_flow(tmp_path):
    """With physics and a wandering camera, alone and after another scene."""
    layer = {
        "placement": {
            "mode": "drop",
            "sampling": "moments",
            "volume_min": [-0.1, -0.1, 0],
            "volume_max": [0.1, 0.1, 0.3],
        },
        "camera": {"mode": "trajectory", "path": "walk", "distance": [0.5, 0.7], "obstacle_distance": 0.05},
        "output": {"scenes": 2},
    }
    recipe = baking.compose(tmp_path / "models", MESHES, LAYER, layer)
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    store = baking.bake(recipe, tmp_path / "here")
    assert store.scenes() == [0, 1]
    process = baking.fresh_process(tmp_path / "recipe.json", tmp_path / "there", [1])
    process.communicate(timeout=120)
    mine, its = (baking.tree_of(tmp_path / name / "scenes" / "000001") for name in ("here", "there"))
    assert mine == its and len(mine) == 2 + 3 * 8
    moved = [frame.image("forward_flow") for frame in list(store.frames(1))[:2]]
    assert all(np.nanmax(np.abs(flow)) > 0.5 for flow in moved)


def test_flow_through_a_lens(tmp_path, monkeypatch):
    """The points of the pinhole's frames, each taken through the lens: the distorted flow within a third of a pixel."""
    lens = {"k1": -0.25, "k2": 0.08, "p1": 0.004, "p2": -0.003, "k3": 0.0}
    plain = list(bake(tmp_path / "plain", monkeypatch).frames(0))
    frames = list(bake(tmp_path / "bent", monkeypatch, sensor=lens).frames(0))
    camera = frames[0].labels.camera
    assert any(camera.distortion)
    index, points = surface(plain[0])
    for number, pose in poses(plain[0]).items():
        mask, after = index == number, poses(plain[1])[number]
        points[mask] = (points[mask] - pose[:3, 3]) @ pose[:3, :3] @ after[:3, :3].T + after[:3, 3]
    place = frames[1].labels.camera.project(points.reshape(-1, 3))  # in the distorted next frame
    flat = module("dataset.distortion").distort_pixels(pixels(plain[0]).reshape(-1, 2), camera.K, camera.distortion)
    grid = np.rint(flat).astype(int)  # where the pinhole's pixels are in the distorted frame
    inside = ((grid >= 0) & (grid < [camera.width, camera.height])).all(axis=1)
    columns, rows = grid[inside].T
    found = frames[0].image("forward_flow")[rows, columns]
    same = frames[0].instances()[rows, columns] == index.ravel()[inside]
    error = np.linalg.norm(found - (place - flat)[inside], axis=1)[same]
    error = error[np.isfinite(error)]
    assert len(error) > 4000 and np.percentile(error, 99) < 0.35 and np.median(error) < 0.12
    assert np.linalg.norm(found[same], axis=1).max() > 5

    visible = (frames[0].image("occlusion") & 1)[rows, columns] == 0
    expected = (plain[0].image("occlusion") & 1).ravel()[inside] == 0
    assert (visible == expected)[same].mean() > 0.97

    target = pixels(frames[0]) + frames[0].image("forward_flow")
    out = ~((target >= -0.5) & (target < [camera.width - 0.5, camera.height - 0.5])).all(axis=-1)
    assert ((frames[0].image("occlusion") & 1) > 0)[out].all()


def test_a_still_scene_has_no_flow_through_a_lens_either(tmp_path, monkeypatch):
    store = bake(
        tmp_path, monkeypatch, MOMENTS[:1] * 2, VIEWS[:1] * 2, sensor={"k1": -0.2}, output={"frames_per_scene": 2}
    )
    first, second = store.frames(0)
    assert (first.image("forward_flow") == 0).all() and (second.image("backward_flow") == 0).all()
    assert not (first.image("occlusion") & 1).any() and not (second.image("occlusion") & 2).any()


def test_a_failing_frame_takes_no_frame_into_the_next_scene(tmp_path, monkeypatch):
    """Frames that wait for their next one go with their scene."""
    recipe = baking.compose(tmp_path / "models", MESHES, LAYER, {"output": {"scenes": 2}})
    whole = baking.bake(recipe, tmp_path / "whole")
    bakers, calls = module("render.bake"), []
    annotate = bakers.annotate

    def failing(*arguments, **keywords):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("out of memory")
        return annotate(*arguments, **keywords)

    monkeypatch.setattr(bakers, "annotate", failing)
    events = list(module("operators.jobs.bake").bake(recipe, tmp_path / "data", range(2)))
    assert [event["scene"] for event in events if event["event"] == "error"] == [0]
    monkeypatch.undo()
    assert module("dataset.store").Store.open(tmp_path / "data").scenes() == [1]
    assert baking.bake(recipe, tmp_path / "data").scenes() == [0, 1]
    assert baking.tree_of(tmp_path / "data" / "scenes") == baking.tree_of(whole.root / "scenes")
