"""One pose of the camera, as the camera's list of poses holds it."""

from math import radians

from bpy.props import EnumProperty, FloatProperty, FloatVectorProperty
from bpy.types import PropertyGroup

from .kinds import numbered

FAR = 100000.0

AIMS = numbered(
    ("POINT", "Point", "Look at the point of this pose"),
    ("ROTATION", "Rotation", "Turn as a camera object of this rotation does"),
    ("LOOK_AT", "Look At", "Look at what camera.look_at says"),
)


class TRUTHBAKE_PG_camera_pose(PropertyGroup):
    location: FloatVectorProperty(
        name="Location", description="Where the camera is", size=3, subtype="TRANSLATION", min=-FAR, max=FAR
    )
    aim: EnumProperty(name="Aim", description="How its direction is given", items=AIMS, default="POINT")
    look_at: FloatVectorProperty(
        name="Point", description="The point that it looks at", size=3, subtype="TRANSLATION", min=-FAR, max=FAR
    )
    rotation: FloatVectorProperty(
        name="Rotation",
        description="Angles about x, then y, then z, as a camera object in Blender has them: all 0 looks straight down",
        size=3,
        subtype="EULER",
        min=radians(-3600.0),
        max=radians(3600.0),
    )
    roll: FloatProperty(
        name="Roll",
        description="Turn of the camera around its viewing direction",
        unit="ROTATION",
        min=radians(-3600.0),
        max=radians(3600.0),
    )
