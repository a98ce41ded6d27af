"""How the work is spread."""

from bpy.props import IntProperty
from bpy.types import PropertyGroup


class TRUTHBAKE_PG_farm(PropertyGroup):
    workers: IntProperty(
        name="Workers",
        description="How many Blenders bake side by side; 0 leaves it to the preferences, and is 1 on the command line",
        min=0,
        max=1024,
        soft_max=64,
        default=0,
    )
