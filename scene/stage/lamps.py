"""Further lamps in Blender: they light the picture, and are no surface that a camera could see."""

from __future__ import annotations

import math

import bpy
from mathutils import Vector

from ..plan.lamps import LampPlan
from .datablocks import Made


def build(plans: list[LampPlan], collection: bpy.types.Collection, made: Made) -> None:
    """Add the lamps to the collection, aimed at the middle of the scene."""
    for plan in plans:
        lamp = made(bpy.data.lights.new("truthbake lamp", plan.kind.upper()))
        lamp.energy = plan.power
        lamp.color = plan.color
        if plan.kind == "sun":
            lamp.angle = math.radians(plan.size)
        elif plan.kind == "area":
            lamp.shape = "SQUARE"
            lamp.size = max(plan.size, 1e-4)
        else:
            lamp.shadow_soft_size = plan.size
        if plan.kind == "spot":
            lamp.spot_size = math.radians(plan.spot_angle)
            lamp.spot_blend = plan.spot_blend
        item = made(bpy.data.objects.new("truthbake lamp", lamp))
        place = Vector(plan.position)
        item.location = place
        if place.length > 0.0:
            # Lamps shine along their -z.
            item.rotation_mode = "QUATERNION"
            item.rotation_quaternion = place.to_track_quat("Z", "Y")
        # What stands in the picture but has no depth would make the ground truth wrong.
        item.visible_camera = False
        collection.objects.link(item)
