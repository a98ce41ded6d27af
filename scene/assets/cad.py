"""STEP and IGES, which hold surfaces and no meshes: tessellated into glTF by cascadio (Open CASCADE), if it is there.

cascadio writes metres and leaves the axes as the file has them; its tolerance is in millimetres whatever the file's
unit, and bounds the distance between the true surface and the mesh.
"""

from __future__ import annotations

import functools
from pathlib import Path
from types import ModuleType

import numpy as np

from .formats import AssetError
from .quiet import caught_output

SUFFIXES = {".step": "step", ".stp": "step", ".iges": "iges", ".igs": "iges"}
_MILLIMETRES = 1000.0


def is_cad(path: Path) -> bool:
    """Whether a file holds surfaces that must be tessellated first."""
    return path.suffix.lower() in SUFFIXES


def tessellated(path: Path, tolerance: float, angle: float) -> bytes:
    """The file as binary glTF in metres, its axes kept, its parts named.

    ``tolerance`` is the largest distance in metres between surface and mesh, ``angle`` the largest angle in degrees
    between neighbouring faces. AssetError where cascadio is missing or finds no surface.
    """
    state = path.stat()
    return _tessellated(path, tolerance, angle, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=8)  # an assembly is asked for once for its names, and once for each of its parts
def _tessellated(path: Path, tolerance: float, angle: float, changed: int, size: int) -> bytes:
    library = _cascadio(path)
    kind = SUFFIXES[path.suffix.lower()]
    if not hasattr(library, "load"):
        raise AssetError(f"{path}: this cascadio is too old; install version 0.1 or later (pip install -U cascadio)")
    with caught_output():
        content = library.load(
            path.read_bytes(),
            file_type=kind,
            tol_linear=tolerance * _MILLIMETRES,
            tol_angular=float(np.radians(angle)),
            tol_relative=False,
            merge_primitives=True,
            # Faces are meshed in an order of their own when several threads do it.
            use_parallel=False,
        )
    if not content:
        raise AssetError(f"{path}: is not readable as {kind.upper()}, or holds no surface; export the model again")
    return content


def _cascadio(path: Path) -> ModuleType:
    try:
        import cascadio
    except ImportError:
        raise AssetError(
            f"{path}: STEP and IGES need cascadio; install it into Blender's Python (pip install cascadio), "
            "or export the model as GLB or OBJ"
        ) from None
    return cascadio
