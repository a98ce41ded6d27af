"""Preview: one scene of the data set to look at before baking, in a scene of its own."""

import bpy

from . import retiring, views
from .preview_frame import TRUTHBAKE_OT_preview_frame
from .runtime import TRUTHBAKE_PG_preview
from .stage_scene import (
    TRUTHBAKE_OT_clear_stage,
    TRUTHBAKE_OT_stage_scene,
    TRUTHBAKE_OT_step_frame,
    TRUTHBAKE_OT_step_scene,
)

classes = (
    TRUTHBAKE_PG_preview,
    TRUTHBAKE_OT_stage_scene,
    TRUTHBAKE_OT_step_scene,
    TRUTHBAKE_OT_step_frame,
    TRUTHBAKE_OT_clear_stage,
    TRUTHBAKE_OT_preview_frame,
)

_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


def register():
    _register_classes()
    views.register()
    retiring.register()


def unregister():
    retiring.unregister()
    views.unregister()
    _unregister_classes()
