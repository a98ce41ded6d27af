"""Folders of PBR texture sets, by the names that ambientCG and Poly Haven give their files. No bpy here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

# What the words in a file's name mean, lower case. Words not listed (an opacity or emission map) are passed over.
_WORDS = {
    "color": ("color", "colour", "col", "diff", "diffuse", "albedo", "basecolor"),
    "roughness": ("roughness", "rough"),
    "metalness": ("metalness", "metallic", "metal"),
    "normal": ("normalgl", "nor", "normal"),
    "normal_directx": ("normaldx",),
    "displacement": ("displacement", "disp", "height"),
    "occlusion": ("ambientocclusion", "ao"),
    "packed": ("arm",),
    "specular": ("specular", "spec"),
}
_MEANING = {word: kind for kind, words in _WORDS.items() for word in words}
# Size, variant and format in a name say nothing about what the map is.
_NOISE = re.compile(r"\d+(\.\d+)?k|jpg|png|exr|tif|\d+|gl|dx|var\d+|f|1|2")


@dataclass(frozen=True)
class TextureSet:
    """The maps of one material, paths of pictures, "" where there is none.

    ``normal`` has its green channel up (OpenGL), ``normal_directx`` down. ``packed`` holds occlusion, roughness and
    metalness in its red, green and blue channels.
    """

    name: str
    color: str
    roughness: str = ""
    metalness: str = ""
    normal: str = ""
    normal_directx: str = ""
    displacement: str = ""
    occlusion: str = ""
    packed: str = ""
    specular: str = ""

    @property
    def files(self) -> list[str]:
        """Every picture of the set."""
        found = [getattr(self, field.name) for field in fields(self) if field.name != "name"]
        return [path for path in found if path]


def meaning(path: Path) -> tuple[str, str] | None:
    """(set, map) of a picture by its name, ("Bricks060_1K-JPG", "color"); None where the name names no map.

    ambientCG writes ``Bricks060_1K-JPG_NormalGL.jpg``, Poly Haven ``brick_wall_nor_gl_1k.exr``: the map is the last
    word that is not about size, format or direction. A file called after its map alone belongs to its folder.
    """
    words = [word for word in re.split(r"[_\-. ]+", path.stem) if word]
    lower = [word.lower() for word in words]
    for index in range(len(words) - 1, -1, -1):
        kind = _MEANING.get(lower[index])
        if kind == "normal" and lower[index + 1 : index + 2] == ["dx"]:
            kind = "normal_directx"
        if kind:
            return path.stem[: _position(path.stem, words, index)].rstrip("_-. ") or path.parent.name, kind
        if not _NOISE.fullmatch(lower[index]):
            return None
    return None


def _position(stem: str, words: list[str], index: int) -> int:
    """Where a word begins in the stem that was split into words."""
    at = 0
    for word in words[:index]:
        at = stem.index(word, at) + len(word)
    return stem.index(words[index], at)


def group(files: Iterable[Path]) -> list[TextureSet]:
    """The sets among the files, sorted by folder and name: those that have at least a colour map.

    Of two files for the same map (sizes, formats) the first by name counts.
    """
    found: dict[tuple[str, str], dict[str, str]] = {}
    for path in sorted(files):
        known = meaning(path)
        if known:
            name, kind = known
            found.setdefault((str(path.parent), name), {}).setdefault(kind, str(path))
    return [TextureSet(name=name, **maps) for (_, name), maps in sorted(found.items()) if "color" in maps]
