"""Rigid bodies in a scene of their own, so that nothing else is evaluated or touched.

Bodies are convex hulls of at most some dozens of points; floor and walls are solid, so that nothing tunnels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Quaternion, Vector

from .datablocks import Made

WALL = 2.0  # thickness of floor and walls, metres
WIDE = 1000.0  # half the width of a floor, metres
MARGIN = 0.0001  # metres; bodies come to rest two of these apart


@dataclass(frozen=True)
class Body:
    """A body to move: ``hull`` (K, 3) in the model frame, ``pose`` (4, 4) object-to-world at the start, kilograms."""

    hull: np.ndarray
    pose: np.ndarray
    mass: float = 1.0


@dataclass(frozen=True)
class Motion:
    """How a body moves, in the world: ``velocity`` (3,) of its middle, metres, and ``spin`` (3,), radians a second."""

    velocity: np.ndarray
    spin: np.ndarray


STILL = Motion(np.zeros(3), np.zeros(3))


class World:
    """A simulation that steps forward. Use as a context manager: nothing of it stays behind."""

    def __init__(self, section: Mapping[str, Any], gravity: float):
        self._section = section
        self._made = Made()
        self._frame = 0
        self._movers: dict[int, bpy.types.Object] = {}
        self._middles: dict[int, np.ndarray] = {}
        self.scene = bpy.data.scenes.new("truthbake physics")
        self.scene.gravity = (0.0, 0.0, -gravity)
        self._collection = self._made(bpy.data.collections.new("truthbake physics"))
        self.scene.collection.children.link(self._collection)
        self._layer = self.scene.view_layers[0]
        with bpy.context.temp_override(scene=self.scene, view_layer=self._layer):
            bpy.ops.rigidbody.world_add()
        self._world = self.scene.rigidbody_world
        self._world.collection = self._collection
        self._world.solver_iterations = section["solver_iterations"]
        self._world.point_cache.frame_start = 0

    def __enter__(self) -> World:
        return self

    def __exit__(self, *error) -> None:
        if self.scene.rigidbody_world:
            with bpy.context.temp_override(scene=self.scene):
                bpy.ops.rigidbody.world_remove()
        self._made.remove()
        bpy.data.scenes.remove(self.scene)

    def add(self, bodies: Mapping[int, Body]) -> None:
        """Add bodies that move, by key."""
        for key, body in bodies.items():
            # Blender turns bodies about their origin; the middle of the hull stands in for the centre of mass.
            self._middles[key] = (body.hull.min(axis=0) + body.hull.max(axis=0)) / 2
            item = self._add(body.hull - self._middles[key], "ACTIVE")
            item.rigid_body.mass = body.mass
            item.matrix_world = Matrix(body.pose @ _shift(self._middles[key]))
            self._movers[key] = item

    def add_solid(self, points: np.ndarray) -> None:
        """Add an obstacle: the convex hull of points (K, 3), metres, world."""
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        self._add(points - middle, "PASSIVE").location = middle

    def begin(self, frames: int) -> None:
        """Go to the start of a simulation of at most so many frames."""
        self._world.point_cache.frame_end = frames + 1
        self.scene.frame_set(0)

    def step(self, frames_per_second: float, substeps: int) -> None:
        """Go on by one frame: the simulation only steps forward by one."""
        # Blender has the rate as a whole number over a float.
        is_whole = float(frames_per_second).is_integer()
        self.scene.render.fps = int(frames_per_second) if is_whole else 240
        self.scene.render.fps_base = 1.0 if is_whole else 240 / frames_per_second
        self._world.substeps_per_frame = substeps
        self._frame += 1
        self.scene.frame_set(self._frame)

    def poses(self, keys: Iterable[int] | None = None) -> dict[int, np.ndarray]:
        """Poses (4, 4) object-to-world now."""
        keys = self._movers if keys is None else keys
        return {key: self._pose(key) @ _shift(-self._middles[key]) for key in keys}

    def motions(self, before: Mapping[int, np.ndarray], seconds: float) -> dict[int, Motion]:
        """How the bodies move whose ``poses`` were ``before``, so many seconds ago: for one step, exactly."""
        moved = {}
        for key, pose in before.items():
            earlier, now = pose @ _shift(self._middles[key]), self._pose(key)
            turn = Matrix(now[:3, :3] @ earlier[:3, :3].T).to_quaternion()
            moved[key] = Motion(
                (now[:3, 3] - earlier[:3, 3]) / seconds, np.array(turn.axis) * (_signed(turn.angle) / seconds)
            )
        return moved

    def lead(self, motions: Mapping[int, Motion], frames_per_second: float) -> None:
        """Give bodies a motion: Bullet lets a led body go with the speed at which it was led.

        This takes a frame, in which the led bodies pass through what is in their way: make it short.
        """
        for key, motion in motions.items():
            pose, spin = self._pose(key), float(np.linalg.norm(motion.spin))
            if spin > 0:
                turn = Quaternion(Vector(motion.spin / spin), spin / frames_per_second).to_matrix()
                pose[:3, :3] = np.array(turn) @ pose[:3, :3]
            pose[:3, 3] += motion.velocity / frames_per_second
            self._movers[key].rigid_body.kinematic = True
            self._movers[key].matrix_world = Matrix(pose)
        self.step(frames_per_second, 1)
        for key in motions:
            item = self._movers[key]
            item.rigid_body.kinematic = False
            item.matrix_world = item.matrix_world  # tells Blender that something changed

    def _pose(self, key: int) -> np.ndarray:
        return np.array(self._movers[key].evaluated_get(self._layer.depsgraph).matrix_world)

    def _add(self, points: np.ndarray, kind: str) -> bpy.types.Object:
        mesh = self._made(bpy.data.meshes.new("truthbake body"))
        mesh.from_pydata(points, [], [])
        item = self._made(bpy.data.objects.new("truthbake body", mesh))
        self._collection.objects.link(item)
        with bpy.context.temp_override(scene=self.scene, view_layer=self._layer, object=item, active_object=item):
            bpy.ops.rigidbody.object_add(type=kind)
        body = item.rigid_body
        body.collision_shape = "CONVEX_HULL"
        body.mesh_source = "BASE"
        body.friction = self._section["friction"]
        body.restitution = self._section["restitution"]
        body.use_margin = True
        body.collision_margin = MARGIN
        if kind == "ACTIVE":
            body.linear_damping = body.angular_damping = self._section["damping"]
            body.use_deactivation = False
        return item


def _shift(offset: np.ndarray) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, 3] = offset
    return matrix


def _signed(angle: float) -> float:
    return angle - 2 * np.pi if angle > np.pi else angle


def box(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The corners (8, 3) of a box along the axes."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    return low + corners * (high - low)


def room(size: tuple[float, float, float] | None) -> list[np.ndarray]:
    """The solids, as corners (8, 3), that are floor and walls; without a size only the floor."""
    solids = [box(np.array([-WIDE, -WIDE, -WALL]), np.array([WIDE, WIDE, 0.0]))]
    if size:
        x, y = size[0] / 2, size[1] / 2
        for axis, half in enumerate((x, y)):
            for side in (-1, 1):
                low, high = np.array([-x - WALL, -y - WALL, 0.0]), np.array([x + WALL, y + WALL, 10.0])
                low[axis], high[axis] = sorted((side * half, side * (half + WALL)))
                solids.append(box(low, high))
    return solids
