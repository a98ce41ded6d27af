"""What surrounds the objects: a room, a plane under a sky, or a sky alone."""

from math import radians

from bpy.props import EnumProperty, FloatVectorProperty
from bpy.types import PropertyGroup

from .kinds import file_path, flags, float_range, numbered, varies

MODES = numbered(
    ("ROOM", "Room", "A floor and four walls"),
    ("PLANE", "Plane", "A large floor under an HDRI sky"),
    ("HDRI", "HDRI", "An HDRI sky alone"),
)

SURFACES = flags(
    ("PLAIN", "Plain", "One colour"),
    ("NOISE", "Noise", "Clouds of two colours"),
    ("CHECKER", "Checker", "Squares of two colours"),
    ("BRICK", "Brick", "Bricks and mortar"),
    ("WAVE", "Wave", "Bands and rings, as in wood"),
    ("VORONOI", "Voronoi", "Cells, as in stone or leather"),
)


@varies
class TRUTHBAKE_PG_background(PropertyGroup):
    mode: EnumProperty(name="Mode", description="What surrounds the objects", items=MODES, default="PLANE")
    room_size: FloatVectorProperty(
        name="Room Size",
        description="Length along x, length along y and height of the room",
        size=3,
        unit="LENGTH",
        min=0.1,
        max=1000.0,
        default=(4.0, 4.0, 2.0),
    )
    surfaces: EnumProperty(
        name="Surfaces",
        description="Kinds of random material for floor and walls; one of them is drawn for each scene",
        items=SURFACES,
        options={"ENUM_FLAG"},
        default={"PLAIN", "NOISE", "CHECKER", "BRICK", "WAVE", "VORONOI"},
    )
    hdri_path: file_path(
        name="HDRI",
        description="An HDRI file, or a folder to draw one from; empty draws from the eight that Blender brings",
    )
    hdri_strength: float_range(
        name="HDRI Strength",
        description="Brightness of the sky",
        min=0.0,
        max=1000.0,
        soft_max=10.0,
        default=(0.6, 1.4),
    )
    hdri_rotation: float_range(
        name="HDRI Rotation",
        description="Turn of the sky around the vertical",
        unit="ROTATION",
        min=radians(-360.0),
        max=radians(360.0),
        default=(0.0, radians(360.0)),
    )

    @staticmethod
    def problems(values: dict):
        """Mistakes that concern several settings at once: pairs of a key and what is wrong."""
        if not values["surfaces"] and values["mode"] != "hdri":
            yield "surfaces", "a room or a plane needs at least one kind of surface"
