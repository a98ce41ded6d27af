"""How the surfaces of targets and distractors are randomised."""

from bpy.props import EnumProperty
from bpy.types import PropertyGroup

from .kinds import float_range, numbered, varies

MODES = numbered(
    ("KEEP", "Keep", "Leave the materials as the model file has them; models without any get a random one"),
    ("RANDOM", "Random", "Draw a new material for each instance"),
)


@varies
class TRUTHBAKE_PG_materials(PropertyGroup):
    targets: EnumProperty(name="Targets", description="What to do with target materials", items=MODES, default="KEEP")
    distractors: EnumProperty(
        name="Distractors", description="What to do with distractor materials", items=MODES, default="RANDOM"
    )
    roughness: float_range(
        name="Roughness", description="From mirror-like to dull", min=0.0, max=1.0, default=(0.1, 0.7)
    )
    metallic: float_range(
        name="Metallic", description="From plastic to bare metal", min=0.0, max=1.0, default=(0.0, 0.5)
    )
    specular: float_range(
        name="Specular", description="Strength of the reflection of non-metals", min=0.0, max=1.0, default=(0.2, 0.8)
    )
    transmission: float_range(
        name="Transmission", description="From opaque to clear as glass", min=0.0, max=1.0, default=(0.0, 0.0)
    )
    value: float_range(
        name="Value",
        description="Brightness of the base colour, from black to white",
        min=0.0,
        max=1.0,
        default=(0.1, 0.9),
    )
    saturation: float_range(
        name="Saturation",
        description="Colourfulness of the base colour; 0 is grey",
        min=0.0,
        max=1.0,
        default=(0.0, 0.8),
    )
