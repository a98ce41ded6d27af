"""Fixtures that tests in Blender share."""

import bpy
import pytest

from tests.blender.pressing import TINY
from tests.house import module


@pytest.fixture
def held():
    """The settings of a new scene."""
    scene = bpy.data.scenes.new("recipe")
    yield scene.truthbake
    bpy.data.scenes.remove(scene)


@pytest.fixture
def settings():
    """The settings as they are by default, and after the test again."""
    tree = module("presets.tree")
    tree.apply(bpy.context.scene.truthbake, tree.defaults())
    yield bpy.context.scene.truthbake
    tree.apply(bpy.context.scene.truthbake, tree.defaults())  # another scene's, if a file was opened


@pytest.fixture
def tiny(settings, tmp_path):
    """A recipe of seconds, and where its data set goes."""
    module("presets.tree").apply(settings, TINY)
    settings.output.folder = str(tmp_path / "data")
    return tmp_path / "data"
