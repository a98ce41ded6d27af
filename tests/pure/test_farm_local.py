"""Several processes told as one run. The workers here are small Python programs that print events."""

import sys
import time

import pytest

from truthbake.farm import local
from truthbake.processes import is_running

# The last two arguments are `--worker K/N`, as of a real worker.
HEAD = """
import json, sys, time
number, workers = map(int, sys.argv[-1].split("/"))
def say(event, **more): print(json.dumps({"event": event} | more), flush=True)
"""
WORK = """
print("Blender says something")
say("start", output="there", scenes=2, skipped=number, frames=4, device="CPU")
for scene in (number, number + workers):
    say("frame", scene=scene, frame=0)
    say("scene", scene=scene)
print('{"event": half')
say("done", output="there", scenes=2, skipped=number, failed=[], seconds=1.0 + number)
"""


def run(program: str, workers: int = 2) -> list[dict]:
    found = list(local.bake([sys.executable, "-c", HEAD + program], workers))
    assert local._running == []
    return [event for event in found if event["event"] != "alive"]


@pytest.mark.parametrize("workers", [1, 3])
def test_the_workers_count_as_one(workers):
    found = run(WORK, workers)
    start, done = found[0], found[-1]
    total = sum(range(workers))
    assert start == {
        "event": "start",
        "output": "there",
        "scenes": 2 * workers,
        "skipped": total,
        "frames": 4 * workers,
        "device": "CPU",
    }
    assert done == {
        "event": "done",
        "output": "there",
        "scenes": 2 * workers,
        "skipped": total,
        "failed": [],
        "seconds": float(workers),
    }
    assert sorted(event["scene"] for event in found if event["event"] == "scene") == list(range(2 * workers))
    assert [event["event"] for event in found].count("frame") == 2 * workers
    assert len(found) == 2 + 4 * workers


def test_what_a_quick_worker_says_waits_for_the_start_of_all():
    found = run("time.sleep(0.5 * number)\n" + WORK)
    assert found[0]["event"] == "start"
    assert found[0]["scenes"] == 4


def test_failed_scenes_are_joined():
    found = run('say("start", scenes=2, frames=2)\nsay("done", scenes=1, failed=[number], seconds=1.0)\nsys.exit(1)')
    assert sorted(found[-1]["failed"]) == [0, 1] and found[-1]["scenes"] == 2
    assert "error" not in [event["event"] for event in found]


def test_a_worker_that_breaks_down_is_an_error_and_the_others_go_on():
    found = run('if number == 1:\n    print("out of memory", file=sys.stderr)\n    sys.exit(9)\n' + WORK)
    assert [event["message"] for event in found if event["event"] == "error"] == ["worker 1: out of memory"]
    assert found[-1]["scenes"] == 2 and found[-1]["failed"] == ["worker 1"]
    assert sorted(event["scene"] for event in found if event["event"] == "scene") == [0, 2]


def test_a_worker_that_dies_without_a_word():
    found = run("import os\nos.kill(os.getpid(), 9)" if sys.platform != "win32" else "sys.exit(9)")
    assert ("was ended by SIGKILL" if sys.platform != "win32" else "ended with code 9") in found[0]["message"]
    assert sorted(found[-1]["failed"]) == ["worker 0", "worker 1"] and found[-1]["scenes"] == 0


def test_refused_input_ends_them_all():
    began = time.monotonic()
    with pytest.raises(local.InputMistake, match=r"^no such model$"):
        run('if number:\n    time.sleep(60)\nprint("truthbake: no such model", file=sys.stderr)\nsys.exit(2)')
    assert time.monotonic() - began < 30
    assert local._running == []


def test_pipes_never_fill_up():
    found = run('print("x" * 3_000_000, file=sys.stderr)\nprint("y" * 3_000_000)\n' + WORK)
    assert found[-1]["scenes"] == 4


def test_closing_the_iterator_stops_the_workers():
    job = local.bake([sys.executable, "-c", HEAD + WORK + "time.sleep(60)"], 2)
    assert next(event for event in job if event["event"] == "scene")
    processes = [process.pid for process in local._running]
    assert len(processes) == 2
    job.close()
    assert local._running == []
    assert not any(is_running(str(process)) for process in processes)


def test_waiting_is_told():
    job = local.bake([sys.executable, "-c", "import time; time.sleep(60)"], 1)
    assert next(job) == {"event": "alive"}
    job.close()


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ('{"event": "frame", "scene": 3}', {"event": "frame", "scene": 3}),
        ('{"event": "frame", "sc', None),
        ('{"scene": 3}', None),
        ("Fra:1 Mem:3M", None),
        ("", None),
    ],
)
def test_events_among_chatter(line, event):
    assert local.event_of(line) == event


def test_the_command_is_this_python_or_the_blender_asked_for():
    assert local.truthbake_command("/opt/blender") == ["/opt/blender", "-b", "-P", str(local.RUN_ADDON), "--"]
    assert local.truthbake_command()[-1].endswith(("run_addon.py", "--"))
    assert local.RUN_ADDON.is_file()
