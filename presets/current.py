"""Which settings count: those of the scene at hand, or of the scene that a staged preview was made from."""

from __future__ import annotations

import bpy

# On a staged scene: the name of the scene whose recipe it shows.
ORIGIN = "truthbake_origin"


def scene(context: bpy.types.Context) -> bpy.types.Scene:
    """The user's scene: the context's, or the one behind it while a staged scene is shown."""
    return bpy.data.scenes.get(context.scene.get(ORIGIN, "")) or context.scene


def settings(context: bpy.types.Context) -> bpy.types.PropertyGroup:
    """The recipe settings that panels show and operators read."""
    return scene(context).truthbake
