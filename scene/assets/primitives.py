"""Procedural distractors: a fixed catalogue of plain closed shapes, 6 to 15 cm across."""

from __future__ import annotations

import hashlib

import bpy
import numpy as np

from . import solids
from .catalogue import DISTRACTOR, Asset, Geometry, find_mesh, hold, measure
from .solids import Solid
from .uv import box_project

SMOOTH_ANGLE = np.radians(40.0)
TILE = 0.1  # metres that a texture spans
_geometries: dict[str, Geometry] = {}


def _ball(radius: float, segments: int, start: float = -90.0, end: float = 90.0, rows: int = 25) -> np.ndarray:
    profile = solids.arc(radius, start, end, rows)
    profile[np.abs(profile) < 1e-12] = 0.0
    return profile


def _box(x: float, y: float, z: float) -> Solid:
    return solids.extrude(np.array([[-x, -y], [x, -y], [x, y], [-x, y]]) / 2, z)


def _rounded_box() -> Solid:
    """A box with round corners: a ball pulled apart along the three axes."""
    points, faces = solids.lathe(_ball(1.0, 32, rows=18), 32)
    # half a step off, so that no row or column of the ball lies in a symmetry plane
    turn = np.pi / 32
    points[:, :2] = points[:, :2] @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return points * 0.012 + np.sign(np.round(points, 9)) * np.array([0.038, 0.026, 0.018]), faces


def _tetrahedron(edge: float) -> Solid:
    points = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) * (edge / np.sqrt(8.0))
    return points, [(0, 1, 2), (0, 3, 1), (0, 2, 3), (1, 3, 2)]


def _gem(radius: float) -> Solid:
    """An icosahedron."""
    golden = (1 + np.sqrt(5)) / 2
    points = [[a, b * golden, 0] for a in (-1, 1) for b in (-1, 1)]
    points = np.array(points + [[0, *p[:2]] for p in points] + [[p[1], 0, p[0]] for p in points], dtype=float)
    points *= radius / np.linalg.norm(points[0])
    distance = np.linalg.norm(points[:, None] - points, axis=2)
    near = (distance > 0) & (distance < distance[distance > 0].min() * 1.01)
    faces = []
    for a in range(12):
        for b in range(a + 1, 12):
            for c in range(b + 1, 12):
                if near[a, b] and near[b, c] and near[a, c]:
                    outward = np.dot(points[a], np.cross(points[b], points[c])) > 0
                    faces.append((a, b, c) if outward else (a, c, b))
    return points, faces


def _torus(radius: float, tube: float) -> Solid:
    return solids.lathe(solids.circle(tube, 24, (radius, 0.0)), 64, closed=True)


def _ring(outer: float, inner: float, height: float) -> Solid:
    half = height / 2
    return solids.lathe(np.array([[inner, -half], [outer, -half], [outer, half], [inner, half]]), 64, closed=True)


def _turned(*profile: tuple[float, float], segments: int = 64) -> Solid:
    return solids.lathe(np.array(profile), segments)


def _capsule() -> Solid:
    lower, upper = _ball(0.025, 48, -90, 0, 13), _ball(0.025, 48, 0, 90, 13)
    lower[:, 1] -= 0.03
    upper[:, 1] += 0.03
    return solids.lathe(np.concatenate([lower, upper]), 48)


def _half_ball() -> Solid:
    return solids.lathe(np.concatenate([[[0.0, 0.0]], _ball(0.045, 64, 0, 90, 16)]), 64)


def _outline(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, dtype=float) / 100  # centimetres


def catalogue() -> dict[str, Solid]:
    """Name -> solid in metres, always the same."""
    l_beam = _outline((-3, -3), (3, -3), (3, -1.5), (-1.5, -1.5), (-1.5, 3), (-3, 3))
    stair = _outline((-4, -3), (4, -3), (4, -1.5), (2, -1.5), (2, 0), (0, 0), (0, 1.5), (-2, 1.5), (-2, 3), (-4, 3))
    cross = _outline(
        (-1, -3.5), (1, -3.5), (1, -1), (3.5, -1), (3.5, 1), (1, 1), (1, 3.5), (-1, 3.5), (-1, 1), (-3.5, 1),
        (-3.5, -1), (-1, -1),
    )  # fmt: skip
    wedge = _outline((-4, -2.5), (4, -2.5), (-4, 2.5))
    return {
        "cube": _box(0.06, 0.06, 0.06),
        "slab": _box(0.11, 0.07, 0.025),
        "rounded_box": _rounded_box(),
        "sphere": solids.lathe(_ball(0.035, 48), 48),
        "half_sphere": _half_ball(),
        "gem": _gem(0.04),
        "cylinder": _turned((0, -0.05), (0.028, -0.05), (0.028, 0.05), (0, 0.05)),
        "disc": _turned((0, -0.01), (0.05, -0.01), (0.05, 0.01), (0, 0.01)),
        "cone": _turned((0, 0), (0.035, 0), (0, 0.09)),
        "frustum": _turned((0, 0), (0.04, 0), (0.022, 0.07), (0, 0.07)),
        "torus": _torus(0.042, 0.015),
        "ring": _ring(0.045, 0.030, 0.03),
        "capsule": _capsule(),
        "pyramid": _turned((0, 0), (0.05, 0), (0, 0.07), segments=4),
        "hexagon": solids.extrude(solids.circle(0.035, 6), 0.05),
        "wedge": solids.extrude(wedge, 0.04),
        "tetrahedron": _tetrahedron(0.09),
        "l_beam": solids.extrude(l_beam, 0.10),
        "stair": solids.extrude(stair, 0.05),
        "cross": solids.extrude(cross, 0.03),
    }


def build_mesh(name: str, solid: Solid) -> bpy.types.Mesh:
    """A solid as a mesh datablock with box-projected UVs, smooth up to 40 degrees."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(solid[0], [], solid[1])
    mesh.update()
    box_project(mesh, TILE)
    mesh.shade_smooth()
    mesh.set_sharp_from_angle(angle=SMOOTH_ANGLE)
    return mesh


def primitives() -> list[Asset]:
    """The whole catalogue as distractors without materials; meshes are made once and shared by later calls."""
    assets = []
    for index, (name, solid) in enumerate(catalogue().items()):
        sha256 = hashlib.sha256(solid[0].astype("<f4").tobytes() + repr(solid[1]).encode()).hexdigest()
        mark = f"primitive:{name}"
        mesh = find_mesh(mark)
        if mesh is None:
            mesh = build_mesh(f"primitive_{name}", solid)
            hold(mesh, mark)
        if mark not in _geometries:
            _geometries[mark] = measure(mesh)
        geometry = _geometries[mark]
        assets.append(
            Asset(
                key=f"primitive_{name}",
                name=name,
                id=index + 1,
                class_id=index + 1,
                kind=DISTRACTOR,
                mesh_mark=mark,
                source=None,
                sha256=sha256,
                minimum=geometry.minimum,
                maximum=geometry.maximum,
                diameter=geometry.diameter,
                hull=geometry.hull,
                has_material=False,
            )
        )
    return assets
