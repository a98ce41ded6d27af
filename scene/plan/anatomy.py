"""How far human joints turn, and draws of poses within.

Ranges of motion of healthy adults after the American Academy of Orthopaedic Surgeons ("Joint Motion: Method of
Measuring and Recording", 1965); those of trunk, neck and arm are shared among the joints that make them up.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .rig import MIDDLE, SIDED, Rig, euler, moved, pose

Limits = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]

# Degrees about x, y, z in the person's axes (see rig.py), left side. Bending forward is positive about x for what
# points up or back (trunk, knee, foot's sole) and negative for what hangs down and swings to the front.
_LEFT: dict[str, Limits] = {
    "hips": ((-15, 30), (-10, 10), (0, 0)),  # the whole person leans
    "spine": ((-10, 35), (-15, 15), (-20, 20)),
    "chest": ((-15, 45), (-20, 20), (-25, 25)),
    "neck": ((-25, 20), (-20, 20), (-35, 35)),
    "head": ((-35, 25), (-25, 25), (-45, 45)),
    "shoulder": ((0, 0), (-25, 5), (-15, 15)),
    "upper_arm": ((-160, 45), (-85, 15), (-70, 70)),
    "forearm": ((-150, 0), (0, 0), (-40, 40)),
    "hand": ((-20, 30), (-60, 70), (-40, 40)),
    "thigh": ((-120, 25), (-45, 20), (-40, 45)),
    "shin": ((0, 140), (0, 0), (0, 0)),
    "foot": ((-20, 50), (-15, 15), (-10, 10)),
}
# Standing at ease.
_AT_EASE = {"upper_arm": (4.0, -9.0, 0.0), "forearm": (-16.0, 0.0, 0.0), "thigh": (0.0, -4.0, -6.0)}
# Where a rig's bones are not understood each joint turns by up to this, degrees.
UNKNOWN = 20.0

# Half widths of the body, metres at 1.75 m, for telling poses that run into themselves.
_RADIUS = {"hips": 0.11, "spine": 0.105, "chest": 0.115, "neck": 0.05, "head": 0.09, "upper_arm": 0.045}
_RADIUS |= {"forearm": 0.04, "hand": 0.035, "thigh": 0.075, "shin": 0.05, "foot": 0.04}
TRIES = 24


def limits(role: str) -> Limits:
    """The range of a joint in degrees about x, y and z; the right side mirrors the left."""
    name, _, side = role.partition(".")
    about_x, about_y, about_z = _LEFT[name]
    if side == "R":
        about_y, about_z = (-about_y[1], -about_y[0]), (-about_z[1], -about_z[0])
    return about_x, about_y, about_z


def within(role: str, angles: np.ndarray) -> np.ndarray:
    """Angles (3,) in degrees, cut to the joint's range."""
    low, high = np.array(limits(role), dtype=float).T
    return np.clip(angles, low, high)


def at_ease(role: str) -> np.ndarray:
    """The joint's angles (3,) of a person who simply stands."""
    name, _, side = role.partition(".")
    return np.array(_AT_EASE.get(name, (0.0, 0.0, 0.0))) * ([1, -1, -1] if side == "R" else [1, 1, 1])


def roles() -> list[str]:
    """All joints in the order in which they are drawn."""
    return [*MIDDLE, *(f"{name}.{side}" for name in SIDED for side in "LR")]


def draw_joints(rng: np.random.Generator, extent: float, tries: int = TRIES) -> list[dict[str, np.ndarray]]:
    """Several poses, angles (3,) in degrees by role: uniform within ``extent`` (0 to 1) of each joint's range.

    Always the same count of numbers, so that what a pose is taken for shifts no later draw.
    """
    names = roles()
    shares = rng.random((tries, len(names), 3))
    drawn = []
    for row in shares:
        angles = {}
        for name, share in zip(names, row, strict=True):
            low, high = np.array(limits(name), dtype=float).T
            # The share of the range around standing at ease, which lies within the range.
            rest = at_ease(name)
            angles[name] = rest + extent * (low + share * (high - low) - rest)
        drawn.append(angles)
    return drawn


def rotations(angles: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Rotation (3, 3) by role."""
    return {role: euler(value) for role, value in angles.items()}


def clearest(rig: Rig, candidates: list[dict[str, np.ndarray]], height: float) -> dict[str, np.ndarray]:
    """The first of the poses in which the body does not run into itself, or the one that does so least."""
    best, best_depth = candidates[0], np.inf
    for angles in candidates:
        depth = overlap(rig, pose(rig, rotations(angles)), height)
        if depth < best_depth:
            best, best_depth = angles, depth
        if depth <= 0.0:
            break
    return best


def overlap(rig: Rig, transforms: np.ndarray, height: float) -> float:
    """How deep, in metres, limbs lie in each other: sticks with round ends around the bones; 0 for a clear pose."""
    names = [role for role in rig.roles if role.partition(".")[0] in _RADIUS]
    bones = [rig.roles[name] for name in names]
    heads, tails = (moved(points[bones], bones, transforms) for points in (rig.heads, rig.tails))
    radii = np.array([_RADIUS[name.partition(".")[0]] for name in names]) * height / 1.75
    pairs = np.array([(i, j) for i in range(len(names)) for j in range(i) if _may_touch(names[i], names[j])])
    first, second = pairs.T
    gap = _segment_distance(heads[first], tails[first], heads[second], tails[second]) - radii[first] - radii[second]
    return float(max(0.0, -gap.min()))


_TRUNK = {"hips", "spine", "chest", "neck", "head"}
_NEAR = ({"chest", "upper_arm"}, {"spine", "upper_arm"}, {"hips", "thigh"}, {"spine", "thigh"}, {"thigh"})
_NEAR += ({"upper_arm", "forearm"}, {"forearm", "hand"}, {"thigh", "shin"}, {"shin", "foot"}, {"neck", "upper_arm"})
_NEAR += ({"upper_arm", "head"},)


def _may_touch(one: str, other: str) -> bool:
    """Whether two bones lie apart in every good pose: not neighbours, nor both of the trunk."""
    (a, _, side), (b, _, second) = one.partition("."), other.partition(".")
    if {a, b} <= _TRUNK:
        return False
    is_near = {a, b} in _NEAR and (side == second or not side or not second or a == b)
    return not is_near


def _segment_distance(p: np.ndarray, q: np.ndarray, r: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Distances (N,) of the segments p-q and r-s (Ericson 2005, "Real-Time Collision Detection", 5.1.9)."""
    u, v, w = q - p, s - r, p - r
    a, b, c = (u * u).sum(1), (u * v).sum(1), (v * v).sum(1)
    d, e = (u * w).sum(1), (v * w).sum(1)
    cross = np.maximum(a * c - b * b, 1e-12)
    first = np.clip((b * e - c * d) / cross, 0.0, 1.0)
    second = np.clip((b * first + e) / c, 0.0, 1.0)
    first = np.clip((b * second - d) / a, 0.0, 1.0)
    return np.linalg.norm(w + first[:, None] * u - second[:, None] * v, axis=1)
