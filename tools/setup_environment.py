"""Make the virtual environment that the Makefile uses: the bpy module, the pinned libraries, the development tools.

    python3.11 tools/setup_environment.py [--bpy 4.5] FOLDER

Only the standard library is needed. Versions come from pyproject.toml and tools/wheels.txt.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NUMPY = "numpy>=1.26,<2"  # what the bpy wheels of Python 3.11 are built for
# Shared libraries that the bpy module loads even without a window, as Debian and Ubuntu name their packages.
SYSTEM = ["libx11-6", "libxi6", "libxfixes3", "libxrender1", "libxxf86vm1", "libxkbcommon0", "libsm6", "libice6"]
SYSTEM += ["libgl1", "libegl1", "libgomp1"]


def requirements(bpy: str) -> list[str]:
    """pip's arguments that name every package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tools = project["dependency-groups"]["dev"]
    libraries = [name for name in project["project"]["dependencies"] if not name.startswith("numpy")]
    return [f"bpy~={bpy}.0", NUMPY, *libraries, *tools, "--constraint", str(ROOT / "tools" / "wheels.txt")]


def make_environment(folder: Path) -> Path:
    """A virtual environment with pip; returns its Python."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (
        not python.exists()
        or subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode
    ):
        print(f"creating {folder}", flush=True)
        try:
            venv.create(folder, with_pip=True, clear=True)
        except subprocess.CalledProcessError:
            raise SystemExit("this Python cannot make environments; on Debian: apt-get install python3-venv") from None
    return python


def check_blender(python: Path) -> None:
    """Start the bpy module once; fetch the system libraries that it misses where that is possible."""
    problem = blender_problem(python)
    if problem and "shared object" in problem and sys.platform == "linux":
        command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *SYSTEM]
        if shutil.which("apt-get") and os.geteuid() == 0:
            print(f"the bpy module misses a system library ({problem}): installing", *SYSTEM, flush=True)
            subprocess.run(["apt-get", "update", "-q"], check=False, stdout=subprocess.DEVNULL)
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
            problem = blender_problem(python)
        else:
            problem += f"\ninstall the system libraries first, on Debian or Ubuntu: sudo {' '.join(command)}"
    if problem:
        raise SystemExit(f"the bpy module does not start: {problem}")


def blender_problem(python: Path) -> str:
    """What `import bpy` complains about; empty if it works."""
    done = subprocess.run([python, "-c", "import bpy"], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["it crashes"])[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bpy", default="4.5", choices=["4.2", "4.5", "5.0"], help="Blender series of the module")
    options = parser.parse_args()
    if sys.version_info[:2] != (3, 11):
        raise SystemExit("the bpy module of this series needs Python 3.11: make PYTHON=/path/to/python3.11")
    python = make_environment(options.folder)
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    print(f"installing bpy {options.bpy} and the libraries (about 350 MB the first time)", flush=True)
    done = subprocess.run([*pip, *requirements(options.bpy)], check=False)
    if done.returncode == 0:
        check_blender(python)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
