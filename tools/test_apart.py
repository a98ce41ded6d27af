"""The tests in Blender, each file in a process of its own: one Blender's leftovers disturb no other file's tests.

    python tools/test_apart.py [pytest's options]

A file whose Blender dies of a signal is told and run once more: bpy crashes now and then in long runs for reasons of
its own. A test that fails is never run again.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTHING_COLLECTED = 5


def run(file: Path, options: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", str(file.relative_to(ROOT)), *options]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main() -> int:
    options = sys.argv[1:]
    failed, crashed = [], []
    for file in sorted((ROOT / "tests" / "blender").glob("test_*.py")):
        print(f"== {file.name}", flush=True)
        code = run(file, options)
        if code < 0:
            crashed.append(file.name)
            print(f"{file.name}: Blender died of signal {-code}; once more", flush=True)
            code = run(file, options)
        if code not in (0, NOTHING_COLLECTED):
            failed.append(file.name)
    for name in crashed:
        print(f"crashed once: {name}")
    for name in failed:
        print(f"FAILED: {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
