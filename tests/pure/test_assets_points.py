"""Named keypoints, and the parts of an assembly."""

import json
import struct

import pytest

from truthbake.scene.assets import keypoints, parts
from truthbake.scene.assets.formats import AssetError

RECIPE = {
    "keypoints": [{"name": "tip", "position": [0, 0, 0.05]}, {"name": "base", "position": [0, 0, 0]}],
    "skeleton": [{"start": "base", "end": "tip"}],
}
FILE = {"keypoints": [{"name": "nose", "position": [0, 0, 50]}, {"name": "tail", "position": [-20, 0, 0]}],
        "skeleton": [["nose", "tail"]]}  # fmt: skip


def test_from_the_recipe(tmp_path):
    found = keypoints.of_model(RECIPE, tmp_path / "a.obj", 0.001)
    assert found.points == [("tip", [0, 0, 0.05]), ("base", [0, 0, 0])] and found.skeleton == [["base", "tip"]]
    assert keypoints.of_model({}, tmp_path / "a.obj", 0.001) == keypoints.Keypoints()


def test_from_a_file_beside_the_mesh_in_its_units(tmp_path):
    (tmp_path / "a.keypoints.json").write_text(json.dumps(FILE))
    found = keypoints.of_model({}, tmp_path / "a.obj", 0.001)
    assert found.points == [("nose", [0, 0, 0.05]), ("tail", [-0.02, 0, 0])] and found.skeleton == [["nose", "tail"]]
    assert keypoints.of_model(RECIPE, tmp_path / "a.obj", 0.001).points[0][0] == "tip"  # the recipe goes first
    assert keypoints.of_model({}, tmp_path / "b.obj", 0.001).points == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("{", "not a list"),
        ([], "not a list"),
        ({"keypoints": [{"name": "a"}]}, "not a list"),
        ({"keypoints": [{"name": "a", "position": [0, 0]}]}, "not a list"),
        ({"keypoints": [{"name": "a", "position": [0, 0, "inf"]}]}, "not a list"),
        ({"keypoints": [{"name": "a", "position": [0, 0, 0]}] * 2}, "a name of its own"),
        ({"keypoints": [{"name": "a", "position": [0, 0, 0]}], "skeleton": [["a", "b"]]}, "no keypoint b"),
    ],
)
def test_a_broken_file_is_named(tmp_path, data, words):
    file = tmp_path / "a.keypoints.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data))
    with pytest.raises(AssetError, match=words) as caught:
        keypoints.of_model({}, tmp_path / "a.obj", 1.0)
    assert str(file) in str(caught.value) and "\n" not in str(caught.value)


def binary(data) -> bytes:
    text = json.dumps(data).encode()
    text += b" " * (-len(text) % 4)
    rest = struct.pack("<II", 4, 0x004E4942) + b"\0\1\2\3"
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(text) + len(rest), len(text), 0x4E4F534A) + text + rest


ASSEMBLY = {
    "scene": 0,
    "scenes": [{"nodes": [0]}],
    "nodes": [
        {"name": "all", "children": [1, 2, 3]}, {"name": "left", "mesh": 0, "translation": [1, 0, 0]},
        {"name": "right", "mesh": 0}, {"name": "lid node", "mesh": 2}, {"name": "lost", "mesh": 1},
    ],
    "meshes": [{"name": "bolt"}, {"name": "unused"}, {}],
}  # fmt: skip


def test_parts_are_the_meshes_that_are_placed(tmp_path):
    content = binary(ASSEMBLY)
    assert parts.names(content, tmp_path) == ["bolt", "lid node"]
    lid = parts.alone(content, 1, tmp_path)
    assert parts.names(lid, tmp_path) == ["part_3"] and lid[-4:] == b"\0\1\2\3"
    assert struct.unpack_from("<I", lid, 8)[0] == len(lid)
    length = struct.unpack_from("<I", lid, 12)[0]
    data = json.loads(lid[20 : 20 + length])
    assert data["nodes"] == [{"mesh": 2}] and length % 4 == 0  # in its own frame, placed nowhere


@pytest.mark.parametrize("content", [b"", b"glTF", b"ply\n" + bytes(40), binary([]), binary({"nodes": []})])
def test_other_files_have_no_parts(tmp_path, content):
    with pytest.raises(AssetError, match="switch separate_parts off"):
        parts.names(content, tmp_path / "a.glb")


def test_a_scene_that_goes_round_in_circles_ends(tmp_path):
    looped = ASSEMBLY | {"nodes": [{"children": [0, 1]}, {"mesh": 0, "children": [0]}]}
    assert parts.names(binary(looped), tmp_path) == ["bolt"]
