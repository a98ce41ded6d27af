"""A character file as one mesh with a rig and weights, in the frame of rig.py."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..plan.bones import roles_of
from ..plan.rig import Rig
from . import importers, looks, merging
from .catalogue import find_mesh, hold
from .formats import METRES, AssetError

_cache: dict[tuple, tuple[RiggedMesh, list[str]]] = {}


@dataclass(frozen=True)
class RiggedMesh:
    """Vertices (N, 3) at rest and weights (N, B); ``mark`` finds the mesh with the same vertices."""

    mark: str
    vertices: np.ndarray
    weights: np.ndarray
    rig: Rig


def load(path: Path, unit: str = "AUTO") -> tuple[RiggedMesh, str, list[str]]:
    """Read a character; returns it, the SHA-256 of its file, and warnings. AssetError where it is none.

    ``unit`` is the length that the file (after its own unit) calls 1.
    """
    path = path.absolute()
    if not os.path.isfile(path):
        raise AssetError(f"{path}: there is no such file; check the path")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    mark = f"character:{digest}:{unit}:{path}"
    if mark not in _cache or find_mesh(mark) is None:
        _cache[mark] = _read(path, METRES.get(unit, 1.0), mark)
    found, warnings = _cache[mark]
    return found, digest, warnings


def _read(path: Path, scale: float, mark: str) -> tuple[RiggedMesh, list[str]]:
    with importers.visiting(path) as (scene, keep):
        if path.suffix.lower() == ".blend":
            _append(path, scene)
        else:
            importers.read_into_scene(path)
        armature = _armature(scene, path)
        names, parents, heads, tails = _bones(armature)
        mesh, groups = _one_mesh(scene, armature, path)
        merging.drop_loose(mesh)
        weights = _weights(mesh, groups, names)
        rig, kept = _understood(names, parents, heads, tails, weights.sum(axis=0) > 0)
        frame = _upright(rig, merging.vertices(mesh), scale)
        merging.transform(mesh, frame)
        for material in [material for material in mesh.materials if material]:
            material.name = f"{path.stem} {material.name}"
        warnings = looks.tidy(mesh, path)
        mesh.name = path.stem
        hold(mesh, mark)
        keep |= importers.own_datablocks(mesh)
        vertices = merging.vertices(mesh)
    height = float(np.ptp(vertices[:, 2]))
    if not 0.3 < height < 4.0:
        warnings.append(f"{path.name}: this character is {height:.3g} m tall; say its unit if that is wrong")
    if not rig.is_understood:
        warnings.append(
            f"{path.name}: its bones have no names of human joints, so that each of them turns a little at random"
        )
    ends = np.stack([rig.heads, rig.tails]) @ frame[:3, :3].T + frame[:3, 3]
    placed = Rig(rig.names, rig.parents, ends[0], ends[1], rig.roles)
    return RiggedMesh(mark, vertices, _complete(weights[:, kept], placed), placed), warnings


def _append(path: Path, scene: bpy.types.Scene) -> None:
    try:
        with bpy.data.libraries.load(str(path), link=False) as (inside, wanted):
            wanted.objects = list(inside.objects)
    except OSError as error:
        raise AssetError(f"{path}: Blender cannot read it ({' '.join(str(error).split())})") from None
    for item in wanted.objects:
        if item is not None:
            scene.collection.objects.link(item)


def _armature(scene: bpy.types.Scene, path: Path) -> bpy.types.Object:
    """The armature that moves most vertices, at rest and without anything that would move it."""
    armatures = {item.name: 0 for item in scene.collection.all_objects if item.type == "ARMATURE"}
    for item in scene.collection.all_objects:
        if item.animation_data:
            item.animation_data_clear()  # drivers too: nothing of a stranger's file is evaluated
        if item.data and getattr(item.data, "animation_data", None):
            item.data.animation_data_clear()
        item.constraints.clear()
        mover = _mover(item)
        if item.type == "MESH" and mover in armatures:
            armatures[mover] += len(item.data.vertices)
    if not armatures:
        raise AssetError(f"{path}: holds no armature; a character needs a rig and meshes that it moves")
    name = max(armatures, key=lambda key: armatures[key])
    if not armatures[name]:
        raise AssetError(f"{path}: its armature moves no mesh; bind the meshes to the rig and export again")
    armature = scene.collection.all_objects[name]
    for bone in armature.pose.bones:
        for constraint in list(bone.constraints):
            bone.constraints.remove(constraint)
    armature.data.pose_position = "REST"
    scene.view_layers[0].update()  # what was taken off may have moved things
    return armature


def _mover(item: bpy.types.Object) -> str:
    """The name of the armature that moves a mesh object, by a modifier or as its parent."""
    for modifier in item.modifiers:
        if modifier.type == "ARMATURE" and modifier.object:
            return modifier.object.name
    return item.parent.name if item.parent and item.parent.type == "ARMATURE" else ""


def _bones(armature: bpy.types.Object) -> tuple[list[str], list[int], np.ndarray, np.ndarray]:
    """Names, parents, heads and tails (B, 3) in the file's world, parents before children."""
    matrix = np.array(armature.matrix_world)
    bones = sorted(armature.data.bones, key=lambda bone: len(bone.parent_recursive))
    names = [bone.name for bone in bones]
    parents = [names.index(bone.parent.name) if bone.parent else -1 for bone in bones]
    ends = [np.array([getattr(bone, end)[:] for bone in bones]) for end in ("head_local", "tail_local")]
    heads, tails = (points @ matrix[:3, :3].T + matrix[:3, 3] for points in ends)
    return names, parents, heads, tails


def _one_mesh(scene: bpy.types.Scene, armature: bpy.types.Object, path: Path) -> tuple[bpy.types.Mesh, list[str]]:
    """All that the armature moves as one mesh in the file's world, and the names of its vertex groups."""
    graph = bpy.context.evaluated_depsgraph_get()
    graph.update()
    parts = []
    for item in scene.collection.all_objects:
        if item.type != "MESH" or _mover(item) != armature.name or item.hide_render:
            continue
        mesh = bpy.data.meshes.new_from_object(
            item.evaluated_get(graph), preserve_all_data_layers=True, depsgraph=graph
        )
        if not len(mesh.polygons):
            continue
        merging.transform(mesh, np.array(item.evaluated_get(graph).matrix_world, dtype=np.float64))
        mesh.validate(verbose=False, clean_customdata=False)
        groups = [group.name for group in item.vertex_groups]
        parts.append((mesh, groups, item.parent_bone if item.parent_type == "BONE" else ""))
    if not parts:
        raise AssetError(f"{path}: its armature moves no mesh with faces; bind the meshes to the rig and export again")
    for item in list(scene.collection.all_objects):
        bpy.data.objects.remove(item)
    objects = []
    for mesh, groups, bone in parts:
        merging.same_layer_names(mesh)
        part = bpy.data.objects.new("part", mesh)
        scene.collection.objects.link(part)
        for name in groups:
            part.vertex_groups.new(name=name)
        if bone:
            group = part.vertex_groups.get(bone) or part.vertex_groups.new(name=bone)
            group.add(range(len(mesh.vertices)), 1.0, "REPLACE")
        objects.append(part)
    if len(objects) > 1:
        with bpy.context.temp_override(
            active_object=objects[0], object=objects[0], selected_objects=objects, selected_editable_objects=objects
        ):
            bpy.ops.object.join()
    return objects[0].data, [group.name for group in objects[0].vertex_groups]


def _weights(mesh: bpy.types.Mesh, groups: list[str], names: list[str]) -> np.ndarray:
    """(N, B) as the file has them."""
    column = [names.index(name) if name in names else -1 for name in groups]
    weights = np.zeros((len(mesh.vertices), len(names)))
    for number, vertex in enumerate(mesh.vertices):
        for element in vertex.groups:
            if element.group < len(column) and column[element.group] >= 0:
                weights[number, column[element.group]] = element.weight
    return weights


def _complete(weights: np.ndarray, rig: Rig) -> np.ndarray:
    """Weights that sum to 1; vertices without any go with the nearest bone."""
    total = weights.sum(axis=1, keepdims=True)
    loose = total[:, 0] < 1e-6
    weights = weights / np.maximum(total, 1e-6)
    weights[loose, rig.roles.get("hips", 0)] = 1.0
    return weights


def _understood(names, parents, heads, tails, is_used: np.ndarray) -> tuple[Rig, np.ndarray]:
    """The rig without bones that move nothing, its joints found by name; and the numbers of the bones kept."""
    roles = _roles(names, parents, is_used)
    parents = _in_order_of_body(parents, roles)
    keep = is_used.copy()
    keep[list(roles.values())] = True
    for number in np.flatnonzero(keep):
        while number >= 0:
            keep[number] = True
            number = parents[number]
    order = [number for number in _parents_first(parents) if keep[number]]
    place = {number: index for index, number in enumerate(order)}
    rig = Rig(
        tuple(names[number] for number in order),
        tuple(place.get(parents[number], -1) for number in order),
        heads[order],
        tails[order],
        {role: place[number] for role, number in roles.items()},
    )
    return rig, np.array(order)


def _roles(names, parents, is_used: np.ndarray) -> dict[str, int]:
    """Roles by name: bones that move vertices before those that do not (as controls)."""
    used = np.flatnonzero(is_used)
    roles = {role: int(used[number]) for role, number in roles_of([names[number] for number in used]).items()}
    for role, number in roles_of(names).items():
        if role not in roles and number not in roles.values():
            roles[role] = number
    if "hips" not in roles and {"thigh.L", "thigh.R"} <= roles.keys():
        above = [_ancestors(parents, roles[f"thigh.{side}"]) for side in "LR"]
        shared = [number for number in above[0] if number in above[1] and number not in roles.values()]
        if shared:
            roles["hips"] = shared[0]
        elif "spine" in roles:
            roles["hips"] = roles.pop("spine")
    return roles


def _ancestors(parents, number: int) -> list[int]:
    found = []
    while parents[number] >= 0 and len(found) < len(parents):
        number = parents[number]
        found.append(number)
    return found


_ABOVE = {"spine": ("hips",), "chest": ("spine", "hips"), "neck": ("chest", "spine", "hips")}
_ABOVE |= {"head": ("neck", "chest", "spine", "hips"), "shoulder": ("chest", "spine", "hips")}
_ABOVE |= {"upper_arm": ("shoulder", "chest", "spine", "hips"), "forearm": ("upper_arm",), "hand": ("forearm",)}
_ABOVE |= {"thigh": ("hips",), "shin": ("thigh",), "foot": ("shin",)}


def _in_order_of_body(parents, roles: dict[str, int]) -> list[int]:
    """Parents such that each joint hangs on the one that carries it in a body (in some rigs constraints do that)."""
    parents = list(parents)
    for role, number in roles.items():
        name, dot, side = role.partition(".")
        carriers = [above if above in roles else f"{above}{dot}{side}" for above in _ABOVE.get(name, ())]
        carrier = next((roles[above] for above in carriers if above in roles), None)
        if (
            carrier is not None
            and carrier not in _ancestors(parents, number)
            and number not in _ancestors(parents, carrier)
        ):
            parents[number] = carrier
    return parents


def _parents_first(parents) -> list[int]:
    return sorted(range(len(parents)), key=lambda number: len(_ancestors(parents, number)))


def _upright(rig: Rig, vertices: np.ndarray, scale: float) -> np.ndarray:
    """The matrix (4, 4) from the file's world to the person's frame: metres, face to -y, on the floor."""
    turn = np.eye(3)
    limbs = [(rig.roles.get(f"{name}.L"), rig.roles.get(f"{name}.R")) for name in ("upper_arm", "thigh")]
    pairs = [(left, right) for left, right in limbs if left is not None and right is not None]
    if pairs:
        left = sum(rig.heads[a] - rig.heads[b] for a, b in pairs)
        angle = -np.arctan2(left[1], left[0])
        turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    matrix = np.eye(4)
    matrix[:3, :3] = scale * turn
    moved = vertices @ matrix[:3, :3].T
    middle = (moved.min(axis=0) + moved.max(axis=0)) / 2
    if "hips" in rig.roles:
        middle = matrix[:3, :3] @ rig.heads[rig.roles["hips"]]
    matrix[:3, 3] = [-middle[0], -middle[1], -moved[:, 2].min()]
    return matrix
