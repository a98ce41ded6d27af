"""Optical flow and occlusion between two frames of one scene, in closed form from depth, instances and poses.

A pixel's depth and the camera give its point in space; the point moves as its object does (or stays, where it belongs
to what surrounds the objects), and the other camera projects it. All of it is rigid geometry in double precision, so
that the flow is as exact as the depth: there is no renderer's motion pass with a sign, an axis or a sample count to
misread.

Where a point may be hidden is decided against the other frame's depth. A plane n . X = 1 in camera axes has the
inverse depth 1 / z = n . (inverse K) (u, v, 1), which is linear over the image; so the plane through a pixel is known
from the inverse depths beside it, and what its surface would measure at any pixel of the other frame is known too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..dataset.records import Camera

# A point counts as the same surface, seen again, if its inverse depth is right to this much where objects differ; they
# may touch, so that it must be small. Depths are single precision.
SAME_DEPTH = 1e-4
# Nearer to the camera's plane than this a point has no projection to speak of, metres.
AHEAD = 1e-6


@dataclass(frozen=True)
class Scan:
    """What one frame says about its scene.

    ``depth`` (H, W) planar metres, inf for nothing; ``index`` (H, W) instance numbers, 0 is what surrounds the
    objects; ``poses`` object-to-world (4, 4) by instance; ``shapes`` by instance a name of the mesh that it had,
    for those that change their shape. The camera is a pinhole: what a lens does to its image comes later.
    """

    camera: Camera
    depth: np.ndarray
    index: np.ndarray
    poses: Mapping[int, np.ndarray]
    shapes: Mapping[int, str]

    @property
    def pixels(self) -> np.ndarray:
        """(H, W, 2) the pixels' places x, y."""
        height, width = self.index.shape
        return np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float64)


def flow(here: Scan, there: Scan) -> tuple[np.ndarray, np.ndarray]:
    """Where each pixel's point of ``here`` is in ``there``.

    Returns the flow (H, W, 2) float32 in pixels, x right and y down, from a pixel's centre to the place of its point in
    the other image; and hidden (H, W) bool: the point lies outside the other image, behind its camera, or behind what
    the pixel nearest to its place shows. The flow of a hidden point is its true one. It is NaN, and the point hidden,
    where there is none: behind the other camera, and on objects that the other frame has not or has in another shape.
    What lies infinitely far moves with the camera's rotation alone.
    """
    index, pixels = here.index.ravel(), here.pixels.reshape(-1, 2)
    nearness = inverse_depth(here.depth)
    planes = _planes(here, nearness).reshape(-1, 3)
    nearness = nearness.ravel()

    place = np.full(pixels.shape, np.nan)  # in the other image
    there_nearness = np.full(len(pixels), np.nan)
    there_planes = np.zeros((len(pixels), 3))
    turned_away = np.zeros(len(pixels), dtype=bool)
    is_still = _same_camera(here.camera, there.camera)
    rays = _homogeneous(pixels) @ np.linalg.inv(here.camera.K).T
    order = np.argsort(index, kind="stable")
    instances, starts = np.unique(index[order], return_index=True)
    for instance, some in zip(instances, np.split(order, starts[1:]), strict=True):
        motion = _motion(int(instance), here, there)
        if motion is None:
            continue
        if motion is STILL and is_still:  # exactly zero, not nearly
            place[some], there_nearness[some], there_planes[some] = pixels[some], nearness[some], planes[some]
            continue
        matrix = there.camera.world_to_camera @ motion @ here.camera.camera_to_world
        rotation, translation = matrix[:3, :3], matrix[:3, 3]
        # Divided by its depth a point is its ray plus the translation by inverse depth: infinity needs no exception.
        moved = rays[some] @ rotation.T + nearness[some, None] * translation
        moved[moved[:, 2] <= AHEAD * nearness[some] + 1e-12] = np.nan
        projected = moved @ there.camera.K.T
        place[some] = projected[:, :2] / projected[:, 2:3]
        there_nearness[some] = nearness[some] / moved[:, 2]
        turned = planes[some] @ rotation.T
        side = 1.0 + turned @ translation  # of the plane on which the other camera is; this one is where it is above 0
        turned_away[some] = side < 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            there_planes[some] = turned / side[:, None]
    hidden = _hidden(index, place, there_nearness, there_planes, turned_away, there)
    shape = here.index.shape
    return (place - pixels).astype(np.float32).reshape(*shape, 2), hidden.reshape(shape)


STILL = np.eye(4)


def inverse_depth(depth: np.ndarray) -> np.ndarray:
    """1 / depth in double precision; 0 for infinitely far."""
    with np.errstate(divide="ignore"):
        return np.where(np.isfinite(depth), 1.0 / depth.astype(np.float64), 0.0)


def _homogeneous(pixels: np.ndarray) -> np.ndarray:
    return np.concatenate([pixels, np.ones((*pixels.shape[:-1], 1))], axis=-1)


def _same_camera(one: Camera, other: Camera) -> bool:
    return np.array_equal(one.K, other.K) and np.array_equal(one.camera_to_world, other.camera_to_world)


def _motion(instance: int, here: Scan, there: Scan) -> np.ndarray | None:
    """The world-to-world motion (4, 4) of an instance's points; None where they correspond to nothing."""
    if instance == 0:
        return STILL
    if instance not in there.poses or here.shapes.get(instance) != there.shapes.get(instance):
        return None
    before, after = here.poses[instance], there.poses[instance]
    if np.array_equal(before, after):
        return STILL
    return after @ np.linalg.inv(before)


def _planes(here: Scan, nearness: np.ndarray) -> np.ndarray:
    """For each pixel n (H, W, 3) of the plane n . X = 1 (camera axes) that its surface lies on.

    From the inverse depths of the neighbours on the same object, on the side where they change less: the other side may
    lie beyond an edge.
    """
    across, down = (_slope(nearness, here.index, axis) for axis in (1, 0))
    constant = nearness - across * here.pixels[..., 0] - down * here.pixels[..., 1]
    return np.stack([across, down, constant], axis=-1) @ here.camera.K


def _slope(nearness: np.ndarray, index: np.ndarray, axis: int) -> np.ndarray:
    """The change of inverse depth a pixel along an axis, from the better of two neighbours; 0 where there is none."""
    change = np.diff(nearness, axis=axis)
    change = np.where(np.diff(index.astype(np.int32), axis=axis) == 0, change, np.inf)
    edge = np.full([1 if side == axis else size for side, size in enumerate(nearness.shape)], np.inf)
    before = np.concatenate([edge, change], axis=axis)
    after = np.concatenate([change, edge], axis=axis)
    better = np.where(np.abs(before) <= np.abs(after), before, after)
    return np.where(np.isfinite(better), better, 0.0)


def _hidden(
    index: np.ndarray,
    place: np.ndarray,
    nearness: np.ndarray,
    planes: np.ndarray,
    turned_away: np.ndarray,
    there: Scan,
) -> np.ndarray:
    """Whether what the pixel nearest to ``place`` shows is nearer than the surface that should be there.

    On the same object a surface may bend between pixels: it may be nearer by its slope over a pixel and by a pixel's
    width. Another object has no such leave, nor has a surface that shows its back to the other camera: but for sheets,
    the object's own front hides it.
    """
    height, width = there.index.shape
    hidden = np.ones(index.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        nearest = np.floor(place + 0.5)
        inside = ((nearest >= 0) & (nearest <= [width - 1, height - 1])).all(axis=-1)
    columns, rows = nearest[inside].astype(int).T
    shown = inverse_depth(there.depth[rows, columns])
    bends = (there.index[rows, columns] == index[inside]) & ~turned_away[inside]
    lines = planes[inside] @ np.linalg.inv(there.camera.K)
    slope = np.abs(lines[:, :2]).sum(axis=1)
    expected = (lines * _homogeneous(nearest[inside])).sum(axis=1)
    expected = np.fmax(expected, nearness[inside])  # NaN where the plane is seen edge on
    leave = np.where(bends, slope + nearness[inside] / there.camera.K[0, 0], 0.0) + SAME_DEPTH * nearness[inside]
    hidden[inside] = shown > expected + leave
    return hidden
