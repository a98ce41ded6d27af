"""The root of the settings: one group for each noun, in the order in which a recipe file names them."""

import bpy
from bpy.props import CollectionProperty, PointerProperty
from bpy.types import PropertyGroup

from .background import TRUTHBAKE_PG_background
from .camera import TRUTHBAKE_PG_camera
from .distractors import TRUTHBAKE_PG_distractors
from .farm import TRUTHBAKE_PG_farm
from .lights import TRUTHBAKE_PG_lights
from .materials import TRUTHBAKE_PG_materials
from .objects import TRUTHBAKE_PG_objects
from .output import TRUTHBAKE_PG_output
from .passes import TRUTHBAKE_PG_passes
from .people import TRUTHBAKE_PG_people
from .placement import TRUTHBAKE_PG_placement
from .randomizers import TRUTHBAKE_PG_randomizer
from .render import TRUTHBAKE_PG_render
from .sensor import TRUTHBAKE_PG_sensor


class TRUTHBAKE_PG_recipe(PropertyGroup):
    objects: PointerProperty(name="Objects", description="What the data set is about", type=TRUTHBAKE_PG_objects)
    distractors: PointerProperty(
        name="Distractors", description="What lies around and gets no label", type=TRUTHBAKE_PG_distractors
    )
    people: PointerProperty(
        name="People", description="Who stands in the scene, and in which poses", type=TRUTHBAKE_PG_people
    )
    materials: PointerProperty(name="Materials", description="How surfaces are randomised", type=TRUTHBAKE_PG_materials)
    lights: PointerProperty(name="Lights", description="Lamps", type=TRUTHBAKE_PG_lights)
    background: PointerProperty(
        name="Background", description="What surrounds the objects", type=TRUTHBAKE_PG_background
    )
    placement: PointerProperty(name="Placement", description="Where the objects lie", type=TRUTHBAKE_PG_placement)
    camera: PointerProperty(name="Camera", description="Intrinsics and views", type=TRUTHBAKE_PG_camera)
    sensor: PointerProperty(name="Sensor", description="What a real camera does to images", type=TRUTHBAKE_PG_sensor)
    randomizers: CollectionProperty(
        name="Randomizers",
        description="Properties of the opened file or of the staged scene that vary too, by their data paths",
        type=TRUTHBAKE_PG_randomizer,
    )
    render: PointerProperty(name="Render", description="Quality against time", type=TRUTHBAKE_PG_render)
    passes: PointerProperty(name="Passes", description="Optional labels", type=TRUTHBAKE_PG_passes)
    output: PointerProperty(
        name="Output", description="Where the data set goes and what it holds", type=TRUTHBAKE_PG_output
    )
    farm: PointerProperty(name="Farm", description="How the work is spread", type=TRUTHBAKE_PG_farm)

    @classmethod
    def register(cls):
        bpy.types.Scene.truthbake = PointerProperty(
            name="Truthbake", description="The recipe of the data set that this scene bakes", type=cls
        )

    @classmethod
    def unregister(cls):
        del bpy.types.Scene.truthbake
