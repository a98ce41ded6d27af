"""Lamps and backgrounds in Blender, exactly in rendered pixels where that can be said."""

import subprocess
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest
from PIL import Image

from tests.blender import baking
from tests.house import module

MESHES = {"cube": baking.box(0.06, 0.06, 0.06)}
VIEW = {
    "camera": {"distance": [0.5, 0.5], "obstacle_distance": 0.0, "min_targets": 0, "fov": 40.0},
    "render": {"samples": 4},
    "output": {"image_format": "png", "frames_per_scene": 2},
}
NIGHT = {"use_sky_light": False}


def bake(tmp_path, *layers, name="data", scenes=None):
    recipe = baking.compose(tmp_path / "models", MESHES, VIEW, *layers)
    return baking.bake(recipe, tmp_path / name, scenes)


def pixels(frame) -> np.ndarray:
    return np.asarray(Image.open(frame.rgb_path)).astype(float)


def away(frame, by=2) -> np.ndarray:
    """(H, W) bool: pixels so far from every object that none of it is mixed into them."""
    mask = frame.instances() != 0
    for _ in range(by):
        grown = mask.copy()
        for axis in (0, 1):
            for step in (-1, 1):
                grown |= np.roll(mask, step, axis=axis)
        mask = grown
    return ~mask


# Lamps ----------------------------------------------------------------------------------------------------------------


def lamps_of(*entries):
    """(lamp object, its light) for entries of lights.lamps, built in a collection of their own."""
    tree, plans = module("presets.tree"), module("scene.plan.lamps")
    section = tree.merge(tree.defaults(), tree.validate({"lights": {"lamps": list(entries)}}))["lights"]
    streams = module("scene.plan.streams")
    return plans.lamps(lambda number: streams.stream(1, 0, "other lamps", number), section["lamps"])


@pytest.mark.parametrize("kind", ["point", "area", "sun", "spot"])
@pytest.mark.parametrize("placement", ["shell", "arc", "fixed"])
def test_lamps_stand_where_planned_and_aim_at_the_middle(kind, placement):
    (plan,) = lamps_of({"kind": kind, "placement": placement, "position": [1, -2, 0.5], "spot_angle": 40})
    made = module("scene.stage.datablocks").Made()
    collection = made(bpy.data.collections.new("test"))
    try:
        module("scene.stage.lamps").build([plan], collection, made)
        (item,) = collection.objects
        bpy.context.scene.collection.children.link(collection)
        bpy.context.view_layer.update()
        matrix = np.array(item.matrix_world)
        np.testing.assert_allclose(matrix[:3, 3], plan.position, atol=1e-6)
        towards = -np.array(plan.position) / np.linalg.norm(plan.position)
        np.testing.assert_allclose(-matrix[:3, 2], towards, atol=1e-6)
        lamp = item.data
        assert lamp.type == kind.upper() and lamp.energy == pytest.approx(plan.power)
        assert tuple(lamp.color) == pytest.approx(plan.color)
        size = {"point": "shadow_soft_size", "spot": "shadow_soft_size", "area": "size", "sun": "angle"}[kind]
        assert getattr(lamp, size) == pytest.approx(np.radians(plan.size) if kind == "sun" else plan.size)
        if kind == "spot":
            assert lamp.spot_size == pytest.approx(np.radians(40)) and lamp.spot_blend == pytest.approx(plan.spot_blend)
        assert not item.visible_camera
    finally:
        made.remove()


@pytest.mark.parametrize("own", [True, False])
def test_a_lamp_before_the_camera_is_not_seen(tmp_path, own):
    """Else the picture would show what depth and masks know nothing of."""
    dark = {"background": {"mode": "color", "color": 0.0, **NIGHT}}
    lamp = {"kind": "point", "size": 0.15, "placement": "fixed", "position": [0, 0, 0.1], "energy": 10.0}
    plain = {"count": [8, 8], "distance": 0.2, "radius": 0.1, "energy": 10.0}
    (one, _) = bake(tmp_path, dark, {"lights": {"lamps": [lamp]} if own else plain}).frames(0)
    assert pixels(one)[away(one)].max() == 0


def test_a_sun_lights_a_floor_as_it_should(tmp_path):
    """Irradiance E straight down on a white diffuse floor is a radiance of E / pi: 0.5 here, 188 as sRGB."""
    sun = {"kind": "sun", "placement": "fixed", "position": [0, 0, 1], "irradiance": np.pi * 0.5 / 0.8, "color": 1.0}
    surface = module("scene.plan.materials").SurfacePlan("plain", (0.8,) * 3, (0.0,) * 3, 1.0, 1.0)
    plans = module("scene.plan.background")
    original = plans._surface
    plans._surface = lambda *arguments: surface
    try:
        layer = {"background": {"mode": "plane", "hdri_strength": 0.0}, "lights": {"lamps": [sun]}}
        up = {"camera": {"elevation": [80, 90]}, "placement": {"volume_min": [-3, -3, 0], "volume_max": [3, 3, 0.2]}}
        (one, _) = bake(tmp_path, layer, up, {"render": {"samples": 16}}).frames(0)
    finally:
        plans._surface = original
    floor = pixels(one)[away(one, 12)]
    # The specular share of the floor adds a little.
    np.testing.assert_allclose(np.median(floor, axis=0), 188, atol=6)


def test_temperature_is_blenders_own(tmp_path):
    """Blender 4.5 knows temperatures itself: the same colour to the eye, up to the brightness."""
    light = bpy.data.lights.new("test", "POINT")
    try:
        if not hasattr(light, "temperature_color"):
            pytest.skip("this Blender knows no temperatures of lamps")
        for kelvin in (2000, 2700, 4000, 6500, 10000):
            light.use_temperature, light.temperature = True, kelvin
            theirs = np.array(light.temperature_color)
            ours = np.array(module("scene.plan.blackbody").linear_rgb(kelvin))
            theirs, ours = theirs / theirs.sum(), ours / ours.sum()
            assert np.abs(theirs - ours).max() < 0.02
    finally:
        bpy.data.lights.remove(light)


# Colour, nothing, photograph ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("light", [True, False])
def test_plain_colour(tmp_path, light):
    """The camera sees the colour; the objects are lit by the sky, or by nothing."""
    color = {"background": {"mode": "color", "color": 0.5, "use_sky_light": light, "hdri_strength": 1.0}}
    for frame in bake(tmp_path, color, {"render": {"max_bounces": 2}}).frames(0):
        assert set(pixels(frame)[away(frame)].ravel()) == {188.0}
        assert np.isinf(frame.depth()[frame.instances() == 0]).all()
        cube = pixels(frame)[~away(frame, 0)]
        assert bool(np.median(cube) > 20) is light


@pytest.mark.parametrize(("image_format", "mode"), [("png", "RGBA"), ("jpeg", "RGB")])
def test_transparent(tmp_path, image_format, mode):
    store = bake(tmp_path, {"background": {"mode": "transparent"}}, {"output": {"image_format": image_format}})
    for frame in store.frames(0):
        with Image.open(frame.rgb_path) as image:
            assert image.mode == mode
        found = pixels(frame)
        inner = frame.instances() != 0
        for axis in (0, 1):
            for step in (-1, 1):
                inner &= np.roll(frame.instances() != 0, step, axis=axis)
        if mode == "RGBA":
            assert set(found[away(frame)][:, 3]) == {0.0} and set(found[inner][:, 3]) == {255.0}
        else:
            assert found[away(frame, 8)].max() <= 8


@pytest.fixture
def photographs(tmp_path):
    folder = tmp_path / "photographs"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in "abc":
        smooth = Image.fromarray(rng.integers(0, 256, (5, 6, 3), dtype=np.uint8)).resize((300, 220), Image.BICUBIC)
        smooth.save(folder / f"{name}.png")
    return folder


def expected_photograph(store, frame, paths):
    """The planned part of the planned photograph."""
    background = store.recipe["background"]
    plans = module("scene.plan.photograph")
    plan = plans.BackdropPlan(store.header["seed"], frame.scene, background, paths).of(frame.frame)
    camera = frame.labels.camera
    return np.asarray(module("render.backdrop").cut_out(plan, camera.width, camera.height)).astype(float)


@pytest.mark.parametrize("sensor", [{}, {"vignetting": 0.0, "white_balance": [1.0, 1.0]}])
def test_row_b17_photograph_behind_the_objects(tmp_path, photographs, sensor):
    """B17: composited behind a transparent render, another one for each frame; labels know nothing of it."""
    layer = {"background": {"mode": "photograph", "photographs": str(photographs)}}
    plain = bake(tmp_path, {"background": {"mode": "hdri"}}, name="plain")
    store = bake(tmp_path, layer)
    paths = sorted(str(path) for path in photographs.iterdir())
    seen = []
    for frame, other in zip(store.frames(0), plain.frames(0), strict=True):
        found, behind = pixels(frame), expected_photograph(store, frame, paths)
        assert found.shape[2] == 3
        np.testing.assert_array_equal(found[away(frame)], behind[away(frame)])
        np.testing.assert_array_equal(frame.instances(), other.instances())
        np.testing.assert_array_equal(frame.depth(), other.depth())
        inner = ~away(frame, 0)
        assert np.abs(found[inner] - behind[inner]).mean() > 5
        seen.append(behind)
    assert np.abs(seen[0] - seen[1]).mean() > 5


def test_photographs_go_through_the_sensor(tmp_path, photographs):
    """Vignetting darkens the photograph too: light is what the sensor sees."""
    layer = {"background": {"mode": "photograph", "photographs": str(photographs)}, "sensor": {"vignetting": 0.6}}
    store = bake(tmp_path, layer)
    paths = sorted(str(path) for path in photographs.iterdir())
    for frame in store.frames(0):
        found, behind = pixels(frame), expected_photograph(store, frame, paths)
        assert found.shape[2] == 3
        ratio = (found + 1).mean(axis=2) / (behind + 1).mean(axis=2)
        assert ratio[0, 0] < 0.85 and ratio[-1, -1] < 0.85
        middle = np.zeros_like(ratio, dtype=bool)
        middle[20:28, 26:38] = True
        middle &= away(frame)
        assert not middle.any() or np.abs(ratio[middle] - 1).max() < 0.08


def test_the_same_bytes_again_also_as_jpeg(tmp_path, photographs):
    layer = {"background": {"mode": "photograph", "photographs": str(photographs)}, "output": {"image_format": "jpeg"}}
    one, two = (bake(tmp_path, layer, name=name) for name in ("one", "two"))
    assert baking.tree_of(one.root / "scenes") == baking.tree_of(two.root / "scenes")
    with Image.open(next(one.frames(0)).rgb_path) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")


def test_views_of_the_sky_stand_in_for_photographs(tmp_path):
    store = bake(tmp_path, {"background": {"mode": "photograph"}})
    assert any("views of the HDRIs stand in" in event.get("message", "") for event in store.events)
    assert all(pixels(frame)[away(frame)].std() > 3 for frame in store.frames(0))


# Screen ---------------------------------------------------------------------------------------------------------------


def test_row_d03_screen_faces_the_camera(tmp_path):
    """D03: a plane of size 20 at -3 times the camera's position, facing the camera: depth and normals know it."""

    layer = {"background": {"mode": "screen", "surfaces": ["checker"]}, "camera": {"distance": [0.8, 1.2]}}
    for frame in bake(tmp_path, layer).frames(0):
        eye = np.linalg.norm(frame.labels.camera.camera_to_world[:3, 3])
        behind = frame.instances() == 0
        np.testing.assert_allclose(frame.depth()[behind], 4 * max(eye, 0.5), rtol=1e-4)
        np.testing.assert_allclose(frame.normals()[behind], [[0, 0, -1]] * behind.sum(), atol=1e-3)
        assert (frame.depth()[~behind] < 2 * eye).all()


def test_with_optical_flow_the_screen_stands_still(tmp_path):
    """Flow is that of a world at rest: each point behind the objects lies on the plane that the first frame saw."""
    layer = {"background": {"mode": "screen"}, "camera": {"azimuth": [0, 40], "elevation": [20, 40]}}
    one, two = bake(tmp_path, layer, {"passes": {"flow": True}}).frames(0)
    first = one.labels.camera.camera_to_world
    level = one.depth()[one.instances() == 0].mean()
    behind = (two.instances() == 0) & np.isfinite(two.depth())
    assert behind.any() and np.ptp(two.depth()[behind]) > 0.01
    camera = two.labels.camera
    rows, columns = np.nonzero(behind)
    rays = np.c_[columns, rows, np.ones(len(rows))] @ np.linalg.inv(camera.K).T * two.depth()[behind][:, None]
    world = rays @ camera.camera_to_world[:3, :3].T + camera.camera_to_world[:3, 3]
    np.testing.assert_allclose((world - first[:3, 3]) @ first[:3, 2], level, rtol=1e-3)


# Somebody else's scene ------------------------------------------------------------------------------------------------

MAKE = """
import sys, os, bpy
folder = sys.argv[-1]
for item in list(bpy.data.objects): bpy.data.objects.remove(item)
scene = bpy.context.scene
bpy.ops.mesh.primitive_plane_add(size=4)
floor = bpy.context.object
floor.name, floor.pass_index = "Floor", 1
floor.location.z = -0.5
floor.data.materials.append(bpy.data.materials.new("oak"))
text = bpy.data.texts.new("evil.py")
text.write("open(%r, 'w').close()" % (folder + "/pwned"))
text.use_module = True
posts = bpy.data.collections.new("Posts")
scene.collection.children.link(posts)
for index in range(4):
    bpy.ops.mesh.primitive_cube_add(size=0.1, location=(0.4 * (index % 2) - 0.2, 0.4 * (index // 2) - 0.2, 0))
    post = bpy.context.object
    post.users_collection[0].objects.unlink(post)
    posts.objects.link(post)
    post.name, post.pass_index = "truthbake.%05d" % (index + 1), index + 1
hidden = bpy.data.objects.new("hidden", floor.data)
hidden.location.z, hidden.hide_render = 0.3, True
scene.collection.objects.link(hidden)
lamp = bpy.data.objects.new("lamp", bpy.data.lights.new("lamp", "AREA"))
lamp.location.z, lamp.data.energy = 2, 50
scene.collection.objects.link(lamp)
scene.collection.objects.link(bpy.data.objects.new("camera", bpy.data.cameras.new("camera")))
scene.world = bpy.data.worlds.new("theirs")
driver = floor.driver_add("location", 0).driver
driver.type, driver.expression = "SCRIPTED", "open(%r, 'w').close() or 0.0" % (folder + "/pwned")
bpy.ops.wm.save_as_mainfile(filepath=folder + "/room.blend")
sys.stdout.flush()
os._exit(0)
"""


@pytest.fixture(scope="module")
def blend(tmp_path_factory) -> Path:
    """A .blend file with a floor at -0.5, four posts, a lamp, a camera, a world, and scripts that leave a file."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-c", MAKE, str(folder)], capture_output=True, timeout=120, check=True)
    (folder / "pwned").unlink(missing_ok=True)
    return folder / "room.blend"


def environment(blend, **more):
    return {"background": {"mode": "environment", "environment": str(blend), **more}}


def names():
    kinds = (name for name in dir(bpy.data) if isinstance(getattr(bpy.data, name), bpy.types.bpy_prop_collection))
    return {
        kind: sorted(b.name for b in getattr(bpy.data, kind) if not (kind == "meshes" and b.get("truthbake_asset")))
        for kind in kinds
    }


def test_an_environment_has_depth_but_no_instances(tmp_path, blend):
    recipe = baking.compose(tmp_path / "models", MESHES, VIEW, environment(blend))
    module("operators.jobs.model_library").load(recipe)
    before = names()
    high = {"camera": {"elevation": [70, 90]}, "output": {"scenes": 2}}
    store = bake(tmp_path, environment(blend), high)
    assert names() == before
    assert not (blend.parent / "pwned").exists()
    posts = 0
    for frame in (frame for scene in (0, 1) for frame in store.frames(scene)):
        assert set(np.unique(frame.instances())) <= {0, 1}
        camera, behind = frame.labels.camera, frame.instances() == 0
        rows, columns = np.nonzero(behind)
        depth = frame.depth()[behind]
        assert np.isfinite(depth).all()
        rays = np.c_[columns, rows, np.ones(len(rows))] @ np.linalg.inv(camera.K).T
        world = (rays * depth[:, None]) @ camera.camera_to_world[:3, :3].T + camera.camera_to_world[:3, 3]
        floor = np.abs(world[:, 2] + 0.5) < 1e-3
        box = (np.abs(np.abs(world[:, :2]) - 0.2) < 0.0501).all(axis=1) & (np.abs(world[:, 2]) < 0.0501)
        assert (floor | box).all()
        posts += box.sum()
        (label,) = frame.labels.objects
        assert label.class_name == "cube"
    assert posts > 20


def test_one_collection_of_it(tmp_path, blend):
    """Then the sky is the recipe's own, and the floor is not there."""
    store = bake(tmp_path, environment(blend, environment_collection="Posts"), {"camera": {"elevation": [70, 90]}})
    for frame in store.frames(0):
        assert np.isinf(frame.depth()[frame.instances() == 0]).any()
        assert pixels(frame).max() > 20
    assert not (blend.parent / "pwned").exists()


def test_an_environment_is_appended_once_for_all_scenes(tmp_path, blend, monkeypatch):
    environments = module("scene.stage.environment")
    appended, calls = environments._append, []
    monkeypatch.setattr(environments, "_append", lambda *given: calls.append(given) or appended(*given))
    one = bake(tmp_path, environment(blend), {"output": {"scenes": 3}}, name="all")
    assert len(calls) == 1
    # And a scene does not depend on those before it.
    alone = bake(tmp_path, environment(blend), {"output": {"scenes": 3}}, name="alone", scenes=[2])
    first, second = (baking.tree_of(store.root / "scenes" / "000002") for store in (one, alone))
    assert first == second


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hello", "is not a .blend file; correct background.environment"),
        (b"", "is not a .blend file; correct background.environment"),
        (None, "no .blend file here; background.environment wants"),
    ],
)
def test_what_is_no_blend_file_is_told_at_once(tmp_path, content, message):
    path = tmp_path / "a.blend"
    if content is not None:
        path.write_bytes(content)
    recipe = baking.compose(tmp_path / "models", MESHES, VIEW, environment(path))
    with pytest.raises(module("scene.stage.background").BackgroundError, match=message):
        list(module("operators.jobs.bake").bake(recipe, tmp_path / "data", [0]))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("keep", [20, 400, 0.5])
def test_a_broken_blend_file_is_one_line(tmp_path, blend, keep):
    whole = blend.read_bytes()
    path = tmp_path / "a.blend"
    path.write_bytes(whole[: int(keep * len(whole)) if keep < 1 else keep])
    before = names()
    recipe = baking.compose(tmp_path / "models", MESHES, VIEW, environment(path))
    events = list(module("operators.jobs.bake").bake(recipe, tmp_path / "data", [0]))
    (error,) = [event["message"] for event in events if event["event"] == "error"]
    assert "a.blend: " in error and "background.environment" in error and "\n" not in error
    assert names() == before


def test_a_collection_that_is_not_there(tmp_path, blend):
    recipe = baking.compose(tmp_path / "models", MESHES, VIEW, environment(blend, environment_collection="Post"))
    events = list(module("operators.jobs.bake").bake(recipe, tmp_path / "data", [0]))
    (error,) = [event["message"] for event in events if event["event"] == "error"]
    assert "has no collection Post; did you mean Posts?; correct background.environment_collection" in error


# Sky ------------------------------------------------------------------------------------------------------------------


def test_row_b07_the_sky_that_lights_is_the_one_that_is_seen(tmp_path):
    """B07: one HDR for both, with its strength and its rotation."""
    import OpenEXR

    half = np.zeros((64, 128, 3), dtype=np.float32)
    half[:, :64] = 0.25
    channels = {name: np.ascontiguousarray(half[..., 0]) for name in "RGB"}
    with OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}, channels) as file:
        file.write(str(tmp_path / "sky.exr"))
    layer = {"background": {"mode": "hdri", "hdri_path": str(tmp_path / "sky.exr"), "hdri_strength": [1.1, 2.0],
                            "hdri_rotation": [-180, 180]}, "camera": {"elevation": 0.0, "roll": 0.0, "fov": 60.0},
             "output": {"scenes": 4, "frames_per_scene": 1}}  # fmt: skip
    store = bake(tmp_path, layer)
    brightness = []
    for scene in range(4):
        (frame,) = store.frames(scene)
        found = pixels(frame)[away(frame)]
        bright = found[found > 60]
        if len(bright):
            level = np.median(bright) / 255
            brightness.append(((level + 0.055) / 1.055) ** 2.4 / 0.25)
    assert brightness and all(1.09 < value < 2.02 for value in brightness)
