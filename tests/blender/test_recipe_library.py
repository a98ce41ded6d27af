"""Recipes kept, handed around and shared: the sidebar's operators on the user's folder and on team libraries."""

import os

import bpy
import pytest
import yaml

from tests.blender.pressing import complaint
from tests.house import ROOT, module

tree = module("presets.tree")
recipes = module("presets.recipes")
library = module("presets.library")
loaded = module("presets.loaded")
BUILTIN = ROOT / "presets" / "truthbake"


pytestmark = pytest.mark.usefixtures("nothing_loaded")


def now():
    return bpy.context.scene.truthbake_loaded


def as_nobody(work) -> int:
    """Run in a copy of this process that is no superuser, to whom every folder is open; its exit code."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setresuid(65534, 65534, 65534)
            code = int(work() or 0)
        except BaseException as error:
            print(repr(error), flush=True)
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# -- save, overwrite, remove


def test_save_and_load_again(mine, settings, tmp_path):
    settings.lights.count = (3, 4)
    settings.objects.models.add().path = str(tmp_path / "bolt.stl")
    settings.output.folder = "/data"
    assert bpy.ops.truthbake.save_recipe(name="My room", description_text="For bolts") == {"FINISHED"}
    path = mine / "My room.yaml"
    assert (settings.name, now().path, now().is_changed) == ("My room", str(path), False)
    assert path.read_text().startswith("# For bolts\n")
    assert "folder" not in yaml.safe_load(path.read_text())["output"], "where a data set goes is the user's own"
    before = tree.to_dict(settings)
    tree.apply(settings, tree.defaults())
    settings.output.folder = "/data"
    assert bpy.ops.truthbake.choose_recipe(filepath="My room") == {"FINISHED"}
    assert tree.to_dict(settings) == before
    assert [(entry.name, entry.description) for entry in library.user()] == [("My room", "For bolts")]


def test_what_is_the_users_own_is_saved_on_demand(mine, settings):
    settings.objects.models.add().path = "/parts/bolt.stl"
    settings.output.folder = "/data"
    bpy.ops.truthbake.save_recipe(name="bare", use_models=False)
    said = yaml.safe_load((mine / "bare.yaml").read_text())
    assert "models" not in said["objects"] and "folder" not in said["output"]
    bpy.ops.truthbake.save_recipe(name="all", use_output_folder=True)
    said = yaml.safe_load((mine / "all.yaml").read_text())
    assert said["objects"]["models"][0]["path"] == "/parts/bolt.stl" and said["output"]["folder"] == "/data"
    assert "models" not in said["distractors"], "an empty list would take away the models of who loads it"


@pytest.mark.parametrize(
    "name, file",
    [
        ("../../evil", "_.._evil.yaml"),
        ("/etc/passwd", "_etc_passwd.yaml"),
        ("C:\\win", "C__win.yaml"),
        ("room.yaml", "room.yaml"),
        ("v1.2", "v1.2.yaml"),
        ("CON", "_CON.yaml"),
        (" . 零件 . ", "零件.yaml"),
        ("a" * 300, "a" * 100 + ".yaml"),
        ("零" * 300, "零" * 66 + ".yaml"),
        ("~root", "~root.yaml"),
    ],
)
def test_names_never_lead_out_of_the_folder(mine, settings, name, file):
    assert bpy.ops.truthbake.save_recipe(name=name) == {"FINISHED"}
    assert [path.name for path in mine.iterdir()] == [file]
    assert recipes.find(str(mine / file)) == recipes.find(file.removesuffix(".yaml")) == mine / file


@pytest.mark.parametrize("name", ["", "  ", "..", "/", ".yaml"])
def test_names_of_nothing_are_refused(mine, settings, name):
    assert "give the recipe a name" in complaint(bpy.ops.truthbake.save_recipe, name=name)
    assert not mine.exists()


def test_saving_never_overwrites(mine, settings):
    bpy.ops.truthbake.save_recipe(name="room")
    before = (mine / "room.yaml").read_bytes()
    settings.lights.count = (3, 4)
    assert "exists already" in complaint(bpy.ops.truthbake.save_recipe, name="room")
    assert (mine / "room.yaml").read_bytes() == before


def test_settings_that_are_no_recipe_are_not_saved(mine, settings):
    settings.camera.distance = (0.9, 0.5)
    assert "camera.distance" in complaint(bpy.ops.truthbake.save_recipe, name="room")
    assert not mine.exists()
    assert now().path == ""


def test_overwrite_keeps_the_description_and_the_sweep(mine, settings):
    mine.mkdir()
    path = mine / "grid.yaml"
    path.write_text("# A grid\nlights: {count: 2}\nsweep:\n  variants:\n    many: {lights: {count: 5}}\n")
    bpy.ops.truthbake.choose_recipe(filepath="grid")
    settings.lights.count = (3, 3)
    assert now().is_changed
    assert bpy.ops.truthbake.overwrite_recipe() == {"FINISHED"}
    assert not now().is_changed
    assert path.read_text().startswith("# A grid\n")
    assert [variant.name for variant in recipes.sweep(["grid"])] == ["many"]
    assert recipes.compose(["grid"])["lights"]["count"] == 3
    bpy.ops.truthbake.choose_recipe(filepath="grid", variant="many")
    with pytest.raises(RuntimeError, match="one variant of a sweep"):
        bpy.ops.truthbake.overwrite_recipe()


def test_a_file_that_somebody_else_changed_is_known(mine, settings):
    mine.mkdir()
    path = mine / "room.yaml"
    path.write_text("lights: {count: 2}\n")
    scene = bpy.context.scene
    bpy.ops.truthbake.choose_recipe(filepath=str(path))
    settings.lights.count = (3, 3)
    assert not loaded.is_file_changed(scene), "the settings have changed, the file has not"
    path.write_text("lights: {count: 5}\n")
    assert loaded.is_file_changed(scene)
    bpy.ops.truthbake.overwrite_recipe()
    assert not loaded.is_file_changed(scene) and "count: 3" in path.read_text()
    path.unlink()
    assert not loaded.is_file_changed(scene), "the button is greyed, and says why"


def test_a_sweep_goes_along_under_a_new_name(mine, settings, tmp_path):
    bpy.ops.truthbake.choose_recipe(filepath="syn_grid")
    settings.render.samples = 3
    bpy.ops.truthbake.save_recipe(name="my grid")
    names = [variant.name for variant in recipes.sweep(["syn_grid"])]
    assert [variant.name for variant in recipes.sweep(["my grid"])] == names != []
    assert recipes.compose(["my grid"])["render"]["samples"] == 3
    bpy.ops.truthbake.choose_recipe(filepath="my grid", variant=names[1])
    bpy.ops.truthbake.save_recipe(name="one of them")
    assert recipes.sweep(["one of them"]) == []
    (tmp_path / "beside.yaml").write_text("sweep: {variants: {a: {objects: {models: [bolt.stl]}}}}\n")
    bpy.ops.truthbake.choose_recipe(filepath=str(tmp_path / "beside.yaml"))
    assert "relative paths" in complaint(bpy.ops.truthbake.save_recipe, name="elsewhere")
    (tmp_path / "beside.yaml").unlink()
    assert bpy.ops.truthbake.save_recipe(name="elsewhere") == {"FINISHED"}


def test_built_in_recipes_stay_as_they_are(settings):
    for operator in (bpy.ops.truthbake.overwrite_recipe, bpy.ops.truthbake.remove_recipe):
        with pytest.raises(RuntimeError, match="Load or save a recipe first"):
            operator()
    bpy.ops.truthbake.choose_recipe(filepath="bop_room")
    before = (BUILTIN / "bop_room.yaml").read_bytes()
    for operator in (bpy.ops.truthbake.overwrite_recipe, bpy.ops.truthbake.remove_recipe):
        with pytest.raises(RuntimeError, match="Built-in recipes stay as they are"):
            operator()
    text = complaint(bpy.ops.truthbake.export_recipe, filepath=str(BUILTIN / "bop_room.yaml"))
    assert "Built-in recipes stay" in text
    assert (BUILTIN / "bop_room.yaml").read_bytes() == before


def test_remove(mine, settings, tmp_path):
    bpy.ops.truthbake.save_recipe(name="room")
    settings.lights.count = (3, 4)
    assert bpy.ops.truthbake.remove_recipe() == {"FINISHED"}
    assert not list(mine.iterdir()) and now().path == "" and not now().is_changed
    assert list(settings.lights.count) == [3, 4], "the settings stay"
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text("lights: {count: 2}\n")
    bpy.ops.truthbake.choose_recipe(filepath=str(elsewhere))
    with pytest.raises(RuntimeError, match="none of your libraries"):
        bpy.ops.truthbake.remove_recipe()
    assert elsewhere.exists()
    elsewhere.unlink()
    with pytest.raises(RuntimeError, match="The file is gone"):
        bpy.ops.truthbake.overwrite_recipe()


# -- team libraries


def test_names_are_looked_for_in_order(mine, team, settings):
    mine.mkdir()
    (team / "quickstart.yaml").write_text("render: {samples: 3}\n")
    (team / "both.yaml").write_text("render: {samples: 4}\n")
    (mine / "both.yaml").write_text("render: {samples: 5}\n")
    assert recipes.find("both") == mine / "both.yaml"
    assert recipes.find("quickstart") == team / "quickstart.yaml"
    assert recipes.find("bop_room") == BUILTIN / "bop_room.yaml"
    bpy.ops.truthbake.choose_recipe(filepath=str(BUILTIN / "quickstart.yaml"))
    assert settings.render.samples > 5, "any other by its path"
    assert "did you mean both" in complaint(bpy.ops.truthbake.choose_recipe, filepath="bothh")


def test_save_in_a_team_library(mine, team, settings):
    assert bpy.ops.truthbake.save_recipe(name="room", library="Shared") == {"FINISHED"}
    assert (team / "room.yaml").is_file() and now().path == str(team / "room.yaml")
    settings.lights.count = (3, 3)
    assert bpy.ops.truthbake.overwrite_recipe() == {"FINISHED"}
    assert recipes.compose(["room"])["lights"]["count"] == 3
    assert "known are Shared" in complaint(bpy.ops.truthbake.save_recipe, name="a", library="Other")
    assert bpy.ops.truthbake.remove_recipe() == {"FINISHED"} and not list(team.iterdir())


def test_two_libraries_of_one_name_are_not_mixed_up(mine, team, settings, tmp_path):
    other = module("presets.preferences").preferences().libraries.add()
    other.name, other.folder = "Shared", str(tmp_path)
    assert "rename one in the preferences" in complaint(bpy.ops.truthbake.save_recipe, name="room", library="Shared")
    assert not list(team.iterdir())


def test_read_only_libraries_are_respected(mine, team, settings, tmp_path):
    (team / "room.yaml").write_text("lights: {count: 2}\n")
    (team / "room.yaml").chmod(0o444)
    team.chmod(0o555)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    bpy.ops.truthbake.choose_recipe(filepath="room")

    def work():
        shelf = library.shelves()[1]
        assert (shelf.name, shelf.is_writable, shelf.problem) == ("Shared", False, ""), shelf
        assert [entry.name for entry in shelf.entries] == ["room"]
        for operator in (bpy.ops.truthbake.overwrite_recipe, bpy.ops.truthbake.remove_recipe):
            with pytest.raises(RuntimeError, match="The file is read-only"):
                operator()
        assert "is read-only" in complaint(bpy.ops.truthbake.save_recipe, name="new", library="Shared")

    try:
        assert as_nobody(work) == 0
    finally:
        team.chmod(0o755)
    assert [path.name for path in team.iterdir()] == ["room.yaml"]


def test_folders_that_may_not_be_entered_are_as_good_as_missing(mine, team, settings, tmp_path):
    closed = tmp_path / "closed"
    (closed / "below").mkdir(parents=True)
    closed.chmod(0)
    held = module("presets.preferences").preferences()
    held.libraries[0].folder = str(closed / "below")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)

    def work():
        assert "no such folder" in library.shelves()[1].problem
        path = str(closed / "below" / "room.yaml")
        assert complaint(bpy.ops.truthbake.choose_recipe, filepath=path) == f"{path}: no such file"
        assert "cannot be written: Permission denied" in complaint(bpy.ops.truthbake.export_recipe, filepath=path)
        names = {"directory": str(closed / "below"), "files": [{"name": "bolt.stl"}]}
        assert "bolt.stl" in complaint(bpy.ops.truthbake.import_models, **names)
        settings.output.folder = str(closed / "below" / "data")
        settings.objects.models.add().path = str(closed / "below" / "bolt.stl")
        settings.background.mode, settings.background.hdri_path = "HDRI", str(closed / "below" / "sky.hdr")
        bpy.ops.truthbake.check_bake()
        told = [text for _, text, _ in module("operators.runtime").now.problems]
        assert any("cannot be written: Permission denied" in text for text in told), told
        assert any("there is no" in text and "bolt.stl" in text for text in told), told
        assert any("sky.hdr" in text for text in told), told

    assert as_nobody(work) == 0


def test_a_name_that_is_no_text_hides_nothing_else(mine, settings):
    """A file system may hold names in another encoding, which Blender can neither show nor keep."""
    mine.mkdir()
    (mine / "room.yaml").write_text("lights: {count: 2}\n")
    try:
        (mine / "b\udce4d.yaml").write_text("lights: {count: 2}\n")
    except OSError:
        pytest.skip("this file system has no such names")
    assert [entry.name for entry in library.user()] == ["room"]
    with pytest.raises(module("presets").RecipeError, match="not UTF-8 text; rename it"):
        recipes.find(str(mine / "b\udce4d.yaml"))


def test_removing_a_link_leaves_what_it_leads_to(mine, settings, tmp_path):
    mine.mkdir()
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text("lights: {count: 2}\n")
    (mine / "link.yaml").symlink_to(elsewhere)
    bpy.ops.truthbake.choose_recipe(filepath=str(elsewhere))
    with pytest.raises(RuntimeError, match="none of your libraries"):
        bpy.ops.truthbake.remove_recipe()
    bpy.ops.truthbake.choose_recipe(filepath="link")
    assert bpy.ops.truthbake.remove_recipe() == {"FINISHED"}
    assert elsewhere.exists() and not list(mine.iterdir())


def test_a_missing_library_says_so(team, settings, tmp_path):
    held = module("presets.preferences").preferences()
    held.libraries[0].folder = str(tmp_path / "gone")
    held.libraries.add().name = "Empty"
    problems = {shelf.name: shelf.problem for shelf in library.shelves() if shelf.kind == "TEAM"}
    assert problems["Shared"] == f"{tmp_path / 'gone'}: no such folder" and "no folder is chosen" in problems["Empty"]
    assert "no such folder" in complaint(bpy.ops.truthbake.save_recipe, name="a", library="Shared")
    assert bpy.ops.truthbake.choose_recipe(filepath="quickstart") == {"FINISHED"}


def test_the_command_line_knows_the_team_libraries(team, call):
    (team / "ours.yaml").write_text("# What we share\nrender: {samples: 3}\n")
    code, out, _ = call("recipes", "list")
    assert code == 0 and "ours             What we share (Shared)" in out.splitlines()
    (team / "bop_room.yaml").write_text("# Our room\nrender: {samples: 3}\n")
    code, out, _ = call("recipes", "list")
    rooms = [line for line in out.splitlines() if line.startswith("bop_room ")]
    assert len(rooms) == 2 and "(built in; by its path only)" in rooms[0] and "Our room (Shared)" in rooms[1]
    code, out, _ = call("recipes", "show", "ours")
    assert code == 0 and yaml.safe_load(out)["render"]["samples"] == 3
    held = module("presets.preferences").preferences()
    held.libraries[0].folder = str(team / "gone")
    code, out, said = call("recipes", "list")
    assert code == 0 and "quickstart" in out and f"Shared: {team / 'gone'}: no such folder" in said


# -- the menus


def test_the_menu_shows_every_shelf(mine, team, settings, tmp_path):
    from tests.blender.drawing import Recorder

    mine.mkdir()
    (mine / "my_own.yaml").write_text("lights: {count: 2}\n")
    held = module("presets.preferences").preferences()
    held.libraries.add().name = "Lost"
    held.libraries[1].folder = str(tmp_path / "lost")
    recorder = Recorder()

    class Self:
        layout = recorder

    module("panels.recipe").TRUTHBAKE_MT_recipes.draw(Self(), bpy.context)
    labels = [text for kind, _, text in recorder.drawn if kind == "label"]
    assert labels == ["Built-in", "Yours", "Shared", "None yet", "Lost", f"{tmp_path / 'lost'}: no such folder"]


def test_entries_tell_what_they_are(settings):
    operator = module("operators.recipes.choose").TRUTHBAKE_OT_choose_recipe

    class Properties:
        filepath = str(BUILTIN / "bop_room.yaml")

    assert operator.description(bpy.context, Properties) == library.description(BUILTIN / "bop_room.yaml") != ""
    Properties.filepath = ""
    assert operator.description(bpy.context, Properties) == ""
