"""Skeletons for tests: the built-in person's, with its arms and legs at rest where a test wants them."""

from __future__ import annotations

import numpy as np

from truthbake.scene.assets import body
from truthbake.scene.plan.rig import Rig


def built_in() -> Rig:
    return mirrored({**body.MIDDLE_BONES}, body.LEFT_BONES)


def in_t_pose() -> Rig:
    """Arms level to the sides, as many artists model."""
    shoulder, elbow, wrist = (0.18, 0.01, 1.41), (0.47, 0.01, 1.41), (0.72, 0.01, 1.41)
    left = dict(body.LEFT_BONES) | {
        "shoulder": ("chest", (0.025, 0.0, 1.41), shoulder),
        "upper_arm": ("shoulder", shoulder, elbow),
        "forearm": ("upper_arm", elbow, wrist),
        "hand": ("forearm", wrist, (0.90, 0.01, 1.41)),
    }
    return mirrored({**body.MIDDLE_BONES}, left)


def mirrored(bones, left) -> Rig:
    for side, sign in (("L", 1.0), ("R", -1.0)):
        for name, (parent, head, tail) in left.items():
            above = parent if parent in body.MIDDLE_BONES else f"{parent}.{side}"
            flip = np.array([sign, 1.0, 1.0])
            bones[f"{name}.{side}"] = (above, tuple(head * flip), tuple(tail * flip))
    names = tuple(bones)
    return Rig(
        names,
        tuple(names.index(parent) if parent else -1 for parent, _, _ in bones.values()),
        np.array([head for _, head, _ in bones.values()]),
        np.array([tail for _, _, tail in bones.values()]),
        {name: number for number, name in enumerate(names)},
    )
