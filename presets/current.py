"""What the context is about: the user's scene, whose settings count, and the staged one that may be shown instead.

A staged scene says what it shows in custom properties of its own: they are part of the file, so undo keeps them true.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy

# On a staged scene: the scene whose recipe it shows; the very scene, which may be renamed meanwhile.
ORIGIN = "truthbake_origin"
# On a staged scene: which scene of the data set it is, which of its frames is shown, and how many it has.
SCENE, FRAME, FRAMES = "truthbake_scene", "truthbake_frame", "truthbake_frames"

# On a staged scene: the labels of the shown frame, and what the overlay draws of them, as JSON.
LABELS = "truthbake_labels"

# On a staged scene: what went wrong when it was staged, a line each.
WARNINGS = "truthbake_warnings"

# On a staged scene that is not the recipe's in the sidebar: the folder of the data set that it comes from.
DATA_SET = "truthbake_data_set"


@dataclass(frozen=True)
class Shown:
    """The scene of the data set that is staged, the frame that is shown, and the number of its frames.

    ``warnings`` say what went wrong when it was staged.
    """

    scene: int
    frame: int
    frames: int
    warnings: tuple[str, ...] = ()


def scene(context: bpy.types.Context) -> bpy.types.Scene:
    """The user's scene: the context's, or the one behind it while a staged scene is shown."""
    return origin(context.scene)


def origin(shown: bpy.types.Scene) -> bpy.types.Scene:
    """The scene itself, or the one behind it if it is a staged one; another of the user's if that was removed."""
    if not is_staged(shown):
        return shown
    return shown[ORIGIN] or next((other for other in bpy.data.scenes if not is_staged(other)), shown)


def settings(context: bpy.types.Context) -> bpy.types.PropertyGroup:
    """The recipe settings that panels show and operators read."""
    return scene(context).truthbake


def is_staged(scene: bpy.types.Scene | None) -> bool:
    """Whether a scene is a staged one."""
    return scene is not None and ORIGIN in scene


def shown(context: bpy.types.Context) -> Shown | None:
    """What the context's scene shows; None where it is no staged one."""
    scene = context.scene
    if not is_staged(scene):
        return None
    warnings = tuple(str(scene.get(WARNINGS, "")).splitlines())
    return Shown(scene.get(SCENE, 0), scene.get(FRAME, 0), scene.get(FRAMES, 1), warnings)
