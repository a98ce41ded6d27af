"""The folders in which recipes lie: the user's own, those of a team, and the one that Truthbake brings.

A name that stands in several of them means the first: the user's, then the team libraries in the order of the
preferences, then the built-in recipe. The others are reached by the path of their file.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

import bpy
from bpy.app.translations import pgettext_iface, pgettext_rpt

from .errors import RecipeError
from .preferences import preferences

BUILTIN = Path(__file__).resolve().parent / "truthbake"
# The built-in recipe that the menu has first, and what is written in capitals there.
FIRST, ACRONYMS = "quickstart", {"BOP", "DOPE"}
SUFFIXES = (".yaml", ".yml")

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
# Names that some systems keep for devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST, _MOST_BYTES = 100, 200  # characters of a name, and bytes; file systems take 255 of these


class Entry(NamedTuple):
    """A recipe that is there to be chosen."""

    name: str
    description: str
    path: Path


class Shelf(NamedTuple):
    """A folder of recipes, as it is now.

    Attributes:
        kind: USER, TEAM or BUILTIN.
        name: of a team library; "" for the others.
        problem: why there is nothing to choose; "" where all is well.
        is_writable: whether recipes can be saved there.
    """

    kind: str
    name: str
    folder: Path
    entries: list[Entry]
    problem: str
    is_writable: bool


def builtin() -> list[Entry]:
    """The recipes that Truthbake brings: the one to begin with, then by name."""
    return sorted(_entries(BUILTIN), key=lambda entry: entry.name != FIRST)


def user() -> list[Entry]:
    """The user's own recipes, in Blender's folder for presets, by name."""
    return _entries(user_folder())


def user_folder() -> Path:
    """Where Blender keeps the user's presets for Truthbake; it need not exist."""
    return Path(bpy.utils.user_resource("SCRIPTS", path=os.path.join("presets", "truthbake")))


def shelves() -> list[Shelf]:
    """All of them, in the order in which a name is looked for."""
    found = [Shelf("USER", "", user_folder(), user(), "", True)]
    found += [_team_shelf(library) for library in preferences().libraries]
    return [*found, Shelf("BUILTIN", "", BUILTIN, builtin(), "", False)]


def by_name() -> dict[str, Entry]:
    """Every recipe that a name stands for."""
    known: dict[str, Entry] = {}
    for shelf in shelves():
        for entry in shelf.entries:
            known.setdefault(entry.name, entry)
    return known


def place(library: str) -> Path:
    """The folder to save recipes in: a team library by its name, or the user's own for "". RecipeError."""
    meant = [shelf for shelf in shelves() if shelf.name == library and (shelf.kind == "TEAM") == bool(library)]
    if library and len(meant) > 1:
        raise RecipeError(f"{library}: {len(meant)} team libraries are called so; rename one in the preferences")
    if meant:
        if meant[0].problem:
            raise RecipeError(f"{library}: {meant[0].problem}")
        if not meant[0].is_writable:
            raise RecipeError(f"{meant[0].folder}: is read-only; save among your own recipes")
        return meant[0].folder
    names = ", ".join(shelf.name for shelf in shelves() if shelf.kind == "TEAM")
    raise RecipeError(f"{library}: no such team library; " + (f"known are {names}" if names else "there is none"))


def fixed(path: Path) -> str:
    """Why a recipe file cannot be written or removed; "" where it can."""
    if is_builtin(path):
        return pgettext_rpt("Built-in recipes stay as they are; save under a name of your own")
    if not os.path.isfile(path):
        return pgettext_rpt("The file is gone; save the recipe anew")
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return pgettext_rpt("The file is read-only; save under a name of your own")
    return ""


def is_builtin(path: Path) -> bool:
    """Whether this is one of Truthbake's own files."""
    return Path(os.path.realpath(path)).parent == BUILTIN


def shown(name: str, path: str) -> str:
    """How a recipe is called in the sidebar: built-in ones in the manner of Blender's presets, others as they are."""
    if not path.startswith(str(BUILTIN)):
        return name
    words = bpy.path.display_name(name, has_ext=False).split()
    return " ".join(word.upper() if word.upper() in ACRONYMS else word for word in words)


def is_shelved(path: Path) -> bool:
    """Whether the file lies in the user's folder or in a team library."""
    folders = [user_folder(), *(bpy.path.abspath(library.folder) for library in preferences().libraries)]
    beside = os.path.realpath(path.parent)  # of a link the place is meant, not what it leads to
    is_recipe = path.suffix.lower() in SUFFIXES and os.path.isfile(path)
    return is_recipe and any(os.path.realpath(folder) == beside for folder in folders if folder)


def file_name(name: str) -> str:
    """The name of a file for a recipe that somebody called so, never a path. RecipeError where nothing is left."""
    stem = name.strip()
    if stem.lower().endswith(SUFFIXES):
        stem = stem.rpartition(".")[0]
    stem = _FORBIDDEN.sub("_", stem).strip(" .")[:_LONGEST]
    stem = stem.encode()[:_MOST_BYTES].decode(errors="ignore").rstrip(" .")
    if not stem.strip("_"):
        raise RecipeError(f"{name.strip() or 'Name'}: give the recipe a name")
    return (f"_{stem}" if _DEVICES.fullmatch(stem) else stem) + SUFFIXES[0]


def is_text(name: str) -> bool:
    """Whether a file's name is UTF-8, as all text of Blender's is; some file systems have others."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def description(path: Path) -> str:
    """The first line of a recipe file, where it is a comment."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            first = file.readline(1000).strip()
    except OSError:
        return ""
    return first.lstrip("#").strip() if first.startswith("#") else ""


def _team_shelf(library) -> Shelf:
    folder = Path(bpy.path.abspath(library.folder)) if library.folder else Path()
    name = library.name or folder.name
    if not library.folder:
        return Shelf("TEAM", name, folder, [], pgettext_iface("no folder is chosen in the preferences"), False)
    if not os.path.isdir(folder):
        return Shelf("TEAM", name, folder, [], pgettext_iface("{folder}: no such folder").format(folder=folder), False)
    try:
        return Shelf("TEAM", name, folder, _entries(folder), "", os.access(folder, os.W_OK))
    except OSError as error:
        return Shelf("TEAM", name, folder, [], f"{folder}: {error.strerror}", False)


def _entries(folder: Path) -> list[Entry]:
    found = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES] if os.path.isdir(folder) else []
    shown = [path for path in sorted(found) if not path.name.startswith(".") and is_text(path.name)]
    shown = [path for path in shown if os.path.isfile(path)]
    return [Entry(path.stem, description(path), path) for path in shown]
