"""One kind of lamp of a scene, as lights list them."""

from math import radians

from bpy.props import BoolProperty, EnumProperty, FloatVectorProperty
from bpy.types import PropertyGroup

from .kinds import float_range, int_range, numbered, varies

KINDS = numbered(
    ("POINT", "Point", "Shines from a ball in all directions"),
    ("AREA", "Area", "Shines from a square panel"),
    ("SUN", "Sun", "Shines from one direction, equally strong everywhere"),
    ("SPOT", "Spot", "Shines in a cone"),
)

PLACEMENTS = numbered(
    ("SHELL", "Shell", "Somewhere on a shell around the middle of the scene"),
    ("ARC", "Arc", "On an arc that passes over the middle of the scene"),
    ("FIXED", "Fixed", "At a given position"),
)


@varies
class TRUTHBAKE_PG_lamp(PropertyGroup):
    kind: EnumProperty(
        name="Kind", description="What kind of lamp; all but point lamps aim at the middle of the scene", items=KINDS
    )
    count: int_range(name="Count", description="How many of them each scene has", min=0, max=100, default=(1, 1))
    energy: float_range(
        name="Energy",
        description="Power of a point, area or spot lamp",
        unit="POWER",
        min=0.0,
        max=100000.0,
        soft_max=1000.0,
        default=(50.0, 150.0),
    )
    irradiance: float_range(
        name="Irradiance",
        description="Power of a sun on each square metre",
        min=0.0,
        max=100000.0,
        soft_max=10.0,
        default=(1.0, 3.0),
    )
    color: float_range(
        name="Color",
        description="Each colour channel is drawn in this range",
        min=0.0,
        max=1.0,
        default=(0.5, 1.0),
    )
    use_temperature: BoolProperty(
        name="Use Temperature", description="Take the colour of a glowing body instead of a random one", default=False
    )
    temperature: float_range(
        name="Temperature",
        description="Temperature of the glowing body in kelvin: 2700 is a bulb, 5500 the sun at noon, 9000 the shade",
        min=1000.0,
        max=15000.0,
        default=(2700.0, 6500.0),
    )
    size: float_range(
        name="Size",
        description="Radius of a point or spot lamp, edge of an area lamp; a larger one casts softer shadows",
        unit="LENGTH",
        min=0.0,
        max=100.0,
        soft_max=1.0,
        default=(0.05, 0.25),
    )
    sun_angle: float_range(
        name="Sun Angle",
        description="Width of the sun in the sky; half a degree on Earth",
        unit="ROTATION",
        min=0.0,
        max=radians(180.0),
        default=(radians(0.5), radians(0.5)),
    )
    spot_angle: float_range(
        name="Spot Angle",
        description="Opening of a spot's cone",
        unit="ROTATION",
        min=radians(1.0),
        max=radians(180.0),
        default=(radians(30.0), radians(60.0)),
    )
    spot_blend: float_range(
        name="Spot Blend", description="Softness of a spot's rim", min=0.0, max=1.0, default=(0.1, 0.5)
    )
    placement: EnumProperty(name="Placement", description="Where the lamps are", items=PLACEMENTS, default="SHELL")
    distance: float_range(
        name="Distance",
        description="Distance from the middle of the scene, on the shell and on the arc",
        unit="LENGTH",
        min=0.01,
        max=1000.0,
        soft_max=10.0,
        default=(1.0, 1.5),
    )
    elevation: float_range(
        name="Elevation",
        description="Angle above the floor on the shell, seen from the middle of the scene",
        unit="ROTATION",
        min=radians(-90.0),
        max=radians(90.0),
        default=(radians(5.0), radians(89.0)),
    )
    azimuth: float_range(
        name="Azimuth",
        description="Angle around the vertical, counter-clockwise from x; of an arc, the side of positive angles",
        unit="ROTATION",
        min=radians(-360.0),
        max=radians(360.0),
        default=(radians(-180.0), radians(180.0)),
    )
    arc_angle: float_range(
        name="Arc Angle",
        description="Angle away from straight above the scene, on the arc",
        unit="ROTATION",
        min=radians(-180.0),
        max=radians(180.0),
        default=(radians(-45.0), radians(45.0)),
    )
    position: FloatVectorProperty(
        name="Position",
        description="Where a fixed lamp is",
        size=3,
        subtype="TRANSLATION",
        min=-1000.0,
        max=1000.0,
        default=(0.0, 0.0, 1.5),
    )
