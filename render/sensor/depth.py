"""What a depth camera measures, from exact depth."""

from __future__ import annotations

import numpy as np

from ...scene.plan.sensor import DepthPlan

# A plane's inverse depth is linear over the image; where three neighbours leave a line by this share, depth jumps.
JUMP = 0.02


def measure(depth: np.ndarray, normals: np.ndarray, rays: np.ndarray, plan: DepthPlan) -> np.ndarray:
    """Noisy planar depth (H, W) float32 in metres, inf where there is no return.

    ``depth`` (H, W) exact, inf for nothing; ``normals`` (H, W, 3) and the ``rays`` (H, W, 3) through the centres of the
    pixels in camera axes. Noise and steps are those of a disparity, which is proportional to the inverse depth: even
    there, they grow with the square of the distance (Khoshelham, Oude Elberink 2012, Sensors 12; the order of the
    steps after Handa et al. 2014, "A benchmark for RGB-D visual odometry, 3D reconstruction and SLAM").
    """
    # Each kind of noise has random numbers of its own: a change of one leaves the others.
    along_x, along_y, along_z, at_edges, anywhere = (np.random.default_rng([plan.seed, kind]) for kind in range(5))
    shape = depth.shape
    with np.errstate(divide="ignore"):
        nearness = np.where(np.isfinite(depth), 1.0 / depth.astype(np.float64), 0.0)
    lost = anywhere.random(shape) < plan.loss
    lost |= jumps(nearness) & (at_edges.random(shape) < plan.edge_loss)

    rows, columns = np.indices(shape)
    rows = np.clip(np.rint(rows + plan.jitter * along_y.standard_normal(shape)), 0, shape[0] - 1).astype(np.int64)
    columns = np.clip(np.rint(columns + plan.jitter * along_x.standard_normal(shape)), 0, shape[1] - 1).astype(np.int64)
    lost |= (incidence(normals, rays) > plan.max_angle)[rows, columns]
    nearness = nearness[rows, columns]
    lost |= nearness == 0
    nearness = nearness + plan.noise * along_z.standard_normal(shape)
    if plan.step > 0:
        nearness = np.rint(nearness / plan.step) * plan.step
    lost |= nearness <= 0
    with np.errstate(divide="ignore"):
        measured = 1.0 / nearness
    near, far = plan.reach
    lost |= (measured < near) | (measured > far)
    return np.where(lost, np.inf, measured).astype(np.float32)


def incidence(normals: np.ndarray, rays: np.ndarray) -> np.ndarray:
    """Angle in degrees (H, W) between the line of sight and the surface's normal; 90 where there is no surface."""
    cosine = np.abs((normals * rays).sum(axis=-1)) / np.linalg.norm(rays, axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, 0.0, 1.0)))


def jumps(nearness: np.ndarray) -> np.ndarray:
    """(H, W) bool: pixels beside which depth jumps. ``nearness`` (H, W) is inverse depth, 0 for nothing."""
    found = np.zeros(nearness.shape, dtype=bool)
    for axis in (0, 1):
        bend = np.abs(np.diff(nearness, 2, axis=axis))
        inner = found[:, 1:-1] if axis else found[1:-1]
        inner |= bend > JUMP * (nearness[:, 1:-1] if axis else nearness[1:-1])
    return found
