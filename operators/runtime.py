"""What goes on right now, for the sidebar to show: `WindowManager.truthbake`, never part of a recipe."""

from dataclasses import dataclass, field

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from ..presets.settings.kinds import in_own_words


@dataclass
class Now:
    """The state of the background bake. A window manager is saved with the file; this is not, and so never stale.

    Texts are in the user's language. ``summary`` holds names and values of the last bake, ``folder`` is where it went.
    ``problems`` is what the last check found: (level, what is wrong, what to do), worst first; ``is_checked`` tells an
    empty list from one that was never made. ``outlook`` says what the output folder holds: nothing of the recipe yet
    (NEW), a part of it (CONTINUE), all of it (COMPLETE), or something else (OTHER).
    """

    is_baking: bool = False
    is_cancelling: bool = False
    progress: float = 0.0
    count: str = ""
    text: str = ""
    is_alert: bool = False
    pace: str = ""
    left: str = ""
    elapsed: str = ""
    folder: str = ""
    warnings: list[str] = field(default_factory=list)
    summary: list[tuple[str, str]] = field(default_factory=list)
    problems: list[tuple[str, str, str]] = field(default_factory=list)
    is_checked: bool = False
    variants: int = 0  # of the loaded recipe's sweep
    outlook: str = ""
    outlook_text: str = ""


now = Now()


@in_own_words
class TRUTHBAKE_PG_runtime(bpy.types.PropertyGroup):
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
    pace: StringProperty(name="Pace", description="How fast images come", get=lambda self: now.pace)
    left: StringProperty(name="Time Left", description="How long the bake still takes", get=lambda self: now.left)
    elapsed: StringProperty(name="Elapsed", description="How long the bake has run", get=lambda self: now.elapsed)
    folder: StringProperty(name="Folder", description="Where the last bake went", get=lambda self: now.folder)
    outlook: StringProperty(
        name="Outlook",
        description="What the output folder holds: NEW, CONTINUE, COMPLETE or OTHER",
        get=lambda self: now.outlook,
    )
    outlook_text: StringProperty(
        name="Outlook in Words", description="What the output folder holds", get=lambda self: now.outlook_text
    )
    variants: IntProperty(
        name="Variants", description="How many variants the loaded recipe's sweep has", get=lambda self: now.variants
    )
    is_checked: BoolProperty(
        name="Checked", description="The settings were checked since they last changed", get=lambda self: now.is_checked
    )

    # Lists that panels read; Blender's own collections would be saved with the file.
    @property
    def warnings(self) -> list[str]:
        return now.warnings

    @property
    def summary(self) -> list[tuple[str, str]]:
        return now.summary

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        return now.problems

    @classmethod
    def register(cls):
        bpy.types.WindowManager.truthbake = PointerProperty(
            name="Truthbake", description="What Truthbake is doing now", type=cls
        )

    @classmethod
    def unregister(cls):
        del bpy.types.WindowManager.truthbake
