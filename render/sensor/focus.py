"""What the camera focuses on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...dataset.records import TARGET, Camera
from ...scene.plan.sensor import AperturePlan
from ..annotate import Instance


def distance(plan: AperturePlan, camera: Camera, instances: Sequence[Instance]) -> float:
    """Along the viewing direction in metres: of the planned target's middle, else the planned distance."""
    if plan.focus_share is None:
        return plan.focus_distance
    middles = [
        item.pose[:3, :3] @ (np.array(item.scale) * (item.model.minimum + item.model.maximum) / 2) + item.pose[:3, 3]
        for item in instances
        if item.model.kind == TARGET
    ]
    local = np.array(middles).reshape(-1, 3) @ camera.world_to_camera[:3, :3].T + camera.world_to_camera[:3, 3]
    local = local[local[:, 2] > 0]
    if len(local):
        pixels = camera.image(local)
        inside = (pixels >= -0.5) & (pixels <= [camera.width - 0.5, camera.height - 0.5])
        local = local[inside.all(axis=1)]
    if not len(local):
        return plan.focus_distance
    return float(local[min(int(plan.focus_share * len(local)), len(local) - 1), 2])
