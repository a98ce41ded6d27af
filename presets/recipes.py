"""Recipes by name and from files, and the one effective recipe that a command line asks for."""

import contextlib
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import bpy

from . import assigning, fields, library, portable, sweeps, text, tree, values
from .errors import RecipeError
from .library import Entry, builtin, user, user_folder

__all__ = ["Entry", "builtin", "compose", "dump", "find", "load", "save", "sweep", "user", "user_folder"]


def find(name_or_path: str) -> Path:
    """The file of a recipe: a name that `library` knows, or any YAML file. Raises RecipeError."""
    wanted = os.fspath(name_or_path)
    if not library.is_text(wanted):
        raise RecipeError(f"{wanted!a}: the file's name is not UTF-8 text; rename it")
    path = Path(wanted).expanduser()
    is_path = path.suffix.lower() in library.SUFFIXES or Path(wanted).name != wanted
    if not is_path:
        known = library.by_name()
        if wanted in known:
            return known[wanted].path
        if not os.path.isfile(path):
            names = sorted(known)
            hint = values.suggest(wanted, names) or f"; known are {', '.join(names)} and any YAML file by its path"
            raise RecipeError(f"{wanted or 'recipe'}: no such recipe{hint}")
    if not os.path.isfile(path):
        raise RecipeError(f"{wanted}: no such file")
    return path


def load(path: str | os.PathLike) -> tuple[dict[str, Any], dict[str, str]]:
    """Read a recipe file: what it says, in normal form, and where it says it ({"lights.count": "recipe.yaml:12"}).

    Paths in the file are relative to its folder and come back absolute. Raises RecipeError with every problem found.
    """
    raw, swept, positions, folder = _read(Path(path))
    if swept is not None:
        sweeps.read(swept, positions, folder)
    return tree.validate(raw, positions, folder), positions


def sweep(recipes: Iterable[str]) -> list[sweeps.Variant]:
    """The variants of the last of some recipes that has a sweep; none where none has. Raises RecipeError."""
    variants: list[sweeps.Variant] = []
    for name in recipes:
        _, swept, positions, folder = _read(find(name))
        if swept is not None:
            variants = sweeps.read(swept, positions, folder)
    return variants


def _read(path: Path) -> tuple[Any, Any, dict[str, str], str]:
    """What a file holds, not validated yet: the recipe, its sweep or None, the lines of all keys, and its folder."""
    label = _label(path)
    try:
        with path.open("rb") as file:
            content = file.read(text.MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError(f"{label}: cannot be read: {error.strerror}") from error
    if len(content) > text.MAX_BYTES:
        raise RecipeError(f"{label}: too large for a recipe")
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RecipeError(f"{label}:{line}: not UTF-8 text") from error
    raw, positions = text.parse(decoded, label)
    if raw is not None and not isinstance(raw, dict):  # no keys, no lines
        try:
            tree.validate(raw)
        except RecipeError as error:
            raise RecipeError(f"{label}: {error}") from error
    return *sweeps.split(raw), positions, os.path.dirname(os.path.realpath(path))


def compose(
    recipes: Iterable[str],
    assignments: Iterable[str] = (),
    overrides: dict[str, Any] | None = None,
    base: dict[str, Any] | None = None,
    variant: sweeps.Variant | None = None,
) -> dict[str, Any]:
    """The whole effective recipe: the base, then each recipe, then each KEY=VALUE, then a partial recipe.

    The base is a whole recipe; the defaults where there is none. A variant of a sweep comes right after the recipes.
    Recipes are names or files. Relative paths in a recipe start in its folder, all others in the current one.
    Raises RecipeError.
    """
    whole = base or tree.defaults()
    positions: dict[str, str] = {}
    for name in recipes:
        layer, where = load(find(name))
        whole = tree.merge(whole, layer)
        positions.update(where)
    if variant is not None:
        whole = variant.apply(whole)
        positions.update(variant.layer.positions)
    for assignment in assignments:
        whole, where = _assigned(assignment, whole)
        positions.update(where)
    if overrides:
        whole = tree.merge(whole, tree.validate(overrides, folder=os.getcwd()))
    tree.check(whole, positions)
    return whole


def dump(recipe: dict[str, Any], description: str = "") -> str:
    """A recipe as YAML; reading it back gives the same recipe exactly."""
    return text.dump(recipe, description)


def save(
    settings: bpy.types.PropertyGroup,
    path: str | os.PathLike,
    description: str = "",
    kept: Collection[tuple[str, str]] = portable.OWN,
    source: str | os.PathLike = "",
) -> dict[str, Any]:
    """Write the settings (`scene.truthbake`) as a recipe file, whole or not at all; returns what it says.

    kept: what of the user's own goes into the file. Paths below the file's folder are written relative to it. A sweep
    that stands in the file stays; a new file takes over that of `source`, the recipe that the settings came from.
    Raises RecipeError.
    """
    recipe = tree.validate(tree.to_dict(settings), folder=os.getcwd())
    tree.check(recipe)
    path = Path(path)
    said = portable.without_own(recipe, kept)
    content = portable.relative(said, os.path.abspath(path.parent))
    swept = _read(path)[1] if os.path.isfile(path) else _sweep_for(path, Path(source)) if source else None
    _write(path, dump(content | ({sweeps.KEY: swept} if swept is not None else {}), description))
    return said


def duplicate(source: str | os.PathLike, folder: str | os.PathLike) -> Path:
    """Copy a recipe file into another folder, where it says the same; returns the copy. Raises RecipeError.

    A file that names others by relative paths is written anew, with absolute ones: its comments stay behind.
    """
    source = Path(source)
    target = Path(folder) / library.file_name(source.stem)
    if os.path.exists(target):
        raise RecipeError(f"{target}: exists already; rename or remove one of the two")
    compose([str(source.absolute())])  # with all that only a whole recipe can show
    raw, swept, positions, beside = _read(source)
    here, there = (tree.validate(raw, positions, start) for start in (beside, os.path.abspath(target.parent)))
    _sweep_for(target, source)
    if here == there:
        try:
            _write(target, source.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise RecipeError(f"{_label(source)}: cannot be read: {error.strerror}") from error
    else:
        _write(target, dump(here | ({sweeps.KEY: swept} if swept is not None else {}), library.description(source)))
    return target


def _sweep_for(path: Path, source: Path) -> Any:
    """The sweep of one file as it can stand in another; None where it has none or is gone. RecipeError."""
    try:
        _, swept, positions, beside = _read(source)
    except RecipeError:
        return None
    elsewhere = os.path.abspath(path.parent)
    if swept is not None and sweeps.read(swept, positions, beside) != sweeps.read(swept, positions, elsewhere):
        raise RecipeError(f"{_label(source)}: its sweep names files by relative paths; make them absolute to copy it")
    return swept


def _write(path: Path, content: str) -> None:
    """The whole file or nothing of it. RecipeError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(content, encoding="utf-8", newline="\n")
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise RecipeError(f"{path}: cannot be written: {error.strerror}") from error


def _assigned(assignment: str, recipe: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The recipe after one KEY=VALUE, and where to say that it came from."""
    label = f"--set {values.show(assignment)}"
    key, equals, given = assignment.partition("=")
    key = key.strip()
    keys = key.split(".")
    if not equals or not key:
        raise RecipeError(f"{label}: write KEY=VALUE, as in lights.count=2")
    field = fields.recipe()
    for part in keys:
        field = field.child(part.partition("[")[0]) if field else None
    quoted = given.strip()[:1] in ("'", '"')
    if field and field.kind in ("text", "file", "folder") and not quoted:
        parsed: Any = given.strip()  # taken as it stands: dates, numbers and colons need no quotes here
    else:
        try:
            parsed = text.value(given)
        except RecipeError as error:
            raise RecipeError(f"{label}: {error}") from error
    positions = {keys[0]: label, key: label}
    if "[" in key:
        normal = assigning.checked(key, parsed, positions, os.getcwd())
        return assigning.assign(recipe, key, normal, positions), positions
    layer: Any = parsed
    for part in reversed(keys):
        layer = {part: layer}
    return tree.merge(recipe, tree.validate(layer, positions, os.getcwd())), positions


def _label(path: Path) -> str:
    """A file in a message: short when it lies below the current folder or is one of ours."""
    full = Path(os.path.realpath(path))
    if full.parent == library.BUILTIN:
        return path.name
    return str(full.relative_to(Path.cwd())) if full.is_relative_to(Path.cwd()) else str(path)
