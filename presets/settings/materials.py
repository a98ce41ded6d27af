"""How the surfaces of targets and distractors are randomised."""

from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from . import looks
from .kinds import float_range, numbered, section_switch, varies

KINDS = numbered(
    ("ALL", "All", "Targets and distractors"),
    ("TARGETS", "Targets", "Targets alone"),
    ("DISTRACTORS", "Distractors", "Distractors alone"),
)

SCOPES = numbered(
    ("INSTANCE", "Instance", "Each object gets numbers of its own"),
    ("CLASS", "Class", "Objects of one class share their numbers within a scene"),
    ("SCENE", "Scene", "All objects of a scene share their numbers"),
    ("DATA_SET", "Data Set", "Drawn once for the whole data set"),
)


@varies
class TRUTHBAKE_PG_material_rule(PropertyGroup):
    models: StringProperty(
        name="Models",
        description="Whom the rule is for: names of classes, models or files with * and ? as wildcards, several with "
        "commas between them",
        default="*",
    )
    kind: EnumProperty(name="Kind", description="Whether the rule is for targets", items=KINDS, default="ALL")
    look: EnumProperty(name="Look", description="What the objects look like", items=looks.LOOKS, default="RANDOM")
    draw: EnumProperty(name="Draw", description="For whom numbers are drawn", items=SCOPES, default="INSTANCE")
    inputs: EnumProperty(
        name="Inputs",
        description="What the look adjust draws anew; all else stays as the model has it",
        items=looks.INPUTS,
        options={"ENUM_FLAG"},
        default={"ROUGHNESS", "METALLIC", "SPECULAR"},
    )
    roughness: looks.roughness()
    metallic: looks.metallic()
    specular: looks.specular()
    transmission: looks.transmission()
    value: looks.value()
    saturation: looks.saturation()
    pictures: looks.pictures("takes those of materials.pictures")
    texture_sets: looks.texture_sets("takes those of materials.texture_sets")
    use_replacement: BoolProperty(
        name="Repeat Pictures",
        description="Let a picture or texture set appear on several objects of a scene; otherwise each appears once "
        "until all were used",
        default=True,
    )
    patterns: EnumProperty(
        name="Patterns",
        description="Patterns of the look pattern; one of them is drawn",
        items=looks.PATTERNS,
        options={"ENUM_FLAG"},
        default={"NOISE", "CHECKER", "BRICK", "WAVE", "VORONOI", "MIXED"},
    )
    repeats: looks.repeats()
    color_mix: float_range(
        name="Color Mix",
        description="How much of the base colour lies over a picture, texture set or pattern; 1 hides it",
        min=0.0,
        max=1.0,
        default=(0.0, 0.0),
    )
    use_class_color: BoolProperty(
        name="Class Color",
        description="Give each class a hue of its own, which stays the same in the whole data set",
        default=False,
    )
    color_modes: IntProperty(
        name="Color Modes", description="How many hues a class has; each object takes one", min=1, max=100, default=1
    )
    color_variation: float_range(
        name="Color Variation",
        description="Turn of an object's hue away from that of its class; 1 is the whole circle of colours",
        min=-1.0,
        max=1.0,
        default=(0.0, 0.0),
    )
    use_emission: BoolProperty(
        name="Emission", description="Let the surface glow in its colours instead of reflecting light", default=False
    )
    emission_strength: float_range(
        name="Emission Strength",
        description="Brightness of a surface that glows",
        min=0.0,
        max=1000.0,
        soft_max=10.0,
        default=(1.0, 1.0),
    )


@varies
class TRUTHBAKE_PG_materials(PropertyGroup):
    use: section_switch(
        name="Use Materials", description="Whether materials are randomised; otherwise models keep those of their files"
    )
    targets: EnumProperty(
        name="Targets", description="What to do with target materials", items=looks.LOOKS, default="KEEP"
    )
    distractors: EnumProperty(
        name="Distractors", description="What to do with distractor materials", items=looks.LOOKS, default="RANDOM"
    )
    roughness: looks.roughness()
    metallic: looks.metallic()
    specular: looks.specular()
    transmission: looks.transmission()
    value: looks.value()
    saturation: looks.saturation()
    pictures: looks.pictures("draws patterns instead")
    texture_sets: looks.texture_sets("draws patterns instead")
    repeats: looks.repeats()
    rules: CollectionProperty(
        name="Rules",
        description="Looks of certain models; the first rule that fits an object decides, and objects without one "
        "follow the settings above",
        type=TRUTHBAKE_PG_material_rule,
    )

    @staticmethod
    def problems(values: dict):
        """Mistakes that concern several settings at once: pairs of a key and what is wrong."""
        for number, rule in enumerate(values["rules"]):
            if not rule["models"].strip(" ,"):
                yield f"rules[{number}].models", "is empty; * stands for all models"
            if rule["look"] == "adjust" and not rule["inputs"]:
                yield f"rules[{number}].inputs", "the look adjust needs at least one input to draw anew"
            if rule["look"] in ("pattern", "mixed", "picture", "texture_set") and not rule["patterns"]:
                yield f"rules[{number}].patterns", f"the look {rule['look']} needs at least one pattern"
