"""Which files are models, in which unit they are, and which other files belong to them. No bpy here."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from urllib.parse import unquote

SUFFIXES = (".ply", ".obj", ".stl", ".gltf", ".glb", ".fbx", ".usd", ".usda", ".usdc", ".usdz", ".dae")
SUFFIXES += (".step", ".stp", ".iges", ".igs")
READABLE = "PLY, OBJ, STL, glTF/GLB, FBX, USD, DAE, STEP, IGES"
SELF_DESCRIBING = frozenset(SUFFIXES) - {".ply", ".obj", ".stl"}  # these formats carry their own unit
BOP_INFO = "models_info.json"
METRES = {"M": 1.0, "CM": 0.01, "MM": 0.001, "INCH": 0.0254, "BOP": 0.001}
UNITS = ("AUTO", *METRES)


class AssetError(ValueError):
    """A model cannot be used; the message is one line that names the file and says what to do."""


def natural_key(text: str) -> list[tuple[int, int, str]]:
    """Sort key that puts part2 before part10."""
    pieces = re.split(r"(\d+)", text.lower())
    return [(0, int(piece), piece) if piece.isdigit() else (1, 0, piece) for piece in pieces]


def _sort_key(relative: Path) -> list[list[tuple[int, int, str]]]:
    return [natural_key(part) for part in relative.parts]


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() in SUFFIXES:
        return
    kind = f"{path.suffix} files are" if path.suffix else "a file without suffix is"
    raise AssetError(f"{path}: {kind} not readable; convert it to one of {READABLE}")


def discover(path: Path | str) -> list[Path]:
    """The model files that `path` stands for, in natural order.

    A file stands for itself, a folder for every readable file below it. Hidden folders are left out, and in a BOP
    models folder (one with a models_info.json) only `obj_*.ply` count. AssetError where there is nothing to read.
    """
    path = Path(path).expanduser()
    if os.path.isfile(path):
        _check_suffix(path)
        return [path]
    if not os.path.isdir(path):
        raise AssetError(f"{path}: there is no such file or folder; check the path")
    found: list[Path] = []
    seen: set[str] = set()
    for folder, folders, files in os.walk(path, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:  # a link that leads back up
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        for name in files:
            file = Path(folder, name)
            if name.startswith(".") or file.suffix.lower() not in SUFFIXES:
                continue
            if BOP_INFO in files and not (name.startswith("obj_") and file.suffix.lower() == ".ply"):
                continue
            found.append(file)
    if not found:
        raise AssetError(f"{path}: no model in this folder; readable are {READABLE}")
    return sorted(found, key=lambda file: _sort_key(file.relative_to(path)))


def check_name(path: Path) -> None:
    """AssetError for a name in another encoding than UTF-8: neither Blender nor a label can hold it."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode(errors="replace")
        raise AssetError(f"{shown}: the file's name is not UTF-8 text; rename it") from None


def carries_unit(path: Path) -> bool:
    """True for formats whose files say their own unit; Blender's importer turns those into metres by itself."""
    return path.suffix.lower() in SELF_DESCRIBING


def unit_scale(path: Path, unit: str = "AUTO") -> float:
    """Metres per file unit.

    AUTO: glTF, FBX and USD carry their unit, so the factor is 1; PLY, OBJ and STL are millimetres beside a BOP
    models_info.json, else metres. A named unit always wins: what the file (after its own unit, if it has one) calls
    1 is that unit.
    """
    unit = (unit or "AUTO").upper()
    if unit not in UNITS:
        raise AssetError(f"{path}: unknown unit {unit.lower()}; use one of {', '.join(UNITS).lower()}")
    if unit != "AUTO":
        return METRES[unit]
    if not carries_unit(path) and os.path.isfile(path.parent / BOP_INFO):
        return METRES["BOP"]
    return 1.0


# What the command line is advised to do about a size; a window has a field for it.
MILLIMETRES, TRUE_UNIT = "say --unit mm", "say --unit with its true unit"


def size_warning(path: Path, unit: str, diameter: float) -> str | None:
    """A hint when the size in metres makes a wrong unit likely, else None."""
    if 0.001 <= diameter <= 10.0:
        return None
    used = "metres" if (unit or "AUTO").upper() == "AUTO" else unit.lower()
    across = f"{diameter:.3g} m" if diameter > 10.0 else f"{diameter * 1000:.3g} mm"
    advice = MILLIMETRES if diameter > 10.0 else TRUE_UNIT
    return f"{path.name} is {across} across if its unit is {used}; {advice}"


def bop_id(path: Path) -> int | None:
    """The object id of a BOP file name: obj_000005.ply is 5; None for other names."""
    match = re.fullmatch(r"obj_(\d+)\.ply", path.name, re.IGNORECASE)
    return int(match.group(1)) if match and int(match.group(1)) > 0 else None


def ply_texture(path: Path) -> Path | None:
    """The picture that a PLY header names in `comment TextureFile`, as YCB-V does, or None."""
    with path.open("rb") as file:
        for _ in range(200):
            line = file.readline(1000)
            if not line or line.strip() == b"end_header":
                return None
            match = re.match(rb"comment\s+TextureFile\s+(.+)", line.strip(), re.IGNORECASE)
            if match:
                return path.parent / match.group(1).decode("utf-8", "replace").strip()
    return None


def _mtl_pictures(path: Path) -> list[Path]:
    """Pictures that an MTL file names; options such as `-bm 0.2` come before the name."""
    pictures = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split(None, 1)
        if len(words) == 2 and words[0].lower().startswith(("map_", "bump", "norm", "disp", "refl")):
            name = words[1].strip()
            candidates = [name, name.split()[-1]]
            pictures += [path.parent / candidate.replace("\\", "/") for candidate in candidates]
    return pictures


def _gltf_uris(path: Path) -> list[Path]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        entries = [*data.get("buffers", []), *data.get("images", [])]
        uris = [entry["uri"] for entry in entries if "uri" in entry]
    except (ValueError, TypeError, AttributeError):
        return []  # the importer will say what is wrong with it
    return [path.parent / unquote(uri) for uri in uris if not uri.startswith("data:")]


def scanned_texture(mesh: Path) -> Path | None:
    """The picture of a Google Scanned Object, which lies in another folder than its material file says, or None."""
    folder = mesh.parent.parent / "materials" / "textures"
    if mesh.parent.name != "meshes" or not folder.is_dir():
        return None
    pictures = sorted(file for file in folder.iterdir() if file.suffix.lower() in (".png", ".jpg", ".jpeg"))
    named = [file for file in pictures if file.stem == "texture"]
    return (named or pictures or [None])[0]


def side_files(path: Path) -> list[Path]:
    """Existing files that belong to a model: material libraries, pictures, buffers. For FBX and USD: unknown, empty."""
    suffix = path.suffix.lower()
    found: list[Path] = []
    if suffix == ".ply":
        texture = ply_texture(path)
        found = [texture] if texture else []
    elif suffix == ".obj":
        for library in obj_libraries(path):
            found += [library, *(_mtl_pictures(library) if library.is_file() else [])]
        found += [texture] if (texture := scanned_texture(path)) else []
    elif suffix == ".gltf":
        found = _gltf_uris(path)
    return sorted({file for file in found if file.is_file()})


def obj_libraries(path: Path) -> list[Path]:
    """The material libraries an OBJ file names, whether they exist or not."""
    libraries = []
    with path.open("rb") as file:
        for line in file:
            if line.startswith(b"mtllib"):
                libraries.append(path.parent / line[6:].decode("utf-8", "replace").strip())
    return libraries
