"""One pose that a recipe gives to an object."""

from math import radians

from bpy.props import FloatVectorProperty, StringProperty
from bpy.types import PropertyGroup


class TRUTHBAKE_PG_pose(PropertyGroup):
    model: StringProperty(
        name="Model", description="File name (without its suffix) or class of the model; empty takes any"
    )
    location: FloatVectorProperty(
        name="Location",
        description="Where the origin of the model is",
        size=3,
        subtype="TRANSLATION",
        min=-1000.0,
        max=1000.0,
        default=(0.0, 0.0, 0.0),
    )
    rotation: FloatVectorProperty(
        name="Rotation",
        description="Turn about x, then y, then z",
        size=3,
        subtype="EULER",
        min=radians(-360.0),
        max=radians(360.0),
        default=(0.0, 0.0, 0.0),
    )
