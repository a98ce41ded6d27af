"""People: who stands in the scene, in which poses, and what hides them."""

from math import radians

from bpy.props import CollectionProperty, EnumProperty, FloatVectorProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from .character import TRUTHBAKE_PG_character
from .kinds import float_range, int_range, numbered, section_switch, varies

MODES = numbered(
    ("STAND", "Stand", "Upright and at ease"),
    ("JOINTS", "Joints", "Every joint turned at random within what a human body can do"),
    ("RAGDOLL", "Ragdoll", "Limp, taken at a random moment of a fall, for extreme positions"),
)

POSES = numbered(
    ("SCENE", "Scene", "One pose for all frames of a scene"),
    ("FRAME", "Frame", "Another pose in each frame"),
)


@varies
class TRUTHBAKE_PG_people(PropertyGroup):
    use: section_switch(name="Use People", description="Whether there are people")
    characters: CollectionProperty(
        name="Characters",
        description="Rigged characters to draw from; an empty list takes the built-in person, of random look",
        type=TRUTHBAKE_PG_character,
    )
    count: int_range(
        name="Count", description="How many people each scene holds", min=0, max=100, soft_max=10, default=(0, 0)
    )
    class_name: StringProperty(name="Class Name", description="What the labels call people", default="person")
    class_id: IntProperty(
        name="Class ID",
        description="The number of that class in the labels; 0 takes the first free one",
        min=0,
        soft_max=1000,
        default=0,
    )
    mode: EnumProperty(name="Mode", description="How people get their pose", items=MODES, default="JOINTS")
    poses: EnumProperty(name="Poses", description="When the pose changes", items=POSES, default="SCENE")
    extent: float_range(
        name="Extent",
        description="Share of each joint's range that its random turn may use; 1 goes to the limits of a human body",
        min=0.0,
        max=1.0,
        default=(0.2, 0.7),
    )
    ticks: int_range(
        name="Ticks",
        description="How long a ragdoll falls before its pose is taken, in sixtieths of a second",
        min=0,
        max=10000,
        soft_max=300,
        default=(2, 120),
    )
    lean: float_range(
        name="Lean",
        description="How far a ragdoll leans over when it starts to fall",
        unit="ROTATION",
        min=0.0,
        max=radians(180.0),
        default=(0.0, radians(30.0)),
    )
    drop_height: float_range(
        name="Drop Height",
        description="How high above the floor a ragdoll starts",
        unit="LENGTH",
        min=0.0,
        max=100.0,
        soft_max=3.0,
        default=(0.0, 0.5),
    )
    height: float_range(
        name="Height",
        description="Height of built-in people; others keep their size",
        unit="LENGTH",
        min=0.1,
        max=10.0,
        soft_min=1.4,
        soft_max=2.1,
        default=(1.6, 1.9),
    )
    girth: float_range(
        name="Girth",
        description="Build of built-in people, from slender (-1) to stout (1)",
        min=-1.0,
        max=1.0,
        default=(-0.8, 0.8),
    )
    area: FloatVectorProperty(
        name="Area",
        description="Length along x and y of the area, around the origin, in which people stand",
        size=2,
        subtype="TRANSLATION",
        min=0.0,
        max=1000.0,
        default=(2.0, 2.0),
    )
    turn: float_range(
        name="Turn",
        description="Direction in which people look, around the vertical; 0 is against y",
        unit="ROTATION",
        min=radians(-360.0),
        max=radians(360.0),
        default=(radians(-180.0), radians(180.0)),
    )
    occluders: int_range(
        name="Occluders",
        description="How many cubes and spheres, by turns, are put before and around people",
        min=0,
        max=100,
        soft_max=10,
        default=(0, 0),
    )
    occluder_size: float_range(
        name="Size",
        description="Edge of a cube and diameter of a sphere",
        unit="LENGTH",
        min=0.01,
        max=100.0,
        soft_max=3.0,
        default=(0.5, 1.0),
    )
    occluder_min: FloatVectorProperty(
        name="Box Min",
        description="Lower corner of the box that holds the middles of the occluders",
        size=3,
        subtype="TRANSLATION",
        min=-1000.0,
        max=1000.0,
        default=(-3.0, -2.0, 2.0),
    )
    occluder_max: FloatVectorProperty(
        name="Box Max",
        description="Upper corner of the box that holds the middles of the occluders",
        size=3,
        subtype="TRANSLATION",
        min=-1000.0,
        max=1000.0,
        default=(3.0, 2.0, 2.0),
    )

    @staticmethod
    def problems(values: dict):
        """Mistakes that concern several settings at once: pairs of a key and what is wrong."""
        for axis, low, high in zip("xyz", values["occluder_min"], values["occluder_max"], strict=True):
            if low > high:
                yield "occluder_max", f"{axis} {high} is below {low} of people.occluder_min"
        if not values["class_name"].strip():
            yield "class_name", "people need a class name; the usual one is person"
