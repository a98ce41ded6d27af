"""Checks of one frame's optical flow and occlusion, where that pass was on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..store import FrameFiles

# Flow, and the bit of the occlusion image that speaks of the same neighbour.
KINDS = {"forward_flow": 1, "backward_flow": 2}


def check_flow(frame: FrameFiles, shape: tuple[int, int]) -> Iterator[str]:
    """Both ways lie beside the occlusion image, and a point is visible only where its flow ends inside the image."""
    present = [kind for kind in (*KINDS, "occlusion") if frame.path(kind) is not None]
    if not present:
        return
    for kind in (*KINDS, "occlusion"):
        if kind not in present:
            yield f"{frame.path(present[0])}: there is no {kind} beside it"
    if len(present) < 3:
        return
    occlusion = frame.image("occlusion")
    if occlusion.shape != shape:
        yield f"{frame.path('occlusion')}: has another size than the instance image"
        return
    height, width = shape
    pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1)
    for kind, bit in KINDS.items():
        path, flow = frame.path(kind), frame.image(kind)
        if flow.shape != (height, width, 2):
            yield f"{path}: has another size than the instance image"
            continue
        visible = (occlusion & bit) == 0
        wrong = int(np.count_nonzero(visible & ~np.isfinite(flow).all(axis=-1)))
        if wrong:
            yield f"{path}: {wrong} pixels that are visible there have no flow"
        with np.errstate(invalid="ignore"):
            place = pixels + flow
            inside = ((place >= -0.51) & (place <= [width - 0.49, height - 0.49])).all(axis=-1)
        wrong = int(np.count_nonzero(visible & np.isfinite(flow).all(axis=-1) & ~inside))
        if wrong:
            yield f"{path}: {wrong} pixels that are visible there flow out of the image"
