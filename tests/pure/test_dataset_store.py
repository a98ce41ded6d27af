"""The store: whole scenes or none, whatever happens in between."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.pure import synthetic
from truthbake import processes
from truthbake.dataset import images
from truthbake.dataset import store as store_module
from truthbake.dataset.records import FrameLabels
from truthbake.dataset.store import RecipeConflict, Store, StoreError, remove_working, to_json_bytes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def built(tmp_path):
    return synthetic.build(tmp_path / "set", synthetic.SHAPES, [synthetic.usual_frames()[:2]])


def empty(root, **output):
    return Store.open_or_create(root, synthetic.header(synthetic.records(synthetic.SHAPES), **output))


def test_what_is_stored_comes_back(built):
    store, truths = built
    assert Store.open(store.root).scenes() == [0]
    for frame, truth in zip(store.frames(0), truths[0], strict=True):
        assert (frame.instances() == truth.instances).all()
        assert (frame.depth() == truth.depth.astype(np.float32)).all()
        assert (frame.normals() == truth.normals.astype(np.float32)).all()
        assert (images.read_png(frame.rgb_path) == truth.rgb).all()
        assert to_json_bytes(frame.labels.to_json()) == to_json_bytes(truth.labels.to_json())


def test_labels_survive_json_exactly(built):
    _, truths = built
    for truth in truths[0]:
        data = truth.labels.to_json()
        assert FrameLabels.from_json(data).to_json() == data


def test_an_exception_leaves_nothing(tmp_path):
    store = empty(tmp_path)
    with pytest.raises(RuntimeError), store.write_scene(3) as writer:
        writer.path("rgb", 0, ".png").write_bytes(b"half")
        raise RuntimeError("render failed")
    assert store.scenes() == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dataset.yaml"]


def test_an_unfinished_scene_is_not_kept(tmp_path):
    store = empty(tmp_path)
    with pytest.raises(StoreError, match="not finished"), store.write_scene(3):
        pass
    assert store.scenes() == []


def test_a_scene_that_is_there_stays(built):
    store, truths = built
    before = (store.scene_folder(0) / "files.json").stat().st_ino
    synthetic.write_truths(store, 0, truths[0])
    assert (store.scene_folder(0) / "files.json").stat().st_ino == before


@pytest.mark.parametrize("damage", ["missing", "cut", "list missing", "list broken", "list of another shape"])
def test_a_broken_scene_is_noticed_and_replaced(built, damage):
    store, truths = built
    victim = store.scene_folder(0) / ("files.json" if "list" in damage else "depth/000001.exr")
    assert store.is_whole(0)
    if "missing" in damage:
        victim.unlink()
    else:
        victim.write_bytes(b"[1, 2]" if "shape" in damage else victim.read_bytes()[:-7])
    assert not store.is_whole(0)
    assert victim.name in store.problems(0)[0]
    synthetic.write_truths(store, 0, truths[0])
    assert store.is_whole(0) and not (store.root / ".working").exists()


def test_changed_content_of_the_same_size_needs_the_hashes(built):
    store, _ = built
    victim = store.scene_folder(0) / "rgb" / "000000.png"
    content = bytearray(victim.read_bytes())
    content[-20] ^= 1
    victim.write_bytes(content)
    assert store.problems(0) == []
    assert store.problems(0, hashes=True) == [f"{victim}: content differs from what was baked"]


def test_another_recipe_is_refused_by_name(built):
    store, _ = built
    header = synthetic.header(synthetic.records(synthetic.SHAPES))
    header["recipe"]["lights"]["count"] = 5
    header["seed"] = 8
    header["assets"]["ball"] = "11"
    with pytest.raises(RecipeConflict) as caught:
        Store.open_or_create(store.root, header)
    text = str(caught.value)
    assert "\n" not in text and str(store.root) in text
    assert "seed: 7 there, 8 now" in text
    assert "lights.count: 2 there, 5 now" in text
    assert "ball: the file has changed" in text
    header = synthetic.header(synthetic.records(synthetic.SHAPES))
    header["recipe"]["lights"]["count"] = 5
    Store.open_or_create(store.root, header, free={"lights.count"})


def test_a_recipe_that_never_came_to_a_scene_makes_room_for_another(tmp_path):
    header = synthetic.header(synthetic.records(synthetic.SHAPES))
    (Store.open_or_create(tmp_path, header).root / "models").mkdir()
    (tmp_path / "models" / "old.ply").touch()
    header["seed"] = 8
    assert Store.open_or_create(tmp_path, header).header["seed"] == 8
    assert not (tmp_path / "models").exists()


def test_folders_that_are_no_store(tmp_path):
    with pytest.raises(StoreError, match="no data set here"):
        Store.open(tmp_path)
    (tmp_path / "dataset.yaml").write_text("a: [")
    with pytest.raises(StoreError, match="not readable as YAML"):
        Store.open(tmp_path)
    (tmp_path / "dataset.yaml").write_text("a: 1")
    with pytest.raises(StoreError, match="not the header"):
        Store.open(tmp_path)
    with pytest.raises(StoreError, match="is a file"):
        empty(tmp_path / "dataset.yaml")


def test_leftovers_of_the_dead_go_and_those_of_the_living_stay(tmp_path):
    store = empty(tmp_path)
    host = os.uname().nodename if hasattr(os, "uname") else os.environ["COMPUTERNAME"]
    ended = subprocess.check_output([sys.executable, "-c", "import os; print(os.getpid())"], text=True)
    dead = tmp_path / ".working" / f"000001.{host}.{ended.strip()}"
    living = tmp_path / ".working" / f"000002.{host}.{os.getpid()}"
    elsewhere = tmp_path / ".working" / "000003.another-host.1"
    for folder in (dead, living, elsewhere):
        folder.mkdir(parents=True)
    remove_working(store.root)
    assert [folder.exists() for folder in (dead, living, elsewhere)] == [False, True, True]


def test_windows_processes_are_never_signalled(monkeypatch):
    """os.kill(pid, 0) ends the process there."""
    asked = []

    def no_kill(*arguments):
        raise AssertionError("os.kill was called")

    monkeypatch.setattr(processes.os, "name", "nt")
    monkeypatch.setattr(processes.os, "kill", no_kill)
    monkeypatch.setattr(processes, "_is_running_on_windows", lambda number: asked.append(number) or True)
    assert processes.is_running("1234") and asked == [1234]
    assert not processes.is_running("not-a-number")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_kill_9_leaves_only_whole_scenes(tmp_path):
    root = tmp_path / "set"
    script = textwrap.dedent(
        f"""
        import sys, types
        for name, folder in (("truthbake", {str(ROOT)!r}), ("tests", {str(ROOT / "tests")!r})):
            package = types.ModuleType(name)
            package.__path__ = [folder]
            sys.modules[name] = package
        from pathlib import Path
        from tests.pure import synthetic
        models = synthetic.records(synthetic.SHAPES)
        truths = [synthetic.trace(f, synthetic.camera(), p, models) for f, p in enumerate(synthetic.usual_frames())]
        from truthbake.dataset.store import Store
        store = Store.open_or_create(Path({str(root)!r}), synthetic.header(models))
        print("ready", flush=True)
        for scene in range(10_000):
            synthetic.write_truths(store, scene, truths)
        """
    )
    caught_in_the_middle = 0
    for attempt in range(60):  # four kills, and more on a busy machine, until one comes in the middle of a scene
        if attempt >= 4 and caught_in_the_middle:
            break
        worker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        try:
            assert worker.stdout.readline() == "ready\n"
            time.sleep((0.05, 0.083, 0.117, 0.14)[attempt % 4] * (1 + attempt // 4))
        finally:
            worker.kill()
            worker.wait()
            worker.stdout.close()
        store = Store.open(root)
        caught_in_the_middle += (root / ".working").exists()
        assert [problem for scene in store.scenes() for problem in store.problems(scene, hashes=True)] == []
        assert store.scenes() == list(range(len(store.scenes())))
    assert caught_in_the_middle
    Store.open_or_create(root, synthetic.header(synthetic.records(synthetic.SHAPES)))
    assert sorted(path.name for path in root.iterdir()) == ["dataset.yaml", "scenes"]


def test_headers_are_read_fast_and_nothing_nested_crashes(tmp_path):
    synthetic.build(tmp_path / "set", synthetic.SHAPES, [synthetic.usual_frames()[:1]])
    text = (tmp_path / "set" / "dataset.yaml").read_text()
    assert store_module._DEEP.search(text) is None, "headers of ours are for the fast reader"
    assert store_module.parse_header(text) == yaml.safe_load(text)
    for nested in ("[" * 9999, "[a," * 9999, "a: {b: " + "{c: " * 9999, "- " * 9999, "!!seq [" * 9999):
        (tmp_path / "set" / "dataset.yaml").write_text(nested)
        with pytest.raises(StoreError, match="not readable as YAML"):
            Store.open(tmp_path / "set")


@pytest.mark.parametrize("key", ["recipe", "models", "versions", "assets"])
def test_a_header_that_is_cut_or_broken_is_one_line(tmp_path, key):
    synthetic.build(tmp_path / "set", synthetic.SHAPES, [synthetic.usual_frames()[:1]])
    path = tmp_path / "set" / "dataset.yaml"
    header = yaml.safe_load(path.read_text())
    for wrong in (None, 3, "x", {1: 1} if key == "models" else [1]):
        path.write_text(yaml.safe_dump(header | {key: wrong}))
        with pytest.raises(StoreError, match=f"its {key} cannot be read"):
            Store.open(tmp_path / "set")
    for broken in ([1], [{}], [None]):
        path.write_text(yaml.safe_dump(header | {"models": broken}))
        with pytest.raises(StoreError, match="its models cannot be read"):
            assert Store.open(tmp_path / "set").models
    del header[key]
    path.write_text(yaml.safe_dump(header))
    if key in ("recipe", "models"):
        with pytest.raises(StoreError, match=f"its {key} cannot be read"):
            Store.open(tmp_path / "set")
    else:
        assert Store.open(tmp_path / "set").header[key] == {}
