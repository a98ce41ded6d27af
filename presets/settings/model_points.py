"""What a recipe can say of the points and turns of a model: keypoints, the lines between them, symmetries.

All lengths are metres in the file's own frame: the coordinates of the file times its unit.
"""

from bpy.props import FloatVectorProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup


class TRUTHBAKE_PG_keypoint(PropertyGroup):
    name: StringProperty(name="Name", description="What the labels call this point")
    position: FloatVectorProperty(
        name="Position",
        description="Where the point lies in the frame of the model's file, in metres",
        size=3,
        subtype="TRANSLATION",
        min=-100000.0,
        max=100000.0,
        default=(0.0, 0.0, 0.0),
        precision=4,
    )


class TRUTHBAKE_PG_bone(PropertyGroup):
    start: StringProperty(name="Start", description="The keypoint where the line begins")
    end: StringProperty(name="End", description="The keypoint where the line ends")


class TRUTHBAKE_PG_symmetry(PropertyGroup):
    axis: FloatVectorProperty(
        name="Axis",
        description="Direction of the axis of the turn",
        size=3,
        subtype="XYZ",
        min=-1000.0,
        max=1000.0,
        default=(0.0, 0.0, 1.0),
    )
    offset: FloatVectorProperty(
        name="Offset",
        description="A point on the axis, in the frame of the model's file, in metres",
        size=3,
        subtype="TRANSLATION",
        min=-100000.0,
        max=100000.0,
        default=(0.0, 0.0, 0.0),
    )
    fold: IntProperty(
        name="Fold",
        description="Steps in which a whole turn looks the same: 2 for half turns, 6 for a hexagon, 0 for every angle",
        min=0,
        max=360,
        default=0,
    )
