"""A limp body: one rigid capsule for each large bone, joints that turn as far as human joints do, and a fall.

Only the turns of the capsules are taken over, and the place of the hips: the bones stay joined exactly, however far a
solver lets a joint gape.
"""

from __future__ import annotations

from collections.abc import Mapping

import bpy
import numpy as np
from mathutils import Matrix

from ... import compat
from ..plan import anatomy
from ..plan.people import Fall
from ..plan.rig import Rig, angles, between, moved, pose
from .datablocks import MARK, Made

TICKS_PER_SECOND = 60
SUBSTEPS = 8
ITERATIONS = 30
FRICTION = 0.6
DAMPING = 0.1
GAP = 0.01  # metres between the lowest capsule and the floor at the start
WEIGHT = 75.0  # kilograms

# Body -> what it hangs on, share of the weight (Winter 2009, table 4.1), radius in metres at 1.75 m.
BODIES: dict[str, tuple[str, float, float]] = {
    "hips": ("", 0.142, 0.095),
    "chest": ("hips", 0.355, 0.115),
    "head": ("chest", 0.081, 0.085),
}
for _side in "LR":
    BODIES |= {
        f"upper_arm.{_side}": ("chest", 0.028, 0.045),
        f"forearm.{_side}": (f"upper_arm.{_side}", 0.016, 0.038),
        f"hand.{_side}": (f"forearm.{_side}", 0.006, 0.030),
        f"thigh.{_side}": ("hips", 0.100, 0.070),
        f"shin.{_side}": (f"thigh.{_side}", 0.0465, 0.050),
        f"foot.{_side}": (f"shin.{_side}", 0.0145, 0.038),
    }
# The trunk's and the neck's joints bend as one each.
_JOINTS = {"chest": ("spine", "chest"), "head": ("neck", "head")}


def fall(rig: Rig, plan: Fall, height: float) -> np.ndarray:
    """Transforms (B, 4, 4) from rest, person's frame, after ``plan.ticks`` ticks of falling from rest.

    ``height`` is the person's, for the thickness of limbs. The rig must be understood.
    """
    direction = np.radians(plan.direction)
    away = np.array([np.cos(direction), np.sin(direction), 0.0])
    lean = np.radians(plan.lean)
    root = between(np.array([0.0, 0.0, 1.0]), np.cos(lean) * np.array([0, 0, 1.0]) + np.sin(lean) * away)
    start = pose(rig, anatomy.rotations({role: anatomy.at_ease(role) for role in anatomy.roles()}), root)
    sticks = _sticks(rig, height)
    ends = np.concatenate([moved(np.array(stick[:2]), [bone, bone], start) for _, bone, stick in _each(rig, sticks)])
    thick = np.repeat([stick[2] for _, _, stick in _each(rig, sticks)], 2)
    start[:, 2, 3] += plan.height + GAP - float((ends[:, 2] - thick).min())
    if plan.ticks == 0:
        return start
    found = _simulate(rig, start, sticks, root, plan.ticks)
    return _assemble(rig, start, found)


def _each(rig: Rig, sticks: Mapping[str, tuple]) -> list[tuple[str, int, tuple]]:
    return [(role, _bone(rig, role), stick) for role, stick in sticks.items()]


def _bone(rig: Rig, role: str) -> int | None:
    """The bone that leads a body: in rigs with a single bone in the trunk that is the chest's."""
    return rig.roles.get(role, rig.roles.get("spine") if role == "chest" else None)


def _carrier(role: str, bodies: Mapping[str, object]) -> str:
    """The body that a body hangs on; where the rig has none there, the next one towards the hips."""
    above = BODIES[role][0]
    while above and above not in bodies:
        above = BODIES[above][0]
    return above


def _sticks(rig: Rig, height: float) -> dict[str, tuple[np.ndarray, np.ndarray, float]]:
    """By role, at rest: both ends of a capsule's axis and its radius; without those that the rig has no bone for."""
    scale = height / 1.75
    found = {}
    for role, (_, _, radius) in BODIES.items():
        bone = _bone(rig, role)
        if bone is None:
            continue
        head, tail = rig.heads[bone], rig.tails[bone]
        if role == "hips":
            head, tail = (rig.heads[rig.roles[f"thigh.{side}"]] for side in "LR")
        elif role in _JOINTS:
            head = rig.heads[_base(rig, role)]
            if role == "chest":
                top = rig.roles.get("neck", rig.roles["head"])
                tail = rig.heads[top]
        else:
            name, _, side = role.partition(".")
            following = {"upper_arm": "forearm", "forearm": "hand", "thigh": "shin", "shin": "foot"}.get(name, "")
            if f"{following}.{side}" in rig.roles:
                tail = rig.heads[rig.roles[f"{following}.{side}"]]
        found[role] = (head, tail, radius * scale)
    return found


def _base(rig: Rig, role: str) -> int:
    """The lowest bone of a body: the spine's for the chest, the neck's for the head."""
    return next(rig.roles[name] for name in _JOINTS.get(role, (role,)) if name in rig.roles)


def _simulate(rig: Rig, start: np.ndarray, sticks: Mapping[str, tuple], root: np.ndarray, ticks: int) -> dict:
    """By role: the rigid motion (4, 4) of each capsule from its start to its end, world axes."""
    made = Made()
    scene = bpy.data.scenes.new("truthbake ragdoll")
    solids, joints = (made(bpy.data.collections.new("truthbake ragdoll")) for _ in range(2))
    try:
        scene.render.fps = TICKS_PER_SECOND
        scene.gravity = (0.0, 0.0, -9.81)
        layer = scene.view_layers[0]
        for collection in (solids, joints):
            scene.collection.children.link(collection)
        with bpy.context.temp_override(scene=scene, view_layer=layer):
            bpy.ops.rigidbody.world_add()
        world = scene.rigidbody_world
        world.collection, world.constraints = solids, joints
        world.substeps_per_frame, world.solver_iterations = SUBSTEPS, ITERATIONS
        world.point_cache.frame_start, world.point_cache.frame_end = 0, ticks + 1
        capsules, before = {}, {}
        for role, bone, (head, tail, radius) in _each(rig, sticks):
            ends = moved(np.array([head, tail]), [bone, bone], start)
            before[role] = _frame(ends)
            length = float(np.linalg.norm(ends[1] - ends[0]))
            capsules[role] = _capsule(solids, made, before[role], length, radius, WEIGHT * BODIES[role][1])
        for role in capsules:
            carrier = _carrier(role, capsules)
            if carrier:
                at = moved(rig.heads[[_base(rig, role)]], [_base(rig, role)], start)[0]
                _joint(joints, capsules[carrier], capsules[role], role, at, root)
        _floor(solids, made)
        for frame in range(ticks + 1):  # the simulation only steps forward by one
            scene.frame_set(frame)
        graph = layer.depsgraph
        after = {role: np.array(item.evaluated_get(graph).matrix_world) for role, item in capsules.items()}
        return {role: after[role] @ np.linalg.inv(before[role]) for role in capsules}
    finally:
        _take_apart(scene, solids, joints)
        made.remove()
        bpy.data.scenes.remove(scene)


def _take_apart(scene: bpy.types.Scene, solids: bpy.types.Collection, joints: bpy.types.Collection) -> None:
    """Remove the joints and the simulation, in the one order in which Bullet touches no freed memory.

    Since 4.5 the joints go while the bodies and the world are there. Before, a body would still know the joint that is
    gone: there the bodies go first. Both were tried with memory that is overwritten when freed.
    """
    hinges = list(joints.objects)
    if compat.at_least(4, 5):
        for item in hinges:
            bpy.data.objects.remove(item)
        hinges = []
    world, bodies = scene.rigidbody_world, list(solids.objects)
    if world and bodies and hinges:
        world.enabled = False  # operators evaluate the scene
        first = {"object": bodies[0], "active_object": bodies[0]}
        with bpy.context.temp_override(scene=scene, **first, selected_objects=bodies):
            bpy.ops.rigidbody.objects_remove()
    if world:
        with bpy.context.temp_override(scene=scene):
            bpy.ops.rigidbody.world_remove()
    for item in hinges:
        bpy.data.objects.remove(item)


def _frame(ends: np.ndarray) -> np.ndarray:
    """A pose (4, 4) in the middle of a capsule, z along it."""
    frame = np.eye(4)
    frame[:3, :3] = between(np.array([0.0, 0.0, 1.0]), ends[1] - ends[0])
    frame[:3, 3] = ends.mean(axis=0)
    return frame


def _capsule(collection, made, frame: np.ndarray, length: float, radius: float, mass: float) -> bpy.types.Object:
    """Blender fits the capsule into the mesh's box: its round ends reach a radius beyond the joints."""
    half = np.array([radius, radius, length / 2 + 0.6 * radius])
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half
    item = _body(collection, made, corners, "ACTIVE")
    item.matrix_world = Matrix(frame)
    body = item.rigid_body
    body.collision_shape = "CAPSULE"
    body.mass = mass
    body.linear_damping = body.angular_damping = DAMPING
    body.use_deactivation = False
    return item


def _floor(collection, made) -> None:
    wide, deep = 1000.0, 2.0
    corners = np.array([[x, y, z] for x in (-wide, wide) for y in (-wide, wide) for z in (-deep, deep)])
    item = _body(collection, made, corners, "PASSIVE")
    item.rigid_body.collision_shape = "BOX"
    item.location = (0.0, 0.0, -deep)


def _body(collection, made, corners: np.ndarray, kind: str) -> bpy.types.Object:
    mesh = made(bpy.data.meshes.new("truthbake capsule"))
    mesh.from_pydata(corners.tolist(), [], [])
    item = made(bpy.data.objects.new("truthbake capsule", mesh))
    collection.objects.link(item)
    body = item.rigid_body  # linking to the world's own collection made it
    body.type = kind
    body.mesh_source = "BASE"
    body.friction, body.restitution = FRICTION, 0.0
    body.use_margin, body.collision_margin = True, 0.001
    return item


def _joint(collection, parent, child, role: str, at: np.ndarray, root: np.ndarray) -> None:
    """A joint whose axes are the person's, so that its limits are those of anatomy.py."""
    item = bpy.data.objects.new("truthbake joint", None)
    item[MARK] = True
    collection.objects.link(item)
    frame = np.eye(4)
    frame[:3, :3], frame[:3, 3] = root, at
    item.matrix_world = Matrix(frame)
    joint = item.rigid_body_constraint  # linking to the world's own collection made it
    joint.type = "GENERIC"
    joint.object1, joint.object2 = parent, child
    joint.disable_collisions = True
    bounds = joint_limits(role)
    for axis, (low, high) in zip("xyz", bounds, strict=True):
        rest = anatomy.at_ease(role)["xyz".index(axis)]
        setattr(joint, f"use_limit_lin_{axis}", True)
        setattr(joint, f"limit_lin_{axis}_lower", 0.0)
        setattr(joint, f"limit_lin_{axis}_upper", 0.0)
        setattr(joint, f"use_limit_ang_{axis}", True)
        # Bullet measures the turn of the parent against the child.
        setattr(joint, f"limit_ang_{axis}_lower", np.radians(rest - high))
        setattr(joint, f"limit_ang_{axis}_upper", np.radians(rest - low))


def joint_limits(role: str) -> np.ndarray:
    """(3, 2) degrees: the limits of a body's joint, those of several bones that bend as one added up."""
    names = _JOINTS.get(role, (role,))
    return np.sum([anatomy.limits(name) for name in names], axis=0).astype(float)


def _assemble(rig: Rig, start: np.ndarray, motions: Mapping[str, np.ndarray]) -> np.ndarray:
    """The person whose joints turned as the capsules' did, within their limits, joined again from the hips on."""
    neutral = rig.neutral()
    frames = {}  # anatomical position -> where the capsule is
    for role, motion in motions.items():
        left, _, right = np.linalg.svd(motion[:3, :3])  # single precision's error taken out
        bone = _base(rig, role)
        frames[role] = left @ right @ start[bone, :3, :3] @ neutral[bone].T
    joints = {}
    for role in motions:
        carrier = _carrier(role, motions)
        if carrier:
            bounds = joint_limits(role)
            turned = np.clip(angles(frames[carrier].T @ frames[role]), bounds[:, 0], bounds[:, 1])
            names = [name for name in _JOINTS.get(role, (role,)) if name in rig.roles]
            for name in names:
                joints[name] = anatomy.within(name, turned / len(names))
    posed = pose(rig, anatomy.rotations(joints), frames["hips"])
    hips = rig.roles["hips"]
    wanted = motions["hips"] @ np.append(moved(rig.heads[[hips]], [hips], start)[0], 1.0)
    posed[:, :3, 3] += wanted[:3] - moved(rig.heads[[hips]], [hips], posed)[0]
    return posed
