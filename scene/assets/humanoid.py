"""The built-in person: a body with face, hands, hair, clothes and a skeleton, all made by code.

The shapes (see body.py) are turned into meshes once per process; persons differ by height, girth and proportions, by
their clothes' cut and by colours, all of which change the finished mesh only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from mathutils import kdtree

from ..plan.rig import Rig, chain, moved, skin
from . import body
from .implicit import Field, smooth_max, surface

KEY = "humanoid"
VERSION = "truthbake humanoid 1"
SLOTS = ("skin", "top", "bottom", "shoes", "soles", "hair", "lips", "eyes", "irises")

CAGE = 0.012  # metres between the vertices on which weights are computed
SPREAD = 24  # rounds of smoothing: weights fade over about 4 cm
INFLUENCES = 4
HIDDEN = 0.007  # what lies deeper under cloth is left out
# Of bones as sticks, metres: which part of the body belongs to which.
_RADIUS = {"hips": 0.15, "spine": 0.13, "chest": 0.15, "neck": 0.055, "head": 0.09, "shoulder": 0.06}
_RADIUS |= {"upper_arm": 0.045, "forearm": 0.04, "hand": 0.04, "thigh": 0.08, "shin": 0.05, "foot": 0.04}
# How much girth, from -1 to 1, widens a bone's flesh.
_GIRTH = {"hips": 0.15, "spine": 0.22, "chest": 0.13, "neck": 0.08, "head": 0.03, "shoulder": 0.10}
_GIRTH |= {"upper_arm": 0.18, "forearm": 0.12, "hand": 0.04, "thigh": 0.16, "shin": 0.12, "foot": 0.03}


@dataclass(frozen=True)
class Body:
    """Vertices (N, 3), quads (M, 4), a slot number for each, weights (N, B); bones as in the rig."""

    vertices: np.ndarray
    faces: np.ndarray
    slots: np.ndarray
    weights: np.ndarray
    rig: Rig


@cache
def rig() -> Rig:
    """The skeleton in the A-pose of body.py."""
    bones = dict(body.MIDDLE_BONES)
    for side, sign in (("L", 1.0), ("R", -1.0)):
        for name, (parent, head, tail) in body.LEFT_BONES.items():
            above = parent if parent in body.MIDDLE_BONES else f"{parent}.{side}"
            flip = np.array([sign, 1.0, 1.0])
            bones[f"{name}.{side}"] = (above, tuple(head * flip), tuple(tail * flip))
    names = tuple(bones)
    parents = tuple(names.index(parent) if parent else -1 for parent, _, _ in bones.values())
    heads, tails = (np.array([bone[end] for bone in bones.values()]) for end in (1, 2))
    return Rig(names, parents, heads, tails, {name: number for number, name in enumerate(names)})


def _both(field: Field) -> Field:
    return lambda points: field(body.mirrored(points))


def _ball(centre: body.Point, radius: float) -> Field:
    return lambda points: np.linalg.norm(points - np.asarray(centre), axis=1) - radius


def _forearm_on(points: np.ndarray) -> np.ndarray:
    return smooth_max(body.hand(points), -body.across(points, body.ELBOW, body.WRIST, 0.88), 0.002)


def _head_on(points: np.ndarray) -> np.ndarray:
    return smooth_max(body.head(points), 1.45 - points[:, 2], 0.002)


# Piece -> slot, shape, corners of its box, step in metres, whether its mirror image belongs to it.
_PIECES: dict[str, tuple[str, Field, body.Point, body.Point, float, bool]] = {
    "hand": ("skin", _forearm_on, (0.48, -0.16, 0.82), (0.74, 0.08, 1.10), 0.0045, True),
    "head": ("skin", _both(_head_on), (-0.11, -0.15, 1.42), (0.11, 0.14, 1.78), 0.006, False),
    "lids": ("skin", body.eyelids, (0.012, -0.10, 1.62), (0.05, -0.055, 1.655), 0.002, True),
    "top short": ("top", lambda p: body.top(p, "short"), (-0.6, -0.22, 0.82), (0.6, 0.24, 1.55), 0.012, False),
    "top long": ("top", lambda p: body.top(p, "long"), (-0.6, -0.22, 0.82), (0.6, 0.24, 1.55), 0.012, False),
    "bottom long": ("bottom", lambda p: body.bottom(p, "long"), (-0.35, -0.2, 0.03), (0.35, 0.25, 1.08), 0.012, False),
    "bottom short": ("bottom", lambda p: body.bottom(p, "short"), (-0.35, -0.2, 0.4), (0.35, 0.25, 1.08), 0.012, False),
    "shoe": ("shoes", body.shoe, (0.09, -0.24, -0.02), (0.26, 0.12, 0.13), 0.007, True),
    "sole": ("soles", body.sole, (0.09, -0.24, -0.02), (0.26, 0.12, 0.05), 0.01, True),
    "hair short": (
        "hair",
        _both(lambda p: body.hair(p, "short")),
        (-0.12, -0.14, 1.4),
        (0.12, 0.16, 1.8),
        0.006,
        False,
    ),
    "hair long": ("hair", _both(lambda p: body.hair(p, "long")), (-0.12, -0.14, 1.4), (0.12, 0.16, 1.8), 0.006, False),
    "lips": ("lips", _both(body.lips), (-0.03, -0.115, 1.555), (0.03, -0.08, 1.585), 0.002, False),
    "brow": ("hair", body.brow, (0.004, -0.112, 1.64), (0.062, -0.06, 1.68), 0.0022, True),
    "eye": ("eyes", _ball(body.EYE, body.EYEBALL), (0.01, -0.10, 1.62), (0.05, -0.06, 1.655), 0.003, True),
    "iris": ("irises", _ball(body.IRIS, 0.0066), (0.02, -0.10, 1.625), (0.045, -0.07, 1.65), 0.002, True),
}


@cache
def _piece(name: str) -> tuple[np.ndarray, np.ndarray]:
    _, field, low, high, step, is_pair = _PIECES[name]
    vertices, faces = surface(field, low, high, step)
    if not is_pair:
        return vertices, faces
    return np.concatenate([vertices, vertices * [-1, 1, 1]]), np.concatenate([faces, faces[:, ::-1] + len(vertices)])


@cache
def _cage() -> tuple[np.ndarray, np.ndarray, np.ndarray, kdtree.KDTree]:
    """The whole skin, its quads, the weights on it and a tree to find its vertices."""
    vertices, faces = surface(body.skin, (-0.75, -0.3, -0.03), (0.75, 0.3, 1.8), CAGE)
    weights = _spread(_nearest_bone(vertices), faces)
    tree = kdtree.KDTree(len(vertices))
    for number, vertex in enumerate(vertices):
        tree.insert(vertex, number)
    tree.balance()
    return vertices, faces, weights, tree


def _nearest_bone(points: np.ndarray) -> np.ndarray:
    """(N, B): 1 for the bone whose stick is nearest, bones of the other side left out."""
    bones = rig()
    distance = np.empty((len(points), len(bones.names)))
    for number, name in enumerate(bones.names):
        head, axis = bones.heads[number], bones.tails[number] - bones.heads[number]
        share = np.clip((points - head) @ axis / (axis @ axis), 0.0, 1.0)
        distance[:, number] = np.linalg.norm(points - head - share[:, None] * axis, axis=1)
        distance[:, number] -= _RADIUS[name.partition(".")[0]]
        wrong = points[:, 0] < 0 if name.endswith(".L") else points[:, 0] > 0 if name.endswith(".R") else None
        if wrong is not None:
            distance[wrong, number] = np.inf
    return np.eye(len(bones.names))[distance.argmin(axis=1)]


def _spread(weights: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Weights diffused over the surface, and cut to the strongest few."""
    edges = np.unique(np.sort(np.concatenate([faces[:, [i, (i + 1) % 4]] for i in range(4)]), axis=1), axis=0)
    starts, ends = np.concatenate([edges, edges[:, ::-1]]).T
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], ends[order]
    first = np.searchsorted(starts, np.arange(len(weights)))
    count = np.bincount(starts, minlength=len(weights))[:, None]
    for _ in range(SPREAD):
        weights = (weights + np.add.reduceat(weights[ends], first, axis=0) / count) / 2
    return _strongest(weights)


def _strongest(weights: np.ndarray) -> np.ndarray:
    least = np.sort(weights, axis=1)[:, -INFLUENCES][:, None]
    weights = np.where((weights >= least) & (weights > 1e-3), weights, 0.0)
    return weights / weights.sum(axis=1, keepdims=True)


def _weights_at(points: np.ndarray) -> np.ndarray:
    """Weights (N, B) taken over from the nearest vertices of the skin."""
    _, _, weights, tree = _cage()
    found = np.empty((len(points), weights.shape[1]))
    for number, point in enumerate(points):
        near = tree.find_n(point, 3)
        share = np.array([1.0 / (distance + 1e-4) for _, _, distance in near])
        found[number] = share @ weights[[index for _, index, _ in near]] / share.sum()
    return _strongest(found)


@cache
def _weighted(name: str) -> np.ndarray:
    vertices = _piece(name)[0]
    if name in ("lids", "brow", "eye", "iris", "lips") or name.startswith("hair"):
        weights = np.zeros((len(vertices), len(rig().names)))
        weights[:, rig().roles["head"]] = 1.0  # nothing in the face may bend
        if name == "hair long":
            low = np.clip((1.56 - vertices[:, 2]) / 0.08, 0.0, 1.0)
            weights[:, rig().roles["neck"]], weights[:, rig().roles["head"]] = low / 2, 1 - low / 2
        return weights
    return _weights_at(vertices)


def _shows(points: np.ndarray, sleeves: str, legs: str) -> np.ndarray:
    """(N,) whether the skin at these points may be seen: not under cloth, nor where a finer piece takes its place."""
    covered = np.minimum(body.top(points, sleeves), body.bottom(points, legs)) < -HIDDEN
    left = body.mirrored(points)
    covered |= (body.across(left, body.ELBOW, body.WRIST, 0.95) > 0) & (left[:, 0] > 0.4)
    covered |= (points[:, 2] > 1.48) | (left[:, 2] < 0.075)
    return ~covered & ~((body.shoe(left) < -HIDDEN) & (points[:, 2] < 0.2))


@cache
def dressed(sleeves: str, legs: str, hair: str) -> Body:
    """The body in clothes with ``short`` or ``long`` sleeves, legs and hair (or hair ``none``)."""
    vertices, faces, weights, _ = _cage()
    shown = _shows(vertices, sleeves, legs)
    faces = faces[shown[faces].any(axis=1)]
    used, faces = np.unique(faces, return_inverse=True)
    parts = [(vertices[used], faces.reshape(-1, 4), weights[used], "skin")]
    names = ["hand", "head", "lids", f"top {sleeves}", f"bottom {legs}", "shoe", "sole", "lips", "brow", "eye", "iris"]
    for name in names if hair == "none" else [*names, f"hair {hair}"]:
        parts.append((*_piece(name), _weighted(name), _PIECES[name][0]))
    starts = np.cumsum([0, *(len(part[0]) for part in parts)])
    return Body(
        vertices=np.concatenate([part[0] for part in parts]),
        faces=np.concatenate([part[1] + start for part, start in zip(parts, starts)]),
        slots=np.concatenate([np.full(len(part[1]), SLOTS.index(part[3])) for part in parts]),
        weights=np.concatenate([part[2] for part in parts]),
        rig=rig(),
    )


def shaped(figure: Body, height: float, girth: float, shoulders: float) -> Body:
    """The same person ``height`` metres tall; ``girth`` from slender (-1) to stout (1); breadth of the shoulders.

    Flesh grows across each bone, as skinning with a scale would do it; joints move along with what carries them.
    """
    bones = figure.rig
    turns = np.tile(np.eye(3), (len(bones.names), 1, 1))
    for number, name in enumerate(bones.names):
        part = name.partition(".")[0]
        axis = bones.tails[number] - bones.heads[number]
        axis /= np.linalg.norm(axis)
        wider = 1.0 + girth * _GIRTH[part]
        turns[number] = wider * np.eye(3) + (1.0 - wider) * np.outer(axis, axis)
        if part in ("chest", "shoulder"):
            turns[number] = turns[number] @ np.diag([1.0 + 0.06 * shoulders, 1.0, 1.0])
        if part == "hips":
            turns[number] = turns[number] @ np.diag([1.0 - 0.04 * shoulders, 1.0, 1.0])
        if part == "spine" and girth > 0:
            turns[number] = turns[number] @ np.diag([1.0, 1.0 + 0.12 * girth, 1.0])  # the belly
    transforms = chain(bones, turns)
    scale = height / body.HEIGHT
    every = range(len(bones.names))
    heads, tails = (scale * moved(points, every, transforms) for points in (bones.heads, bones.tails))
    vertices = scale * skin(figure.vertices, figure.weights, transforms)
    own = Rig(bones.names, bones.parents, heads, tails, bones.roles)
    return Body(vertices, figure.faces, figure.slots, figure.weights, own)


# COCO's keypoints on the built-in body, metres at 1.75 m: bone and point.
FACE_POINTS: Mapping[str, tuple[str, body.Point]] = {
    "nose": ("head", (0.0, -0.121, 1.601)),
    "left_eye": ("head", (0.031, -0.093, 1.637)),
    "right_eye": ("head", (-0.031, -0.093, 1.637)),
    "left_ear": ("head", (0.086, 0.008, 1.632)),
    "right_ear": ("head", (-0.086, 0.008, 1.632)),
}
