"""What foreign bones are called: names of the usual rigs (Mixamo, Rigify, Unreal, VRM, SMPL, Godot) to roles.

Pure text; what a rig's geometry says is settled in assets/rigged.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .rig import ROLES

# Role without side -> what its bone may be called, letters only, best first.
_NAMES: dict[str, tuple[str, ...]] = {
    "hips": ("hips", "pelvis", "hip", "torsoroot", "root"),
    "spine": ("spine", "spinea", "abdomen", "waist", "spinelower", "torso"),
    "chest": ("chest", "spineb", "spinec", "upperchest", "thorax", "spineupper", "ribcage", "spinea"),
    "neck": ("neck", "necka", "spined"),  # Rigify's spine goes up to the head
    "head": ("head", "spinef"),
    "shoulder": ("shoulder", "clavicle", "collar", "collarbone"),
    "upper_arm": ("upperarm", "arm", "uparm", "armupper", "shoulderjoint", "humerus"),
    "forearm": ("forearm", "lowerarm", "elbow", "armlower", "ulna"),
    "hand": ("wrist", "hand"),
    "thigh": ("thigh", "upleg", "upperleg", "legupper", "femur", "hipjoint"),
    "shin": ("shin", "calf", "lowerleg", "leg", "knee", "leglower", "tibia"),
    "foot": ("ankle", "foot"),
}
_SIDED = {role.partition(".")[0] for role in ROLES if "." in role}
# What rigs put before or behind every name.
_PREFIXES = (
    r"^(mixamorig\d*|def|org|bip\d*|j_bip|j_sec|character|armature|skeleton|rig|bone|cc_base|ccbase|m_avg)[\s:_.-]+"
)
_LEFT = r"(^|[\s:_.-])(l|left)($|[\s:_.-])"
_CENTRE = r"^(c|center|centre|mid)[\s:_.-]+"
_RIGHT = r"(^|[\s:_.-])(r|right)($|[\s:_.-])"


def side_of(name: str) -> tuple[str, str]:
    """A bone's side (L, R or empty) and its name without it and without what all names begin with."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    spaced = re.sub(_PREFIXES, "", spaced, flags=re.IGNORECASE)
    spaced = re.sub(_PREFIXES, "", spaced, flags=re.IGNORECASE)
    for side, pattern in (("L", _LEFT), ("R", _RIGHT)):
        if re.search(pattern, spaced, re.IGNORECASE):
            return side, re.sub(pattern, "_", spaced, flags=re.IGNORECASE)
    return "", re.sub(_CENTRE, "", spaced, flags=re.IGNORECASE)


def letters(name: str) -> str:
    """A name as letters only; a trailing number of a chain becomes a letter: Spine, Spine1 -> spine, spinea."""
    text = re.sub(r"[^a-z0-9]", "", name.lower())
    number = re.search(r"0*(\d*)$", text)
    stem = text[: number.start()] if number else text
    rank = int(number.group(1)) if number and number.group(1) else 0
    return stem + ("" if rank == 0 or rank > 26 else chr(ord("a") + rank - 1))


def roles_of(names: Sequence[str]) -> dict[str, int]:
    """Bone number by role, as far as names tell; each role and each bone is used once, the best name first."""
    known = [(number, *side_of(name)) for number, name in enumerate(names)]
    found: dict[str, int] = {}
    for role in ROLES:
        name, _, side = role.partition(".")
        for wanted in _NAMES[name]:
            match = next(
                (
                    number
                    for number, own, text in known
                    if own == side and letters(text) == wanted and number not in found.values()
                ),
                None,
            )
            if match is not None:
                found[role] = match
                break
    return _told_apart(found, known)


def _told_apart(found: dict[str, int], known: list[tuple[int, str, str]]) -> dict[str, int]:
    """Rigs that call the upper arm 'shoulder' (SMPL) and the thigh 'hip'."""
    for side in "LR":
        by_name = {letters(text): number for number, own, text in known if own == side}
        if f"upper_arm.{side}" not in found and "shoulder" in by_name:
            found[f"upper_arm.{side}"] = by_name["shoulder"]
            if found.get(f"shoulder.{side}") == by_name["shoulder"]:
                del found[f"shoulder.{side}"]
                if "collar" in by_name:
                    found[f"shoulder.{side}"] = by_name["collar"]
        if f"thigh.{side}" not in found and "hip" in by_name:
            found[f"thigh.{side}"] = by_name["hip"]
    return found
