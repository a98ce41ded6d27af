"""What the sidebar shows of a data set: `WindowManager.truthbake_data_set`, never part of a recipe or a file."""

import bpy
from bpy.props import BoolProperty, FloatProperty, PointerProperty, StringProperty

from ..jobs.work import Work, running


def _work() -> Work | None:
    return next(iter(running.values()), None)


class TRUTHBAKE_PG_data_set(bpy.types.PropertyGroup):
    is_working: BoolProperty(
        name="Working", description="Something is at work on a data set", get=lambda self: _work() is not None
    )
    is_cancelling: BoolProperty(
        name="Cancelling",
        description="What is at work is about to stop",
        get=lambda self: (work := _work()) is not None and work.is_cancelling,
    )
    progress: FloatProperty(
        name="Progress",
        description="Share of the work that is done",
        get=lambda self: work.share if (work := _work()) else 0.0,
    )
    label: StringProperty(
        name="Work", description="What is at work", get=lambda self: work.label if (work := _work()) else ""
    )

    @classmethod
    def register(cls):
        bpy.types.WindowManager.truthbake_data_set = PointerProperty(
            name="Data Set", description="The data set that the sidebar shows", type=cls
        )

    @classmethod
    def unregister(cls):
        del bpy.types.WindowManager.truthbake_data_set
