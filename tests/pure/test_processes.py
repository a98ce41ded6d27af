"""Whether a process is at work, and how one ended."""

import os
import subprocess
import sys

import pytest

from truthbake import processes


def test_running_and_gone():
    assert processes.is_running(str(os.getpid()))
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    assert not processes.is_running(str(done.pid))
    for text in ("", "x", "-1", "9" * 30):
        assert not processes.is_running(text)


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="only Linux tells")
def test_one_that_nobody_has_asked_for_is_gone_too():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert not processes.is_running(str(ended.pid))
    ended.wait()


def test_endings():
    assert processes.ending(-9) == processes.ending(137) == "was ended by SIGKILL"
    assert processes.ending(3) == "ended with code 3" and processes.ending(-999) == "ended with code -999"
