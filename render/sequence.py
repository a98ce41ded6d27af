"""Frames in their order: what a frame can only say beside its neighbours. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..dataset.records import FrameLabels
from .flow import Scan, flow
from .sensor.bare import Bare, bent

# Bits of the occlusion image.
NOT_IN_NEXT, NOT_IN_PREVIOUS = 1, 2


@dataclass(frozen=True)
class BakedFrame:
    """What the store takes of one frame. ``rgb`` is an image file to move away; ``images`` by kind."""

    labels: FrameLabels
    rgb: Path
    images: dict[str, np.ndarray]


class Sequence:
    """Adds optical flow and occlusion to the frames of one scene, given in order.

    A frame is held back until the next one is there, so that no more than two frames (of each eye of a stereo rig,
    which is a sequence of its own) are in memory. Before the first frame and after the last there is nothing: the flow
    is NaN and every pixel is marked as occluded there.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[BakedFrame, Scan, Bare | None]] = {}

    def add(
        self, frame: BakedFrame, depth: np.ndarray, shapes: dict[int, str], bare: Bare | None = None
    ) -> list[BakedFrame]:
        """Take the next frame with its exact depth (H, W); returns those that are finished by it.

        ``shapes`` names, by instance, the meshes of those that change their shape. A frame that a lens distorts comes
        with what it was before.
        """
        labels = frame.labels
        poses = {label.instance: label.object_to_world for label in labels.objects}
        if bare is None:
            scan = Scan(labels.camera, depth, frame.images["instances"], poses, shapes)
        else:
            scan = Scan(bare.pinhole, bare.depth, bare.index, poses, shapes)
        before = self._waiting.get(labels.eye)
        self._waiting[labels.eye] = frame, scan, bare
        if before is None:
            frame.images["backward_flow"] = _nowhere(depth)
            frame.images["occlusion"] = np.full(depth.shape, NOT_IN_PREVIOUS, dtype=np.uint8)
            return []
        old, seen, bare_old = before
        old.images["forward_flow"], hidden = _flow(seen, scan, bare_old, bare)
        old.images["occlusion"] |= NOT_IN_NEXT * hidden.astype(np.uint8)
        frame.images["backward_flow"], hidden = _flow(scan, seen, bare, bare_old)
        frame.images["occlusion"] = NOT_IN_PREVIOUS * hidden.astype(np.uint8)
        return [old]

    def end(self) -> list[BakedFrame]:
        """The frames still held back, now that no other comes."""
        frames = sorted((frame for frame, *_ in self._waiting.values()), key=lambda frame: frame.labels.frame)
        self._waiting.clear()
        for frame in frames:
            frame.images["forward_flow"] = _nowhere(frame.images["occlusion"])
            frame.images["occlusion"] |= np.uint8(NOT_IN_NEXT)
        return frames


def _flow(here: Scan, there: Scan, bare_here: Bare | None, bare_there: Bare | None) -> tuple[np.ndarray, np.ndarray]:
    found, hidden = flow(here, there)
    return bent(found, hidden, bare_here, bare_there) if bare_here and bare_there else (found, hidden)


def _nowhere(image: np.ndarray) -> np.ndarray:
    return np.full((*image.shape, 2), np.nan, dtype=np.float32)
