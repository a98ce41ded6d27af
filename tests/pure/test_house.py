"""The rules of the house, read from the source: who imports whom, and where Blender may be named."""

import ast
import subprocess
import sys
import tomllib
from fnmatch import fnmatch

from tests.house import ROOT

# Room -> the rooms that it may import (besides itself and the top-level modules below).
ROOMS = {
    "presets": set(),
    "dataset": set(),
    "farm": set(),
    "scene": set(),
    "render": {"scene", "dataset"},
    "operators": {"presets", "scene", "render", "dataset", "farm"},
    "panels": {"presets"},
    "translations": set(),
}
# Small top-level modules that every room may import.
SHARED = {"compat", "data_path", "processes", "scratch", "version"}
DOORS = {("render", "dataset"): {"dataset.records", "dataset.distortion"}}  # of these rooms only these modules

# Modules that load without Blender, together with all that they import.
PURE = [
    "data_path.py",
    "processes.py",
    "scratch.py",
    "version.py",
    "dataset/*",
    "farm/*",
    "scene/__init__.py",
    "scene/plan/*",
    "scene/assets/__init__.py",
    "scene/assets/body.py",
    "scene/assets/checks.py",
    "scene/assets/formats.py",
    "scene/assets/implicit.py",
    "scene/assets/keypoints.py",
    "scene/assets/layouts.py",
    "scene/assets/numbering.py",
    "scene/assets/parts.py",
    "scene/assets/pictures.py",
    "scene/assets/shape.py",
    "scene/assets/solids.py",
    "scene/assets/splits.py",
    "scene/assets/symmetries.py",
    "scene/assets/texture_sets.py",
    "render/__init__.py",
    "render/annotate.py",
    "render/backdrop.py",
    "render/decode.py",
    "render/flow.py",
    "render/sequence.py",
    "render/sensor/*",
    "render/silhouette.py",
]
# Pure in themselves; their package registers Blender classes when it is imported.
PURE_INSIDE = [
    "presets/distributions.py",
    "presets/errors.py",
    "presets/numbers.py",
    "presets/text.py",
    "translations/catalogue.py",
]

BLENDER = {
    "bpy",
    "bmesh",
    "mathutils",
    "addon_utils",
    "bpy_extras",
    "gpu",
    "gpu_extras",
    "blf",
    "aud",
    "idprop",
    "imbuf",
}
LIBRARIES = {"numpy", "yaml", "OpenEXR", "PIL", "pycocotools", "plyfile", "tqdm"}
OPTIONAL = {"farm": {"ray"}, "scene": {"cascadio"}}  # installed by those who use them; imported inside functions
VERSION_READER = "compat.py"
LONGEST = 450


def sources() -> list[str]:
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    found += [ROOT / "__init__.py", *(ROOT / f"{name}.py" for name in SHARED)]
    return sorted(path.relative_to(ROOT).as_posix() for path in found if path.exists())


def is_pure(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in [*PURE, *PURE_INSIDE])


def module_file(parts: list[str]) -> str | None:
    """The file of a module given by its path from the root, or None if it is no module but a name inside one."""
    for candidate in ("/".join(parts) + ".py", "/".join([*parts, "__init__.py"])):
        if (ROOT / candidate).is_file():
            return candidate
    return None


def imports(name: str, top_level_only: bool = False) -> tuple[set[str], set[str], list[str]]:
    """The imports of a file: files of the house, top names of other packages, and absolute imports of the house."""
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    nodes = list(module_level(tree)) if top_level_only else list(ast.walk(tree))
    here = name.split("/")[:-1]
    house, others, absolute = set(), set(), []
    for node in nodes:
        if isinstance(node, ast.Import):
            others |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            others.add(node.module.split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            assert node.level - 1 <= len(here), f"{name}:{node.lineno} leaves the house"
            base = here[: len(here) - (node.level - 1)] + (node.module.split(".") if node.module else [])
            for alias in node.names:
                target = module_file([*base, alias.name]) or module_file(base)
                assert target, f"{name}:{node.lineno} imports {'.'.join([*base, alias.name])}, which does not exist"
                house.add(target)
    absolute = sorted(others & {*ROOMS, *SHARED, "truthbake", "tests", "tools", "run_addon"})
    return house, others - set(absolute), absolute


def module_level(node: ast.AST):
    """Every statement that runs when the module is imported: not the bodies of functions, nor type checking."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from module_level(child)


def room_of(name: str) -> str:
    """The room that holds a file, or the name of a top-level module."""
    return name.split("/")[0].removesuffix(".py")


def test_only_relative_imports_inside():
    assert {name: found for name in sources() if (found := imports(name)[2])} == {}


def test_imports_go_one_way():
    wrong = []
    for source in sources():
        room = room_of(source)
        for target in imports(source)[0] if room != "__init__" else ():
            other = room_of(target)
            if other not in ROOMS.get(room, set()) | SHARED | {room}:
                wrong.append(f"{source}: {room} must not import {target}")
            module = target.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            if module not in DOORS.get((room, other), {module}):
                wrong.append(f"{source}: of {other} it may import only {sorted(DOORS[room, other])}, not {module}")
    assert wrong == []


def test_only_declared_libraries():
    known = LIBRARIES | BLENDER | set(sys.stdlib_module_names)
    unknown = {name: imports(name)[1] - known - OPTIONAL.get(room_of(name), set()) for name in sources()}
    assert {name: found for name, found in unknown.items() if found} == {}


def test_pure_modules_know_no_blender():
    wrong = []
    for source in filter(is_pure, sources()):
        wrong += [f"{source} imports {name}" for name in imports(source)[1] & BLENDER]
        loaded = imports(source, top_level_only=True)[0]
        wrong += [f"{source} is pure but imports {target}" for target in loaded if not is_pure(target)]
    assert wrong == []


def test_pure_modules_load_without_blender():
    pure = [name for name in sources() if any(fnmatch(name, pattern) for pattern in PURE)]
    names = [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in pure]
    script = (
        "import importlib, sys, types\n"
        f"sys.modules.update(dict.fromkeys({sorted(BLENDER)!r}))\n"
        f"stub = types.ModuleType('truthbake'); stub.__path__ = [{str(ROOT)!r}]; sys.modules['truthbake'] = stub\n"
        f"for name in {names!r}: importlib.import_module('truthbake.' + name)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_version_is_read_in_one_place():
    readers = set()
    for source in sources():
        nodes = ast.walk(ast.parse((ROOT / source).read_text(encoding="utf-8")))
        if any(isinstance(node, ast.Attribute) and ast.unparse(node).endswith("app.version") for node in nodes):
            readers.add(source)
    assert readers <= {VERSION_READER}, f"ask {VERSION_READER} instead"


def test_files_are_short():
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_tables_name_what_exists():
    names = sources()
    for pattern in [*PURE, *PURE_INSIDE]:
        room = pattern.split("/")[0]
        empty = not any(name.startswith(f"{room}/") for name in names)
        assert empty or any(fnmatch(name, pattern) for name in names), f"{pattern} matches no file"


def test_root_registers_the_rooms_in_order():
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    values = [node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "_ROOMS"]
    assert [ast.literal_eval(value) for value in values] == [("presets", "operators", "panels", "translations")]
    assert imports("__init__.py", top_level_only=True)[1] == set()


def test_manifest_follows_blenders_rules():
    manifest = tomllib.loads((ROOT / "blender_manifest.toml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert manifest["version"] == project["version"]
    assert "wheels" not in manifest, "tools/build_extension.py adds them; a checkout has none"
    for text in [manifest["tagline"], *manifest["permissions"].values()]:
        assert len(text) <= 64 and not text.endswith(".")
    assert f"## [{manifest['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
