"""Fixtures that tests in Blender share."""

import bpy
import pytest


@pytest.fixture
def held():
    """The settings of a new scene."""
    scene = bpy.data.scenes.new("recipe")
    yield scene.truthbake
    bpy.data.scenes.remove(scene)
