"""How the preview is shown: `WindowManager.truthbake_preview`, never part of a recipe."""

import bpy
from bpy.props import BoolProperty, IntProperty, PointerProperty

from ...presets.settings.kinds import in_own_words


def _switch(name: str, description: str):
    return BoolProperty(name=name, description=description, default=True)


@in_own_words
class TRUTHBAKE_PG_preview(bpy.types.PropertyGroup):
    scene_index: IntProperty(name="Scene", description="Which scene of the data set to stage", min=0, default=0)
    width: IntProperty(
        name="Width",
        description="Width of each picture that Preview Frame shows",
        min=32,
        max=4096,
        soft_min=128,
        soft_max=1024,
        default=320,
        subtype="PIXEL",
    )
    samples: IntProperty(
        name="Samples",
        description="Samples of the colour image that Preview Frame shows",
        min=1,
        soft_max=128,
        default=16,
    )

    show_labels: _switch("Label Overlay", "Draw the labels of the shown frame over the staged scene")
    show_boxes: _switch("Boxes", "Draw the boxes around what is visible, when looking through the camera")
    show_cuboids: _switch("Cuboids", "Draw the models' boxes where the objects are; fainter behind something")
    show_keypoints: _switch(
        "Keypoints", "Draw the keypoints: discs where they are visible, rings where they are hidden"
    )
    show_names: _switch("Names", "Write each object's class, and how much of it is visible")
    show_frustums: _switch("Cameras", "Draw what the cameras of all frames of the scene see, the shown one highlighted")

    @classmethod
    def register(cls):
        bpy.types.WindowManager.truthbake_preview = PointerProperty(
            name="Truthbake Preview", description="What the preview shows, and how", type=cls
        )

    @classmethod
    def unregister(cls):
        del bpy.types.WindowManager.truthbake_preview
