"""The camera: its projection, where its views are taken from, the paths it moves along, and its second eye."""

from .intrinsics import CameraFileError, Intrinsics, check_camera_file, from_camera_file, intrinsics, lenses
from .stereo import Eye, baseline, eyes, frames_per_scene, frames_per_view
from .trajectory import path
from .views import Interest, candidate, look_at, targets_in_view

__all__ = [
    "CameraFileError",
    "Eye",
    "Interest",
    "Intrinsics",
    "baseline",
    "candidate",
    "check_camera_file",
    "eyes",
    "frames_per_scene",
    "frames_per_view",
    "from_camera_file",
    "intrinsics",
    "lenses",
    "look_at",
    "path",
    "targets_in_view",
]
