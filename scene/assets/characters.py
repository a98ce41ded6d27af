"""Rigged characters: the built-in person, or files with an armature and meshes that it moves.

A file becomes one mesh, one rig and one table of weights in the frame that rig.py describes. Its armature is read and
not kept: posing is linear blend skinning, as Blender's armature modifier and every game engine do it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..plan.people import Look, PersonPlan
from ..plan.rig import Rig
from . import body, humanoid, rigged
from .catalogue import Asset, find_mesh, hold
from .formats import AssetError, natural_key
from .keypoints import Keypoints

PERSON = "person"
SUFFIXES = (".glb", ".gltf", ".fbx", ".blend")
READABLE = "GLB, glTF, FBX or Blender files"
# Metres: joints lie inside the body, and count as seen where the skin before them is.
KEYPOINT_DEPTH = 0.12
_STANDARD = ("short", "long", "short")


@dataclass(frozen=True)
class Figure:
    """A person at rest: vertices (N, 3), weights (N, B), the rig, the mesh to copy, keypoints as bone and point."""

    vertices: np.ndarray
    weights: np.ndarray
    rig: Rig
    mesh: bpy.types.Mesh
    height: float
    keypoints: dict[str, tuple[int, np.ndarray]]


@dataclass(frozen=True)
class Character(Asset):
    """An asset of kind ``person``. ``file_rig`` is None for the built-in person, whose figure depends on its plan."""

    file_rig: rigged.RiggedMesh | None = None

    @property
    def is_built_in(self) -> bool:
        return self.file_rig is None

    def figure(self, plan: PersonPlan) -> Figure:
        """The person that a plan describes."""
        if self.file_rig is not None:
            found = self.file_rig
            height = float(np.ptp(found.vertices[:, 2]))
            return Figure(found.vertices, found.weights, found.rig, self.mesh, height, joints(found.rig))
        cut = (plan.look.sleeves, plan.look.legs, plan.look.hair)
        shape = humanoid.shaped(humanoid.dressed(*cut), plan.height, plan.girth, plan.shoulders)
        points = joints(shape.rig)
        scale = plan.height / body.HEIGHT
        for name, (bone, point) in humanoid.FACE_POINTS.items():
            number = shape.rig.roles[bone]
            rest = humanoid.rig().heads[number]
            points[name] = (number, shape.rig.heads[number] + scale * (np.array(point) - rest))
        return Figure(shape.vertices, shape.weights, shape.rig, built_in_mesh(cut), plan.height, points)


# COCO's names of joints and the bones whose heads they are.
_JOINTS = {"shoulder": "upper_arm", "elbow": "forearm", "wrist": "hand", "hip": "thigh", "knee": "shin"}
_JOINTS |= {"ankle": "foot"}
COCO_NAMES = (
    "nose",
    *(f"{side}_{part}" for part in ("eye", "ear") for side in ("left", "right")),
    *(f"{side}_{joint}" for joint in _JOINTS for side in ("left", "right")),
)
COCO_SKELETON = (
    ("left_ankle", "left_knee"), ("left_knee", "left_hip"), ("right_ankle", "right_knee"),
    ("right_knee", "right_hip"), ("left_hip", "right_hip"), ("left_shoulder", "left_hip"),
    ("right_shoulder", "right_hip"), ("left_shoulder", "right_shoulder"), ("left_shoulder", "left_elbow"),
    ("right_shoulder", "right_elbow"), ("left_elbow", "left_wrist"), ("right_elbow", "right_wrist"),
    ("left_eye", "right_eye"), ("nose", "left_eye"), ("nose", "right_eye"), ("left_eye", "left_ear"),
    ("right_eye", "right_ear"), ("left_ear", "left_shoulder"), ("right_ear", "right_shoulder"),
)  # fmt: skip


def joints(rig: Rig) -> dict[str, tuple[int, np.ndarray]]:
    """Those of COCO's joints that a rig has: the bone that they move with and where they are at rest."""
    found = {}
    for joint, bone in _JOINTS.items():
        for side, letter in (("left", "L"), ("right", "R")):
            number = rig.roles.get(f"{bone}.{letter}")
            if number is not None:
                found[f"{side}_{joint}"] = (number, rig.heads[number])
    return found


def built_in_mark(cut: tuple[str, str, str]) -> str:
    """What finds that mesh again."""
    return f"{humanoid.VERSION} {'-'.join(cut)}"


def built_in_mesh(cut: tuple[str, str, str]) -> bpy.types.Mesh:
    """The mesh of the built-in person in clothes of this cut, made once per process."""
    mark = built_in_mark(cut)
    mesh = find_mesh(mark)
    if mesh is None:
        figure = humanoid.dressed(*cut)
        mesh = mesh_of(figure.vertices, figure.faces)
        mesh.polygons.foreach_set("material_index", figure.slots.astype(np.int32))
        for _ in humanoid.SLOTS:
            mesh.materials.append(None)
        hold(mesh, mark)
    return mesh


def mesh_of(vertices: np.ndarray, faces: np.ndarray) -> bpy.types.Mesh:
    """A smooth mesh of quads (M, 4)."""
    mesh = bpy.data.meshes.new("person")
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", vertices.astype(np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.astype(np.int32).ravel())
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, 4, dtype=np.int32))
    mesh.update(calc_edges=True)
    mesh.shade_smooth()
    return mesh


def load_characters(section: Mapping[str, Any], taken: Sequence[tuple[str, int]]) -> tuple[list[Character], list[str]]:
    """The characters that a recipe's people are drawn from; and warnings. AssetError as for models.

    ``taken`` are the names and numbers of the other classes.
    """
    class_id = _class_id(section, taken)
    if not section["characters"]:
        built_in_mesh(_STANDARD)
        digest = hashlib.sha256(humanoid.VERSION.encode()).hexdigest()
        return [_character(humanoid.KEY, section, class_id, built_in_mark(_STANDARD), digest)], []
    found, warnings, keys = [], [], set()
    for item in section["characters"]:
        for path in discover(item["path"]):
            unit = str(item.get("unit") or "auto").upper()
            read, digest, more = rigged.load(path, unit)
            warnings += more
            key = path.stem
            while key.lower() in keys:
                key += "_"
            keys.add(key.lower())
            found.append(_character(key, section, class_id, read.mark, digest, path, read))
    return found, warnings


def _class_id(section: Mapping[str, Any], taken: Sequence[tuple[str, int]]) -> int:
    same = [number for name, number in taken if name == section["class_name"]]
    if section["class_id"]:
        other = [name for name, number in taken if number == section["class_id"] and name != section["class_name"]]
        if other:
            raise AssetError(
                f"people.class_id: {section['class_id']} is the class of {other[0]}; give people another number or 0"
            )
        return section["class_id"]
    return same[0] if same else max((number for _, number in taken), default=0) + 1


def _character(key, section, class_id, mark, digest, path=None, read=None) -> Character:
    names = COCO_NAMES if read is None else [name for name in COCO_NAMES if name in joints(read.rig)]
    bones = [[start, end] for start, end in COCO_SKELETON if start in names and end in names]
    return Character(
        key="person_" + "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in key),
        name=section["class_name"],
        id=class_id,
        class_id=class_id,
        kind=PERSON,
        mesh_mark=mark,
        source=path,
        sha256=digest,
        # A person has no shape before it is posed.
        minimum=np.zeros(3),
        maximum=np.zeros(3),
        diameter=0.0,
        hull=np.empty((0, 3)),
        has_material=True,
        keypoints=Keypoints([(name, None) for name in names], bones),
        keypoint_depth=KEYPOINT_DEPTH,
        file_rig=read,
    )


def discover(path: Path | str) -> list[Path]:
    """The character files that ``path`` stands for, in natural order. AssetError where there are none."""
    path = Path(path).expanduser()
    if os.path.isfile(path):
        if path.suffix.lower() not in SUFFIXES:
            raise AssetError(f"{path}: is no character file; characters come as {READABLE}")
        return [path]
    if not os.path.isdir(path):
        raise AssetError(f"{path}: there is no such file or folder; check the path")
    files = [file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")]
    if not files:
        raise AssetError(f"{path}: no character in this folder; characters come as {READABLE}")
    return sorted(files, key=lambda file: natural_key(file.relative_to(path).as_posix()))


def colors_of(look: Look) -> dict[str, tuple[float, float, float]]:
    """Colour of each material slot of the built-in person."""
    return {slot: look.colors[slot] for slot in humanoid.SLOTS}
