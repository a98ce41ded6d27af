"""Where the objects lie: dropped, stacked or thrown by physics, spread on a surface, or where the recipe says."""

from math import radians, tan

from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    StringProperty,
)
from bpy.types import PropertyGroup

from .kinds import float_range, numbered, varies
from .pose import TRUTHBAKE_PG_pose

MODES = numbered(
    ("DROP", "Drop", "Place without collisions, then let the objects fall and come to rest"),
    ("FLOAT", "Float", "Place without collisions and leave the objects in the air"),
    ("STACK", "Stack", "Build towers, each object turned by quarters and put on another one or on the floor"),
    ("SURFACE", "Surface", "Spread the objects on a level surface without letting them fall"),
    ("FLIGHT", "Flight", "Let the objects fly between walls, pushed by random forces; each frame is a moment of it"),
    ("CHAIN", "Chain", "Each object a step away from the one before, in any level direction"),
    ("SINGLE", "Single", "Only the first object, with its middle at the centre"),
    ("FIXED", "Fixed", "Each object at a pose that the recipe gives"),
)

ORIENTATIONS = numbered(
    ("AUTO", "Automatic", "As the mode has it: resting on a surface, given for chain and single, else random"),
    ("RANDOM", "Random", "Every rotation is equally likely"),
    ("UPRIGHT", "Upright", "As given, turned by any angle about the vertical"),
    ("RESTING", "Resting", "On a face on which the object would stay lying, turned by any angle about the vertical"),
    ("GIVEN", "Given", "As rotation says, with its noise"),
)

SAMPLINGS = numbered(
    ("REST", "At Rest", "Every frame shows the objects after they came to rest"),
    ("MOMENTS", "Moments", "Every frame shows a later moment of the fall, step_interval steps after the one before"),
)


@varies
class TRUTHBAKE_PG_placement(PropertyGroup):
    mode: EnumProperty(name="Mode", description="How objects get their pose", items=MODES, default="DROP")
    orientation: EnumProperty(
        name="Orientation",
        description="How objects are turned; stack turns them by quarters, and fixed as each pose says",
        items=ORIENTATIONS,
        default="AUTO",
    )
    rotation: FloatVectorProperty(
        name="Rotation",
        description="Turn of the objects about x, then y, then z, for the orientations upright and given",
        size=3,
        subtype="EULER",
        min=radians(-360.0),
        max=radians(360.0),
        default=(0.0, 0.0, 0.0),
    )
    rotation_noise: float_range(
        name="Rotation Noise",
        description="Further turn about each of x, y and z, for the orientations upright and given",
        unit="ROTATION",
        min=radians(-360.0),
        max=radians(360.0),
        default=(0.0, 0.0),
    )
    volume_min: FloatVectorProperty(
        name="Volume Min",
        description="Lower corner of the box in which objects are placed",
        size=3,
        subtype="TRANSLATION",
        min=-1000.0,
        max=1000.0,
        default=(-0.25, -0.25, 0.0),
    )
    volume_max: FloatVectorProperty(
        name="Volume Max",
        description="Upper corner of the box in which objects are placed",
        size=3,
        subtype="TRANSLATION",
        min=-1000.0,
        max=1000.0,
        default=(0.25, 0.25, 0.5),
    )
    volume_min_inset: FloatVectorProperty(
        name="Inset Min",
        description="How far the lower corner may move inward, drawn anew for each object",
        size=3,
        subtype="TRANSLATION",
        min=0.0,
        max=1000.0,
        default=(0.0, 0.0, 0.0),
    )
    volume_max_inset: FloatVectorProperty(
        name="Inset Max",
        description="How far the upper corner may move inward, drawn anew for each object",
        size=3,
        subtype="TRANSLATION",
        min=0.0,
        max=1000.0,
        default=(0.0, 0.0, 0.0),
    )
    center: FloatVectorProperty(
        name="Center",
        description="Middle of the single object or of the chain",
        size=3,
        subtype="TRANSLATION",
        min=-1000.0,
        max=1000.0,
        default=(0.0, 0.0, 0.0),
    )
    surface_height: FloatProperty(
        name="Surface Height",
        description="Height of the surface on which objects are spread",
        unit="LENGTH",
        min=-1000.0,
        max=1000.0,
        default=0.0,
    )
    surface_object: StringProperty(
        name="Surface Object",
        description="Name of an object of the environment on whose top objects are spread; empty takes the height",
    )
    stack_probability: FloatProperty(
        name="Stacking Probability",
        description="How likely an object goes on top of another one instead of on the floor",
        min=0.0,
        max=1.0,
        default=0.7,
    )
    stack_minimum: IntProperty(
        name="Objects on the Floor",
        description="How many objects stand on the floor before any goes on top",
        min=1,
        max=1000,
        default=4,
    )
    stack_turn_probability: FloatProperty(
        name="Turning Probability",
        description="How likely a stacked object is turned a little away from its quarter turn",
        min=0.0,
        max=1.0,
        default=0.3,
    )
    stack_turn: FloatProperty(
        name="Largest Turn",
        description="Largest such turn, either way",
        unit="ROTATION",
        min=0.0,
        max=radians(45.0),
        default=radians(11.25),
    )
    stack_shift_probability: FloatProperty(
        name="Shifting Probability",
        description="How likely a stacked object is shifted a little from the middle of the one below",
        min=0.0,
        max=1.0,
        default=0.5,
    )
    stack_shift: FloatProperty(
        name="Largest Shift",
        description="Largest such shift along x and along y, either way",
        unit="LENGTH",
        min=0.0,
        max=1.0,
        default=0.005,
    )
    use_stack_physics: BoolProperty(
        name="Let Stacks Fall",
        description="Let physics act on the finished towers, which may topple; otherwise they stand as they were built",
        default=False,
    )
    chain_distance: float_range(
        name="Chain Step",
        description="Level distance between an object of the chain and the one before",
        unit="LENGTH",
        min=0.001,
        max=1000.0,
        default=(0.28, 0.42),
    )
    chain_spacing: FloatProperty(
        name="Chain Spacing",
        description="Least level distance between any two objects of the chain",
        unit="LENGTH",
        min=0.0,
        max=1000.0,
        default=0.25,
    )
    chain_height: float_range(
        name="Chain Height",
        description="Height of each object above the chain's centre",
        unit="LENGTH",
        min=-1000.0,
        max=1000.0,
        default=(-0.1, 0.1),
    )
    poses: CollectionProperty(
        name="Poses", description="Where the objects are, for the mode fixed", type=TRUTHBAKE_PG_pose
    )
    occlusion: FloatVectorProperty(
        name="Occlusion",
        description="Share of a target, from least to most, that the distractors hide in every frame; they are put "
        "between it and the camera. 0 to 0 leaves them where the mode puts them",
        size=2,
        min=0.0,
        max=1.0,
        default=(0.0, 0.0),
    )
    occlusion_tries: IntProperty(
        name="Occlusion Tries",
        description="How often all distractors of a frame are placed anew until the share is met",
        min=1,
        max=10000,
        default=20,
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
    restitution: FloatProperty(
        name="Restitution",
        description="Share of its speed that an object keeps when it bounces",
        min=0.0,
        max=1.0,
        default=0.0,
    )
    mass: float_range(
        name="Mass", description="Mass of each object", unit="MASS", min=0.001, max=10000.0, default=(1.0, 1.0)
    )
    gravity: FloatProperty(
        name="Gravity",
        description="Downward acceleration of what is dropped or stacked, in metres per square second",
        min=0.0,
        max=1000.0,
        default=9.81,
    )
    flight_gravity: FloatProperty(
        name="Flight Gravity",
        description="Downward acceleration in flight, in metres per square second",
        min=0.0,
        max=1000.0,
        default=0.0,
    )
    force: float_range(
        name="Force",
        description="Each part, along x, y and z, of a force that pushes an object in flight for one step, in newtons",
        min=-100000.0,
        max=100000.0,
        soft_min=-10.0,
        soft_max=10.0,
        default=(-10.0, 10.0),
    )
    force_probability: FloatProperty(
        name="Force Probability",
        description="How likely an object in flight is pushed in any one step; at the start all are",
        min=0.0,
        max=1.0,
        default=0.01,
    )
    use_walls: BoolProperty(name="Walls", description="Keep what flies inside the volume by walls", default=True)
    wall_tilt: FloatProperty(
        name="Wall Tilt",
        description="How much the walls along x come closer to each other towards the volume's smallest x",
        unit="ROTATION",
        min=0.0,
        max=radians(80.0),
        default=0.0,
    )
    free_center: FloatVectorProperty(
        name="Free Center",
        description="Middle of a ball that nothing flies into: the place of a camera",
        size=3,
        subtype="TRANSLATION",
        min=-1000.0,
        max=1000.0,
        default=(0.0, 0.0, 0.0),
    )
    free_radius: FloatProperty(
        name="Free Radius",
        description="Radius of that ball; 0 for none",
        unit="LENGTH",
        min=0.0,
        max=1000.0,
        default=0.0,
    )
    sampling: EnumProperty(
        name="Sampling",
        description="What the frames show of what is dropped or stacked",
        items=SAMPLINGS,
        default="REST",
    )
    step_interval: IntProperty(
        name="Step Interval",
        description="Physics steps of 1/240 second from one moment to the next",
        min=1,
        max=10000,
        default=100,
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
        low, high = values["occlusion"]
        if low > high:
            yield "occlusion", f"{low} is above {high}; the least share comes first"
        if values["mode"] == "fixed" and not values["poses"]:
            yield "poses", "placement.mode is fixed, so this must list a pose for each object"
        if values["mode"] == "flight" and values["use_walls"]:
            yield from _narrow(values)
        if values["max_time"] < values["min_time"]:
            yield "max_time", f"{values['max_time']} is below {values['min_time']} of placement.min_time"


def _narrow(values: dict):
    """Walls that meet before the volume ends."""
    length = values["volume_max"][0] - values["volume_min"][0]
    for axis in (1, 2):
        width = values["volume_max"][axis] - values["volume_min"][axis]
        if width - 2 * length * tan(radians(values["wall_tilt"])) <= 0:
            yield "wall_tilt", f"{values['wall_tilt']} makes the walls along {'xyz'[axis]} meet inside the volume"
