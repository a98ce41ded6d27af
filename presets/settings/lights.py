"""Lamps: one large ceiling panel, a few point lights, and a list of any others."""

from math import radians

from bpy.props import BoolProperty, CollectionProperty, FloatProperty
from bpy.types import PropertyGroup

from .kinds import float_range, int_range, section_switch, varies
from .lamp import TRUTHBAKE_PG_lamp


@varies
class TRUTHBAKE_PG_lights(PropertyGroup):
    use: section_switch(
        name="Use Lights", description="Whether there are lamps; the sky and surfaces that glow shine all the same"
    )
    use_ceiling: BoolProperty(name="Ceiling", description="Hang a large light panel over the scene", default=False)
    ceiling_strength: float_range(
        name="Strength",
        description="Emission strength of the panel",
        min=0.0,
        max=1000.0,
        soft_max=20.0,
        default=(3.0, 6.0),
    )
    ceiling_color: float_range(
        name="Color",
        description="Each colour channel of the panel is drawn in this range",
        min=0.0,
        max=1.0,
        default=(0.5, 1.0),
    )
    ceiling_height: FloatProperty(
        name="Height", description="Height of the panel", unit="LENGTH", min=0.1, max=100.0, default=10.0
    )
    ceiling_size: FloatProperty(
        name="Size",
        description="Edge length of the square panel",
        unit="LENGTH",
        min=0.01,
        max=100.0,
        default=6.0,
    )
    count: int_range(name="Count", description="How many point lights each scene has", min=0, max=8, default=(0, 1))
    energy: float_range(
        name="Energy",
        description="Power of a point light",
        unit="POWER",
        min=0.0,
        max=100000.0,
        soft_max=1000.0,
        default=(50.0, 150.0),
    )
    color: float_range(
        name="Color",
        description="Each colour channel of a point light is drawn in this range",
        min=0.0,
        max=1.0,
        default=(0.5, 1.0),
    )
    distance: float_range(
        name="Distance",
        description="Distance of a point light from the middle of the scene",
        unit="LENGTH",
        min=0.01,
        max=100.0,
        soft_max=10.0,
        default=(1.0, 1.5),
    )
    elevation: float_range(
        name="Elevation",
        description="Angle of a point light above the floor, seen from the middle of the scene",
        unit="ROTATION",
        min=radians(-90.0),
        max=radians(90.0),
        default=(radians(5.0), radians(89.0)),
    )
    radius: float_range(
        name="Radius",
        description="Size of a point light; a larger one casts softer shadows",
        unit="LENGTH",
        min=0.0,
        max=10.0,
        soft_max=1.0,
        default=(0.05, 0.25),
    )
    lamps: CollectionProperty(
        name="Lamps",
        description="More lamps, each entry one kind of them; they light the scene but are not seen themselves",
        type=TRUTHBAKE_PG_lamp,
    )
