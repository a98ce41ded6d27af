"""Dropping objects: a rigid body simulation in a scene of its own, so that nothing else is evaluated or touched.

Bodies are convex hulls of at most some dozens of points; floor and walls are solid boxes, so that nothing tunnels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from .datablocks import Made

FRAMES_PER_SECOND = 25
REST_SPEED = 0.005  # metres a second, of the fastest corner: slower than this is at rest
WALL = 2.0  # thickness of floor and walls, metres
MARGIN = 0.0001  # metres; bodies come to rest two of these apart


@dataclass(frozen=True)
class Body:
    """A body to drop: ``hull`` (K, 3) in the model frame, ``pose`` (4, 4) object-to-world at the start."""

    hull: np.ndarray
    pose: np.ndarray


@dataclass(frozen=True)
class Settled:
    """Poses (4, 4) after ``time`` simulated seconds; ``moving`` are the keys still in motion then."""

    poses: dict[int, np.ndarray]
    moving: list[int]
    time: float


def settle(
    bodies: Mapping[int, Body], room_size: tuple[float, float, float] | None, section: Mapping[str, Any]
) -> Settled:
    """Let the bodies fall onto the floor at z = 0, within the room's walls if there is a room."""
    made = Made()
    scene = bpy.data.scenes.new("truthbake physics")
    try:
        return _simulate(scene, bodies, room_size, section, made)
    finally:
        world = scene.rigidbody_world
        if world:
            with bpy.context.temp_override(scene=scene):
                bpy.ops.rigidbody.world_remove()
        made.remove()
        bpy.data.scenes.remove(scene)


def _simulate(scene, bodies, room_size, section, made) -> Settled:
    scene.render.fps = FRAMES_PER_SECOND
    scene.gravity = (0.0, 0.0, -9.81)
    collection = made(bpy.data.collections.new("truthbake physics"))
    scene.collection.children.link(collection)
    layer = scene.view_layers[0]
    with bpy.context.temp_override(scene=scene, view_layer=layer):
        bpy.ops.rigidbody.world_add()
    world = scene.rigidbody_world
    world.collection = collection
    world.substeps_per_frame = section["substeps"]
    world.solver_iterations = section["solver_iterations"]
    last = int(np.ceil(section["max_time"] * FRAMES_PER_SECOND))
    world.point_cache.frame_start = 0
    world.point_cache.frame_end = last + 1

    movers, centres = {}, {}
    for key, body in bodies.items():
        # Blender turns bodies about their origin; the middle of the hull stands in for the centre of mass.
        centres[key] = (body.hull.min(axis=0) + body.hull.max(axis=0)) / 2
        movers[key] = _add(scene, layer, collection, made, body.hull - centres[key], "ACTIVE", section)
        movers[key].matrix_world = Matrix(body.pose @ _shift(centres[key]))
    for low, high in _obstacles(room_size):
        corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
        box = _add(scene, layer, collection, made, (corners - 0.5) * (high - low), "PASSIVE", section)
        box.location = (low + high) / 2

    corners = {key: np.c_[body.hull - centres[key], np.ones(len(body.hull))] for key, body in bodies.items()}
    every = max(1, round(section["check_interval"] * FRAMES_PER_SECOND))
    rest = REST_SPEED * every / FRAMES_PER_SECOND
    before: dict[int, np.ndarray] = {}
    moving = list(movers)
    frame = 0
    # Every frame must be visited: the simulation only steps forward by one.
    for frame in range(last + 1):
        scene.frame_set(frame)
        if frame % every:
            continue
        graph = layer.depsgraph
        now = {key: np.array(item.evaluated_get(graph).matrix_world) for key, item in movers.items()}
        if before:
            moving = [key for key in movers if _moved(corners[key], before[key], now[key]) > rest]
        before = now
        if not moving and frame >= section["min_time"] * FRAMES_PER_SECOND:
            break
    poses = {key: before[key] @ _shift(-centres[key]) for key in movers}
    return Settled(poses, moving, frame / FRAMES_PER_SECOND)


def _shift(offset: np.ndarray) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, 3] = offset
    return matrix


def _moved(corners: np.ndarray, before: np.ndarray, now: np.ndarray) -> float:
    return float(np.abs(corners @ (now - before).T).max())


def _add(scene, layer, collection, made, points, kind, section) -> bpy.types.Object:
    mesh = made(bpy.data.meshes.new("truthbake body"))
    mesh.from_pydata(points, [], [])
    item = made(bpy.data.objects.new("truthbake body", mesh))
    collection.objects.link(item)
    with bpy.context.temp_override(scene=scene, view_layer=layer, object=item, active_object=item):
        bpy.ops.rigidbody.object_add(type=kind)
    body = item.rigid_body
    body.collision_shape = "CONVEX_HULL"
    body.mesh_source = "BASE"
    body.friction = section["friction"]
    body.restitution = 0.0
    body.use_margin = True
    body.collision_margin = MARGIN
    if kind == "ACTIVE":
        body.mass = section["mass"]
        body.linear_damping = body.angular_damping = section["damping"]
        body.use_deactivation = False
    return item


def _obstacles(room_size) -> list[tuple[np.ndarray, np.ndarray]]:
    """Corners (low, high) of floor and walls."""
    wide = 1000.0
    boxes = [(np.array([-wide, -wide, -WALL]), np.array([wide, wide, 0.0]))]
    if room_size:
        x, y = room_size[0] / 2, room_size[1] / 2
        for axis, half in enumerate((x, y)):
            for side in (-1, 1):
                low, high = np.array([-x - WALL, -y - WALL, 0.0]), np.array([x + WALL, y + WALL, 10.0])
                low[axis], high[axis] = sorted((side * half, side * (half + WALL)))
                boxes.append((low, high))
    return boxes
