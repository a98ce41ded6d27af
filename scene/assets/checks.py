"""Files that are cut off are refused before Blender reads them: its importers take some of them without a word."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from .formats import AssetError

_PLY_TYPES = {"char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4"}
_PLY_TYPES |= {"int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4"}
_PLY_TYPES |= {"float": "f4", "float32": "f4", "double": "f8", "float64": "f8"}
_HEADER_LIMIT = 1 << 16


def check_file(path: Path) -> None:
    """AssetError if the file is empty, unreadable or shorter than its own header promises."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEADER_LIMIT)
    except OSError as error:
        raise AssetError(f"{path}: cannot be read ({error.strerror})") from None
    if size == 0:
        raise AssetError(f"{path}: is empty; export the model again")
    check = {".ply": _check_ply, ".stl": _check_stl, ".glb": _check_glb}.get(path.suffix.lower())
    if check:
        check(path, head, size)


def _cut_off(path: Path) -> AssetError:
    return AssetError(f"{path}: is cut off, shorter than its header says; copy or export the model again")


def not_finite(path: Path) -> AssetError:
    return AssetError(f"{path}: has coordinates that are no numbers (NaN or infinite); repair or export it again")


def _check_ply(path: Path, head: bytes, size: int) -> None:
    if not head.startswith(b"ply"):
        raise AssetError(f"{path}: is not a PLY file; export the model again")
    end = head.find(b"end_header")
    newline = head.find(b"\n", end)
    if end < 0 or newline < 0:
        raise _cut_off(path)
    elements: list[tuple[int, list[list[str]]]] = []  # count and properties of each
    for words in (line.split() for line in head[:end].decode("latin-1").splitlines()):
        if words[:1] == ["element"] and len(words) == 3 and words[2].isdigit():
            elements.append((int(words[2]), []))
        elif words[:1] == ["property"] and elements:
            elements[-1][1].append(words[1:])
    binary = b"format ascii" not in head[:end]
    if not binary:
        complete = _text_body_is_whole(path, newline + 1, elements)
    else:
        order = ">" if b"big_endian" in head[:end] else "<"
        body = np.fromfile(path, dtype=np.uint8, offset=newline + 1)
        complete = _binary_body_is_whole(body, elements, order)
    if not complete:
        raise _cut_off(path)
    if binary and not _finite_vertices(body, elements, order):
        raise not_finite(path)


def _finite_vertices(body: np.ndarray, elements: list[tuple[int, list[list[str]]]], order: str) -> bool:
    """False if x, y or z of a vertex is NaN or infinite: Blender's PLY importer makes those zero without a word."""
    count, properties = elements[0] if elements else (0, [])
    names = {words[-1] for words in properties}
    if len(names) != len(properties) or any(len(words) != 2 or words[0] not in _PLY_TYPES for words in properties):
        return True
    kind = np.dtype([(name, order + _PLY_TYPES[number]) for number, name in properties])
    rows = body[: count * kind.itemsize].view(kind) if count else np.empty(0, kind)
    return all(np.isfinite(rows[axis]).all() for axis in "xyz" if axis in (kind.names or ()))


def _text_body_is_whole(path: Path, start: int, elements: list[tuple[int, list[list[str]]]]) -> bool:
    lines, last = 0, b""
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            if line.strip():
                lines, last = lines + 1, line
            if b"n" in line.lower():  # no number has an n, but nan and inf do
                raise not_finite(path)
    if lines < sum(count for count, _ in elements):
        return False
    is_list = elements and elements[-1][1][:1] and elements[-1][1][0][0] == "list" and elements[-1][0]
    words = last.split()
    return not is_list or not words[0].isdigit() or len(words) > int(words[0])


def _binary_body_is_whole(body: np.ndarray, elements: list[tuple[int, list[list[str]]]], order: str) -> bool:
    at = 0
    for count, properties in elements:
        kinds = [words[1:3] if words[0] == "list" else words[:1] for words in properties]
        if any(name not in _PLY_TYPES for names in kinds for name in names):
            return True  # the importer will say what it does not know
        sizes = [[np.dtype(order + _PLY_TYPES[name]) for name in names] for names in kinds]
        if all(len(kind) == 1 for kind in sizes):
            at += count * sum(kind[0].itemsize for kind in sizes)
            continue
        uniform = _uniform_lists(body[at:], count, sizes)
        if uniform:
            at += uniform
            continue
        data = body.tobytes()
        for _ in range(count):
            for kind in sizes:
                if at + kind[0].itemsize > len(data):
                    return False
                length = int(np.frombuffer(data, kind[0], 1, at)[0]) if len(kind) == 2 else 0
                at += kind[0].itemsize + length * kind[-1].itemsize
    return at <= len(body)


def _uniform_lists(body: np.ndarray, count: int, sizes: list[list[np.dtype]]) -> int:
    """Bytes of an element whose only property is a list that has the same length everywhere; else 0."""
    if len(sizes) != 1 or count == 0 or len(body) < sizes[0][0].itemsize:
        return 0
    lengths, items = sizes[0]
    stride = lengths.itemsize + int(body[: lengths.itemsize].view(lengths)[0]) * items.itemsize
    if len(body) < count * stride:
        return 0
    rows = body[: count * stride].reshape(count, stride)[:, : lengths.itemsize]
    return count * stride if (rows == rows[0]).all() else 0


def _check_stl(path: Path, head: bytes, size: int) -> None:
    if size >= 84:
        count = struct.unpack_from("<I", head, 80)[0]
        if size == 84 + 50 * count:
            return
    if not head.lstrip().startswith(b"solid"):
        raise _cut_off(path)
    with path.open("rb") as file:
        file.seek(max(0, size - 1000))
        if b"endsolid" not in file.read():
            raise _cut_off(path)


def _check_glb(path: Path, head: bytes, size: int) -> None:
    if head[:4] != b"glTF" or len(head) < 12:
        raise AssetError(f"{path}: is not a GLB file; export the model again")
    if struct.unpack_from("<I", head, 8)[0] > size:
        raise _cut_off(path)
