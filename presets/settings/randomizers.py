"""Randomizers of anything: one item for each animatable property of Blender's that a recipe varies by its data path."""

from bpy.props import BoolProperty, CollectionProperty, EnumProperty, StringProperty
from bpy.types import PropertyGroup

from ...data_path import DataPathError, parse
from .kinds import float_range, numbered, varies

PER = numbered(
    ("SCENE", "Scene", "Draw once for each scene"),
    ("FRAME", "Frame", "Draw anew for each frame of a scene; not for what moves a labelled object"),
)


class TRUTHBAKE_PG_choice(PropertyGroup):
    word: StringProperty(name="Word", description="One of the property's own words, such as SPOT")


@varies
class TRUTHBAKE_PG_randomizer(PropertyGroup):
    path: StringProperty(
        name="Path",
        description='The data path of any animatable property, such as lights["Key"].energy; '
        "an index at the end takes one component of a vector, and * in the name takes all that match",
    )
    value: float_range(
        name="Value",
        description="What the property becomes, in the units that Blender shows; angles in degrees, "
        "a box is ticked from 0.5 on, and each component of a vector is drawn for itself",
        min=-1e9,
        max=1e9,
        default=(0.0, 1.0),
    )
    choices: CollectionProperty(
        name="Choices",
        description="For a property with words instead of a number: those to draw from; an empty list takes all",
        type=TRUTHBAKE_PG_choice,
    )
    per: EnumProperty(name="Per", description="How often a new value is drawn", items=PER, default="SCENE")
    use: BoolProperty(name="Use", description="Whether this randomizer takes part", default=True)

    @staticmethod
    def problems(values: dict):
        """Mistakes in one item: pairs of a key and what is wrong."""
        try:
            parse(values["path"])
        except DataPathError as error:
            yield "path", str(error)
