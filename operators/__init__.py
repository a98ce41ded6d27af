"""ACT: operator classes that poll, confirm, drive a job and report."""

import bpy

from . import (
    bake_background,
    bake_sweep,
    data_set,
    dropping,
    edit_lists,
    modal_job,
    models,
    preview,
    randomize_property,
    recipes,
)
from .bake import TRUTHBAKE_OT_bake
from .copy_command import TRUTHBAKE_OT_copy_command
from .import_models import TRUTHBAKE_OT_import_models
from .read_keypoints import TRUTHBAKE_OT_read_keypoints
from .runtime import TRUTHBAKE_PG_runtime
from .use_output_folder import TRUTHBAKE_OT_use_output_folder

classes = (
    TRUTHBAKE_PG_runtime,
    *recipes.classes,
    TRUTHBAKE_OT_import_models,
    TRUTHBAKE_OT_read_keypoints,
    *dropping.classes,
    TRUTHBAKE_OT_use_output_folder,
    *edit_lists.classes,
    *randomize_property.classes,
    TRUTHBAKE_OT_bake,
    TRUTHBAKE_OT_copy_command,
    *data_set.classes,
)

_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


# Each has more to register than classes.
_parts = (preview, bake_background, bake_sweep, modal_job, data_set, models, recipes)


def register():
    _register_classes()
    for part in _parts:
        part.register()


def unregister():
    for part in reversed(_parts):
        part.unregister()
    _unregister_classes()
