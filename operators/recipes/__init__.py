"""Recipes on disk: chosen, kept and handed around; and the folders in which a team keeps them."""

from . import libraries

classes = (*libraries.classes,)
