"""A skeleton as plain numbers: forward kinematics and linear blend skinning.

Persons are held in one frame: metres, face to -y, left hand towards +x, feet at z = 0. A joint's turn is given in
these axes, relative to its parent, from the anatomical position: upright, arms hanging, palms at the thighs. So it
means the same in every rig, whatever its rest pose and the roll of its bones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SIDED = ("shoulder", "upper_arm", "forearm", "hand", "thigh", "shin", "foot")
MIDDLE = ("hips", "spine", "chest", "neck", "head")
ROLES = (*MIDDLE, *(f"{name}.{side}" for name in SIDED for side in "LR"))
# What a rig must have for its joints to be understood.
NEEDED = ("hips", "head", *(f"{n}.{s}" for n in ("upper_arm", "forearm", "thigh", "shin") for s in "LR"))
# Limbs hang down in the anatomical position; along each chain the directions build on each other.
_CHAINS = (("upper_arm", "forearm", "hand"), ("thigh", "shin"))
DOWN = np.array([0.0, 0.0, -1.0])


@dataclass(frozen=True)
class Rig:
    """Bones with parents before children (-1: none); ``heads``, ``tails`` (B, 3) at rest; bone number by role."""

    names: tuple[str, ...]
    parents: tuple[int, ...]
    heads: np.ndarray
    tails: np.ndarray
    roles: Mapping[str, int]

    @property
    def is_understood(self) -> bool:
        return all(role in self.roles for role in NEEDED)

    def neutral(self) -> np.ndarray:
        """(B, 3, 3): the turn of each bone, in world axes, from rest to the anatomical position."""
        turns = np.tile(np.eye(3), (len(self.names), 1, 1))
        own = {number: role for role, number in self.roles.items()}
        for chain in _CHAINS:
            for side in "LR":
                turn = np.eye(3)
                for name in chain:
                    number = self.roles.get(f"{name}.{side}")
                    if number is None:
                        break
                    turn = between(turn @ (self._joint_after(number) - self.heads[number]), DOWN) @ turn
                    turns[number] = turn
        for number, parent in enumerate(self.parents):
            if number not in own and parent >= 0:  # fingers and the like go along
                turns[number] = turns[parent]
        return turns

    def _joint_after(self, number: int) -> np.ndarray:
        """Where the limb goes on: the next joint of its chain, or the bone's own tail."""
        role = next(role for role, found in self.roles.items() if found == number)
        name, _, side = role.partition(".")
        for chain in _CHAINS:
            if name in chain[:-1]:
                following = self.roles.get(f"{chain[chain.index(name) + 1]}.{side}")
                if following is not None:
                    return self.heads[following]
        if name == "shin" and f"foot.{side}" in self.roles:
            return self.heads[self.roles[f"foot.{side}"]]
        return self.tails[number]


def between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The smallest rotation (3, 3) that turns one direction into the other (Rodrigues)."""
    a, b = first / np.linalg.norm(first), second / np.linalg.norm(second)
    axis, cosine = np.cross(a, b), float(a @ b)
    if cosine < -1 + 1e-9:
        away = np.cross(a, [1.0, 0.0, 0.0] if abs(a[0]) < 0.9 else [0.0, 1.0, 0.0])
        away /= np.linalg.norm(away)
        return 2 * np.outer(away, away) - np.eye(3)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + cross + cross @ cross / (1 + cosine)


def euler(degrees: Sequence[float]) -> np.ndarray:
    """(3, 3) = Rx Ry Rz: the twist about z comes first, the bend about x last."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_x @ about_y @ about_z


def angles(rotation: np.ndarray) -> np.ndarray:
    """The inverse of ``euler``: degrees (3,), the middle one within +-90."""
    y = np.arcsin(np.clip(rotation[0, 2], -1.0, 1.0))
    x = np.arctan2(-rotation[1, 2], rotation[2, 2])
    z = np.arctan2(-rotation[0, 1], rotation[0, 0])
    return np.degrees([x, y, z])


def pose(rig: Rig, joints: Mapping[str, np.ndarray], root: np.ndarray | None = None) -> np.ndarray:
    """Transforms (B, 4, 4) from rest to posed, person's frame. ``joints``: rotation (3, 3) by role or bone's name.

    ``root`` (3, 3) turns the whole person about the first bone. Each bone turns about its head, which its parent moves.
    """
    by_bone = {number: role for role, number in rig.roles.items()}
    neutral = rig.neutral()
    frames = np.tile(np.eye(3), (len(rig.names), 1, 1))  # anatomical position -> posed
    turns = np.empty_like(frames)
    for number, parent in enumerate(rig.parents):
        above = frames[parent] if parent >= 0 else np.eye(3) if root is None else root
        role = by_bone.get(number, rig.names[number])
        frames[number] = above @ joints.get(role, np.eye(3))
        turns[number] = frames[number] @ neutral[number]
    return chain(rig, turns)


def chain(rig: Rig, turns: np.ndarray) -> np.ndarray:
    """Transforms (B, 4, 4) of bones turned by ``turns`` (B, 3, 3) from rest, each hanging on its parent."""
    transforms = np.tile(np.eye(4), (len(rig.names), 1, 1))
    for number, parent in enumerate(rig.parents):
        head = rig.heads[number]
        place = head if parent < 0 else transforms[parent, :3, :3] @ head + transforms[parent, :3, 3]
        transforms[number, :3, :3] = turns[number]
        transforms[number, :3, 3] = place - turns[number] @ head
    return transforms


def skin(vertices: np.ndarray, weights: np.ndarray, transforms: np.ndarray) -> np.ndarray:
    """Linear blend skinning: vertices (N, 3), weights (N, B) that sum to 1, transforms (B, 4, 4) -> (N, 3)."""
    blended = np.tensordot(weights, transforms[:, :3], axes=1)
    return np.einsum("nij,nj->ni", blended[:, :, :3], vertices) + blended[:, :, 3]


def moved(points: np.ndarray, bones: Sequence[int], transforms: np.ndarray) -> np.ndarray:
    """Points (K, 3), each fixed to one bone."""
    chosen = transforms[list(bones)]
    return np.einsum("kij,kj->ki", chosen[:, :3, :3], points) + chosen[:, :3, 3]
