"""How the work is spread."""

from bpy.props import IntProperty
from bpy.types import PropertyGroup


class TRUTHBAKE_PG_farm(PropertyGroup):
    workers: IntProperty(
        name="Workers", description="How many Blenders bake side by side", min=1, max=1024, soft_max=64, default=1
    )
