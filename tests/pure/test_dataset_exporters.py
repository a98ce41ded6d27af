"""How exports get onto the disk: whole, by a rename, replacing nothing but our own."""

import pytest

from tests.pure import synthetic
from truthbake.dataset import exporters
from truthbake.dataset.progress import Stopped
from truthbake.dataset.store import Store, StoreError


@pytest.fixture
def store(tmp_path):
    return synthetic.build(tmp_path / "set", synthetic.SHAPES, [synthetic.usual_frames()[:1]])[0]


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_store_gives_the_same_bytes_again(store, tmp_path):
    first = exporters.export(store, ["bop", "coco"])
    before = {name: files(folder) for name, folder in first.items()}
    again = exporters.export(store, ["bop", "coco"], root=tmp_path / "elsewhere")
    assert {name: files(folder) for name, folder in again.items()} == before
    assert again["coco"] == tmp_path / "elsewhere" / "coco"


def test_an_older_export_of_ours_is_replaced(store):
    folder = exporters.export(store, ["coco"])["coco"]
    (folder / "images" / "stale.png").write_bytes(b"")
    exporters.export(store, ["coco"])
    assert not (folder / "images" / "stale.png").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["coco"]


def test_a_foreign_folder_is_never_touched(store, tmp_path):
    foreign = tmp_path / "out" / "bop"
    foreign.mkdir(parents=True)
    (foreign / "thesis.txt").write_text("years of work")
    with pytest.raises(StoreError, match="not written by an export"):
        exporters.export(store, ["coco", "bop"], root=tmp_path / "out")
    assert files(tmp_path / "out").keys() == {(foreign / "thesis.txt").relative_to(tmp_path / "out")}
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        exporters.export(store, ["bop"], root=tmp_path / "file")


def test_an_empty_folder_may_be_filled(store, tmp_path):
    (tmp_path / "out" / "coco").mkdir(parents=True)
    exporters.export(store, ["coco"], root=tmp_path / "out")
    assert (tmp_path / "out" / "coco" / "annotations.json").is_file()


def test_nothing_but_scenes_lies_in_the_split(store):
    folder = exporters.export(store, ["bop"])["bop"]
    assert [path.name for path in (folder / "train_pbr").iterdir()] == ["000000"]


def test_an_export_that_fails_leaves_the_old_one(store, monkeypatch):
    folder = exporters.export(store, ["coco"])["coco"]
    before = files(folder)

    def fail(store, folder, progress):
        (folder / "half").write_text("")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(exporters.EXPORTERS, "coco", fail)
    with pytest.raises(StoreError, match="No space left"):
        exporters.export(store, ["coco"])
    assert files(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["coco"]


def test_unknown_formats_get_a_suggestion(store):
    with pytest.raises(StoreError, match=r"'coc' is not known; did you mean coco\?"):
        exporters.export(store, ["bop", "coc"])
    with pytest.raises(StoreError, match="known formats: bop, coco"):
        exporters.export(store, ["xyzzy"])
    assert not store.exports("bop").exists()


def test_an_empty_data_set_is_refused(tmp_path):
    store = Store.open_or_create(tmp_path, synthetic.header(synthetic.records(synthetic.SHAPES)))
    with pytest.raises(StoreError, match="no finished scene"):
        exporters.export(store, ["bop"])


def test_a_broken_scene_is_refused(store):
    (store.scene_folder(0) / "rgb" / "000000.png").unlink()
    with pytest.raises(StoreError, match=r"rgb/000000\.png: missing; bake again"):
        exporters.export(store, ["bop"])


@pytest.fixture
def five(tmp_path):
    """A store of five frames."""
    return synthetic.build(tmp_path / "five", synthetic.SHAPES, [synthetic.usual_frames()])[0]


def test_progress_names_the_format_and_counts_frames(five):
    seen = []
    exporters.export(five, ["coco"], progress=lambda *step: seen.append(step))
    assert seen[0] == ("coco", 0, 1) and seen[-1] == ("coco", 1, 1) and seen == sorted(seen)
    assert len({done for _, done, _ in seen}) == 6, "each of the five frames is told"


def test_who_listens_can_stop_an_export_and_nothing_is_left(five):
    def stop(name, done, total):
        if done > 0.3:
            raise Stopped

    with pytest.raises(Stopped):
        exporters.export(five, ["bop"], progress=stop)
    assert list((five.root / "exports").iterdir()) == []
    kept = exporters.export(five, ["bop"])["bop"]
    before = {path: path.stat().st_mtime_ns for path in kept.rglob("*")}
    with pytest.raises(Stopped):
        exporters.export(five, ["bop"], progress=stop)
    assert {path: path.stat().st_mtime_ns for path in kept.parent.rglob("*")} == before | {
        kept: kept.stat().st_mtime_ns
    }
