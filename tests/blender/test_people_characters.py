"""Characters from files: the built-in person goes out through Blender's exporters and comes back as a stranger."""

import bpy
import numpy as np
import pytest

from tests.blender import armatures, baking
from tests.blender.test_people import PEOPLE, compose, figures
from tests.house import module

MIXAMO = {"hips": "Hips", "spine": "Spine", "chest": "Spine1", "neck": "Neck", "head": "Head"}
_SIDED = {"shoulder": "Shoulder", "upper_arm": "Arm", "forearm": "ForeArm", "hand": "Hand", "thigh": "UpLeg"}
_SIDED |= {"shin": "Leg", "foot": "Foot"}
for _side, _word in (("L", "Left"), ("R", "Right")):
    MIXAMO |= {f"{role}.{_side}": f"{_word}{name}" for role, name in _SIDED.items()}


def write(path, figure, names=None, with_armature=True, scale=1.0, turn=0.0):
    """Export a figure; ``names`` renames its bones, ``turn`` turns it about the vertical, degrees."""
    scene = bpy.data.scenes.new("export")
    with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0], collection=scene.collection):
        armature, item = armatures.build(figure, scene)
        item.data.materials.clear()
        item.data.materials.append(bpy.data.materials.new("cloth"))
        for old, new in (names or {}).items():
            armature.data.bones[old].name = new
        armature.scale = (scale, scale, scale)
        armature.rotation_euler = (0.0, 0.0, np.radians(turn))
        if not with_armature:
            item.modifiers.clear()
            item.parent = None
            bpy.data.objects.remove(armature)
        scene.view_layers[0].update()
        if path.suffix == ".blend":
            bpy.data.libraries.write(str(path), {scene, *scene.collection.all_objects}, fake_user=True)
        elif path.suffix == ".fbx":
            bpy.ops.export_scene.fbx(filepath=str(path), use_active_collection=False, add_leaf_bones=False)
        else:
            bpy.ops.export_scene.gltf(filepath=str(path), use_active_scene=True, export_animations=False)
    for thing in list(scene.collection.all_objects):
        bpy.data.objects.remove(thing)
    bpy.data.scenes.remove(scene)
    return path


@pytest.fixture(scope="module")
def figure(tmp_path_factory):
    recipe = compose(tmp_path_factory.mktemp("figure"), {"people": {"count": 1, "height": 1.8}})
    return figures(recipe)[0][1]


def listed(path, **more):
    return {"people": {"count": 1, "characters": [{"path": str(path), **more}]}}


@pytest.mark.parametrize("suffix", [".glb", ".fbx", ".blend"])
def test_there_and_back(tmp_path, figure, suffix):
    """The same joints, size, direction and weights, so that the same pose gives the same body."""
    anatomy, rig = module("scene.plan.anatomy"), module("scene.plan.rig")
    path = write(
        tmp_path / f"someone{suffix}", figure, {old: f"mixamorig:{new}" for old, new in MIXAMO.items()}, turn=70
    )
    person, read = figures(compose(tmp_path, listed(path)))[0]
    assert read.rig.is_understood and set(MIXAMO) == set(read.rig.roles)
    assert read.height == pytest.approx(np.ptp(figure.vertices[:, 2]), abs=2e-3)
    for role in ("hips", "head", "forearm.L", "shin.R"):
        there, back = (f.rig.heads[f.rig.roles[role]] - f.rig.heads[f.rig.roles["hips"]] for f in (figure, read))
        np.testing.assert_allclose(there, back, atol=2e-3)
    joints = anatomy.rotations(person.poses[0].candidates[0])
    bodies = []
    for one in (figure, read):
        vertices = rig.skin(one.vertices, one.weights, rig.pose(one.rig, joints))
        bodies.append(vertices - rig.moved(one.rig.heads[:1], [0], rig.pose(one.rig, joints)))
    # Exporters split and sort vertices: the bodies are the same when each has all points of the other.
    for first, second in (bodies, bodies[::-1]):
        sample = first[:: len(first) // 200]
        nearest = np.array([np.linalg.norm(second - point, axis=1).min() for point in sample])
        assert nearest.max() < 5e-3


@pytest.mark.parametrize("mode", ["joints", "ragdoll"])
def test_a_character_bakes_and_verifies(tmp_path, figure, mode):
    path = write(tmp_path / "someone.glb", figure, MIXAMO)
    recipe = compose(tmp_path, listed(path), {"people": {"count": 2, "mode": mode}, "output": {"frames_per_scene": 2}})
    store = baking.bake(recipe, tmp_path / "out")
    assert module("dataset.verify").verify(store) == []
    (frame, *_) = store.frames(0)
    assert [label.model for label in frame.labels.objects] == ["person_someone"] * 2
    joints = [point.name for point in frame.labels.objects[0].keypoints]
    assert joints == [name for name in module("scene.assets.characters").COCO_NAMES if "e" not in name[-3:-2]][5:] or (
        "left_elbow" in joints and "nose" not in joints and len(joints) == 12
    )
    assert any(label.pixels_visible for label in frame.labels.objects)


def test_units(tmp_path, figure):
    path = write(tmp_path / "large.glb", figure, MIXAMO, scale=100.0)
    recipe = compose(tmp_path, listed(path))
    _, warnings = module("operators.jobs.model_library").load(recipe)
    assert any("large.glb: this character is 1" in text and "say its unit" in text for text in warnings)
    _, small = figures(compose(tmp_path, listed(path, unit="cm")))[0]
    assert small.height == pytest.approx(np.ptp(figure.vertices[:, 2]), abs=2e-3)
    np.testing.assert_allclose(np.ptp(small.rig.heads[:, 2]), np.ptp(figure.rig.heads[:, 2]), atol=2e-3)


def test_bones_without_known_names_turn_a_little(tmp_path, figure):
    names = {name: f"thing_{number}" for number, name in enumerate(figure.rig.names)}
    path = write(tmp_path / "odd.glb", figure, names)
    recipe = compose(tmp_path, listed(path))
    _, warnings = module("operators.jobs.model_library").load(recipe)
    assert any(text.startswith("odd.glb: its bones have no names of human joints") for text in warnings)
    store = baking.bake(recipe, tmp_path / "out")
    assert module("dataset.verify").verify(store) == []


def test_mistakes_are_one_line(tmp_path, figure):
    error, load = module("scene.assets.formats").AssetError, module("operators.jobs.model_library").load
    statue = write(tmp_path / "statue.glb", figure, with_armature=False)
    broken = tmp_path / "broken.blend"
    broken.write_bytes(b"BLENDER no more")
    for path, text in (
        (statue, "holds no armature; a character needs a rig and meshes that it moves"),
        (tmp_path / "nobody.glb", "there is no such file or folder; check the path"),
        (broken, "Blender cannot read it"),
        (baking.write_ply(tmp_path / "cube.ply", baking.box(1, 1, 1)), "is no character file; characters come as GLB"),
    ):
        before = {kind: len(getattr(bpy.data, kind)) for kind in ("objects", "meshes", "armatures", "scenes")}
        with pytest.raises(error) as caught:
            load(compose(tmp_path, listed(path)))
        assert str(path) in str(caught.value) and text in str(caught.value) and "\n" not in str(caught.value)
        assert {kind: len(getattr(bpy.data, kind)) for kind in before} == before
    assert PEOPLE["people"] == {"count": 1}
