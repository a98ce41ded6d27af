"""Layouts of model folders: what is found, what it is called, and which classes there are."""

import json

import pytest

from truthbake.scene.assets.formats import AssetError, scanned_texture
from truthbake.scene.assets.layouts import find

TAXONOMY = [
    {"synsetId": "02691156", "name": "airplane,aeroplane,plane", "children": ["02690373"], "numInstances": 4045},
    {"synsetId": "02690373", "name": "airliner", "children": [], "numInstances": 1490},
    {"synsetId": "03001627", "name": "chair", "children": [], "numInstances": 6778},
    {"synsetId": "03636649", "name": "lamp", "children": [], "numInstances": 2318},
    {"synsetId": "04256520", "name": "sofa,couch,lounge", "children": [], "numInstances": 3173},
    {"synsetId": "../../etc", "name": "evil", "children": [], "numInstances": 1},
]


def touch(*paths):
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("v 0 0 0\n")


@pytest.fixture
def shapenet(tmp_path):
    root = tmp_path / "ShapeNetCore.v2"
    for synset, models in {"02691156": "ab", "03001627": "cde", "04256520": "f"}.items():
        touch(*(root / synset / name / "models" / "model_normalized.obj" for name in models))
        touch(*(root / synset / name / "models" / "model_normalized.solid.binvox" for name in models))
    touch(root / "04256520" / "g" / "model.obj")  # as version 1 has it
    touch(tmp_path / "etc" / "m" / "model.obj")
    (root / "taxonomy.json").write_text(json.dumps(TAXONOMY))
    return root


def named(found):
    return [(item.class_name, item.stem) for item in found]


def test_shapenet_by_class_name(shapenet):
    """Row D08: classes by the names of the taxonomy; each model is called after its class and its own folder."""
    found = find(shapenet, classes=["chair", "airplane"])
    assert named(found) == [
        ("chair", "chair_c"), ("chair", "chair_d"), ("chair", "chair_e"), ("airplane", "airplane_a"),
        ("airplane", "airplane_b"),
    ]  # fmt: skip
    assert found[0].path == shapenet / "03001627/c/models/model_normalized.obj"
    assert found[0].place == "03001627/c/models/model_normalized.obj"


def test_shapenet_takes_other_words_numbers_and_everything(shapenet):
    assert {item.class_name for item in find(shapenet, classes=["couch"])} == {"couch"}
    assert named(find(shapenet, "shapenet", ["04256520"])) == [("sofa", "sofa_f"), ("sofa", "sofa_g")]
    assert {item.class_name for item in find(shapenet)} == {"airplane", "chair", "sofa"}


@pytest.mark.parametrize(
    ("name", "words"),
    [("chiar", "did you mean chair"), ("lamp", "there are aeroplane, airplane"), ("evil", "no class evil")],
)
def test_shapenet_classes_that_are_not_there(shapenet, name, words):
    with pytest.raises(AssetError, match=words) as caught:
        find(shapenet, classes=["chair", name])
    assert "\n" not in str(caught.value) and str(shapenet) in str(caught.value)


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": 1}', '[{"synsetId": "1"}]'])
def test_a_broken_taxonomy_is_named(shapenet, text):
    (shapenet / "taxonomy.json").write_text(text)
    with pytest.raises(AssetError, match=r"taxonomy\.json.*set layout"):
        find(shapenet)


def test_scanned_objects(tmp_path):
    """Row B06: NAME/meshes/model.obj, its picture in NAME/materials/textures."""
    names = ["Dino_5", "Mug_10", "Mug_2"]
    for name in names:
        touch(tmp_path / name / "meshes" / "model.obj", tmp_path / name / "materials" / "textures" / "texture.png")
        touch(tmp_path / name / "thumbnails" / "0.jpg", tmp_path / name / "meshes" / "collision.obj")
    found = find(tmp_path)
    assert named(found) == [("Dino_5", "Dino_5"), ("Mug_2", "Mug_2"), ("Mug_10", "Mug_10")]
    assert scanned_texture(found[0].path) == tmp_path / "Dino_5" / "materials" / "textures" / "texture.png"
    assert named(find(tmp_path, classes=["Mug_2"])) == [("Mug_2", "Mug_2")]
    assert named(find(tmp_path / "Dino_5", "scanned")) == [("Dino_5", "Dino_5")]
    assert scanned_texture(tmp_path / "model.obj") is None
    with pytest.raises(AssetError, match="no scanned objects"):
        find(tmp_path / "Dino_5" / "materials", "scanned")


def test_class_folders(tmp_path):
    touch(tmp_path / "chair" / "a.obj", tmp_path / "chair" / "old" / "b.obj", tmp_path / "lamp" / "a.obj")
    touch(tmp_path / "lost.obj")
    expected = [("chair", "chair_a"), ("chair", "chair_b"), ("lamp", "lamp_a")]
    assert named(find(tmp_path, "folders")) == expected
    assert named(find(tmp_path, "folders", ["lamp"])) == expected[2:]
    assert len(find(tmp_path)) == 4 and find(tmp_path)[-1].class_name == "lost"


def test_bop_folders(tmp_path):
    touch(tmp_path / "obj_000002.ply", tmp_path / "obj_000010.ply", tmp_path / "other.ply")
    with pytest.raises(AssetError, match=r"models_info\.json is missing"):
        find(tmp_path, "bop")
    (tmp_path / "models_info.json").write_text("{}")
    for layout in ("auto", "bop"):
        assert [item.stem for item in find(tmp_path, layout)] == ["obj_000002", "obj_000010"]


def test_a_file_is_itself_in_every_layout(tmp_path):
    touch(tmp_path / "part.obj")
    for layout in ("auto", "files", "folders", "bop", "shapenet", "scanned"):
        assert named(find(tmp_path / "part.obj", layout)) == [("part", "part")]
    with pytest.raises(AssetError, match="unknown layout"):
        find(tmp_path, "shapnet")
