"""Lamps and the glowing ceiling in Blender."""

from __future__ import annotations

import bpy

from ..plan.lights import CeilingPlan, PointLightPlan
from .background import rectangle
from .datablocks import Made
from .materials import emitter


def build(plans: list[PointLightPlan], collection: bpy.types.Collection, made: Made) -> None:
    """Add the point lights to the collection."""
    for plan in plans:
        lamp = made(bpy.data.lights.new("truthbake light", "POINT"))
        lamp.energy = plan.energy
        lamp.color = plan.color
        lamp.shadow_soft_size = plan.radius
        item = made(bpy.data.objects.new("truthbake light", lamp))
        item.location = plan.position
        collection.objects.link(item)


def build_ceiling(plan: CeilingPlan | None, collection: bpy.types.Collection, made: Made) -> None:
    """Add the ceiling to the collection. It is a surface: what sees it has a depth."""
    if plan is None:
        return
    ceiling = rectangle(made, "ceiling", plan.size, plan.size)
    ceiling.location = (0.0, 0.0, plan.height)
    ceiling.rotation_euler = (3.141592653589793, 0.0, 0.0)
    ceiling.data.materials.append(made(emitter(plan.strength, plan.color)))
    collection.objects.link(ceiling)
