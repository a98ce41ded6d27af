"""The sensor: what it does to pictures, and that labels know of nothing but the lens's distortion."""

import json

import numpy as np
import pytest
from PIL import Image

from tests.blender import baking
from tests.blender.optics import LENS, compose, light_of, picture
from tests.house import module

EVERYTHING = {
    "use_depth_of_field": True, "f_number": [0.8, 1.4], "chromatic_aberration": 0.004, "vignetting": [0.2, 0.5],
    "exposure": {"normal": [0.0, 0.5]}, "use_noise": True, "full_well": [300, 900], "white_balance": [4500, 8000],
    "jpeg_quality": [40, 70],
}  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    return baking.bake(compose(folder), folder / "data")


def without(tree: dict[str, str], *kinds: str) -> dict[str, str]:
    """The files of the scenes, but for these kinds of images and the scenes' own papers."""
    left_out = tuple(f"/{kind}/" for kind in kinds)
    return {
        name: digest
        for name, digest in tree.items()
        if name.startswith("scenes/")
        and not name.endswith(("files.json", "scene.json"))
        and not any(part in name for part in left_out)
    }


def test_nothing_but_the_picture_knows_of_the_sensor(plain, tmp_path):
    """Everything on at once: labels, instances, depth, normals and noisy depth are the same bytes."""
    store = baking.bake(compose(tmp_path, {"sensor": EVERYTHING}), tmp_path / "data")
    before, after = baking.tree_of(plain.root), baking.tree_of(store.root)
    assert without(before, "rgb") == without(after, "rgb")
    assert len(without(before, "rgb")) == 2 * 5  # labels and four images of two frames
    papers = store.description(0).pop("sensor")
    assert len(papers["frames"]) == 2 and 0.2 <= papers["lens"]["vignetting"] <= 0.5
    assert "sensor" not in plain.description(0)
    assert store.description(0)["objects"] == plain.description(0)["objects"]
    pictures = [name for name in before if "/rgb/" in name]
    assert len(pictures) == 2 and all(before[name] != after[name] for name in pictures)
    depth = next(store.frames(0)).depth()
    assert np.isfinite(depth).any(), "the exact depth that stayed the same is one"


@pytest.mark.parametrize("key", ["use_depth_of_field", "use_noise"])
def test_each_switch_changes_the_picture_alone(plain, tmp_path, key):
    store = baking.bake(compose(tmp_path, {"sensor": {key: True, "f_number": 0.5}}), tmp_path / "data")
    before, after = baking.tree_of(plain.root), baking.tree_of(store.root)
    assert without(before, "rgb") == without(after, "rgb") and before != after
    assert not np.array_equal(picture(next(plain.frames(0))), picture(next(store.frames(0))))


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path):
    recipe = compose(tmp_path, {"sensor": EVERYTHING | LENS, "output": {"scenes": 2, "frames_per_scene": 1}})
    store = baking.bake(recipe, tmp_path / "data")
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    # The second scene alone, as another worker would bake it.
    process = baking.fresh_process(tmp_path / "recipe.json", tmp_path / "other", [1])
    process.communicate(timeout=120)
    assert process.returncode == 0
    one, other = baking.tree_of(store.scene_folder(1)), baking.tree_of(tmp_path / "other" / "scenes" / "000001")
    assert one == other and len(one) > 5


def test_what_is_off_costs_nothing(plain, monkeypatch, tmp_path):
    """Without an effect Blender writes the picture itself, as it always did."""
    pictures = module("render.picture")
    monkeypatch.setattr(pictures, "render_developed", lambda *arguments: pytest.fail("not needed"))
    monkeypatch.setattr(pictures, "compress", lambda *arguments: pytest.fail("not needed"))
    store = baking.bake(compose(tmp_path), tmp_path / "data")
    assert without(baking.tree_of(store.root)) == without(baking.tree_of(plain.root))


@pytest.mark.parametrize("image_format", ["png", "jpeg"])
@pytest.mark.parametrize("transform", ["standard", "agx"])
def test_developing_nothing_is_what_blender_writes(monkeypatch, tmp_path, image_format, transform):
    """The long way round, over linear light and back through the view transform, ends at the same picture."""
    layer = {"render": {"view_transform": transform}, "output": {"image_format": image_format, "frames_per_scene": 1}}
    recipe = compose(tmp_path, layer)
    short = picture(next(baking.bake(recipe, tmp_path / "short").frames(0)))
    monkeypatch.setattr(module("render.sensor.develop"), "is_needed", lambda *arguments: True)
    long = picture(next(baking.bake(recipe, tmp_path / "long").frames(0)))
    assert np.abs(short - long).max() <= 1.01 / 255 and short.std() > 0.01


# What effects do to a picture, in closed form: a flat grey sky, and nothing else.

GREY = 0.2


@pytest.fixture
def grey_sky(monkeypatch):
    """The camera looks away from the objects: every pixel sees a world of one colour."""
    import bpy

    view = module("scene.plan.camera").look_at(np.array([0.0, -2.0, 0.0]), np.array([0.0, -3.0, 0.0]), 0.0)
    poses = {number: baking.pose([0.0, 1.0 * number, 0.0]) for number in (1, 2, 3)}
    baking.place_exactly(monkeypatch, poses, [view])

    original = module("scene.stage.stage").Stage.show

    def show(stage, staged, frame):
        original(stage, staged, frame)
        world = bpy.data.worlds.get("flat grey") or bpy.data.worlds.new("flat grey")
        if not module("compat").at_least(5):
            world.use_nodes = True
        world.node_tree.nodes.clear()
        output = world.node_tree.nodes.new("ShaderNodeOutputWorld")
        glow = world.node_tree.nodes.new("ShaderNodeBackground")
        glow.inputs["Color"].default_value = (GREY, GREY, GREY, 1.0)
        world.node_tree.links.new(glow.outputs[0], output.inputs["Surface"])
        stage.picture.world = world

    monkeypatch.setattr(module("scene.stage.stage").Stage, "show", show)


def bake_grey(tmp_path, section, **layers) -> tuple[np.ndarray, object]:
    recipe = compose(tmp_path, {"sensor": section, "output": {"frames_per_scene": 1}}, layers)
    frame = next(baking.bake(recipe, tmp_path / "data").frames(0))
    return light_of(picture(frame)), frame.labels.camera


def test_exposure_doubles_light(grey_sky, tmp_path):
    seen, _ = bake_grey(tmp_path, {"exposure": 1.0})
    np.testing.assert_allclose(seen, 2 * GREY, atol=0.004)


def test_vignetting_follows_its_law(grey_sky, tmp_path):
    seen, camera = bake_grey(tmp_path, {"vignetting": 0.5})
    y, x = np.mgrid[0 : camera.height, 0 : camera.width]
    squared = (x - camera.K[0, 2]) ** 2 + (y - camera.K[1, 2]) ** 2
    expected = GREY / (1 + (np.sqrt(2) - 1) * squared / squared.max()) ** 2
    np.testing.assert_allclose(seen, expected[..., None].repeat(3, axis=2), atol=0.003)


def test_white_balance_changes_colours_by_its_gains(grey_sky, tmp_path):
    seen, _ = bake_grey(tmp_path, {"white_balance": 5000, "red_gain": 1.1})
    red, green, blue = module("scene.plan.sensor").balance(5000.0)
    np.testing.assert_allclose(seen, np.broadcast_to(GREY * np.array([1.1 * red, green, blue]), seen.shape), atol=0.004)


def test_noise_of_a_grey_picture_is_that_of_its_electrons(grey_sky, tmp_path):
    seen, _ = bake_grey(tmp_path, {"use_noise": True, "full_well": 2000, "read_noise": 20})
    variance = GREY / 2000 + (20 / 2000) ** 2 + 0.004**2 / 12
    assert abs(seen.mean() - GREY) < 5 * np.sqrt(variance / seen.size) + 0.001
    assert abs(seen.var() / variance - 1) < 0.1


def test_jpeg_quality_leaves_its_traces_in_a_png(plain, tmp_path):
    store = baking.bake(compose(tmp_path, {"sensor": {"jpeg_quality": 10}}), tmp_path / "data")
    (one, _), (other, _) = plain.frames(0), store.frames(0)
    assert other.rgb_path.suffix == ".png"
    difference = np.abs(picture(one) - picture(other))
    assert 0 < difference.mean() < 0.1


def test_jpeg_files_have_the_drawn_quality(tmp_path):
    """Coarser tables of quantisation, frame by frame, whichever way the picture is made."""
    for name, more in (("direct", {}), ("developed", {"exposure": 0.1})):
        section = {"jpeg_quality": {"choice": [15, 90]}} | more
        layer = {"sensor": section, "output": {"image_format": "jpeg", "frames_per_scene": 6}}
        store = baking.bake(compose(tmp_path, layer), tmp_path / name)
        drawn = [item["jpeg_quality"] for item in store.description(0)["sensor"]["frames"]]
        assert set(drawn) == {15, 90}
        for quality, frame in zip(drawn, store.frames(0)):
            with Image.open(frame.rgb_path) as image:
                assert (max(image.quantization[0]) > 50) == (quality == 15)


def test_a_transparent_picture_keeps_its_alpha(monkeypatch, tmp_path):
    def bake(name, *layers):
        recipe = compose(tmp_path, {"background": {"mode": "transparent"}, "output": {"frames_per_scene": 1}}, *layers)
        with Image.open(next(baking.bake(recipe, tmp_path / name).frames(0)).rgb_path) as image:
            assert image.mode == "RGBA"
            return np.asarray(image).astype(int)

    plain = bake("plain")
    assert 0 < (plain[..., 3] == 255).mean() < 1 and (plain[..., 3] == 0).any()
    noisy = bake("noisy", {"sensor": {"use_noise": True, "full_well": 200, "jpeg_quality": 50}})
    np.testing.assert_array_equal(noisy[..., 3], plain[..., 3])
    assert np.abs(noisy - plain)[plain[..., 3] == 255].mean() > 2
    monkeypatch.setattr(module("render.sensor.develop"), "is_needed", lambda *arguments: True)
    developed = bake("developed")
    # What shows nothing has no colour; thin edges lose some of theirs to 8 bits.
    shown = plain[..., 3] > 200
    assert np.abs(developed - plain)[shown].max() <= 1 and np.abs(developed - plain)[..., 3].max() <= 1


def test_a_photograph_behind_gets_the_same_noise(tmp_path):
    """Noise, exposure and vignetting concern the whole picture, what was laid behind it included."""
    Image.new("RGB", (200, 150), (120, 120, 120)).save(tmp_path / "grey.png")
    photographs = {"mode": "photograph", "photographs": str(tmp_path / "grey.png")}
    section = {"use_noise": True, "full_well": 1000, "read_noise": 0, "exposure": 1.0}
    layers = {"background": photographs, "sensor": section, "output": {"frames_per_scene": 1}}
    frame = next(baking.bake(compose(tmp_path, layers), tmp_path / "data").frames(0))
    behind = light_of(picture(frame))[frame.instances() == 0]
    grey = 2 * light_of(np.array(120 / 255.0))
    assert np.median(behind) == pytest.approx(grey, rel=0.02)
    assert np.percentile(np.abs(behind - grey), 68) == pytest.approx(np.sqrt(grey / 1000), rel=0.15)


# Depth of field.


def test_a_point_out_of_focus_is_a_disc_of_the_right_size(monkeypatch, tmp_path):
    """A small lamp at 2 m, focus at 1 m: a disc of radius f A / 2 |1/1 - 1/2|, A the aperture, so its variance."""
    import bpy

    focal, f_number, sensor_width = 100.0, 0.12, 20.0
    aperture = focal * sensor_width / 64 / f_number / 1000.0  # metres: fx is in pixels of sensor_width / 64 mm
    lens = {"intrinsics": "matrix", "fx": focal, "fy": focal, "cx": 31.5, "cy": 23.5, "sensor_width": sensor_width}
    layer = {
        "camera": lens,
        "render": {"samples": 2048},
        "sensor": {"use_depth_of_field": True, "focus": "distance", "focus_distance": 1.0, "f_number": f_number},
        "output": {"frames_per_scene": 1},
    }  # fmt: skip
    view = module("scene.plan.camera").look_at(np.array([0.0, -2.0, 0.0]), np.zeros(3), 0.0)
    baking.place_exactly(monkeypatch, {1: baking.pose([0.0, 0.0, 0.0])}, [view])
    original = module("scene.stage.stage").Stage.show

    def show(stage, staged, frame):
        original(stage, staged, frame)
        stage.picture.world = None
        glow = bpy.data.materials.get("glow") or bpy.data.materials.new("glow")
        if not module("compat").at_least(5):
            glow.use_nodes = True
        glow.node_tree.nodes.clear()
        output = glow.node_tree.nodes.new("ShaderNodeOutputMaterial")
        lamp = glow.node_tree.nodes.new("ShaderNodeEmission")
        lamp.inputs["Strength"].default_value = 3.0
        glow.node_tree.links.new(lamp.outputs[0], output.inputs["Surface"])
        for item in stage.picture.objects:
            if item.type == "MESH":
                item.material_slots[0].material = glow

    monkeypatch.setattr(module("scene.stage.stage").Stage, "show", show)
    recipe = baking.compose(tmp_path / "models", {"spark": baking.sphere(0.012, 2)}, layer)
    frame = next(baking.bake(recipe, tmp_path / "data").frames(0))
    light = light_of(picture(frame))[..., 0]
    y, x = np.mgrid[0:48, 0:64]
    centre = (light * x).sum() / light.sum(), (light * y).sum() / light.sum()
    assert np.hypot(centre[0] - 31.5, centre[1] - 23.5) < 0.15
    variance = (light * ((x - centre[0]) ** 2 + (y - centre[1]) ** 2)).sum() / light.sum()
    blur = focal * aperture / 2 * abs(1 / 1.0 - 1 / 2.0)
    own = focal * 0.012 / 2.0
    pixel = 2 * 0.35**2  # the renderer's own pixel filter, 1.5 pixels wide
    assert blur > 5
    assert variance == pytest.approx(blur**2 / 2 + own**2 / 2 + pixel, rel=0.05)
    # The label is that of a pinhole: the small sphere alone.
    assert frame.labels.objects[0].pixels_inside <= 9


def test_focus_is_where_the_target_is(monkeypatch, tmp_path):
    """The camera's own numbers at the moment of rendering, and that nothing of it stays."""
    seen = []
    pictures = module("render.picture")
    original = pictures.render

    def render(scene, seed, path):
        dof = scene.camera.data.dof
        seen.append((dof.use_dof, dof.focus_distance))
        original(scene, seed, path)

    monkeypatch.setattr(pictures, "render", render)
    truth = module("render.truth")
    before = truth.render
    monkeypatch.setattr(
        truth, "render", lambda scene, path: (seen.append(scene.camera.data.dof.use_dof), before(scene, path))
    )
    store = baking.bake(compose(tmp_path, {"sensor": {"use_depth_of_field": True}}), tmp_path / "data")
    assert [item for item in seen if isinstance(item, bool)] == [False, False]
    for (used, distance), frame in zip([item for item in seen if isinstance(item, tuple)], store.frames(0)):
        middles = {label.model: label.object_to_camera[2, 3] for label in frame.labels.objects}
        assert used and min(abs(distance - z) for z in middles.values()) < 1e-4


# Depth cameras.


def test_noisy_depth_lies_beside_the_exact_one(plain):
    for frame in plain.frames(0):
        exact, noisy = frame.depth(), frame.image("noisy_depth")
        assert noisy.dtype == np.float32 and noisy.shape == exact.shape
        both = np.isfinite(exact) & np.isfinite(noisy)
        assert both.sum() > 0.5 * np.isfinite(exact).sum() > 50
        assert not np.isfinite(noisy[~np.isfinite(exact)]).all()
        error = (noisy[both] - exact[both]) / exact[both] ** 2
        # Normal noise of 1.5 mm at 1 m, then steps of 1 mm, which err evenly by up to half of that.
        assert error.std() == pytest.approx(np.hypot(0.0015, 0.001 / np.sqrt(12)), rel=0.1)
        assert frame.path("normals") is not None


def test_noisy_depth_needs_no_normals_in_the_data_set(plain, tmp_path):
    store = baking.bake(compose(tmp_path, {"passes": {"normals": False}}), tmp_path / "data")
    before, after = without(baking.tree_of(plain.root), "normals", "rgb"), without(baking.tree_of(store.root), "rgb")
    assert before == after
