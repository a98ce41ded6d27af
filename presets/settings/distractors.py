"""Objects that lie around and hide the targets, without a class of their own."""

from bpy.props import BoolProperty, CollectionProperty
from bpy.types import PropertyGroup

from .kinds import float_range, int_range, section_switch, varies
from .model import TRUTHBAKE_PG_model
from .model_checks import problems_of_models


@varies
class TRUTHBAKE_PG_distractors(PropertyGroup):
    use: section_switch(name="Use Distractors", description="Whether there are distractors")
    models: CollectionProperty(
        name="Models",
        description="Models to scatter among the targets; they are no targets and get no class",
        type=TRUTHBAKE_PG_model,
    )
    use_primitives: BoolProperty(
        name="Primitives",
        description="Also draw boxes, spheres, cylinders, cones, rings and others, 6 to 15 cm across",
        default=True,
    )
    primitive_scale: float_range(
        name="Primitive Scale",
        description="Factor of each primitive's size",
        min=0.001,
        max=1000.0,
        soft_min=0.1,
        soft_max=10.0,
        default=(1.0, 1.0),
    )
    count: int_range(
        name="Count",
        description="How many distractors each scene holds",
        min=0,
        max=1000,
        soft_max=50,
        default=(0, 5),
    )
    use_replacement: BoolProperty(
        name="Repeat Models",
        description="Let a model appear more than once in a scene; otherwise each appears at most once",
        default=True,
    )

    @staticmethod
    def problems(values: dict):
        """Mistakes that concern several settings at once: pairs of a key and what is wrong."""
        yield from problems_of_models(values["models"])
