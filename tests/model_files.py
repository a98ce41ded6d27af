"""A small known model, a house of 20 x 30 x 50 mm off the origin, written by hand in plain formats."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

# eight corners of the walls and the tip of the roof, millimetres; no symmetry, not centred
POINTS = np.array(
    [
        [1, 2, 3], [21, 2, 3], [21, 32, 3], [1, 32, 3],
        [1, 2, 40], [21, 2, 40], [21, 32, 40], [1, 32, 40],
        [8, 12, 53],
    ],
    dtype=float,
)  # fmt: skip
FACES = [
    (3, 2, 1, 0),
    (0, 1, 5, 4),
    (1, 2, 6, 5),
    (2, 3, 7, 6),
    (3, 0, 4, 7),
    (4, 5, 8),
    (5, 6, 8),
    (6, 7, 8),
    (7, 4, 8),
]
COLOURS = np.array([[255 - 20 * i, 10 * i, (40 * i) % 256] for i in range(9)], dtype=np.uint8)
DIAMETER = float(np.linalg.norm(POINTS[:, None] - POINTS, axis=2).max())


def triangles() -> np.ndarray:
    """(14, 3) indices."""
    return np.array([(face[0], face[i], face[i + 1]) for face in FACES for i in range(1, len(face) - 1)])


def write_ply(path: Path, points: np.ndarray = POINTS, colours: bool = True, binary: bool = False) -> Path:
    header = ["ply", f"format {'binary_little_endian' if binary else 'ascii'} 1.0", f"element vertex {len(points)}"]
    header += [f"property float {axis}" for axis in "xyz"]
    header += [f"property uchar {name}" for name in ("red", "green", "blue")] if colours else []
    header += [f"element face {len(FACES)}", "property list uchar int vertex_indices", "end_header", ""]
    rows = [(point, COLOURS[i] if colours else ()) for i, point in enumerate(points)]
    if binary:
        body = b"".join(struct.pack("<3f", *point) + bytes(colour) for point, colour in rows)
        body += b"".join(struct.pack(f"<B{len(face)}i", len(face), *face) for face in FACES)
    else:
        lines = [" ".join(f"{value:.9g}" for value in (*point, *colour)) for point, colour in rows]
        lines += [" ".join(map(str, (len(face), *face))) for face in FACES]
        body = ("\n".join(lines) + "\n").encode()
    path.write_bytes("\n".join(header).encode() + body)
    return path


def write_textured_ply(path: Path, picture: str) -> Path:
    """As BOP's YCB-V: texture_u and texture_v per vertex, the picture in a comment."""
    header = ["ply", "format ascii 1.0", f"comment TextureFile {picture}", "element vertex 9"]
    header += [f"property float {name}" for name in ("x", "y", "z", "texture_u", "texture_v")]
    header += [f"element face {len(FACES)}", "property list uchar int vertex_indices", "end_header"]
    lines = [" ".join(f"{value:.9g}" for value in (*point, i / 8, 1 - i / 16)) for i, point in enumerate(POINTS)]
    lines += [" ".join(map(str, (len(face), *face))) for face in FACES]
    path.write_text("\n".join(header + lines) + "\n")
    return path


def write_stl(path: Path, text: bool = False) -> Path:
    corners = POINTS[triangles()]
    if text:
        lines = ["solid house"]
        for triangle in corners:
            lines += ["facet normal 0 0 0", "outer loop"]
            lines += ["vertex {:.9g} {:.9g} {:.9g}".format(*corner) for corner in triangle]
            lines += ["endloop", "endfacet"]
        path.write_text("\n".join([*lines, "endsolid house"]) + "\n")
        return path
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *triangle.ravel(), 0) for triangle in corners)
    path.write_bytes(bytes(80) + struct.pack("<I", len(corners)) + body)
    return path


def write_picture(path: Path, colour: tuple[int, int, int] = (10, 200, 30)) -> Path:
    from PIL import Image

    Image.new("RGB", (8, 8), colour).save(path)
    return path


def write_obj(path: Path, picture: str = "") -> Path:
    """Walls red; the roof blue, or with a picture where one is named."""
    roof = f"map_Kd {picture}" if picture else "Kd 0 0 0.8"
    path.with_suffix(".mtl").write_text(f"newmtl walls\nKd 0.8 0 0\nnewmtl roof\n{roof}\n")
    lines = [f"mtllib {path.stem}.mtl", "o house"]
    lines += ["v {:.9g} {:.9g} {:.9g}".format(*point) for point in POINTS]
    lines += [f"vt {i / 8:.9g} {i / 16:.9g}" for i in range(9)]
    for index, face in enumerate(FACES):
        lines += ["usemtl walls"] if index == 0 else ["usemtl roof"] if index == 5 else []
        lines.append("f " + " ".join(f"{i + 1}/{i + 1}" for i in face))
    path.write_text("\n".join(lines) + "\n")
    return path
