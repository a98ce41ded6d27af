"""The parts of a glTF binary: their names, and a file that holds one of them alone; pure.

A part is a mesh with a name. A node places it in the assembly, maybe several times; alone it stands in its own frame.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from .formats import AssetError

_JSON = 0x4E4F534A


def names(content: bytes, path: Path) -> list[str]:
    """The names of all parts that the scene shows, in the order of the file; unnamed ones are part_1, part_2."""
    data, _ = _read(content, path)
    return [_name(data, index) for index in _shown(data)]


def alone(content: bytes, position: int, path: Path) -> bytes:
    """The same file with only the part at a position of ``names`` in its scene, in that part's own frame."""
    data, rest = _read(content, path)
    data["nodes"] = [{"mesh": _shown(data)[position]}]
    data["scenes"], data["scene"] = [{"nodes": [0]}], 0
    for key in ("skins", "animations", "cameras"):
        data.pop(key, None)
    return _write(data, rest)


def _read(content: bytes, path: Path) -> tuple[dict[str, Any], bytes]:
    """The JSON chunk, and the bytes of the chunks behind it."""
    try:
        if content[:4] != b"glTF":
            raise ValueError("no binary glTF")
        length, kind = struct.unpack_from("<II", content, 12)
        if kind != _JSON:
            raise ValueError("no JSON first")
        data = json.loads(content[20 : 20 + length])
        if not isinstance(data["meshes"], list) or not isinstance(data["nodes"], list):
            raise ValueError("no meshes")
    except (ValueError, KeyError, TypeError, struct.error):
        raise AssetError(f"{path}: holds no named parts that can be separated; switch separate_parts off") from None
    return data, content[20 + length :]


def _write(data: dict[str, Any], rest: bytes) -> bytes:
    text = json.dumps(data, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + len(rest))
    return head + struct.pack("<II", len(text), _JSON) + text + rest


def _shown(data: dict[str, Any]) -> list[int]:
    """The meshes that some node of the scene places."""
    scene = data.get("scenes", [{}])[data.get("scene", 0)]
    waiting, seen, meshes = list(scene.get("nodes", [])), set(), set()
    while waiting:
        index = waiting.pop()
        if index in seen:  # a file that goes round in circles
            continue
        seen.add(index)
        node = data["nodes"][index]
        waiting += node.get("children", [])
        if "mesh" in node:
            meshes.add(node["mesh"])
    return sorted(meshes)


def _name(data: dict[str, Any], mesh: int) -> str:
    """The name of a part: its mesh's, else that of the first node that places it."""
    own = str(data["meshes"][mesh].get("name") or "").strip()
    nodes = [str(node.get("name") or "").strip() for node in data["nodes"] if node.get("mesh") == mesh]
    return own or next(filter(None, nodes), "") or f"part_{mesh + 1}"
