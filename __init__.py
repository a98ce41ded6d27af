"""Truthbake: bake exactly labelled synthetic data sets in Blender.

Blender calls `register` and `unregister`; everything else lives in the rooms named below.
The rooms are imported inside the functions, so that the pure rooms load without Blender.
"""

_ROOMS = ("presets", "operators", "panels", "translations")


def _rooms():
    from importlib import import_module

    return [import_module(f".{name}", __package__) for name in _ROOMS]


def register():
    """Register every room in the order in which they lean on each other."""
    for room in _rooms():
        room.register()


def unregister():
    """Undo `register`, in reverse order."""
    for room in reversed(_rooms()):
        room.unregister()
