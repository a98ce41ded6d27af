"""What the sidebar shows of a data set: `WindowManager.truthbake_data_set`, never part of a recipe or a file."""

import re
from collections import Counter

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    IntVectorProperty,
    PointerProperty,
    StringProperty,
)

from ...dataset.numbers import BINS
from ...dataset.views import VIEWS
from ...presets.settings.kinds import in_own_words
from ..jobs.work import Work, running
from ..redraw import redraw_sidebars
from . import session, showing

INTERVAL = 0.3  # seconds between two looks at the thread that counts
LISTED = 500  # classes and problems that the lists hold

_VIEWS = [
    ("RGB", "Image", "The colour image as it is"),
    ("MASKS", "Masks", "Visible masks, boxes and class names"),
    ("CUBOIDS", "Cuboids", "Cuboids, amodal outlines and keypoints"),
    ("DEPTH", "Depth", "Near is bright, far is dark"),
    ("NORMALS", "Normals", "x to the right is red, y up green, z to the viewer blue"),
    ("INSTANCES", "Instances", "A colour for each instance, distractors too"),
    ("FLOW", "Flow", "Where pixels go in the next frame: direction as hue, length as strength"),
]
# The file of a frame, in a line that verifying found.
_OF_FRAME = re.compile(r"scenes[/\\](\d{6})[/\\]\w+[/\\](\d{6})\.")
_ITEMS = [(*item, number) for number, item in enumerate(_VIEWS)]


def _work() -> Work | None:
    return next(iter(running.values()), None)


def _of_session(read, otherwise):
    """A getter of what the open data set says."""
    return lambda self: read(shown) if (shown := session.current()) is not None else otherwise


def _turn(scene: int | None = None, frame: int | None = None, view: int | None = None) -> None:
    shown = session.current()
    if shown is None:
        return
    if view is not None:
        shown.view = _VIEWS[view][0].lower()
    shown.go(shown.scene if scene is None else scene, shown.frame if frame is None else frame)
    showing.show_soon()


def _turn_to_problem(state) -> None:
    """Show the frame that a problem is about, where it names one."""
    listed = list(state.problems)[state.active_problem : state.active_problem + 1]
    found = _OF_FRAME.search(listed[0].name) if listed else None
    if found:
        _turn(int(found[1]), int(found[2]))


def _view_number(shown: session.Session) -> int:
    return list(VIEWS).index(shown.view)


def _histogram(shown: session.Session) -> list[float]:
    """Each bar as a share of the highest one."""
    counts = shown.numbers.fractions
    return [number / max(1, *counts) for number in counts]


def _size(shown: session.Session) -> str:
    number, unit = float(shown.numbers.bytes), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < 1000:
            break
        number, unit = number / 1000, larger
    return f"{number:.3g} {unit}" if number < 1000 else f"{number:.0f} {unit}"


def _resolution(shown: session.Session) -> str:
    size = shown.numbers.resolution
    return f"{size[0]} x {size[1]}" if size else ""


def _version(shown: session.Session, name: str) -> str:
    return str((shown.store.header.get("versions") or {}).get(name, ""))


@in_own_words
class TRUTHBAKE_PG_data_set_class(bpy.types.PropertyGroup):
    """A class of the open data set; its name is the group's own"""

    placed: IntProperty(name="Placed", description="Instances of the class in all frames")
    visible: IntProperty(name="Visible", description="Those of them that are seen")


@in_own_words
class TRUTHBAKE_PG_data_set_problem(bpy.types.PropertyGroup):
    """A line that verifying found; it is the group's name"""


@in_own_words
class TRUTHBAKE_PG_data_set(bpy.types.PropertyGroup):
    is_open: BoolProperty(name="Open", description="A data set is open", get=lambda self: session.current() is not None)
    folder: StringProperty(
        name="Folder", description="The data set's folder", get=_of_session(lambda shown: str(shown.store.root), "")
    )
    title: StringProperty(
        name="Name", description="The data set's name", get=_of_session(lambda shown: shown.store.root.name, "")
    )
    seed: StringProperty(
        name="Seed",
        description="What every draw came from",
        get=_of_session(lambda shown: str(shown.store.header.get("seed", "")), ""),
    )
    truthbake: StringProperty(
        name="Truthbake",
        description="The Truthbake that baked it",
        get=_of_session(lambda shown: _version(shown, "truthbake"), ""),
    )
    blender: StringProperty(
        name="Blender",
        description="The Blender that rendered it",
        get=_of_session(lambda shown: _version(shown, "blender"), ""),
    )
    scenes: IntProperty(
        name="Scenes", description="How many are baked", get=_of_session(lambda shown: len(shown.scenes), 0)
    )
    images: IntProperty(
        name="Images",
        description="How many were counted",
        get=_of_session(lambda shown: shown.numbers.statistics.images, 0),
    )
    empty_images: IntProperty(
        name="Empty Images",
        description="Images that show no target",
        get=_of_session(lambda shown: shown.numbers.statistics.empty_images, 0),
    )
    instances: IntProperty(
        name="Instances",
        description="Targets and people in all images, hidden ones too",
        get=_of_session(lambda shown: len(shown.numbers.statistics.fractions), 0),
    )
    broken: IntProperty(
        name="Broken",
        description="Frames and scenes that cannot be read",
        get=_of_session(lambda shown: len(shown.numbers.broken), 0),
    )
    first_broken: StringProperty(
        name="First Broken",
        description="The first of what cannot be read",
        get=_of_session(lambda shown: (shown.numbers.broken or [""])[0], ""),
    )
    resolution: StringProperty(
        name="Resolution", description="Pixels of the first image", get=_of_session(_resolution, "")
    )
    passes: StringProperty(
        name="Passes",
        description="The images of each frame",
        get=_of_session(lambda shown: ", ".join(shown.numbers.passes), ""),
    )
    size: StringProperty(name="Size", description="Bytes of the scenes on disk", get=_of_session(_size, ""))
    is_counting: BoolProperty(
        name="Counting",
        description="The numbers are not complete yet",
        get=_of_session(lambda shown: not shown.numbers.is_complete, False),
    )
    counted: FloatProperty(
        name="Counted",
        description="Share of the scenes that were counted",
        get=_of_session(lambda shown: shown.numbers.scenes / max(1, len(shown.scenes)), 0.0),
    )
    fractions: FloatVectorProperty(
        name="Visible Fraction",
        description="Targets by visible fraction, from 0 to 1, as shares of the highest bar",
        size=BINS,
        get=_of_session(_histogram, [0.0] * BINS),
    )
    fraction_counts: IntVectorProperty(
        name="Visible Fraction",
        description="How many targets each bar stands for",
        size=BINS,
        get=_of_session(lambda shown: shown.numbers.fractions[:], [0] * BINS),
    )
    classes: CollectionProperty(name="Classes", description="Instances by class", type=TRUTHBAKE_PG_data_set_class)
    active_class: IntProperty(name="Class", description="The chosen class")
    is_verified: BoolProperty(
        name="Verified",
        description="The labels were checked since the data set was opened",
        get=_of_session(lambda shown: shown.problems is not None, False),
    )
    problems: CollectionProperty(
        name="Problems", description="What verifying found", type=TRUTHBAKE_PG_data_set_problem
    )
    active_problem: IntProperty(
        name="Problem",
        description="The chosen problem; its frame is shown",
        update=lambda self, context: _turn_to_problem(self),
    )
    scene: IntProperty(
        name="Scene",
        description="Scene of the frame that is shown; the nearest one there is",
        min=0,
        get=_of_session(lambda shown: shown.scene, 0),
        set=lambda self, value: _turn(scene=value),
    )
    frame: IntProperty(
        name="Frame",
        description="Frame that is shown; the nearest one that the scene has",
        min=0,
        get=_of_session(lambda shown: shown.frame, 0),
        set=lambda self, value: _turn(frame=value),
    )
    view: EnumProperty(
        name="View",
        description="What is shown of a frame",
        items=_ITEMS,
        get=_of_session(_view_number, 1),
        set=lambda self, value: _turn(view=value),
    )
    message: StringProperty(
        name="Message",
        description="Why the frame cannot be shown",
        get=_of_session(lambda shown: shown.message, ""),
    )
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


def follow() -> None:
    """Show the numbers, and go on while a thread counts them."""
    publish()
    shown = session.current()
    if shown and not shown.numbers.is_complete and not bpy.app.timers.is_registered(_look):
        bpy.app.timers.register(_look, first_interval=INTERVAL)


def stop_following() -> None:
    """Look no more: the extension goes, and the lists with it."""
    if bpy.app.timers.is_registered(_look):
        bpy.app.timers.unregister(_look)


def publish() -> None:
    """Fill the lists, which panels cannot read from anywhere else, with what is known by now."""
    state = bpy.context.window_manager.truthbake_data_set
    shown = session.current()
    state.classes.clear()
    state.problems.clear()
    if shown is not None:
        found = shown.numbers.statistics
        for name, placed in Counter(dict(found.instances)).most_common(LISTED):
            item = state.classes.add()
            item.name, item.placed, item.visible = str(name), placed, found.visible[name]
        for text in (shown.problems or [])[:LISTED]:
            state.problems.add().name = text
    redraw_sidebars()


def _look() -> float | None:
    shown = session.current()
    is_going_on = shown is not None and not shown.numbers.is_complete and not shown.counting.is_over
    publish()
    return INTERVAL if is_going_on else None
