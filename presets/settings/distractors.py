"""Objects that lie around and hide the targets, without a class of their own."""

from bpy.props import BoolProperty, CollectionProperty
from bpy.types import PropertyGroup

from .kinds import int_range, varies
from .model import TRUTHBAKE_PG_model


@varies
class TRUTHBAKE_PG_distractors(PropertyGroup):
    models: CollectionProperty(
        name="Models",
        description="Models to scatter among the targets; they are no targets and get no class",
        type=TRUTHBAKE_PG_model,
    )
    use_primitives: BoolProperty(
        name="Primitives",
        description="Also draw boxes, spheres, cylinders, cones and rings of random size",
        default=True,
    )
    count: int_range(
        name="Count",
        description="How many distractors each scene holds",
        min=0,
        max=1000,
        soft_max=50,
        default=(0, 5),
    )
