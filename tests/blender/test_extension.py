"""The zip as a user gets it: built, validated, installed and run by the bpy module alone, with its own wheels."""

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house import ROOT, load_file
from tests.zipped import build_zip

INSTALL = """
import json, sys
import bpy
bpy.ops.extensions.package_install_files(filepath=sys.argv[1], repo="user_default", enable_on_install=True)
import OpenEXR, PIL.Image, numpy, plyfile, pycocotools.mask, yaml
files = {m.__name__: m.__file__ for m in (OpenEXR, PIL, plyfile, pycocotools, yaml)}
pixels = numpy.asfortranarray(numpy.eye(4, dtype=numpy.uint8))
print("RESULT", json.dumps({
    "enabled": [name for name in bpy.context.preferences.addons.keys() if name.startswith("bl_ext.")],
    "registered": hasattr(bpy.types.Scene, "truthbake"),
    "files": files,
    "area": int(pycocotools.mask.area(pycocotools.mask.encode(pixels))),
}), flush=True)
import os; os._exit(0)
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    return build_zip(tmp_path_factory.mktemp("extension"))


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Run Python with bpy and numpy only: what is missing must come out of the zip. Own, empty user folder."""
    libraries, user = tmp_path_factory.mktemp("libraries"), tmp_path_factory.mktemp("user")
    for name in ("bpy", "numpy"):
        source = Path(importlib.util.find_spec(name).submodule_search_locations[0])
        (libraries / name).symlink_to(source)
        for extra in source.parent.glob(f"{name}.libs"):
            (libraries / extra.name).symlink_to(extra)
    environment = {**os.environ, "PYTHONPATH": str(libraries), "BLENDER_USER_RESOURCES": str(user)}

    def run(*arguments):
        command = [sys.executable, "-S", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=user, check=False)

    run.user = user
    return run


@pytest.fixture(scope="module")
def installed(archive, bare) -> dict:
    script = bare.user / "install.py"
    script.write_text(INSTALL, encoding="utf-8")
    done = bare(script, archive)
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(lines[0].removeprefix("RESULT "))


def test_checkout_manifest_validates():
    builder = load_file(ROOT / "tools" / "build_extension.py", "truthbake_build_extension")
    done = subprocess.run([*builder.blender_cli(), "validate", str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_zip_holds_the_extension_and_nothing_else(archive):
    names = zipfile.ZipFile(archive).namelist()
    assert {"__init__.py", "blender_manifest.toml", "run_addon.py", "LICENSE"} <= set(names)
    tops = {name.split("/")[0] for name in names}
    assert not tops & {"tests", "docs", "tools", ".ci", ".git", "Makefile", "pyproject.toml", "build", "dist"}
    assert not [name for name in names if "__pycache__" in name or name.startswith(".")]


def test_zip_has_wheels_for_every_python(archive):
    wheels = [name for name in zipfile.ZipFile(archive).namelist() if name.endswith(".whl")]
    for python in ("cp311", "cp313", "cp314"):
        for library in ("openexr", "pillow", "pyyaml"):
            assert [w for w in wheels if Path(w).name.lower().startswith(library) and python in w], (library, python)
    assert not [w for w in wheels if "numpy" in w and "cp314" not in w], "Blender brings its own numpy"


def test_zip_installs_and_registers(installed):
    assert installed["enabled"] == ["bl_ext.user_default.truthbake"]
    assert installed["registered"]


def test_libraries_come_from_the_wheels(installed, bare):
    assert all(str(bare.user) in path for path in installed["files"].values()), installed["files"]
    assert installed["area"] == 4


def test_installed_copy_runs_headless(installed, bare):
    runner = bare.user / "extensions" / "user_default" / "truthbake" / "run_addon.py"
    done = bare(runner, "recipes", "list")
    assert done.returncode == 0, done.stderr
    assert "quickstart" in done.stdout and "bop_room" in done.stdout
    assert "Traceback" not in done.stderr
