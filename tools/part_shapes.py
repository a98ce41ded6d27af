"""The shapes of Truthbake's own machine parts, millimetres, z up. Numpy, and Blender's mathutils for faces with holes.

A part is a list of `(solid, material name)`; `make_parts.py` writes them to files.
"""

from __future__ import annotations

import importlib.util
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
from mathutils.geometry import tessellate_polygon

_SOLIDS = Path(__file__).resolve().parents[1] / "scene" / "assets" / "solids.py"


def _load_solids():
    spec = importlib.util.spec_from_file_location("truthbake_solids", _SOLIDS)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


solids = _load_solids()
Solid = tuple[np.ndarray, list[tuple[int, ...]]]
Part = list[tuple[Solid, str]]
UP = np.eye(3)


class Sheet:
    """Collects walls and flat faces with holes, then welds them into one closed solid."""

    def __init__(self) -> None:
        self._points: list[np.ndarray] = []
        self._faces: list[tuple[int, ...]] = []
        self._count = 0

    def _add(self, points: np.ndarray) -> int:
        self._points.append(points)
        self._count += len(points)
        return self._count - len(points)

    def wall(self, *loops: np.ndarray) -> None:
        """Quads between loops (P, 3), given bottom to top of an outer surface, counter-clockwise from above."""
        count = len(loops[0])
        starts = [self._add(np.asarray(loop, dtype=float)) for loop in loops]
        for low, high in pairwise(starts):
            self._faces += solids.band(low, high, count)

    def face(self, outline: np.ndarray, holes: list[np.ndarray], towards: np.ndarray) -> None:
        """A flat polygon (P, 3) with holes, looking along `towards`."""
        loops = [np.asarray(loop, dtype=float) for loop in (outline, *holes)]
        start = self._add(np.concatenate(loops))
        points = np.concatenate(loops)
        for a, b, c in tessellate_polygon([[tuple(point) for point in loop] for loop in loops]):
            normal = np.cross(points[b] - points[a], points[c] - points[a])
            if np.linalg.norm(normal) > 1e-9:
                order = (a, b, c) if normal @ towards > 0 else (a, c, b)
                self._faces.append(tuple(start + index for index in order))

    def solid(self) -> Solid:
        points = np.concatenate(self._points)
        _, first, index = np.unique(np.round(points, 4), axis=0, return_index=True, return_inverse=True)
        index = index.reshape(-1)
        faces = [tuple(int(index[corner]) for corner in face) for face in self._faces]
        return points[first], faces


def at(loop: np.ndarray, z: float) -> np.ndarray:
    """A flat loop (P, 2) lifted to height z."""
    return np.column_stack([loop, np.full(len(loop), z)])


def inset(loop: np.ndarray, distance: float) -> np.ndarray:
    """The loop (P, 2), counter-clockwise, moved inwards along its corners' normals."""
    before, after = loop - np.roll(loop, 1, axis=0), np.roll(loop, -1, axis=0) - loop
    normals = [np.stack([edge[:, 1], -edge[:, 0]], axis=1) for edge in (before, after)]
    normals = [normal / np.linalg.norm(normal, axis=1, keepdims=True) for normal in normals]
    middle = normals[0] + normals[1]
    middle /= np.maximum(np.einsum("ij,ij->i", middle, normals[0])[:, None], 0.5)
    return loop - middle * distance


def gear() -> Part:
    """A spur gear with 20 teeth, six round windows and a hub with a keyway."""
    teeth, root, tip = 20, 25.0, 30.5
    pitch = 2 * np.pi / teeth
    tooth = [(root, -0.40), (root + 0.9, -0.30), (27.8, -0.22), (tip - 0.5, -0.125), (tip, -0.09), (tip, 0.09)]
    tooth += [(tip - 0.5, 0.125), (27.8, 0.22), (root + 0.9, 0.30), (root, 0.40)]
    polar = np.array([(radius, (index + share) * pitch) for index in range(teeth) for radius, share in tooth])
    outer = np.stack([np.cos(polar[:, 1]), np.sin(polar[:, 1])], axis=1) * polar[:, :1]
    hub, hub_top = solids.circle(11.5, 48), solids.circle(10.7, 48)
    bore = solids.arc(6.0, 110, 430, 40)
    bore = np.concatenate([bore, [[2.05, 8.2], [-2.05, 8.2]]])  # the keyway
    windows = [solids.circle(4.2, 20, 17.5 * point) for point in solids.circle(1.0, 6)]
    sheet = Sheet()
    inner = inset(outer, 0.6)
    sheet.wall(at(inner, 0), at(outer, 0.6), at(outer, 9.4), at(inner, 10))
    sheet.face(at(inner, 0), [at(loop, 0) for loop in (bore, *windows)], -UP[2])
    sheet.face(at(inner, 10), [at(loop, 10) for loop in (hub, *windows)], UP[2])
    sheet.wall(at(hub, 10), at(hub, 17.2), at(hub_top, 18))
    sheet.face(at(hub_top, 18), [at(bore, 18)], UP[2])
    for loop, top in ((bore, 18), *((window, 10) for window in windows)):
        sheet.wall(at(loop, top), at(loop, 0))
    return [(sheet.solid(), "brass")]


def flange() -> Part:
    """A welding-neck flange: a disc with six bolt holes and a conical neck."""
    disc, edge = solids.circle(40, 42), solids.circle(39, 42)
    neck = [solids.circle(radius, 42) for radius in (24.0, 22.0, 18.5, 18.0)]
    bore = solids.circle(14, 42)
    holes = [solids.circle(4.5, 14, 31.5 * point) for point in solids.circle(1.0, 6)]
    sheet = Sheet()
    sheet.wall(at(edge, 0), at(disc, 1), at(disc, 9), at(edge, 10))
    sheet.face(at(edge, 0), [at(loop, 0) for loop in (bore, *holes)], -UP[2])
    sheet.face(at(edge, 10), [at(loop, 10) for loop in (neck[0], *holes)], UP[2])
    sheet.wall(at(neck[0], 10), at(neck[1], 12), at(neck[2], 28), at(neck[3], 34))
    sheet.face(at(neck[3], 34), [at(bore, 34)], UP[2])
    sheet.wall(at(bore, 34), at(bore, 0))
    for hole in holes:
        sheet.wall(at(hole, 10), at(hole, 0))
    return [(sheet.solid(), "steel")]


def bracket() -> Part:
    """An angle bracket, 60 x 40 x 50, 5 thick: two holes below, one slot above, round inside and outside."""
    wide, deep, high, thick = 40.0, 60.0, 50.0, 5.0
    outer = solids.arc(8, 270, 180, 9, (8, 8))
    inner = solids.arc(3, 180, 270, 9, (thick + 3, thick + 3))
    profile = np.concatenate([[[deep, 0]], outer, [[0, high], [thick, high]], inner, [[deep, thick]]])
    profile = profile[::-1]  # counter-clockwise in (x, z)

    def side(y: float) -> np.ndarray:
        return np.column_stack([profile[:, 0], np.full(len(profile), y), profile[:, 1]])

    def plate(x0: float, x1: float, z: float) -> np.ndarray:
        return np.array([[x0, -wide / 2, z], [x1, -wide / 2, z], [x1, wide / 2, z], [x0, wide / 2, z]])

    def upright(z0: float, z1: float, x: float) -> np.ndarray:
        return np.array([[x, -wide / 2, z0], [x, wide / 2, z0], [x, wide / 2, z1], [x, -wide / 2, z1]])

    holes = [solids.circle(3.6, 28, (44, y)) for y in (-10, 10)]
    slot = np.concatenate([solids.arc(4, -90, 90, 13, (8, 33)), solids.arc(4, 90, 270, 13, (-8, 33))])
    sheet = Sheet()
    sheet.face(side(-wide / 2), [], -UP[1])
    sheet.face(side(wide / 2), [], UP[1])
    sheet.face(plate(8, deep, 0), [at(hole, 0) for hole in holes], -UP[2])
    sheet.face(plate(thick + 3, deep, thick), [at(hole, thick) for hole in holes], UP[2])
    sheet.face(upright(8, high, 0), [np.insert(slot, 0, 0.0, axis=1)], -UP[0])
    sheet.face(upright(thick + 3, high, thick), [np.insert(slot, 0, thick, axis=1)], UP[0])
    count = len(profile)
    for i in range(count):  # the rest of the rim: ends and the two bends
        a, b = profile[i], profile[(i + 1) % count]
        flat = np.linalg.norm(b - a) > 20
        if not flat:
            quad = np.array([[p[0], y, p[1]] for p, y in ((a, -20), (b, -20), (b, 20), (a, 20))])
            edge = b - a
            sheet.face(quad, [], np.array([edge[1], 0.0, -edge[0]]))
    for hole in holes:
        sheet.wall(at(hole, thick), at(hole, 0))
    sheet.wall(np.insert(slot, 0, thick, axis=1), np.insert(slot, 0, 0.0, axis=1))
    return [(sheet.solid(), "blue_paint")]


def hex_bolt() -> Part:
    """An M12 bolt, 45 long, with a real helical thread."""
    count = 30
    angle = np.arange(count) * (2 * np.pi / count)
    flat = np.mod(angle, np.pi / 3) - np.pi / 6
    across = 9.5 / np.cos(flat)
    unit = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    hexagon = unit * across[:, None]
    chamfer = 9.2
    drop = np.column_stack([hexagon, 8.0 - (across - chamfer) * 0.55])
    lower = np.column_stack([hexagon, 0.4 + (across - chamfer) * 0.2])
    top = at(unit * chamfer, 8.0)
    shank = [at(unit * radius, z) for radius, z in ((6.6, 0), (6.0, -0.7), (6.0, -15))]
    steps, turns = 5, 15
    rows = []
    for index in range(1, steps * turns):
        z = -15 - index * 1.75 / steps
        phase = np.mod(index / steps + angle / (2 * np.pi), 1.0)
        depth = 1.0 * (1 - np.abs(2 * phase - 1)) * np.clip(min(index, steps * turns - index) / steps, 0, 1)
        rows.append(np.column_stack([unit * (6.0 - depth)[:, None], np.full(count, z)]))
    end = -15 - 1.75 * turns
    tail = [at(unit * 5.6, end), at(unit * 4.6, end - 1.0)]
    sheet = Sheet()
    sheet.wall(*reversed(tail), *reversed(rows), *reversed(shank))
    sheet.face(tail[-1], [], -UP[2])
    underside = at(unit * chamfer, 0.0)
    sheet.face(underside, [shank[0]], -UP[2])
    sheet.wall(underside, lower, drop, top)
    sheet.face(top, [], UP[2])
    return [(sheet.solid(), "zinc")]


def _along(path: np.ndarray, radii: np.ndarray, sides: np.ndarray, ups: np.ndarray, count: int) -> list[np.ndarray]:
    """Rings of `count` points around a path."""
    unit = solids.circle(1.0, count)
    return [p + r * (unit[:, :1] * s + unit[:, 1:] * u) for p, r, s, u in zip(path, radii, sides, ups)]


def pipe_elbow() -> Part:
    """A 90 degree elbow with a collar at both ends."""
    bend, turn = 34.0, np.radians(np.linspace(0, 90, 19))
    centre = np.array([bend, 0.0, 0.0])
    path = [[0, 0, z] for z in (-12, -11.2, -4.0, -3.2)]
    path += [list(centre + bend * np.array([-np.cos(a), 0, np.sin(a)])) for a in turn]
    path += [[bend + x, 0, bend] for x in (3.2, 4.0, 11.2, 12)]
    radii = np.array([16.2, 17, 17, 14.2] + [14.0] * 19 + [14.2, 17, 17, 16.2])
    angles = np.concatenate([np.zeros(4), turn, np.full(4, np.pi / 2)])
    sides = np.stack([np.cos(angles), np.zeros(27), -np.sin(angles)], axis=1)
    ups = np.tile(UP[1], (27, 1))
    outside = _along(np.array(path), radii, sides, ups, 28)
    inside = _along(np.array(path)[[0, *range(4, 23), 26]], np.full(21, 11.0), sides[[0, *range(4, 23), 26]], ups, 28)
    sheet = Sheet()
    sheet.wall(*outside, *reversed(inside), outside[0])
    return [(sheet.solid(), "copper")]


def bearing() -> Part:
    """A deep groove ball bearing, 42 x 20 x 12: two rings, nine balls."""
    groove, ball, half = 15.5, 3.4, 6.0

    def ring(outside: float, inside: float, race: np.ndarray) -> Solid:
        corners = [(inside + 0.6, -half), (outside - 0.6, -half), (outside, -half + 0.6)]
        if outside < groove:  # the inner ring carries its race outside
            loop = [*corners, *race, (outside, half - 0.6), (outside - 0.6, half), (inside + 0.6, half)]
            loop += [(inside, half - 0.6), (inside, -half + 0.6)]
        else:
            loop = [*corners, (outside, half - 0.6), (outside - 0.6, half), (inside + 0.6, half)]
            loop += [(inside, half - 0.6), *race, (inside, -half + 0.6)]
        return solids.lathe(np.array(loop), 48, closed=True)

    # arcs of the groove, each walked in the direction of its ring's profile
    inner = ring(13.6, 10.0, solids.arc(ball + 0.05, 236, 124, 7, (groove, 0)))
    outer = ring(21.0, 17.4, solids.arc(ball + 0.05, 56, -56, 7, (groove, 0)))
    profile = solids.arc(ball, -90, 90, 9)
    profile[[0, -1], 0] = 0.0
    points, faces = solids.lathe(profile, 14)
    balls = [(points + np.append(groove * place, 0.0), faces) for place in solids.circle(1.0, 9)]
    return [(outer, "steel"), (inner, "steel"), (solids.combine(*balls), "chrome")]


def star_knob() -> Part:
    """A star knob of black plastic with a brass bush."""
    angle = np.arange(70) * (2 * np.pi / 70)
    lobes = np.stack([np.cos(angle), np.sin(angle)], axis=1) * (21 + 3.6 * np.cos(5 * angle))[:, None]
    round_ = solids.circle(1.0, 70)
    body = Sheet()
    stem, low = at(round_ * 10.0, 0), at(round_ * 11.0, 1)
    rows = [
        stem,
        low,
        at(round_ * 11.5, 12),
        at(lobes * 0.93, 14),
        at(lobes, 17),
        at(lobes, 22),
        at(lobes * 0.97, 24.8),
    ]
    for share in (0.90, 0.78, 0.64, 0.48, 0.32, 0.16):  # a low dome that forgets the lobes
        rows.append(at(lobes * share**2 + round_ * 21 * (share - share**2), 29.5 - 3.5 * share**2))
    body.wall(*rows)
    body.face(rows[-1], [], UP[2])
    rim = at(solids.circle(6.0, 70), 0)
    deep = at(solids.circle(6.0, 70), 10)
    body.face(stem, [rim], -UP[2])
    body.wall(deep, rim)
    body.face(deep, [], -UP[2])
    bush = [(3.6, 9.9), (3.6, -1.0), (5.4, -1.0), (5.95, -0.4), (5.95, 9.9)]
    return [(body.solid(), "black_plastic"), (solids.lathe(np.array(bush), 32, closed=True), "brass")]


def spring() -> Part:
    """A compression spring: 5 turns of 4 mm wire, 32 wide, 48 high."""
    turns, steps, count, radius = 5, 24, 10, 14.0
    t = np.linspace(0, turns, turns * steps + 1)
    pitch = np.interp(t, [0, 0.8, turns - 0.8, turns], [0.0, 3.6, 40.4, 44.0])
    angle = 2 * np.pi * t
    side = np.stack([np.cos(angle), np.sin(angle), np.zeros_like(t)], axis=1)
    path = side * radius + np.outer(pitch, UP[2])
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    up = np.cross(along, side)
    rings = _along(path, np.full(len(t), 2.0), side, up, count)
    sheet = Sheet()
    sheet.wall(*rings)
    sheet.face(rings[0], [], -along[0])
    sheet.face(rings[-1], [], along[-1])
    return [(sheet.solid(), "spring_steel")]
