"""What is done with a data set that is baked: look at it, check it, export it."""

import bpy

from .. import pictures
from . import keymap, runtime, showing
from .browse import TRUTHBAKE_OT_browse_frames, TRUTHBAKE_OT_show_frame
from .export import TRUTHBAKE_OT_export
from .open import TRUTHBAKE_OT_close_data_set, TRUTHBAKE_OT_open_data_set
from .open import close as _close
from .open_frame_scene import TRUTHBAKE_OT_open_frame_scene
from .report import TRUTHBAKE_OT_report
from .runtime import (
    TRUTHBAKE_PG_data_set,
    TRUTHBAKE_PG_data_set_class,
    TRUTHBAKE_PG_data_set_problem,
    publish,
)
from .session import close
from .verify import TRUTHBAKE_OT_verify

classes = (
    TRUTHBAKE_PG_data_set_class,
    TRUTHBAKE_PG_data_set_problem,
    TRUTHBAKE_PG_data_set,
    TRUTHBAKE_OT_open_data_set,
    TRUTHBAKE_OT_close_data_set,
    TRUTHBAKE_OT_browse_frames,
    TRUTHBAKE_OT_show_frame,
    TRUTHBAKE_OT_open_frame_scene,
    TRUTHBAKE_OT_export,
    TRUTHBAKE_OT_verify,
    TRUTHBAKE_OT_report,
)


@bpy.app.handlers.persistent
def _before_load(*_) -> None:
    _close()


@bpy.app.handlers.persistent
def _after_load(*_) -> None:
    # A file may have been saved while a data set was open, or a picture shown.
    publish()
    pictures.forget_all()


def register():
    keymap.register()
    bpy.app.handlers.load_pre.append(_before_load)
    bpy.app.handlers.load_post.append(_after_load)


def unregister():
    close()
    runtime.stop_following()
    showing.stop()
    bpy.app.handlers.load_post.remove(_after_load)
    bpy.app.handlers.load_pre.remove(_before_load)
    keymap.unregister()
