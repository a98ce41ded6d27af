"""Depth of field in Blender, on only while the picture renders: the ground truth shares the camera and is sharp."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import bpy


@contextlib.contextmanager
def opened(camera: bpy.types.Camera, focal_length: float, f_number: float, distance: float) -> Iterator[None]:
    """While this lasts, the lens has an aperture; see `open_aperture`."""
    try:
        open_aperture(camera, focal_length, f_number, distance)
        yield
    finally:
        camera.dof.use_dof = False


def open_aperture(camera: bpy.types.Camera, focal_length: float, f_number: float, distance: float) -> None:
    """Give the lens an aperture, sharp at ``distance`` metres along the viewing direction.

    ``focal_length`` is the real one in millimetres. Blender derives the aperture from its own, which belongs to a
    sensor of 36 mm and to whatever part of the image it renders; so its f-number is made to fit.
    """
    dof = camera.dof
    dof.use_dof = True
    dof.focus_object = None
    dof.focus_distance = distance
    dof.aperture_fstop = camera.lens / (focal_length / f_number)
    dof.aperture_blades, dof.aperture_ratio = 0, 1.0
