"""Distractors between camera and target, until as much of the target is hidden as the recipe wants.

What is hidden is measured with rays on the meshes themselves, over the whole silhouette, as labels count it: what lies
outside of the picture is hidden too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import bpy
import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from ..assets import merging
from ..assets.catalogue import TARGET, Asset
from ..plan import draw, occluders
from ..plan.objects import ObjectPlan, sized
from ..plan.people import PERSON
from ..plan.placement import reserved
from ..plan.placement.boxes import Boxes, middle_and_half
from ..plan.scene import ScenePlan
from ..plan.streams import stream
from .placing import parked
from .staged import Moment, Shot

GRID = 24  # rays along each side of a target's silhouette
_CANDIDATES = 12  # for each distractor in each try
_TARGETS = 3  # targets of a frame that are tried one after the other
# Rays miss details: where the range is wide enough, aim this far inside of it.
_INSIDE = 0.015
_NEAREST = 0.02  # metres between a distractor and the camera, at least


def occlude(
    plan: ScenePlan, moments: list[Moment], shots: list[Shot], assets: Mapping[str, Asset], warnings: list[str]
) -> tuple[list[Moment], list[Shot]]:
    """The same frames, each with a moment of its own in which the distractors hide a target from it.

    The two eyes of a stereo rig share a moment.
    """
    waiting = reserved(plan.recipe["placement"], plan.objects)
    trees: dict[str, BVHTree] = {}
    found: list[Moment] = []
    changed: list[Shot] = []
    missed = crowded = 0
    for frame, shot in enumerate(shots):
        if shot.eye == "right" and changed:
            changed.append(replace(shot, moment=changed[-1].moment))
            continue
        moment = moments[shot.moment]
        scene = _Scene(plan, moment, shot, assets, trees, waiting)
        poses, is_met = scene.hide(stream(plan.seed, plan.scene, "occluders", frame))
        missed += not is_met
        crowded += len(poses) < len(waiting)
        found.append(replace(moment, poses=moment.poses | parked(plan) | poses))
        changed.append(replace(shot, moment=len(found) - 1))
    low, high = plan.recipe["placement"]["occlusion"]
    if missed:
        warnings.append(
            f"scene {plan.scene}: in {missed} of {len(found)} views no target is hidden by {low:g} to {high:g}; "
            "raise distractors.count or placement.occlusion_tries, or widen placement.occlusion"
        )
    if crowded:
        warnings.append(
            f"scene {plan.scene}: in {crowded} of {len(found)} views not every distractor found free space; "
            "lower distractors.count or camera.obstacle_distance"
        )
    return found, changed


@dataclass
class _Silhouette:
    """Rays (S, 3) from the camera that meet a target, how far (S,), and which of them (S,) are hidden anyway."""

    rays: np.ndarray
    depth: np.ndarray
    hidden: np.ndarray


class _Scene:
    """One frame: what stands in it, and the camera that looks at it."""

    def __init__(self, plan: ScenePlan, moment: Moment, shot: Shot, assets, trees, waiting: list[ObjectPlan]):
        self.plan, self.moment, self.assets, self.trees, self.waiting = plan, moment, assets, trees, waiting
        self.lens, self.view = shot.lens, shot.camera_to_world
        self.eye = self.view[:3, 3]
        self.section = plan.recipe["placement"]
        self.standing = [item for item in plan.everything if item.instance in moment.poses and item not in waiting]
        room = plan.background.room_size
        clearance = max(_NEAREST, plan.recipe["camera"]["obstacle_distance"])
        self.site = occluders.site(self.eye, clearance, room, plan.background.surface is not None)

    def hide(self, rng: np.random.Generator) -> tuple[dict[int, np.ndarray], bool]:
        """Poses of the distractors by instance, those without room left out, and whether the range is met."""
        best, best_score = {}, (len(self.waiting) + 1, np.inf)
        low, high = self.section["occlusion"]
        inside = min(_INSIDE, (high - low) / 4)
        targets = [item for item in self.standing if item.kind in (TARGET, PERSON) and self._is_central(item)]
        order = [targets[index] for index in rng.permutation(len(targets))[:_TARGETS]]
        for target, own in zip(order, rng.spawn(len(order)), strict=True):
            silhouette = self._silhouette(target)
            if silhouette is None or silhouette.hidden.mean() > high - inside:
                continue
            for _ in range(self.section["occlusion_tries"]):
                poses, share = self._try(own, silhouette, draw.uniform(own, (low + inside, high - inside)), high)
                score = (len(self.waiting) - len(poses), max(low + inside - share, share - high + inside, 0.0))
                if score < best_score:
                    best, best_score = poses, score
                if score[1] == 0.0 and score[0] == 0:
                    return best, True
        if not best:  # no target to hide: the distractors stand somewhere in the picture
            empty = _Silhouette(np.zeros((0, 3)), np.zeros(0), np.zeros(0, bool))
            best, _ = self._try(rng.spawn(1)[0], empty, 0.0, 1.0)
        return best, best_score[1] <= inside

    def _try(self, rng, silhouette: _Silhouette, goal: float, high: float) -> tuple[dict[int, np.ndarray], float]:
        """One draw of all distractors: each takes the candidate that brings the hidden share nearest to ``goal``."""
        boxes = Boxes(len(self.standing) + len(self.waiting))
        for item in self.standing:
            boxes.add(*self._box(item))
        hidden, poses = silhouette.hidden, {}
        distance = float(silhouette.depth.mean()) if len(silhouette.depth) else self._distance()
        picture = self._picture_rays()
        for item in self.waiting:
            shape = sized(item, self.assets)
            best, best_gap = None, np.inf
            for _ in range(_CANDIDATES):
                seen = silhouette.rays[~hidden]
                box = occluders.candidate(rng, shape, self.site, seen, picture, distance, boxes)
                if box is None:
                    continue
                pose = occluders.pose(shape, box[0], box[1])
                covered = hidden | (self._depths(item, pose, silhouette.rays) < silhouette.depth)
                share = float(covered.mean()) if len(covered) else 0.0
                if abs(share - goal) < best_gap and share <= high:
                    best, best_gap = (box, pose, covered), abs(share - goal)
            if best:
                boxes.add(*best[0])
                poses[item.instance], hidden = best[1], best[2]
        return poses, float(hidden.mean()) if len(hidden) else 0.0

    def _silhouette(self, target: ObjectPlan) -> _Silhouette | None:
        """The target's silhouette, or None where it is behind the camera or too small for rays."""
        pose = self.moment.poses[target.instance]
        points = (merging.vertices(self._mesh(target)) * target.scale) @ pose[:3, :3].T + pose[:3, 3]
        local = (points - self.eye) @ self.view[:3, :3]
        if local[:, 2].min() <= 1e-6:
            return None
        pixels = local @ self.lens.K.T
        pixels = pixels[:, :2] / pixels[:, 2:]
        low, size = pixels.min(axis=0), np.ptp(pixels, axis=0)
        for grid in (GRID, 3 * GRID):  # what is thin needs more
            share = (np.arange(grid) + 0.5) / grid
            columns, rows = np.meshgrid(low[0] + share * size[0], low[1] + share * size[1])
            wanted = np.column_stack([columns.ravel(), rows.ravel()])
            rays = self._rays(wanted)
            depth = self._depths(target, pose, rays)
            hit = np.isfinite(depth)
            if hit.sum() >= GRID * GRID / 4:
                break
        if not hit.any():
            return None
        rays, depth, wanted = rays[hit], depth[hit], wanted[hit]
        outside = (wanted < -0.5) | (wanted > [self.lens.width - 0.5, self.lens.height - 0.5])
        hidden = outside.any(axis=1)
        for item in self.standing:
            if item is not target:
                hidden |= self._depths(item, self.moment.poses[item.instance], rays) < depth
        return _Silhouette(rays, depth, hidden)

    def _depths(self, item: ObjectPlan, pose: np.ndarray, rays: np.ndarray) -> np.ndarray:
        """How far (S,) along unit rays (S, 3) from the camera an object is met, inf where it is not."""
        depths = np.full(len(rays), np.inf)
        middle, half = self._extent(item)
        centre = pose[:3, :3] @ middle + pose[:3, 3] - self.eye
        along = rays @ centre
        near = np.flatnonzero(((centre - along[:, None] * rays) ** 2).sum(axis=1) <= 1.001 * (half @ half))
        if not len(near):
            return depths
        inverse = np.diag(1 / np.array([*item.scale])) @ pose[:3, :3].T
        origin = Vector(inverse @ (self.eye - pose[:3, 3]))
        tree = self._tree(item)
        for index, ray in zip(near, rays[near] @ inverse.T, strict=True):
            # The tree takes the ray's length off; the place that it hits gives it back.
            place, *_ = tree.ray_cast(origin, Vector(ray))
            if place is not None:
                depths[index] = (place - origin).length / np.linalg.norm(ray)
        return depths

    def _mesh(self, item: ObjectPlan) -> bpy.types.Mesh:
        name = self.moment.meshes.get(item.instance)
        return bpy.data.meshes[name] if name else self.assets[item.model].mesh

    def _tree(self, item: ObjectPlan) -> BVHTree:
        mesh = self._mesh(item)
        if mesh.name not in self.trees:
            mesh.calc_loop_triangles()
            faces = np.empty(3 * len(mesh.loop_triangles), dtype=np.int32)
            mesh.loop_triangles.foreach_get("vertices", faces)
            points = merging.vertices(mesh).tolist()
            self.trees[mesh.name] = BVHTree.FromPolygons(points, faces.reshape(-1, 3).tolist(), all_triangles=True)
        return self.trees[mesh.name]

    def _box(self, item: ObjectPlan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        pose = self.moment.poses[item.instance]
        middle, half = self._extent(item)
        return pose[:3, :3] @ middle + pose[:3, 3], pose[:3, :3], half

    def _extent(self, item: ObjectPlan) -> tuple[np.ndarray, np.ndarray]:
        """The middle (3,) of an object's box in its own frame, and its half lengths (3,); people have one each."""
        if item.instance in self.moment.boxes:
            low, high = self.moment.boxes[item.instance]
            return (low + high) / 2, (high - low) / 2
        return middle_and_half(sized(item, self.assets))

    def _rays(self, pixels: np.ndarray) -> np.ndarray:
        """Unit rays (S, 3) in the world through pixels (S, 2)."""
        rays = np.c_[pixels, np.ones(len(pixels))] @ np.linalg.inv(self.lens.K).T @ self.view[:3, :3].T
        return rays / np.linalg.norm(rays, axis=1, keepdims=True)

    def _picture_rays(self) -> np.ndarray:
        columns, rows = np.meshgrid(
            np.linspace(0, self.lens.width - 1, GRID), np.linspace(0, self.lens.height - 1, GRID)
        )
        return self._rays(np.column_stack([columns.ravel(), rows.ravel()]))

    def _is_central(self, item: ObjectPlan) -> bool:
        """Whether the middle of an object is in the picture."""
        local = (self._box(item)[0] - self.eye) @ self.view[:3, :3]
        if local[2] <= 0:
            return False
        pixel = self.lens.K @ local
        return bool(
            -0.5 <= pixel[0] / pixel[2] <= self.lens.width - 0.5
            and -0.5 <= pixel[1] / pixel[2] <= self.lens.height - 0.5
        )

    def _distance(self) -> float:
        return float(np.mean([np.linalg.norm(self._box(item)[0] - self.eye) for item in self.standing]))
