"""Long work on a data set in a thread: how it ends, how it is stopped, and that nothing half done is left."""

import time

import bpy
import pytest

from tests.blender.pressing import complaint
from tests.house import module

work = module("operators.jobs.work")
driver = module("operators.jobs.driver")
jobs = module("operators.jobs.export")


@pytest.fixture
def baked(tiny, settings):
    settings.output.scenes = 1
    settings.output.frames_per_scene = 3
    bpy.ops.truthbake.bake()
    return tiny


def wait(one, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not one.is_over:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_an_export_in_a_thread_tells_how_far_it_is(baked):
    store, told = jobs.opened(baked), []
    seen = bpy.context.window_manager.truthbake_data_set
    one = work.Work(
        "Export",
        str(baked),
        lambda tell: driver.drain(
            jobs.export_store(store, ["bop", "coco"], None, lambda *step: (told.append(step), tell(*step)))
        ),
    )
    one.start()
    assert seen.is_working and seen.label == "Export"
    assert "is at work" in complaint(bpy.ops.truthbake.export, folder=str(baked), formats="coco")
    assert bpy.ops.truthbake.report.poll()
    wait(one)
    one.close()
    assert one.error is None and one.result["format"] == "coco" and one.share == 1.0
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and len(set(shares)) == 7, "three frames for each format"
    assert {name for _, name in told} == {"bop", "coco"}
    assert not seen.is_working and seen.label == ""
    assert sorted(path.name for path in (baked / "exports").iterdir()) == ["bop", "coco"]


def test_a_cancelled_export_is_gone_within_two_seconds(baked):
    store = jobs.opened(baked)
    one = work.Work(
        "Export",
        str(baked),
        lambda tell: [driver.drain(jobs.export_store(store, ["bop"], None, tell)) for _ in range(10000)],
    )
    one.start()
    while not (baked / "exports" / "bop").is_dir():  # one is there, the next one is under way
        time.sleep(0.01)
    bpy.ops.truthbake.cancel_work()
    assert bpy.context.window_manager.truthbake_data_set.is_cancelling
    began = time.monotonic()
    wait(one)
    assert time.monotonic() - began < 2.0
    one.close()
    assert isinstance(one.error, module("dataset.progress").Stopped)
    assert [path.name for path in (baked / "exports").iterdir()] == ["bop"]
    assert module("dataset.verify").verify_bop(baked / "exports" / "bop") == []


def test_a_file_that_is_opened_ends_the_work(baked, tmp_path):
    one = work.Work("Verify", str(baked), lambda tell: [(tell(0.5, ""), time.sleep(0.01)) for _ in range(10000)])
    one.start()
    bpy.ops.wm.read_homefile(use_empty=True)
    assert one.is_over and work.running == {}


def test_an_error_waits_for_who_asks(baked):
    one = work.Work("Export", str(baked), lambda tell: driver.drain(jobs.export_store(jobs.opened(baked), ["xyz"])))
    one.start()
    wait(one)
    one.close()
    assert isinstance(one.error, module("dataset.store").StoreError) and "xyz" in str(one.error)


def test_nothing_to_cancel_is_said():
    with pytest.raises(RuntimeError, match="Nothing is at work"):
        bpy.ops.truthbake.cancel_work()
