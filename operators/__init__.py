"""ACT: operator classes that poll, confirm, drive a job and report."""

import bpy

from . import bake_background, data_set, edit_lists, modal_job, models, preview, randomize_property, recipes
from .bake import TRUTHBAKE_OT_bake
from .choose_recipe import TRUTHBAKE_OT_choose_recipe
from .import_models import TRUTHBAKE_OT_import_models
from .read_keypoints import TRUTHBAKE_OT_read_keypoints
from .runtime import TRUTHBAKE_PG_runtime

classes = (
    TRUTHBAKE_PG_runtime,
    TRUTHBAKE_OT_choose_recipe,
    *recipes.classes,
    TRUTHBAKE_OT_import_models,
    TRUTHBAKE_OT_read_keypoints,
    *edit_lists.classes,
    *randomize_property.classes,
    TRUTHBAKE_OT_bake,
    *data_set.classes,
)

_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


def register():
    _register_classes()
    preview.register()
    bake_background.register()
    modal_job.register()
    data_set.register()
    models.register()


def unregister():
    models.unregister()
    data_set.unregister()
    modal_job.unregister()
    bake_background.unregister()
    preview.unregister()
    _unregister_classes()
