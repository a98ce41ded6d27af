"""Check Models: what is known of the models in the lists, and what is wrong with them, one row each."""

import json

import bpy
import pytest

from tests.blender.baking import box, write_ply
from tests.blender.pressing import complaint, datablocks
from tests.house import module

model_key = module("presets.model_key").model_key
facts_module = module("operators.models.facts")


@pytest.fixture(autouse=True)
def nothing_known():
    facts_module.now.__init__()
    yield
    facts_module.now.__init__()


def listed(settings, path, section="objects", **keys):
    item = getattr(settings, section).models.add()
    item.path = str(path)
    for key, value in keys.items():
        setattr(item, key, value)
    return item


def known(item):
    return bpy.context.window_manager.truthbake_models.facts.get(model_key(item))


def check():
    assert bpy.ops.truthbake.check_models() == {"FINISHED"}


def test_facts_of_a_file(settings, tmp_path):
    item = listed(settings, write_ply(tmp_path / "brick.ply", box(30, 20, 10)), unit="MM")
    before = datablocks()
    check()
    facts = known(item)
    assert (facts.name, facts.models, facts.triangles, facts.unit) == ("brick", 1, 12, "mm")
    assert facts.size == pytest.approx((30**2 + 20**2 + 10**2) ** 0.5 / 1000, rel=1e-4)
    assert facts.warnings == () and facts.clash == ""
    assert datablocks() == before
    assert not bpy.context.window_manager.truthbake_models.is_checking


def test_one_unit_for_the_whole_list(settings, tmp_path):
    names = ("brick", "plate", "rod")
    first, *others = [listed(settings, write_ply(tmp_path / f"{name}.ply", box(30, 20, 10))) for name in names]
    first.unit, settings.objects.active_models = "MM", 0
    check()
    assert [known(item).unit for item in others] == ["m", "m"]
    assert bpy.ops.truthbake.share_unit(section="objects") == {"FINISHED"}
    assert [(item.unit, known(item).unit) for item in others] == [("MM", "mm")] * 2, "and all are checked anew"
    settings.objects.models.clear()
    assert bpy.ops.truthbake.share_unit(section="objects") == {"CANCELLED"}


def test_symmetries_and_keypoints_of_files_are_counted(settings, tmp_path):
    write_ply(tmp_path / "obj_000001.ply", box(10, 10, 30))
    (tmp_path / "models_info.json").write_text(
        json.dumps({"1": {"symmetries_continuous": [{"axis": [0, 0, 1], "offset": [0, 0, 0]}]}})
    )
    points = {"keypoints": [{"name": name, "position": [0, 0, 1]} for name in ("tip", "base")], "skeleton": []}
    (tmp_path / "obj_000001.keypoints.json").write_text(json.dumps(points))
    item = listed(settings, tmp_path)
    check()
    assert (known(item).symmetries, known(item).keypoints, known(item).unit) == (1, 2, "mm")
    assert known(item).warnings == (), "a BOP folder is known to be in millimetres"


def wrong(tmp_path) -> dict[str, tuple]:
    """What is wrong -> the path, settings of the item, and words of the warning."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.ply").write_text("ply\nformat ascii 1.0\n")
    return {
        "missing": (tmp_path / "nowhere.ply", {}, ("nowhere.ply", "no such file")),
        "empty folder": (tmp_path / "empty", {}, ("empty", "no model in this folder")),
        "broken": (tmp_path / "broken.ply", {}, ("broken.ply", "cut off")),
        "no unit": (write_ply(tmp_path / "plain.ply", box(1, 1, 1)), {}, ("plain.ply", "metres are assumed")),
        "large": (write_ply(tmp_path / "large.ply", box(30, 20, 9)), {"unit": "M"}, ("large.ply", "Millimetres")),
        "tiny": (write_ply(tmp_path / "tiny.ply", box(0.3, 0.2, 0.1)), {"unit": "MM"}, ("tiny.ply", "1 mm")),
    }


@pytest.mark.parametrize("case", ["missing", "empty folder", "broken", "no unit", "large", "tiny"])
def test_what_is_wrong_is_said_in_words(settings, tmp_path, case):
    path, keys, words = wrong(tmp_path)[case]
    item = listed(settings, path, **keys)
    check()
    (warning,) = known(item).warnings
    assert all(word in warning for word in words), warning
    assert "--" not in warning, "the sidebar knows no options of the command line"


def test_too_many_triangles(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(module("operators.models.looking"), "MANY_TRIANGLES", 11)
    item = listed(settings, write_ply(tmp_path / "fine.ply", box(1, 1, 1)), unit="CM")
    check()
    assert "fine.ply" in known(item).warnings[0] and "Decimate" in known(item).warnings[0]


def test_many_files_with_the_same_fault_are_one_warning(settings, tmp_path):
    for number in range(5):
        write_ply(tmp_path / f"part{number}.ply", box(1, 1, 1))
        (tmp_path / f"broken{number}.ply").write_text("")
    item = listed(settings, tmp_path)
    check()
    facts = known(item)
    assert facts.models == 10 and facts.triangles == 60
    assert len(facts.warnings) == 4 and facts.warnings[2] == "... and 3 more like it", facts.warnings
    assert facts.warnings[3].startswith("part0.ply, part1.ply and 3 more: ")


def test_classes_with_the_same_number(settings, tmp_path):
    path = write_ply(tmp_path / "a.ply", box(1, 1, 1))
    other = write_ply(tmp_path / "b.ply", box(1, 1, 1))
    items = [listed(settings, path, unit="CM", class_id=3), listed(settings, other, unit="CM", class_id=3)]
    check()
    assert all("Class ID 3" in known(item).clash and "a, b" in known(item).clash for item in items)
    items[0].class_id = 4
    check()
    assert [known(item).clash for item in items] == ["", ""]


def test_facts_are_no_longer_known_when_the_item_means_something_else(settings, tmp_path):
    item = listed(settings, write_ply(tmp_path / "a.ply", box(1, 1, 1)), unit="CM")
    check()
    item.unit = "MM"
    assert known(item) is None
    check()
    assert known(item).unit == "mm"
    assert len(facts_module.now.facts) == 1, "what is in no list any more is forgotten"


def test_only_files_that_changed_are_read_again(settings, tmp_path, monkeypatch):
    looking = module("operators.models.looking")
    read = []
    load = looking.load_listed
    monkeypatch.setattr(looking, "load_listed", lambda item, *more: read.append(item.path.name) or load(item, *more))
    items = [listed(settings, write_ply(tmp_path / f"{name}.ply", box(1, 1, 1)), unit="CM") for name in "ab"]
    check()
    check()
    assert read == ["a.ply", "b.ply"]
    write_ply(tmp_path / "b.ply", box(2, 2, 2))
    (tmp_path / "b.ply").write_text((tmp_path / "b.ply").read_text() + "\n")
    check()
    assert read == ["a.ply", "b.ply", "b.ply"]
    assert known(items[1]).size > 0.03


def test_distractors_are_checked_too_and_need_no_class(settings, tmp_path):
    item = listed(settings, write_ply(tmp_path / "a.ply", box(1, 1, 1)), "distractors", unit="CM", class_id=1)
    listed(settings, write_ply(tmp_path / "b.ply", box(1, 1, 1)), "objects", unit="CM", class_id=1)
    check()
    assert known(item).triangles == 12 and known(item).clash == ""


def test_added_models_are_checked_by_themselves(settings, tmp_path):
    write_ply(tmp_path / "brick.ply", box(30, 20, 10))
    bpy.ops.truthbake.import_models(directory=str(tmp_path), files=[{"name": "brick.ply"}], unit="MM")
    assert known(settings.objects.models[0]).triangles == 12


def test_nothing_to_check(settings):
    assert "Add models first" in complaint(bpy.ops.truthbake.check_models)


def test_another_file_forgets_all(settings, tmp_path):
    item = listed(settings, write_ply(tmp_path / "a.ply", box(1, 1, 1)), unit="CM")
    check()
    assert known(item)
    bpy.ops.wm.read_homefile(use_empty=True)
    assert facts_module.now.facts == {}


def test_a_unit_is_told_in_the_words_of_the_sidebar(settings, tmp_path, monkeypatch):
    """The command line has options where the sidebar has fields, whoever reads the model."""
    telling = module("operators.telling")
    told = []
    monkeypatch.setattr(telling, "warn", lambda operator, texts: told.extend(texts))
    large = write_ply(tmp_path / "large.ply", box(30, 20, 9))
    tiny = write_ply(tmp_path / "tiny.ply", box(3e-4, 2e-4, 1e-4))
    for path in (large, tiny):
        bpy.ops.truthbake.import_models(directory=str(tmp_path), files=[{"name": path.name}])
    planned = module("operators.preview.staging").planned_here(bpy.context, 0)
    for texts in (told, planned.warnings):
        assert any("large.ply" in text and "set its Unit to Millimetres" in text for text in texts)
        assert any("tiny.ply" in text and "set its Unit" in text for text in texts)
        assert "--unit" not in " ".join(texts)
