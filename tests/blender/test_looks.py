"""What objects look like, exactly in rendered pixels where that can be said, and what they must not change: labels."""

import json
from pathlib import Path

import bpy
import numpy as np
import pytest
from PIL import Image

from tests.blender import baking
from tests.house import ROOT, module

MESHES = {"cube": baking.box(0.06, 0.06, 0.06), "ball": baking.sphere(0.03, 2)}
VIEW = {"camera": {"distance": [0.3, 0.3], "obstacle_distance": 0.0, "fov": 40.0}}


def picture(path: Path, color, size=16) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (size, size), color).save(path)
    return path


def checks(path: Path, size=64) -> Path:
    cells = (np.indices((size, size)).sum(axis=0) // 8 % 2)[..., None] * np.array([200, 120, 40]) + 30
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(cells.astype(np.uint8)).save(path)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder of pictures and one of texture sets, with maps that would move or hide something if they could."""
    root = tmp_path_factory.mktemp("textures")
    for name in ("a", "b", "c"):
        checks(root / "pictures" / f"{name}.png")
    for kind, value in (("Color", 200), ("Roughness", 40), ("Metalness", 255), ("NormalGL", 90), ("Displacement", 250)):
        picture(root / "sets" / "One" / f"One_1K_{kind}.png", (value, value, value))
    for kind in ("diff", "arm", "nor_dx", "disp"):
        checks(root / "sets" / f"two_{kind}_1k.png")
    return root


def bake(tmp_path, name, *layers):
    recipe = baking.compose(tmp_path / "models", MESHES, VIEW, {"output": {"image_format": "png"}}, *layers)
    return baking.bake(recipe, tmp_path / name)


# Labels never change --------------------------------------------------------------------------------------------------

LOOKS = [
    "random", "plastic", "metal", "glass", "picture", "texture_set", "pattern", "mixed", "adjust",
]  # fmt: skip


def test_labels_are_the_same_bytes_in_every_look_and_light(tmp_path, files):
    """Whatever the surfaces are made of, and however they are lit: only the pictures differ."""
    common = {
        "objects": {"count": [4, 4], "use_replacement": True},
        "distractors": {"count": [2, 2], "use_primitives": True},
        "render": {"samples": 2, "max_bounces": 3},
        "output": {"frames_per_scene": 2},
    }
    places = {"pictures": str(files / "pictures"), "texture_sets": str(files / "sets")}
    layers = {look: {"materials": {"targets": look, "distractors": look, **places}} for look in LOOKS}
    rule = {"look": "picture", "use_emission": True, "emission_strength": 5.0, "draw": "scene", **places}
    layers["glowing"] = {"materials": {"rules": [rule]}}
    lamps = [{"kind": kind, "size": 0.3} for kind in ("point", "area", "sun", "spot")]
    layers["lit"] = {"lights": {"count": [3, 3], "lamps": lamps}, "background": {"hdri_strength": 3.0}}
    labels, pictures = {}, set()
    for name, layer in layers.items():
        store = bake(tmp_path, name, common, layer)
        for file, digest in baking.tree_of(store.root / "scenes").items():
            if "/rgb/" in file:
                pictures.add(digest)
            elif file.split("/")[1] in ("labels", "instances", "depth", "normals"):
                labels.setdefault(file, set()).add(digest)
    assert len(labels) == 2 * 4
    assert {file: len(digests) for file, digests in labels.items() if len(digests) > 1} == {}
    assert len(pictures) > 2 * (len(layers) - 2)


# What is rendered -----------------------------------------------------------------------------------------------------

DARK = {"background": {"mode": "color", "use_sky_light": False, "color": 0.0}, "render": {"samples": 4}}


def inside(frame, name) -> np.ndarray:
    """The colours (N, 3) of an object's inner pixels."""
    label = next(label for label in frame.labels.objects if label.class_name == name)
    mask = frame.instances() == label.instance
    inner = mask.copy()
    for axis in (0, 1):
        for step in (-1, 1):
            inner &= np.roll(mask, step, axis=axis)
    return np.asarray(Image.open(frame.rgb_path).convert("RGB"))[inner].astype(float)


def test_a_glowing_picture_has_its_own_colours(tmp_path):
    """Emission of strength 1 through the standard view is the picture itself, on meshes without texture coordinates."""
    picture(tmp_path / "flat" / "a.png", (200, 100, 50))
    rule = {"look": "picture", "pictures": str(tmp_path / "flat"), "use_emission": True, "emission_strength": 1.0}
    (frame,) = bake(tmp_path, "data", DARK, {"materials": {"rules": [rule]}}).frames(0)
    found = [inside(frame, name) for name in MESHES]
    assert max(map(len, found)) > 20
    for colors in found:
        np.testing.assert_allclose(colors, [[200, 100, 50]] * len(colors), atol=1)
    outside = np.asarray(Image.open(frame.rgb_path))[frame.instances() == 0]
    assert np.median(outside) == 0


def test_row_d05_color_lies_over_a_picture(tmp_path):
    """D05: 0.4 of the class's colour over 0.6 of the picture, in linear light."""
    picture(tmp_path / "flat" / "a.png", (255, 0, 0))
    rule = {
        "look": "picture", "pictures": str(tmp_path / "flat"), "use_emission": True, "color_mix": 0.4,
        "saturation": 0.0, "value": 1.0, "use_class_color": True,
    }  # fmt: skip
    (frame,) = bake(tmp_path, "data", DARK, {"materials": {"rules": [rule]}}).frames(0)
    linear = np.array([0.6 + 0.4, 0.4, 0.4])
    expected = 255 * (1.055 * linear ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(np.median(inside(frame, "cube"), axis=0), expected, atol=1.5)


def test_row_d05_classes_have_colours_of_their_own(tmp_path):
    rule = {"use_class_color": True, "use_emission": True, "saturation": 1.0, "value": 1.0}
    layer = {"materials": {"rules": [rule]}, "output": {"scenes": 2}}
    store = bake(tmp_path, "data", DARK, layer)
    found = {name: [np.median(inside(next(iter(store.frames(s))), name), axis=0) for s in (0, 1)] for name in MESHES}
    for one, two in found.values():
        np.testing.assert_allclose(one, two, atol=15)  # a few pixels of a saturated colour, with their neighbours
    assert np.abs(found["cube"][0] - found["ball"][0]).max() > 30


# Nodes, meshes and what is left of them -------------------------------------------------------------------------------


def stage_of(recipe, supplies=None):
    library, stages = module("operators.jobs.model_library"), module("scene.stage.stage")
    assets, _ = library.load(recipe)
    return stages.Stage(assets), assets, supplies or module("scene.stage.supplies").gather(recipe)[0]


def planned(recipe, assets, supplies, scene=0):
    return module("scene.plan.scene").plan_scene(recipe, assets, supplies, 3, scene)


@pytest.fixture
def built(tmp_path):
    """Build a recipe's first scene; returns the stage. Closed at the end."""
    stages = []

    def build(*layers, meshes=MESHES):
        recipe = baking.compose(tmp_path / "models", meshes, VIEW, *layers)
        stage, assets, supplies = stage_of(recipe)
        stages.append(stage)
        stage.assets_in_order = assets
        stage.build(planned(recipe, assets, supplies))
        return stage

    yield build
    for stage in stages:
        stage.close()


def items(stage):
    return sorted((o for o in stage.solids.objects if o.name.startswith("truthbake.")), key=lambda o: o.pass_index)


def shader_of(item):
    tree = item.material_slots[0].material.node_tree
    return next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")


def image_behind(socket):
    """The image that feeds an input, through whatever lies between."""
    node = socket.links[0].from_node
    while node.type != "TEX_IMAGE":
        node = next(link for each in node.inputs for link in each.links if link.from_node.type != "MAPPING").from_node
    return node.image


def test_row_b08_maps_reach_their_inputs(built, files):
    layer = {"materials": {"targets": "texture_set", "texture_sets": str(files / "sets" / "One")}}
    shader = shader_of(items(built(layer))[0])
    for name, kind in (
        ("Base Color", "Color"),
        ("Roughness", "Roughness"),
        ("Metallic", "Metalness"),
        ("Normal", "NormalGL"),
    ):
        image = image_behind(shader.inputs[name])
        assert Path(image.filepath).name == f"One_1K_{kind}.png"
        assert image.colorspace_settings.name == ("sRGB" if kind == "Color" else "Non-Color")


def test_packed_maps_and_directx_normals(built, files):
    picture(files / "packed" / "p_arm_1k.png", (1, 2, 3))
    picture(files / "packed" / "p_diff_1k.png", (1, 2, 3))
    picture(files / "packed" / "p_nor_dx_1k.png", (1, 2, 3))
    layer = {"materials": {"targets": "texture_set", "texture_sets": str(files / "packed")}}
    shader = shader_of(items(built(layer))[0])
    assert shader.inputs["Roughness"].links[0].from_socket.name == "Green"
    assert shader.inputs["Metallic"].links[0].from_socket.name == "Blue"
    joined = shader.inputs["Normal"].links[0].from_node.inputs["Color"].links[0].from_node
    assert joined.type == "COMBINE_COLOR" and joined.inputs["Green"].links[0].from_node.operation == "SUBTRACT"


def test_meshes_without_texture_coordinates_get_some_of_their_own(built, files):
    stage = built({"materials": {"targets": "picture", "pictures": str(files / "pictures")}})
    for item in items(stage):
        model = next(a for a in stage.assets_in_order if a.key == stage_plan_model(stage, item))
        assert not model.mesh.uv_layers and item.data is not model.mesh
        assert "truthbake_asset" not in item.data
        uv = np.empty(len(item.data.loops) * 2, dtype=np.float32)
        item.data.uv_layers.active.data.foreach_get("uv", uv)
        # The longest side spans one tile.
        span = np.ptp(uv.reshape(-1, 2), axis=0).max()
        assert span == pytest.approx(1.0, abs=1e-5) if model.key == "cube" else 0.5 < span < 1.0


def stage_plan_model(stage, item):
    """Both meshes are called after their files."""
    return "cube" if len(item.data.vertices) == 8 else "ball"


def test_coordinates_of_nothing_count_as_none(built):
    uv = module("scene.assets.uv")
    mesh = bpy.data.meshes.new("test")
    try:
        mesh.from_pydata(*[part.tolist() if hasattr(part, "tolist") else part for part in (MESHES["cube"][0], [])],
                         MESHES["cube"][1].tolist())  # fmt: skip
        assert not uv.has_coordinates(mesh)
        layer = mesh.uv_layers.new(name="zeros")
        layer.data.foreach_set("uv", np.zeros(len(mesh.loops) * 2, dtype=np.float32))
        assert not uv.has_coordinates(mesh)
        mesh.uv_layers.remove(layer)
        uv.box_project(mesh, 0.06)
        assert uv.has_coordinates(mesh)
        # Every face of a cube as large as a tile is one whole picture.
        found = np.empty(len(mesh.loops) * 2, dtype=np.float32)
        mesh.uv_layers.active.data.foreach_get("uv", found)
        assert np.unique(np.round(found, 4)).tolist() == [-0.5, 0.5]
    finally:
        bpy.data.meshes.remove(mesh)


KNOB = {"path": str(ROOT / "assets" / "parts" / "star_knob.obj"), "unit": "mm"}


def test_row_b08_adjust_keeps_the_models_own_textures(tmp_path):
    """B08: the model's base colour stays; roughness U(.1, .5) replaces its own, and the model itself is untouched."""
    recipe = baking.compose(tmp_path, {"cube": None}, VIEW, {"objects": {"models": [KNOB]}})
    rule = {"look": "adjust", "inputs": ["roughness"], "roughness": [0.1, 0.5]}
    tree = module("presets.tree")
    recipe = tree.merge(recipe, tree.validate({"materials": {"rules": [rule]}}))
    stage, assets, supplies = stage_of(recipe)
    own = list(assets[0].mesh.materials)
    before = [shader_inputs(material) for material in own]
    try:
        stage.build(planned(recipe, assets, supplies))
        (item,) = items(stage)
        for slot, material, kept in zip(item.material_slots, own, before, strict=True):
            assert slot.link == "OBJECT" and slot.material is not material
            found = shader_inputs(slot.material)
            assert 0.1 <= found["Roughness"] <= 0.5
            assert {k: v for k, v in found.items() if k != "Roughness"} == {
                k: v for k, v in kept.items() if k != "Roughness"
            }
    finally:
        stage.close()
    assert [shader_inputs(material) for material in own] == before


def shader_inputs(material):
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    found = {}
    for socket in shader.inputs:
        value = getattr(socket, "default_value", None)
        found[socket.name] = tuple(value) if hasattr(value, "__len__") else value
    return found


def counts():
    kinds = (name for name in dir(bpy.data) if isinstance(getattr(bpy.data, name), bpy.types.bpy_prop_collection))
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}


def test_scene_after_scene_nothing_piles_up(tmp_path, files):
    places = {"pictures": str(files / "pictures"), "texture_sets": str(files / "sets")}
    layer = {
        "objects": {"count": [6, 6], "use_replacement": True},
        "materials": {"targets": "mixed", **places},
        "background": {"mode": "room", "surfaces": ["picture", "texture_set"]},
        "lights": {"lamps": [{"kind": "area", "count": 2}]},
    }
    recipe = baking.compose(tmp_path / "models", MESHES, VIEW, layer)
    stage, assets, supplies = stage_of(recipe)
    before = None
    try:
        empty = counts()
        for scene in range(6):
            stage.build(planned(recipe, assets, supplies, scene))
            # Shared files are loaded once: never more images than there are files.
            assert counts()["images"] - empty["images"] <= 3 + 9
            stage.clear()
            before = before or counts()
            assert counts() == before
        assert before == empty
    finally:
        stage.close()


def test_instances_share_what_they_share(built, files):
    layer = {
        "objects": {"count": [6, 6], "use_replacement": True},
        "materials": {"rules": [{"look": "picture", "pictures": str(files / "pictures"), "draw": "scene"}]},
    }
    found = items(built(layer, meshes={"cube": MESHES["cube"]}))
    assert len(found) == 6
    assert len({item.material_slots[0].material for item in found}) == 1
    assert len({item.data for item in found}) == 1


# Files that are no pictures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("materials", "message"),
    [
        ({"targets": "picture", "pictures": "EMPTY"}, "no picture in this folder; materials.pictures wants"),
        ({"targets": "picture", "pictures": "gone"}, "no such file or folder; correct materials.pictures"),
        ({"rules": [{"look": "texture_set", "texture_sets": "EMPTY"}]}, "materials.rules[0].texture_sets wants"),
        ({"targets": "mixed", "pictures": "TEXT"}, "bad.png: is not a readable picture"),
    ],
)
def test_mistakes_are_told_before_anything_is_written(tmp_path, materials, message):
    (tmp_path / "EMPTY").mkdir()
    (tmp_path / "TEXT").mkdir()
    (tmp_path / "TEXT" / "bad.png").write_text("hello")
    text = json.loads(
        json.dumps(materials).replace("EMPTY", str(tmp_path / "EMPTY")).replace("TEXT", str(tmp_path / "TEXT"))
    )
    recipe = baking.compose(tmp_path / "models", MESHES, {"materials": text})
    mistakes = module("operators.jobs.mistakes").MISTAKES
    with pytest.raises(mistakes) as told:
        list(module("operators.jobs.bake").bake(recipe, tmp_path / "data", [0]))
    assert message in str(told.value) and "\n" not in str(told.value)
    assert not (tmp_path / "data").exists()


def test_a_picture_that_is_cut_off_fails_its_scene_in_one_line(tmp_path):
    path = checks(tmp_path / "flat" / "a.png", 300)
    path.write_bytes(path.read_bytes()[:300])
    layer = {"materials": {"targets": "picture", "pictures": str(path)}}
    recipe = baking.compose(tmp_path / "models", MESHES, VIEW, layer)
    events = list(module("operators.jobs.bake").bake(recipe, tmp_path / "data", [0]))
    (error,) = [event["message"] for event in events if event["event"] == "error"]
    assert "a.png: is cut off or damaged" in error and "materials.pictures" in error


def test_patterns_stand_in_with_a_notice(tmp_path):
    layer = {"materials": {"targets": "picture", "distractors": "texture_set"}}
    recipe = baking.compose(tmp_path / "models", MESHES, VIEW, layer)
    events = list(module("operators.jobs.bake").bake(recipe, tmp_path / "data", [0]))
    notices = [event["message"] for event in events if event["event"] == "warning"]
    assert "materials.pictures is empty; patterns stand in for pictures" in notices
    assert "materials.texture_sets is empty; patterns stand in for texture sets" in notices
    assert not [event for event in events if event["event"] == "error"]


def test_the_papers_know_every_folder_and_notice_a_change(tmp_path):
    for place in ("one", "two"):
        picture(tmp_path / place / "textures" / "a.png", (1, 2, 3))
    rules = [{"look": "picture", "pictures": str(tmp_path / place / "textures")} for place in ("one", "two")]
    recipe = baking.compose(tmp_path / "models", MESHES, {"materials": {"rules": rules}})
    supplies = module("scene.stage.supplies")
    before = supplies.digests(supplies.gather(recipe)[0])
    assert sorted(before) == ["pictures textures", "pictures textures (2)"]
    assert all(text.startswith("1 files, ") for text in before.values())
    picture(tmp_path / "two" / "textures" / "b.png", (1, 2, 3))
    after = supplies.digests(supplies.gather(recipe)[0])
    assert [name for name in before if before[name] != after[name]] == ["pictures textures (2)"]


# Rows that need only what there is ------------------------------------------------------------------------------------


def test_row_a06_room(tmp_path):
    """A06: floor at z = 0, walls at x and y = +-2, 2 m high; friction 100, damping .99, mass 1."""
    recipe = module("presets.recipes").compose(["bop_room"])
    assert recipe["background"]["mode"] == "room" and recipe["background"]["room_size"] == [4.0, 4.0, 2.0]
    placement = recipe["placement"]
    assert (placement["friction"], placement["damping"], placement["mass"]) == (100.0, 0.99, 1.0)
    made = module("scene.stage.datablocks").Made()
    collection = made(bpy.data.collections.new("test"))
    try:
        backgrounds, plans = module("scene.stage.background"), module("scene.plan.background")
        surface = module("scene.plan.materials").SurfacePlan("plain", (1, 1, 1), (0, 0, 0), 1.0, 0.5)
        backgrounds.build(plans.BackgroundPlan("room", (4.0, 4.0, 2.0), surface, None), collection, made)
        bpy.context.scene.collection.children.link(collection)
        bpy.context.view_layer.update()
        planes = [
            np.array([item.matrix_world @ vertex.co for vertex in item.data.vertices]) for item in collection.objects
        ]
        assert len(planes) == 5 and len({item.data.materials[0] for item in collection.objects}) == 1
        everything = np.concatenate(planes)
        np.testing.assert_allclose(everything.min(axis=0), [-2, -2, 0], atol=1e-5)
        np.testing.assert_allclose(everything.max(axis=0), [2, 2, 2], atol=1e-5)
        flat = [tuple(np.round(np.ptp(corners, axis=0), 4)) for corners in planes]
        assert sorted(flat) == [(0, 4, 2), (0, 4, 2), (4, 0, 2), (4, 0, 2), (4, 4, 0)]
    finally:
        made.remove()


def test_row_b08_primitives():
    """B08: at least 17 shapes of random primitives, each closed and with texture coordinates."""
    uv = module("scene.assets.uv")
    shapes = module("scene.assets.primitives").primitives()
    assert len(shapes) >= 17 and len({shape.sha256 for shape in shapes}) == len(shapes)
    assert all(uv.has_coordinates(shape.mesh) for shape in shapes)


def test_the_examples_of_the_documentation_are_recipes():
    import re

    import yaml

    tree = module("presets.tree")
    examples = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "surfaces.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 4
    for example in examples:
        tree.check(tree.merge(tree.defaults(), tree.validate(yaml.safe_load(example))))
