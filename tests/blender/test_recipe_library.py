"""Recipes kept, handed around and shared: the sidebar's operators on the user's folder and on team libraries."""

import os
import time
from pathlib import Path

import bpy
import pytest
import yaml

from tests.blender.pressing import complaint
from tests.house import ROOT, extension, module
from tests.model_files import write_stl

tree = module("presets.tree")
recipes = module("presets.recipes")
library = module("presets.library")
loaded = module("presets.loaded")
BUILTIN = ROOT / "presets" / "truthbake"


@pytest.fixture
def mine(monkeypatch, tmp_path):
    """The folder of the user's own recipes."""
    folder = tmp_path / "mine"
    monkeypatch.setattr(library, "user_folder", lambda: folder)
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


@pytest.fixture(autouse=True)
def nothing_loaded(settings):
    loaded.forget(bpy.context.scene)
    settings.name = ""
    yield
    loaded.forget(bpy.context.scene)


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


# -- import and export


def test_import_copies_what_is_good(mine, settings, tmp_path):
    (tmp_path / "a.yaml").write_text("# First\nlights: {count: 2}  # as in the lab\n")
    (tmp_path / "b.yml").write_text("lights: {cuont: 2}\n")
    files = [{"name": "a.yaml"}, {"name": "b.yml"}]
    before = tree.to_dict(settings)
    assert bpy.ops.truthbake.import_recipes(directory=str(tmp_path), files=files) == {"FINISHED"}
    assert (mine / "a.yaml").read_text() == (tmp_path / "a.yaml").read_text(), "comments and all"
    assert [path.name for path in mine.iterdir()] == ["a.yaml"]
    text = complaint(bpy.ops.truthbake.import_recipes, directory=str(tmp_path), files=[{"name": "b.yml"}])
    assert "b.yml:1: lights.cuont" in text
    text = complaint(bpy.ops.truthbake.import_recipes, directory=str(tmp_path), files=[{"name": "a.yaml"}])
    assert "exists already" in text
    assert "Choose recipe files" in complaint(bpy.ops.truthbake.import_recipes, directory=str(tmp_path))
    assert tree.to_dict(settings) == before and now().path == ""


def test_an_imported_recipe_finds_its_files(mine, team, settings, tmp_path):
    write_stl(tmp_path / "bolt.stl")
    (tmp_path / "parts.yaml").write_text("# Bolts\nobjects: {models: [bolt.stl]}\n")
    files = [{"name": "parts.yaml"}]
    bpy.ops.truthbake.import_recipes(directory=str(tmp_path), files=files, library="Shared")
    assert recipes.load(team / "parts.yaml")[0]["objects"]["models"][0]["path"] == str(tmp_path / "bolt.stl")
    assert library.description(team / "parts.yaml") == "Bolts"
    swept = "sweep: {variants: {a: {objects: {models: [bolt.stl]}}}}\n"
    (tmp_path / "swept.yaml").write_text(swept)
    files = [{"name": "swept.yaml"}]
    assert "relative paths" in complaint(bpy.ops.truthbake.import_recipes, directory=str(tmp_path), files=files)


def test_export_writes_paths_that_follow_the_file(settings, tmp_path):
    (tmp_path / "parts").mkdir()
    write_stl(tmp_path / "parts" / "bolt.stl")
    for path in (tmp_path / "parts" / "bolt.stl", Path("/elsewhere/nut.stl"), tmp_path / "~odd.stl", "builtin:parts"):
        settings.objects.models.add().path = str(path)
    before = tree.to_dict(settings)
    assert bpy.ops.truthbake.export_recipe(filepath=str(tmp_path / "handed")) == {"FINISHED"}
    said = yaml.safe_load((tmp_path / "handed.yaml").read_text())
    paths = [item["path"] for item in said["objects"]["models"]]
    assert paths == ["parts/bolt.stl", "/elsewhere/nut.stl", "./~odd.stl", "builtin:parts"]
    assert recipes.compose([str(tmp_path / "handed.yaml")]) == before
    assert now().path == "", "a copy is handed on; the loaded recipe stays the loaded one"
    assert "give the file a name" in complaint(bpy.ops.truthbake.export_recipe, filepath=str(tmp_path))
    text = complaint(bpy.ops.truthbake.export_recipe, filepath="/proc/nowhere/a.yaml")
    assert text.startswith("/proc/nowhere/a.yaml: cannot be written")


# -- changed and revert


def test_changes_are_seen_and_reverted(settings):
    with pytest.raises(RuntimeError, match="Load or save a recipe first"):
        bpy.ops.truthbake.revert_recipe()
    assert not now().is_changed
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    before = tree.to_dict(settings)
    assert not now().is_changed
    settings.lights.lamps.add()
    settings.render.samples += 1
    assert now().is_changed
    settings.objects.models.add().path = "/parts/bolt.stl"
    settings.output.folder = "/data"
    assert bpy.ops.truthbake.revert_recipe() == {"FINISHED"}
    assert not now().is_changed
    assert [item.path for item in settings.objects.models] == ["/parts/bolt.stl"] and settings.output.folder == "/data"
    before["objects"]["models"], before["output"]["folder"] = tree.to_dict(settings)["objects"]["models"], "/data"
    assert tree.to_dict(settings) == before


def test_own_models_are_no_change_unless_the_recipe_names_some(settings, tmp_path):
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    settings.objects.models.add().path = "/parts/bolt.stl"
    settings.output.folder = "/data"
    assert not now().is_changed
    path = tmp_path / "mine.yaml"
    path.write_text("objects: {models: [/parts/nut.stl]}\n")
    bpy.ops.truthbake.choose_recipe(filepath=str(path))
    settings.objects.models[0].path = "/parts/bolt.stl"
    assert now().is_changed
    bpy.ops.truthbake.revert_recipe()
    assert settings.objects.models[0].path == "/parts/nut.stl"


def test_every_builtin_recipe_is_unchanged_when_loaded(settings):
    for entry in recipes.builtin():
        bpy.ops.truthbake.choose_recipe(filepath=str(entry.path))
        assert not now().is_changed, entry.name


def test_the_mark_survives_saving_and_opening_the_file(settings, tmp_path):
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    settings.render.samples += 1
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.truthbake.revert_recipe()
    assert not now().is_changed
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    assert now().is_changed and now().path.endswith("quickstart.yaml")
    bpy.ops.truthbake.revert_recipe()
    assert not now().is_changed
    bpy.ops.wm.read_homefile()


def test_looking_finds_news_once(settings):
    scene = bpy.context.scene
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    assert loaded.look([scene]) is False
    settings.render.samples += 1
    assert loaded.seen(scene) is False, "nobody has looked"
    assert loaded.look([scene]) is True and loaded.look([scene]) is False
    assert loaded.seen(scene) is True
    settings.render.samples -= 1
    assert loaded.look([scene]) is True and loaded.look([scene]) is False
    assert loaded.seen(scene) is False


def test_a_file_with_a_broken_memory_is_no_trouble(settings):
    now().text = "{not json"
    assert not now().is_changed
    now().text = '{"lights": {"cuont": 3}}'
    assert not now().is_changed, "what a version does not know it cannot compare"
    assert "lights.cuont" in complaint(bpy.ops.truthbake.revert_recipe)


# -- the menus


def test_the_menu_shows_every_shelf(mine, team, settings, tmp_path):
    from tests.blender.test_panels import Recorder

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


def test_a_look_is_never_long_however_many_models(settings):
    """A piece at a time: what changed is found all the same, and found to be gone."""
    scene, budget = bpy.context.scene, 0.004
    for number in range(500):
        settings.objects.models.add().path = f"/parts/{number}.stl"
    loaded.remember(scene, "/a.yaml", {"objects": {"models": []}})

    def looks_until_news() -> int:
        for number in range(150):
            began = time.process_time()
            is_news = loaded.look([scene], budget)
            longest.append(time.process_time() - began)
            if is_news:
                return number
        return -1

    longest: list[float] = []
    assert looks_until_news() == -1
    settings.objects.models[400].class_name = "other"
    assert looks_until_news() >= 0
    settings.objects.models[400].class_name = ""
    assert looks_until_news() >= 0 and looks_until_news() == -1
    settings.objects.models.remove(499)
    assert looks_until_news() >= 0
    assert sorted(longest)[len(longest) // 2] < 2 * budget


# -- where the file browser opens


def test_the_file_browser_opens_where_the_files_are(mine, settings, tmp_path):
    browsing = module("operators.recipes.browsing")
    assert browsing.start_folder(bpy.context) == f"{Path.home()}{os.sep}", "there is no folder of one's own yet"
    bpy.ops.truthbake.save_recipe(name="room")
    assert browsing.start_folder(bpy.context) == f"{mine}{os.sep}"
    (tmp_path / "other.yaml").write_text("lights: {count: 2}\n")
    bpy.ops.truthbake.choose_recipe(filepath=str(tmp_path / "other.yaml"))
    assert browsing.start_folder(bpy.context) == f"{tmp_path}{os.sep}"
    bpy.ops.truthbake.choose_recipe(filepath="quickstart")
    assert browsing.start_folder(bpy.context) == f"{mine}{os.sep}", "not among the built-in ones"
    assert browsing.hand_on_folder() == f"{Path.home()}{os.sep}"


@pytest.mark.parametrize("as_distractors", [False, True])
def test_models_are_looked_for_beside_the_last_one(settings, tmp_path, as_distractors):
    operator = module("operators.import_models").TRUTHBAKE_OT_import_models

    class Self:
        pass

    Self.as_distractors = as_distractors
    group = settings.distractors if as_distractors else settings.objects
    assert operator._start(Self, bpy.context) == ""
    for path in (tmp_path / "bolt.stl", "/gone/nut.stl", "builtin:parts"):
        group.models.add().path = str(path)
    assert operator._start(Self, bpy.context) == f"{tmp_path}/"
