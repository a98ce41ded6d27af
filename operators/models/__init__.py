"""What the recipe's models are like: looked at file by file, for the sidebar to show."""

import bpy

from .check_models import TRUTHBAKE_OT_check_models
from .facts import TRUTHBAKE_PG_models, now
from .share_unit import TRUTHBAKE_OT_share_unit

classes = (TRUTHBAKE_PG_models, TRUTHBAKE_OT_check_models, TRUTHBAKE_OT_share_unit)

_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


@bpy.app.handlers.persistent
def _before_load(*_) -> None:
    now.__init__()


def register():
    _register_classes()
    bpy.app.handlers.load_pre.append(_before_load)


def unregister():
    bpy.app.handlers.load_pre.remove(_before_load)
    now.__init__()
    _unregister_classes()
