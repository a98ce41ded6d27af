"""Symmetries of a BOP models folder: millimetres there, metres here, and millimetres again in the BOP export."""

import json

import numpy as np
import pytest

from truthbake.dataset.bop.models import model_info
from truthbake.dataset.records import TARGET, ModelRecord
from truthbake.scene.assets.formats import AssetError
from truthbake.scene.assets.symmetries import UPRIGHT, Similarity, Symmetries, of_file, of_model, of_recipe

HALF_TURN = [-1, 0, 0, 10, 0, -1, 0, 20, 0, 0, 1, 0, 0, 0, 0, 1]
AXIS = {"axis": [0, 0, 1], "offset": [1, 2, 3]}


def folder(tmp_path, entry):
    (tmp_path / "models_info.json").write_text(json.dumps({"5": entry}))
    return tmp_path / "obj_000005.ply"


def test_lengths_are_metres_and_rotations_stay(tmp_path):
    found = of_model(folder(tmp_path, {"symmetries_discrete": [HALF_TURN], "symmetries_continuous": [AXIS]}))
    (matrix,) = found.discrete
    assert matrix == pytest.approx([-1, 0, 0, 0.01, 0, -1, 0, 0.02, 0, 0, 1, 0, 0, 0, 0, 1])
    assert found.continuous == [{"axis": [0, 0, 1], "offset": pytest.approx([0.001, 0.002, 0.003])}]


def test_they_come_out_of_the_export_as_they_went_in(tmp_path):
    found = of_model(folder(tmp_path, {"symmetries_discrete": [HALF_TURN], "symmetries_continuous": [AXIS]}))
    record = ModelRecord(
        5, "obj", TARGET, 5, "obj", symmetries_discrete=found.discrete, symmetries_continuous=found.continuous
    )
    info = model_info(ModelRecord.from_json(json.loads(json.dumps(record.to_json()))))
    assert info["symmetries_discrete"] == [pytest.approx(HALF_TURN)]
    assert info["symmetries_continuous"] == [{"axis": AXIS["axis"], "offset": pytest.approx(AXIS["offset"])}]


def test_other_files_have_none(tmp_path):
    for path in (None, tmp_path / "obj_000005.ply", tmp_path / "gear.ply"):
        assert of_model(path).discrete == of_model(path).continuous == []
    folder(tmp_path, {"diameter": 1})
    assert of_model(tmp_path / "obj_000005.ply").discrete == of_model(tmp_path / "obj_000006.ply").discrete == []


@pytest.mark.parametrize(
    "entry",
    [
        {"symmetries_discrete": [[1, 2, 3]]},
        {"symmetries_continuous": [{"axis": [0, 0, 1]}]},
        {"symmetries_discrete": 1},
    ],
)
def test_broken_ones_are_named(tmp_path, entry):
    with pytest.raises(AssetError, match=r"models_info\.json: the symmetries of object 5"):
        of_model(folder(tmp_path, entry))


# From the recipe ---------------------------------------------------------------------------------------------------


def item(axis=(0, 0, 1), offset=(0, 0, 0), fold=0):
    return {"axis": list(axis), "offset": list(offset), "fold": fold}


def matrices(found):
    return np.array(found.discrete).reshape(-1, 4, 4)


def test_a_fold_of_0_is_continuous():
    found = of_recipe([item(axis=(0, 0, 2), offset=(0.1, 0, 0))])
    assert found.continuous == [{"axis": [0.0, 0.0, 1.0], "offset": [0.1, 0.0, 0.0]}] and found.discrete == []


@pytest.mark.parametrize("fold", [2, 3, 6, 60])
def test_a_fold_of_n_gives_the_turns_of_a_regular_polygon(fold):
    """They map its corners, about the offset, onto themselves, and are all different."""
    offset = np.array([0.3, -0.2, 0.7])
    found = matrices(of_recipe([item(offset=offset, fold=fold)]))
    assert len(found) == fold - 1
    angles = np.arange(fold) * 2 * np.pi / fold + 0.3
    corners = np.stack([np.cos(angles), np.sin(angles), np.zeros(fold)], axis=1) + offset
    for matrix in found:
        moved = corners @ matrix[:3, :3].T + matrix[:3, 3]
        distance = np.linalg.norm(moved[:, None] - corners[None], axis=2)
        assert distance.min(axis=1).max() < 1e-9 and not np.allclose(moved, corners)
        assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1)
    turned = np.round(found[:, :3, 0], 9)
    assert len({tuple(row) for row in turned}) == fold - 1


@pytest.mark.parametrize(
    ("items", "number"),
    [
        ([item(axis=(1, 0, 0), fold=2), item(axis=(0, 1, 0), fold=2)], 3),  # a box
        ([item(fold=4), item(axis=(1, 0, 0), fold=2)], 7),  # a square prism
        ([item(fold=4), item(axis=(1, 0, 0), fold=4)], 23),  # a cube
        ([item(fold=6), item(axis=(1, 0, 0), offset=(0, 0, 0), fold=2)], 11),  # a hexagonal prism
        ([item(fold=2), item(axis=(1, 1, 1), fold=3)], 11),  # a tetrahedron
        ([item(fold=5), item(axis=(0, 1, (1 + 5**0.5) / 2), fold=2)], 59),  # an icosahedron
        ([item(fold=5), item(axis=(0, 1, 1), fold=2)], None),  # axes that do not fit
    ],
)
def test_turns_are_completed_to_their_group(items, number):
    if number is None:
        with pytest.raises(AssetError, match=r"objects\.models\[\]\.symmetries"):
            of_recipe(items)
        return
    found = matrices(of_recipe(items))
    assert len(found) == number
    group = np.concatenate([np.eye(4)[None], found])
    products = np.einsum("aij,bjk->abik", group, group).reshape(-1, 4, 4)
    assert np.abs(products[:, None] - group[None]).max(axis=(2, 3)).min(axis=1).max() < 1e-9


def test_axes_that_do_not_meet_are_no_symmetry():
    with pytest.raises(AssetError, match="finite group"):
        of_recipe([item(fold=2), item(offset=(0.1, 0, 0), fold=2)])


# Beside the mesh, as DOPE has it -----------------------------------------------------------------------------------

HEXAGON = {
    "symmetries_discrete": [[0.5, -0.866, 0, 0, 0.866, 0.5, 0, 0, 0, 0, 1, 2.0, 0, 0, 0, 1]],
    "symmetries_continuous": [{"axis": [0, 0, 1], "offset": [1, 0, 0]}],
    "align_axes": [{"object": [0, 1, 0], "camera": [0, 0, 1]}],
}


def test_model_info_beside_the_mesh(tmp_path):
    """Row B16: 4x4 turns with few digits become true ones, lengths metres; which axes to align is kept."""
    (tmp_path / "model_info.json").write_text(json.dumps(HEXAGON))
    found = of_file(tmp_path / "screw.obj", 0.01)
    (matrix,) = matrices(found)
    np.testing.assert_allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-12)
    assert matrix[1, 0] == pytest.approx(np.sin(np.pi / 3), abs=1e-4) and matrix[2, 3] == pytest.approx(0.02)
    assert found.continuous == [{"axis": [0, 0, 1], "offset": [0.01, 0, 0]}]
    assert found.align_axes == HEXAGON["align_axes"]
    assert of_file(tmp_path / "sub" / "screw.obj", 1.0) == Symmetries()


def test_bop_goes_first(tmp_path):
    (tmp_path / "model_info.json").write_text(json.dumps(HEXAGON))
    path = folder(tmp_path, {"symmetries_continuous": [AXIS]})
    assert of_file(path, 1.0).discrete == [] and of_file(path, 1.0).continuous[0]["offset"] == [0.001, 0.002, 0.003]


@pytest.mark.parametrize(
    "entry",
    [
        {"symmetries_discrete": [[1, 2, 3]]},
        {"symmetries_discrete": [[2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]]},
        {"symmetries_discrete": [[-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]]},
        {"symmetries_continuous": [{"axis": [0, 0]}]},
        {"align_axes": [{"object": [0, 0, 1]}]},
        [],
    ],
)
def test_a_broken_model_info_is_named(tmp_path, entry):
    (tmp_path / "model_info.json").write_text(json.dumps(entry))
    with pytest.raises(AssetError, match=r"model_info\.json") as caught:
        of_file(tmp_path / "screw.obj", 1.0)
    assert "\n" not in str(caught.value)


UP = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0))


@pytest.mark.parametrize("rotation", [UPRIGHT, UP])
def test_a_normalised_model_takes_its_symmetries_along(rotation):
    """A point and its image stay a point and its image."""
    similarity = Similarity(3.0, (0.1, 0.2, -0.3), rotation)
    found = of_recipe([item(axis=(0, 1, 1), offset=(0.4, 0.1, 0), fold=3), item(offset=(1, 2, 3))])
    moved = similarity.symmetries(found)
    points = np.random.default_rng(0).normal(size=(20, 3))
    for before, after in zip(matrices(found), matrices(moved), strict=True):
        image = points @ before[:3, :3].T + before[:3, 3]
        there = np.array([similarity.point(point) for point in points])
        expected = np.array([similarity.point(point) for point in image])
        np.testing.assert_allclose(there @ after[:3, :3].T + after[:3, 3], expected, atol=1e-12)
    assert moved.continuous[0]["offset"] == pytest.approx(np.array(rotation) @ [2.7, 5.4, 9.9])
    assert moved.continuous[0]["axis"] == pytest.approx(np.array(rotation) @ [0, 0, 1])
