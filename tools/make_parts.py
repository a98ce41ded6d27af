"""Write Truthbake's own machine parts to assets/parts: python tools/make_parts.py [FOLDER]. Needs the bpy module.

The parts are made by this file and dedicated to the public domain (CC0). The same file writes the same bytes.
PLY, OBJ and STL are in millimetres; GLB is in metres, y up, as its format demands.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import bpy  # noqa: F401 - makes Blender's mathutils importable
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import part_shapes
from part_shapes import Part, solids

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "parts"
MATERIALS = {  # name -> linear base colour, metallic, roughness
    "brass": ((0.72, 0.47, 0.13), 1.0, 0.30),
    "steel": ((0.55, 0.56, 0.58), 1.0, 0.35),
    "chrome": ((0.75, 0.75, 0.77), 1.0, 0.10),
    "zinc": ((0.62, 0.60, 0.50), 1.0, 0.32),
    "copper": ((0.80, 0.36, 0.20), 1.0, 0.25),
    "spring_steel": ((0.20, 0.22, 0.26), 1.0, 0.40),
    "blue_paint": ((0.02, 0.12, 0.40), 0.0, 0.35),
    "black_plastic": ((0.015, 0.015, 0.018), 0.0, 0.45),
}


def _srgb(colour: tuple[float, float, float]) -> np.ndarray:
    linear = np.array(colour)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(encoded * 255).astype(np.uint8)


def write_ply(path: Path, part: Part) -> None:
    """Binary PLY with a colour per vertex."""
    points, faces = solids.combine(*(solid for solid, _ in part))
    colours = np.concatenate([np.tile(_srgb(MATERIALS[name][0]), (len(solid[0]), 1)) for solid, name in part])
    header = ["ply", "format binary_little_endian 1.0", f"comment {path.stem}, mm, CC0"]
    header.append(f"element vertex {len(points)}")
    header += [f"property float {axis}" for axis in "xyz"] + [f"property uchar {c}" for c in ("red", "green", "blue")]
    header += [f"element face {len(faces)}", "property list uchar ushort vertex_indices", "end_header", ""]
    rows = np.empty(len(points), dtype=[("xyz", "<f4", 3), ("rgb", "u1", 3)])
    rows["xyz"], rows["rgb"] = points, colours
    polygons = b"".join(struct.pack(f"<B{len(face)}H", len(face), *face) for face in faces)
    path.write_bytes("\n".join(header).encode() + rows.tobytes() + polygons)


def _area_normals(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a)


def write_stl(path: Path, part: Part) -> None:
    """Binary STL."""
    points, faces = solids.combine(*(solid for solid, _ in part))
    triangles = np.array([(f[0], f[i], f[i + 1]) for f in faces for i in range(1, len(f) - 1)])
    rows = np.zeros(len(triangles), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("rest", "<u2")])
    rows["corners"] = points[triangles]
    normals = _area_normals(points, triangles)
    rows["normal"] = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    path.write_bytes(f"{path.stem}, mm, CC0".encode().ljust(80) + struct.pack("<I", len(rows)) + rows.tobytes())


def write_obj(path: Path, part: Part) -> None:
    """OBJ with its material library."""
    lines, library, start = [f"# {path.stem}, mm, CC0", f"mtllib {path.stem}.mtl"], [f"# {path.stem}, CC0"], 1
    for (points, faces), name in part:
        lines += [f"v {x:.4f} {y:.4f} {z:.4f}" for x, y, z in points + 0.0]
        lines.append(f"usemtl {name}")
        lines += ["f " + " ".join(str(start + index) for index in face) for face in faces]
        start += len(points)
    for name in dict.fromkeys(name for _, name in part):
        colour, metallic, roughness = MATERIALS[name]
        library += [f"newmtl {name}", "Kd {:.4f} {:.4f} {:.4f}".format(*colour), f"Pm {metallic}", f"Pr {roughness}"]
        library += [f"Ns {round((1 - roughness) ** 2 * 1000)}", "illum 3" if metallic else "illum 2"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    path.with_suffix(".mtl").write_text("\n".join(library) + "\n", encoding="utf-8", newline="\n")


def write_glb(path: Path, part: Part) -> None:
    """GLB with one primitive per material, smooth normals by area."""
    views, accessors, primitives, blob = [], [], [], b""

    def accessor(array: np.ndarray, kind: str, component: int, target: int, **more: object) -> int:
        nonlocal blob
        data = array.tobytes()
        views.append({"buffer": 0, "byteOffset": len(blob), "byteLength": len(data), "target": target})
        blob += data + bytes(-len(data) % 4)
        accessors.append(
            {"bufferView": len(views) - 1, "componentType": component, "count": len(array), "type": kind} | more
        )
        return len(accessors) - 1

    for index, ((points, faces), _) in enumerate(part):
        triangles = np.array([(f[0], f[i], f[i + 1]) for f in faces for i in range(1, len(f) - 1)])
        turned = np.stack([points[:, 0], points[:, 2], -points[:, 1]], axis=1) / 1000
        positions, corners, normals = _split_at_sharp_edges(turned, triangles)
        extent = {"min": positions.min(axis=0).tolist(), "max": positions.max(axis=0).tolist()}
        attributes = {"POSITION": accessor(positions, "VEC3", 5126, 34962, **extent)}
        attributes["NORMAL"] = accessor(normals, "VEC3", 5126, 34962)
        indices = accessor(corners.astype("<u2").ravel(), "SCALAR", 5123, 34963)
        primitives.append({"attributes": attributes, "indices": indices, "material": index})
    materials = []
    for _, name in part:
        colour, metallic, roughness = MATERIALS[name]
        surface = {"baseColorFactor": [*colour, 1.0], "metallicFactor": metallic, "roughnessFactor": roughness}
        materials.append({"name": name, "pbrMetallicRoughness": surface})
    document = {
        "asset": {"version": "2.0", "generator": "Truthbake", "copyright": "CC0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": path.stem}],
        "meshes": [{"name": path.stem, "primitives": primitives}],
        "materials": materials,
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": len(blob)}],
    }
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    size = 12 + 8 + len(text) + 8 + len(blob)
    head = struct.pack("<4sII", b"glTF", 2, size) + struct.pack("<I4s", len(text), b"JSON")
    path.write_bytes(head + text + struct.pack("<I4s", len(blob), b"BIN\0") + blob)


def _split_at_sharp_edges(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices split where faces meet at more than 30 degrees: positions, triangles and normals for glTF."""
    flat = _area_normals(points, triangles)
    unit = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    around: dict[int, list[int]] = {}
    for index, triangle in enumerate(triangles):
        for corner in triangle:
            around.setdefault(int(corner), []).append(index)
    seen: dict[tuple, int] = {}
    rows, corners = [], np.empty_like(triangles)
    for index, triangle in enumerate(triangles):
        for place, corner in enumerate(triangle):
            near = [other for other in around[int(corner)] if unit[other] @ unit[index] > np.cos(np.radians(30))]
            normal = flat[near].sum(axis=0)
            normal = tuple(np.round(normal / np.linalg.norm(normal), 5))
            corners[index, place] = seen.setdefault((int(corner), normal), len(seen))
            if corners[index, place] == len(rows):
                rows.append((points[corner], normal))
    positions = np.array([row[0] for row in rows], dtype="<f4")
    return positions, corners, np.array([row[1] for row in rows], dtype="<f4")


PARTS = {
    "bearing.ply": part_shapes.bearing,
    "bracket.obj": part_shapes.bracket,
    "flange.stl": part_shapes.flange,
    "gear.ply": part_shapes.gear,
    "hex_bolt.ply": part_shapes.hex_bolt,
    "pipe_elbow.glb": part_shapes.pipe_elbow,
    "spring.ply": part_shapes.spring,
    "star_knob.obj": part_shapes.star_knob,
}
WRITERS = {".ply": write_ply, ".stl": write_stl, ".obj": write_obj, ".glb": write_glb}


def main(folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PARTS.items():
        WRITERS[Path(name).suffix](folder / name, make())
        print(f"{name:16} {(folder / name).stat().st_size / 1000:6.1f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
