"""Picture files for textures and backdrops: found, and checked before Blender shows pink for them. No bpy here."""

from __future__ import annotations

import os
from pathlib import Path

import OpenEXR
from PIL import Image

from .texture_sets import TextureSet, group

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")
# Maps of texture sets come as EXR too.
MAP_SUFFIXES = (*SUFFIXES, ".exr")
_EXR_MAGIC = b"\x76\x2f\x31\x01"
_LARGEST = 16384  # pixels a side

# Pictures whose every pixel was read once: (path, time, size).
_whole: set[tuple[str, int, int]] = set()


class PictureError(ValueError):
    """A picture or a folder of them that cannot be used; the message is one line for the user."""


def pictures(path: str, key: str, most: int | None = None) -> list[str]:
    """The picture files of a file or folder (sub-folders included), sorted; ``key`` is the setting, for messages.

    The heads of all of them are checked, or of ``most``.
    """
    found = _found(path, key, SUFFIXES)
    for file in found[:most]:
        _check(file, key)
    return [str(file) for file in found]


def texture_sets(path: str, key: str, most: int | None = None) -> list[TextureSet]:
    """The texture sets of a folder, sub-folders included; ``key`` is the setting, for messages.

    The heads of the pictures of all of them are checked, or of ``most``.
    """
    found = group(_found(path, key, MAP_SUFFIXES))
    if not found:
        raise PictureError(
            f"{path}: no texture set here; {key} wants a folder of files like Bricks_Color.jpg and Bricks_Roughness.jpg"
        )
    for texture_set in found[:most]:
        for file in texture_set.files:
            _check(Path(file), key)
    return found


def check_whole(path: str, key: str) -> None:
    """PictureError unless every pixel can be read: a file that is cut off has a good header."""
    file = Path(path)
    _check(file, key)
    state = file.stat()
    known = (path, state.st_mtime_ns, state.st_size)
    if known in _whole:
        return
    try:
        _read(file)
    except (OSError, SyntaxError, ValueError, RuntimeError, Image.DecompressionBombError):
        raise PictureError(f"{path}: is cut off or damaged; replace it or take it out of {key}") from None
    _whole.add(known)


def _read(file: Path) -> None:
    """Read every pixel."""
    if file.suffix.lower() == ".exr":
        with OpenEXR.File(str(file)) as opened:
            opened.channels()
    else:
        with Image.open(file) as image:
            image.load()


def _found(path: str, key: str, suffixes: tuple[str, ...]) -> list[Path]:
    root = Path(path)
    if os.path.isfile(root):
        if root.suffix.lower() not in suffixes:
            raise PictureError(f"{path}: is no picture; {key} wants {', '.join(suffixes)}")
        return [root]
    if not os.path.isdir(root):
        raise PictureError(f"{path}: there is no such file or folder; correct {key}")
    found = [
        Path(folder, name)
        for folder, folders, names in os.walk(root)
        if not folders.sort()
        for name in names
        if name.lower().endswith(suffixes) and not name.startswith(".")
    ]
    if not found:
        raise PictureError(f"{path}: no picture in this folder; {key} wants {', '.join(suffixes)}")
    return sorted(found)


def _check(file: Path, key: str) -> None:
    """PictureError for a file whose head is not that of a picture."""
    try:
        if file.suffix.lower() == ".exr":
            with file.open("rb") as opened:
                good = opened.read(4) == _EXR_MAGIC
            size = (1, 1)
        else:
            with Image.open(file) as image:
                good, size = True, image.size
    except Image.DecompressionBombError:
        raise PictureError(f"{file}: is larger than {_LARGEST} pixels a side; {key} wants smaller pictures") from None
    except (OSError, SyntaxError, ValueError) as error:
        reason = getattr(error, "strerror", None)
        good, size = False, (0, 0)
        if reason:
            raise PictureError(f"{file}: cannot be read ({reason}); {key} wants pictures") from None
    if not good:
        raise PictureError(f"{file}: is not a readable picture; replace it or take it out of {key}")
    if max(size) > _LARGEST:
        raise PictureError(f"{file}: is larger than {_LARGEST} pixels a side; {key} wants smaller pictures")
