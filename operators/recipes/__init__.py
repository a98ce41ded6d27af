"""Recipes on disk: chosen, kept and handed around; and the folders in which a team keeps them."""

from . import choose, collect, keep, libraries, watch

classes = (*choose.classes, *keep.classes, *collect.classes, *libraries.classes)

register, unregister = watch.register, watch.unregister
