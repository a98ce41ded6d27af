"""Symmetries of a BOP models folder: millimetres there, metres here, and millimetres again in the BOP export."""

import json

import pytest

from truthbake.dataset.bop.models import model_info
from truthbake.dataset.records import TARGET, ModelRecord
from truthbake.scene.assets.formats import AssetError
from truthbake.scene.assets.symmetries import of_model

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
