"""The settings, declared here and nowhere else: the recipe file, its errors and its reference are derived from them."""

import bpy

from .background import TRUTHBAKE_PG_background
from .camera import TRUTHBAKE_PG_camera
from .camera_pose import TRUTHBAKE_PG_camera_pose
from .character import TRUTHBAKE_PG_character
from .distractors import TRUTHBAKE_PG_distractors
from .farm import TRUTHBAKE_PG_farm
from .kinds import in_own_words
from .lamp import TRUTHBAKE_PG_lamp
from .lights import TRUTHBAKE_PG_lights
from .lists import with_active_items
from .materials import TRUTHBAKE_PG_material_rule, TRUTHBAKE_PG_materials
from .model import TRUTHBAKE_PG_class, TRUTHBAKE_PG_model
from .model_points import TRUTHBAKE_PG_bone, TRUTHBAKE_PG_keypoint, TRUTHBAKE_PG_symmetry
from .objects import TRUTHBAKE_PG_objects
from .output import TRUTHBAKE_PG_output
from .passes import TRUTHBAKE_PG_passes
from .people import TRUTHBAKE_PG_people
from .placement import TRUTHBAKE_PG_placement
from .pose import TRUTHBAKE_PG_pose
from .randomizers import TRUTHBAKE_PG_choice, TRUTHBAKE_PG_randomizer
from .recipe import TRUTHBAKE_PG_recipe
from .render import TRUTHBAKE_PG_render
from .sensor import TRUTHBAKE_PG_sensor

# A group comes before the groups that hold it.
classes = (
    TRUTHBAKE_PG_class,
    TRUTHBAKE_PG_symmetry,
    TRUTHBAKE_PG_keypoint,
    TRUTHBAKE_PG_bone,
    TRUTHBAKE_PG_model,
    TRUTHBAKE_PG_objects,
    TRUTHBAKE_PG_distractors,
    TRUTHBAKE_PG_character,
    TRUTHBAKE_PG_people,
    TRUTHBAKE_PG_material_rule,
    TRUTHBAKE_PG_materials,
    TRUTHBAKE_PG_lamp,
    TRUTHBAKE_PG_lights,
    TRUTHBAKE_PG_background,
    TRUTHBAKE_PG_pose,
    TRUTHBAKE_PG_placement,
    TRUTHBAKE_PG_camera_pose,
    TRUTHBAKE_PG_camera,
    TRUTHBAKE_PG_sensor,
    TRUTHBAKE_PG_render,
    TRUTHBAKE_PG_passes,
    TRUTHBAKE_PG_output,
    TRUTHBAKE_PG_farm,
    TRUTHBAKE_PG_choice,
    TRUTHBAKE_PG_randomizer,
    TRUTHBAKE_PG_recipe,
)

for _class in classes:
    with_active_items(_class)
    in_own_words(_class)

register, unregister = bpy.utils.register_classes_factory(classes)
