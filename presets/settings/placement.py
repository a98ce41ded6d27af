"""Where the objects lie: dropped by physics, or floating in free space."""

from bpy.props import EnumProperty, FloatProperty, FloatVectorProperty, IntProperty
from bpy.types import PropertyGroup

from .kinds import numbered

MODES = numbered(
    ("DROP", "Drop", "Place without collisions, then let the objects fall and come to rest"),
    ("FLOAT", "Float", "Place without collisions and leave the objects in the air"),
)


class TRUTHBAKE_PG_placement(PropertyGroup):
    mode: EnumProperty(name="Mode", description="How objects get their pose", items=MODES, default="DROP")
    volume_min: FloatVectorProperty(
        name="Volume Minimum",
        description="Lower corner of the box in which objects are placed",
        size=3,
        unit="LENGTH",
        min=-1000.0,
        max=1000.0,
        default=(-0.25, -0.25, 0.0),
    )
    volume_max: FloatVectorProperty(
        name="Volume Maximum",
        description="Upper corner of the box in which objects are placed",
        size=3,
        unit="LENGTH",
        min=-1000.0,
        max=1000.0,
        default=(0.25, 0.25, 0.5),
    )
    max_tries: IntProperty(
        name="Tries", description="Poses tried per object before it is left out", min=1, max=1000000, default=1000
    )
    max_scene_tries: IntProperty(
        name="Scene Tries",
        description="How often objects that fell out of the scene are dropped again",
        min=1,
        max=1000,
        default=5,
    )
    friction: FloatProperty(
        name="Friction", description="Resistance to sliding", min=0.0, max=1000.0, soft_max=100.0, default=1.0
    )
    damping: FloatProperty(
        name="Damping",
        description="Share of the speed, linear and angular, that is lost over a second",
        min=0.0,
        max=1.0,
        default=0.5,
    )
    mass: FloatProperty(
        name="Mass", description="Mass of every object", unit="MASS", min=0.001, max=10000.0, default=1.0
    )
    substeps: IntProperty(
        name="Substeps", description="Physics steps in each frame of the simulation", min=1, max=1000, default=10
    )
    solver_iterations: IntProperty(
        name="Solver Iterations", description="Contact solver iterations in each step", min=1, max=1000, default=10
    )
    min_time: FloatProperty(
        name="Minimum Time",
        description="Simulated time before the first look whether everything has come to rest",
        unit="TIME_ABSOLUTE",
        min=0.0,
        max=1000.0,
        default=0.5,
    )
    max_time: FloatProperty(
        name="Maximum Time",
        description="Simulated time after which objects are taken as they are",
        unit="TIME_ABSOLUTE",
        min=0.1,
        max=1000.0,
        default=10.0,
    )
    check_interval: FloatProperty(
        name="Check Interval",
        description="Simulated time between two looks whether everything has come to rest",
        unit="TIME_ABSOLUTE",
        min=0.04,
        max=100.0,
        default=0.25,
    )

    @staticmethod
    def problems(values: dict):
        """Mistakes that concern several settings at once: pairs of a key and what is wrong."""
        for axis, low, high in zip("xyz", values["volume_min"], values["volume_max"], strict=True):
            if low >= high:
                yield "volume_max", f"{axis} {high} is not above {low} of placement.volume_min"
        if values["max_time"] < values["min_time"]:
            yield "max_time", f"{values['max_time']} is below {values['min_time']} of placement.min_time"
