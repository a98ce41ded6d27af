"""From the EXR that Cycles wrote to arrays; hides what the Blender versions call their passes and parts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import OpenEXR

# Cryptomatte ranks: eight different objects on one ray. More corrupt memory in Blender (ground truth notes, section 1).
RANKS = 8
# What Cycles writes as the depth of nothing.
FAR = 1e9


@dataclass(frozen=True)
class Truth:
    """One ground truth render.

    ``depth`` (H, W) float32 metres, inf for nothing; ``index`` (H, W) uint16 pass indices; ``normals`` (H, W, 3)
    float32 in world axes or None. ``crossed`` holds, by object name, the flat pixel indices whose ray crosses that
    object. ``is_full`` tells that some ray crosses as many objects as there are ranks, perhaps more.
    """

    depth: np.ndarray
    index: np.ndarray
    normals: np.ndarray | None
    crossed: dict[str, np.ndarray]
    is_full: bool


def read(path: Path, prefix: str) -> Truth:
    """Read a ground truth render; only objects whose names begin with ``prefix`` are listed in ``crossed``."""
    channels, manifest = _channels(path)
    depth = channels["Depth.Z"].copy()
    depth[depth > FAR] = np.inf
    normals = None
    if "Normal.X" in channels:
        normals = np.stack([channels[f"Normal.{axis}"] for axis in "XYZ"], axis=-1)
    index = channels.get("IndexOB.X", channels.get("Object Index.X"))
    crossed, is_full = _crossed(channels, {name: code for name, code in manifest.items() if name.startswith(prefix)})
    return Truth(depth, index.astype(np.uint16), normals, crossed, is_full)


def read_light(path: Path) -> np.ndarray:
    """A colour image of linear light (H, W, 3) float32, or (H, W, 4) where it has an alpha."""
    channels, _ = _channels(path)
    return np.stack([channels[name] for name in "RGBA" if name in channels], axis=-1)


def _channels(path: Path) -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """All channels without the view layer's name, and Cryptomatte's ids by object name.

    Blender 4 writes one part with channels ``LAYER.PASS.X``; Blender 5 one part a pass.
    """
    channels: dict[str, np.ndarray] = {}
    manifest: dict[str, int] = {}
    with OpenEXR.File(str(path), separate_channels=True) as file:
        for part in file.parts:
            for name, channel in part.channels.items():
                channels[".".join(name.split(".")[-2:])] = channel.pixels
            for key, value in part.header.items():
                if key.startswith("cryptomatte/") and key.endswith("/manifest"):
                    manifest |= {name: int(code, 16) for name, code in json.loads(value or "{}").items()}
    return channels, manifest


def _crossed(channels: dict[str, np.ndarray], codes: dict[str, int]) -> tuple[dict[str, np.ndarray], bool]:
    """Pixels by object name. Ids are compared as bits: Cryptomatte stores a hash in the shape of a float."""
    names = np.array(list(codes), dtype=object)
    wanted = np.array([codes[name] for name in names], dtype=np.uint32)
    order = np.argsort(wanted)
    wanted, names = wanted[order], names[order]
    pixels, owners = [], []
    is_full = False
    for rank in range(RANKS):
        level, (identity, weight) = f"{rank // 2:02d}", ("rg", "ba")[rank % 2]
        id_bits = np.ascontiguousarray(channels[f"CryptoObject{level}.{identity}"]).view(np.uint32).ravel()
        used = np.flatnonzero(channels[f"CryptoObject{level}.{weight}"].ravel() > 0)
        if len(used) == 0:
            break
        is_full = rank == RANKS - 1
        if len(wanted) == 0:
            continue
        found = np.minimum(np.searchsorted(wanted, id_bits[used]), len(wanted) - 1)
        known = wanted[found] == id_bits[used]
        pixels.append(used[known])
        owners.append(found[known])
    if not pixels:
        return {}, is_full
    pixel, owner = np.concatenate(pixels), np.concatenate(owners)
    order = np.lexsort((pixel, owner))
    pixel, owner = pixel[order], owner[order]
    bounds = np.searchsorted(owner, np.arange(len(names) + 1))
    return {
        name: pixel[start:end] for name, start, end in zip(names, bounds[:-1], bounds[1:], strict=True) if end > start
    }, is_full
