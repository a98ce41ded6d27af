"""The target objects: what the data set is about."""

from bpy.props import BoolProperty, CollectionProperty
from bpy.types import PropertyGroup

from .kinds import int_range, varies
from .model import TRUTHBAKE_PG_model


@varies
class TRUTHBAKE_PG_objects(PropertyGroup):
    models: CollectionProperty(
        name="Models",
        description="The models to label; an empty list takes the built-in parts (builtin:parts)",
        type=TRUTHBAKE_PG_model,
    )
    count: int_range(
        name="Count", description="How many instances each scene holds", min=1, max=1000, soft_max=50, default=(5, 10)
    )
    use_replacement: BoolProperty(
        name="Repeat Models",
        description="Let a model appear more than once in a scene; otherwise each appears at most once",
        default=True,
    )
