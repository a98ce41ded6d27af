"""LOOK: the sidebar. It reads settings and names operators; it computes nothing."""

import bpy

from . import button_menu, overlay, preferences, recent, recipe
from .bake import TRUTHBAKE_PT_bake
from .data_set import data_set_panels
from .lists import TRUTHBAKE_UL_items
from .models import TRUTHBAKE_UL_models
from .objects import distractors_panels, objects_panels
from .preview import TRUTHBAKE_PT_preview, TRUTHBAKE_PT_preview_picture
from .sections import bake_panels, farm_panels, scene_panels

# A panel comes before the panels inside it; they are shown in this order.
classes = (
    TRUTHBAKE_UL_items,
    TRUTHBAKE_UL_models,
    *recipe.classes,
    *recent.classes,
    *objects_panels,
    *distractors_panels,
    *scene_panels,
    TRUTHBAKE_PT_preview,
    TRUTHBAKE_PT_preview_picture,
    TRUTHBAKE_PT_bake,
    *bake_panels,
    *data_set_panels,
    *farm_panels,
    *preferences.classes,
    *overlay.classes,
)

_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


def register():
    _register_classes()
    button_menu.register()
    overlay.register()


def unregister():
    overlay.unregister()
    button_menu.unregister()
    _unregister_classes()
