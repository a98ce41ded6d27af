"""How the preview is shown: `WindowManager.truthbake_preview`, never part of a recipe."""

import bpy
from bpy.props import IntProperty, PointerProperty

from ...presets.settings.kinds import in_own_words


@in_own_words
class TRUTHBAKE_PG_preview(bpy.types.PropertyGroup):
    scene_index: IntProperty(name="Scene", description="Which scene of the data set to stage", min=0, default=0)

    @classmethod
    def register(cls):
        bpy.types.WindowManager.truthbake_preview = PointerProperty(
            name="Truthbake Preview", description="What the preview shows, and how", type=cls
        )

    @classmethod
    def unregister(cls):
        del bpy.types.WindowManager.truthbake_preview
