"""The one module that reads Blender's version; every room may import it."""

import bpy

VERSION = tuple(bpy.app.version)


def at_least(major: int, minor: int = 0) -> bool:
    """True in Blender `major.minor` and later."""
    return VERSION >= (major, minor, 0)
