"""What is known of the models in the lists: `WindowManager.truthbake_models`, never part of a recipe."""

from dataclasses import dataclass, field

import bpy
from bpy.props import BoolProperty, FloatProperty, PointerProperty

from ...presets.settings.kinds import in_own_words


@dataclass(frozen=True)
class Facts:
    """Of one item of a list: the models that it stands for, together.

    ``name`` is the class of the first one, ``unit`` the letters of the unit that counts, ``size`` the length in metres
    of the largest one. ``symmetries`` and ``keypoints`` count what the files say. ``warnings`` are in the user's
    language. ``state`` tells whether the files have changed since.
    """

    name: str = ""
    models: int = 0
    triangles: int = 0
    size: float = 0.0
    unit: str = ""
    symmetries: int = 0
    keypoints: int = 0
    warnings: tuple[str, ...] = ()
    clash: str = ""
    state: int = 0


@dataclass
class Now:
    """Facts by `presets.model_key`. A window manager is saved with the file; this is not, and so never stale."""

    facts: dict[str, Facts] = field(default_factory=dict)
    is_checking: bool = False
    progress: float = 0.0


now = Now()


@in_own_words
class TRUTHBAKE_PG_models(bpy.types.PropertyGroup):
    is_checking: BoolProperty(
        name="Checking", description="Models are being looked at", get=lambda self: now.is_checking
    )
    progress: FloatProperty(
        name="Progress", description="Share of the models that were looked at", get=lambda self: now.progress
    )

    @property
    def facts(self) -> dict[str, Facts]:
        """What panels read; one of Blender's own collections would be saved with the file."""
        return now.facts

    @classmethod
    def register(cls):
        bpy.types.WindowManager.truthbake_models = PointerProperty(
            name="Truthbake Models", description="What is known of the recipe's models", type=cls
        )

    @classmethod
    def unregister(cls):
        del bpy.types.WindowManager.truthbake_models
