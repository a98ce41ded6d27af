"""The target objects: what the data set is about."""

from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, IntVectorProperty
from bpy.types import PropertyGroup

from .kinds import int_range, numbered, varies
from .model import TRUTHBAKE_PG_model
from .model_checks import problems_of_models

SPLITS = numbered(
    ("ALL", "All", "Every model"),
    ("TRAIN", "Training", "The models of the training share"),
    ("VAL", "Validation", "The models of the validation share"),
    ("TEST", "Test", "The models of the test share"),
)


@varies
class TRUTHBAKE_PG_objects(PropertyGroup):
    models: CollectionProperty(
        name="Models",
        description="The models to label; an empty list takes the built-in parts (builtin:parts)",
        type=TRUTHBAKE_PG_model,
    )
    count: int_range(
        name="Count", description="How many instances each scene holds", min=0, max=1000, soft_max=50, default=(5, 10)
    )
    use_replacement: BoolProperty(
        name="Repeat Models",
        description="Let a model appear more than once in a scene; otherwise each appears at most once",
        default=True,
    )
    change_every: IntProperty(
        name="Change Every",
        description="How many consecutive scenes show the same models",
        min=1,
        max=1000000,
        soft_max=100,
        default=1,
    )
    split: EnumProperty(
        name="Split",
        description="Which share of each class's models to take, so that no model of one share is seen in another; "
        "classes of one model are shared out whole",
        items=SPLITS,
        default="ALL",
    )
    split_shares: IntVectorProperty(
        name="Split Shares",
        description="Relative sizes of the training, validation and test share",
        size=3,
        min=0,
        max=1000000,
        default=(10, 1, 1),
    )

    @staticmethod
    def problems(values: dict):
        """Mistakes that concern several settings at once: pairs of a key and what is wrong."""
        yield from problems_of_models(values["models"])
        share = dict(zip(("train", "val", "test"), values["split_shares"])).get(values["split"], 1)
        if share == 0:
            yield "split_shares", f"{values['split']} has a share of 0, so that nothing is left; give it at least 1"
