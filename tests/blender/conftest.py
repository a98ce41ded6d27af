"""Fixtures that tests in Blender share."""

import contextlib

import bpy
import pytest

from tests.blender.pressing import TINY
from tests.house import extension, module


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


@pytest.fixture
def call(capfd):
    """Run a command in this process: (exit code, standard output, standard error)."""

    def run(*arguments) -> tuple[int, str, str]:
        capfd.readouterr()
        # Blender writes reports to sys.stdout: it must be descriptor 1, as in a process of its own.
        with open(1, "w", closefd=False) as stdout, contextlib.redirect_stdout(stdout):
            code = module("operators.command_line").main([str(item) for item in arguments])
        return code, *capfd.readouterr()

    yield run
    bpy.context.scene.property_unset("truthbake")


@pytest.fixture
def mine(monkeypatch, tmp_path):
    """The folder of the user's own recipes."""
    folder = tmp_path / "mine"
    monkeypatch.setattr(module("presets.library"), "user_folder", lambda: folder)
    return folder


@pytest.fixture
def team(tmp_path):
    """A team library called Shared, in the preferences of an installed extension."""
    addon = bpy.context.preferences.addons.new()
    addon.module = extension()
    folder = tmp_path / "shared"
    folder.mkdir()
    shelf = addon.preferences.libraries.add()
    shelf.name, shelf.folder = "Shared", str(folder)
    yield folder
    bpy.context.preferences.addons.remove(addon)


@pytest.fixture
def nothing_loaded(settings):
    """No recipe is loaded, before and after."""
    loaded = module("presets.loaded")
    loaded.forget(bpy.context.scene)
    settings.name = ""
    yield
    loaded.forget(bpy.context.scene)
