"""What goes on right now, for the sidebar to show: `WindowManager.truthbake`, never part of a recipe."""

from dataclasses import dataclass

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, PointerProperty, StringProperty


@dataclass
class Now:
    """The state of the background bake. A window manager is saved with the file; this is not, and so never stale."""

    is_baking: bool = False
    is_cancelling: bool = False
    progress: float = 0.0
    count: str = ""
    text: str = ""
    is_alert: bool = False


now = Now()


class TRUTHBAKE_PG_runtime(bpy.types.PropertyGroup):
    scene_index: IntProperty(name="Scene", description="Which scene of the data set to stage", min=0, default=0)
    is_baking: BoolProperty(name="Baking", description="A background bake is running", get=lambda self: now.is_baking)
    is_cancelling: BoolProperty(
        name="Cancelling", description="The background bake is about to end", get=lambda self: now.is_cancelling
    )
    progress: FloatProperty(
        name="Progress", description="Share of the images that are baked", get=lambda self: now.progress
    )
    count: StringProperty(name="Count", description="How many images are baked", get=lambda self: now.count)
    text: StringProperty(name="State", description="What the bake is doing, or how it ended", get=lambda self: now.text)
    is_alert: BoolProperty(
        name="Alert", description="The last bake did not end as it should", get=lambda self: now.is_alert
    )

    @classmethod
    def register(cls):
        bpy.types.WindowManager.truthbake = PointerProperty(
            name="Truthbake", description="What Truthbake is doing now", type=cls
        )

    @classmethod
    def unregister(cls):
        del bpy.types.WindowManager.truthbake
