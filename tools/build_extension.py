"""Build the installable zips: one per platform, with the libraries of tools/wheels.txt inside for every Blender Python.

    python tools/build_extension.py [--platform linux-x64|windows-x64|macos-arm64|macos-x64|all] [--output dist]

Stages the files that git knows in build/stage, writes a manifest with `platforms` and `wheels`, and lets Blender's own
command line build, split and validate. It needs pip, git and the bpy module (or BLENDER=/path/to/blender).
"""

import argparse
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "tools" / "wheels.txt"
WHEELS = ROOT / "build" / "wheels"
STAGE = ROOT / "build" / "stage"

ROOMS = ["presets", "operators", "panels", "scene", "render", "dataset", "farm", "translations", "assets"]
PYTHONS = ("3.11", "3.13", "3.14")  # Blender 4.2 to 5.0; 5.1 and later; Linux distributions' own builds
SYSTEMS = {"linux": "linux", "windows": "win32", "macos": "darwin"}  # Blender's name -> sys.platform

# Blender's platform names and the wheel tags that run on the oldest system each Blender supports.
TAGS = {
    "linux-x64": ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"],
    "windows-x64": ["win_amd64"],
    "macos-arm64": ["macosx_11_0_arm64", "macosx_11_0_universal2", "macosx_10_13_universal2", "macosx_10_9_universal2"],
    "macos-x64": [
        "macosx_10_15_x86_64",
        "macosx_10_13_x86_64",
        "macosx_10_10_x86_64",
        "macosx_10_9_x86_64",
        "macosx_10_13_universal2",
        "macosx_10_9_universal2",
    ],
}


def this_platform() -> str:
    """Blender's name of the platform that this runs on; Linux where there is none."""
    system = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}.get(platform.system(), "linux")
    machine = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x64"
    name = f"{system}-{machine}"
    return name if name in TAGS else "linux-x64"


def pins(target: str, python: str) -> list[str]:
    """The lines of tools/wheels.txt that hold for one platform and Python, without their markers.

    pip would judge the markers by the Python that runs it.
    """
    wanted = {"python_version": python, "sys_platform": SYSTEMS[target.partition("-")[0]]}
    lines = (line.partition("#")[0].strip() for line in PINS.read_text(encoding="utf-8").splitlines())
    requirements = [Requirement(line) for line in lines if line]
    return [f"{r.name}{r.specifier}" for r in requirements if r.marker is None or r.marker.evaluate(wanted)]


def download(target: str, python: str) -> list[Path]:
    """The pinned wheels of one platform and Python, fetched once. Raises CalledProcessError if one does not exist."""
    folder = WHEELS / f"{target}-{python}"
    stamp = folder / ".complete"
    wanted = pins(target, python)
    key = " ".join(wanted + TAGS[target])
    if not stamp.exists() or stamp.read_text() != key:
        shutil.rmtree(folder, ignore_errors=True)
        abi = "cp" + python.replace(".", "")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary=:all:", "--implementation", "cp", "--python-version", python]
        command += [f"--abi={name}" for name in (abi, "abi3", "none")]
        command += [f"--platform={tag}" for tag in TAGS[target]]
        subprocess.run([*command, "--dest", str(folder), *wanted], check=True)
        stamp.write_text(key)
    return sorted(folder.glob("*.whl"))


def stage(platforms: list[str], folder: Path) -> None:
    """Fill `folder` with a clean copy of the tracked files, the wheels, and a manifest that lists them."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in tracked_files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    wheels = {path.name: path for target in platforms for python in PYTHONS for path in download(target, python)}
    (folder / "wheels").mkdir()
    for name, path in wheels.items():
        shutil.copy2(path, folder / "wheels" / name)
    manifest = folder / "blender_manifest.toml"
    manifest.write_text(
        manifest_with(manifest.read_text(encoding="utf-8"), platforms, sorted(wheels)), encoding="utf-8"
    )


def tracked_files() -> list[str]:
    """Files of the extension, relative to the root: what git tracks, and what is new inside the rooms.

    Without git, all that does not look like output.
    """
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        files = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
        skip = {"build", "dist", "demo", "bench"}
        return [str(f) for f in files if f.parts[0] not in skip and not any(part.startswith(".") for part in f.parts)]

    def listing(*flags):
        command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z", *flags]
        return [n for n in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0") if n]

    new = listing("--others", "--exclude-standard", "--", *ROOMS)
    if new:
        print(f"in the zip, but not in git yet: {', '.join(new)}", file=sys.stderr)
    return [name for name in [*listing(), *new] if (ROOT / name).is_file()]


def manifest_with(text: str, platforms: list[str], wheels: list[str]) -> str:
    """The manifest text with `platforms` and `wheels` put before its first table."""
    lines = ["platforms = [" + ", ".join(f'"{name}"' for name in platforms) + "]", "wheels = ["]
    lines += [f'  "./wheels/{name}",' for name in wheels] + ["]", "", ""]
    head, table, tail = text.partition("[permissions]")
    result = head + "\n".join(lines) + table + tail
    tomllib.loads(result)
    return result


def blender_cli() -> list[str]:
    """The command that runs Blender's extension tool: BLENDER if set, else the script inside the bpy module."""
    if blender := os.environ.get("BLENDER"):
        return [blender, "--command", "extension"]
    spec = importlib.util.find_spec("bpy")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for script in Path(folder).glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py"):
            return [sys.executable, str(script)]
    raise SystemExit("Blender's extension tool is missing: install the bpy module or set BLENDER")


def build(platforms: list[str], output: Path, folder: Path = STAGE) -> list[Path]:
    """Build, validate and return one zip per platform, staged in `folder`."""
    stage(platforms, folder)
    output.mkdir(parents=True, exist_ok=True)
    manifest = tomllib.loads((folder / "blender_manifest.toml").read_text(encoding="utf-8"))
    prefix = f"{manifest['id']}-{manifest['version']}"
    for old in output.glob(f"{manifest['id']}-*.zip"):
        old.unlink()
    cli = blender_cli()
    command = [*cli, "build", "--split-platforms", "--source-dir", str(folder), "--output-dir", str(output)]
    subprocess.run(command, check=True)
    zips = [output / f"{prefix}-{name.replace('-', '_')}.zip" for name in platforms]
    for path in zips:
        subprocess.run([*cli, "validate", str(path)], check=True)
        print(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}  {path.stat().st_size / 1e6:.1f} MB")
    return zips


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--platform", action="append", choices=[*TAGS, "all"], help="default: this machine's")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder for the zips (default: dist)")
    options = parser.parse_args()
    wanted = options.platform or [this_platform()]
    build(list(TAGS) if "all" in wanted else wanted, options.output.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
