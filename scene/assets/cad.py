"""STEP and IGES, which hold surfaces and no meshes: tessellated into glTF by cascadio (Open CASCADE), if it is there.

cascadio 0.1 understands the file's unit; it writes metres from STEP and millimetres from IGES, and leaves the axes as
the file has them. Its tolerance is in millimetres whatever the file's unit, and bounds the distance between the true
surface and the mesh.
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
_WRITTEN = {"step": 1.0, "iges": 0.001}  # metres
# Blender's glTF importer turns y up into z up; what cascadio writes has z up in spite of being glTF.
_AXES = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])


def is_cad(path: Path) -> bool:
    """Whether a file holds surfaces that must be tessellated first."""
    return path.suffix.lower() in SUFFIXES


def frame(path: Path) -> np.ndarray:
    """From what Blender makes of the tessellated file to metres along the file's own axes (4, 4)."""
    scale = _WRITTEN[SUFFIXES[path.suffix.lower()]]
    return np.diag([scale, scale, scale, 1.0]) @ _AXES


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
