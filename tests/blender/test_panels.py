"""The sidebar: registered, in one tab, tidy, and without work in its draw functions."""

import ast
import inspect
import re

import bpy
import pytest

from tests.blender.drawing import Recorder, drawn, drawn_for_every_choice, recorded, sidebar
from tests.house import ROOT, module

panels = module("panels")
SETTINGS = module("presets.fields")
FILES = sorted((ROOT / "panels").glob("*.py"))


def test_a_choice_hides_what_it_does_not_need():
    placement = bpy.context.scene.truthbake.placement
    panel = next(cls for cls in sidebar() if cls.bl_label == "Placement")
    placement.mode = "DROP"
    assert "stack_probability" not in {name for _, name, _ in drawn(panel)}
    placement.mode = "STACK"
    assert "stack_probability" in {name for _, name, _ in drawn(panel)}


def test_the_quality_of_jpeg_belongs_to_jpeg():
    output = bpy.context.scene.truthbake.output
    panel = next(cls for cls in sidebar() if cls.bl_label == "Output")
    for kind in ("PNG", "JPEG"):
        output.image_format = kind
        assert ("jpeg_quality" in {name for _, name, _ in drawn(panel)}) == (kind == "JPEG")


def test_a_choice_that_does_not_count_needs_nothing():
    camera = bpy.context.scene.truthbake.camera
    panel = next(cls for cls in sidebar() if cls.bl_label == "Camera & Sensor")
    camera.mode, camera.path = "SHELL", "WALK"
    assert not {"path", "step"} & {name for _, name, _ in drawn(panel)}
    camera.mode = "TRAJECTORY"
    assert {"path", "step"} <= {name for _, name, _ in drawn(panel)}


@pytest.fixture(autouse=True)
def fresh():
    module("presets.tree").apply(bpy.context.scene.truthbake, module("presets.tree").defaults())
    yield


def test_one_tab_one_first_panel():
    assert {cls.bl_category for cls in sidebar()} == {"Truthbake"}
    assert [cls.__name__ for cls in sidebar() if not hasattr(cls, "bl_parent_id")] == ["TRUTHBAKE_PT_recipe"]
    assert all(cls.is_registered for cls in panels.classes)


def test_the_nouns_come_in_the_order_of_work():
    first = [cls for cls in sidebar() if getattr(cls, "bl_parent_id", "") == "TRUTHBAKE_PT_recipe"]
    assert [cls.bl_label for cls in first] == [
        *("Objects", "Distractors", "Materials", "Lights", "Background", "Placement", "Camera & Sensor", "People"),
        *("Randomizers", "Ground Truth", "Output", "Preview", "Bake", "Data Set", "Render Farm"),
    ]
    opened = {cls.bl_label for cls in first if "DEFAULT_CLOSED" not in getattr(cls, "bl_options", ())}
    assert opened == {"Objects", "Preview", "Bake"}
    names = [cls.__name__ for cls in sidebar()]
    for cls in sidebar():
        assert cls in first or cls.__name__ == names[0] or "DEFAULT_CLOSED" in cls.bl_options, cls
        assert getattr(cls, "bl_parent_id", names[0]) in names[: max(1, names.index(cls.__name__))], cls


@pytest.mark.parametrize("section", module("presets.switches").NEUTRAL)
def test_a_section_that_is_off_is_greyed_out(section):
    """Its panel has the switch in the header, and the panels inside are greyed out with it."""
    group = getattr(bpy.context.scene.truthbake, section)
    panel = next(cls for cls in sidebar() if cls.__name__ == f"TRUTHBAKE_PT_{section}")
    inside = [cls for cls in sidebar() if getattr(cls, "bl_parent_id", "") == panel.__name__]
    assert recorded(panel).drawn[0][:2] == (f"TRUTHBAKE_PG_{section}", "use")
    assert recorded(panel).values["active"] is True
    group.use = False
    for cls in [panel, *(cls for cls in inside if cls.poll(bpy.context))]:
        assert recorded(cls).values["active"] is False, cls


def test_the_switch_of_people_is_greyed_out_while_there_are_none():
    panel = next(cls for cls in sidebar() if cls.__name__ == "TRUTHBAKE_PT_people")
    people = bpy.context.scene.truthbake.people
    is_active = []

    class Header:
        """Keeps what the header is like when the switch is drawn."""

        layout = Recorder()
        settings = staticmethod(panel.settings)

    for count in (0, 2):
        people.count = (count, count)
        panel.draw_header(Header(), bpy.context)
        is_active.append(Header.layout.values["active"])
    assert is_active == [False, True]


@pytest.mark.parametrize("cls", sidebar(), ids=lambda cls: cls.bl_label)
def test_draws(cls):
    text = drawn(cls)
    assert text or hasattr(cls, "poll")


def test_every_setting_is_in_the_tab():
    shown = {entry[:2] for entry in drawn_for_every_choice()}
    for section in SETTINGS.recipe().fields:
        for leaf in section.leaves() if section.kind == "section" else ():
            if leaf.kind != "list":
                assert (f"TRUTHBAKE_PG_{section.key}", leaf.key) in shown, leaf.path


def row(item, data, kind="TRUTHBAKE_UL_models") -> list[tuple]:
    recorder = Recorder()
    getattr(panels, kind).draw_item(None, bpy.context, recorder, data, item, 0, data, "active_models")
    return recorder.drawn


def test_the_chosen_model_is_below_the_list():
    objects = bpy.context.scene.truthbake.objects
    first = objects_panel("")
    assert "Built-in" in str(drawn(first))
    item = objects.models.add()
    item.path = "/parts/bolt.stl"
    assert ("TRUTHBAKE_PG_model", "class_name", None) in drawn(first)
    assert "Check Models" in str(drawn(first)), "nobody has looked at it yet"
    assert row(item, objects)[0][2] == "bolt.stl"
    item.class_name = "bolt"
    assert row(item, objects)[0][2] == "bolt"


Facts = module("operators.models.facts").Facts


@pytest.fixture
def facts():
    """What the list of models takes for known; empty again in the end."""
    now = module("operators.models.facts").now
    yield now.facts
    now.__init__()


def test_units_that_differ_can_be_made_one():
    objects = bpy.context.scene.truthbake.objects
    for unit, is_offered in (("MM", False), ("MM", False), ("M", True)):
        objects.models.add().unit = unit
        offered = {name for kind, name, _ in drawn(objects_panel("")) if kind == "operator"}
        assert ("truthbake.share_unit" in offered) is is_offered


def test_a_row_of_vectors_takes_one_line():
    model = bpy.context.scene.truthbake.objects.models.add()
    turn = model.symmetries.add()
    turn.axis = (0, 0.5, 1)
    assert row(turn, model, "TRUTHBAKE_UL_items") == [("label", "", "0   0.5   1")]


def test_a_row_tells_what_is_known_of_a_model(facts):
    objects = bpy.context.scene.truthbake.objects
    item = objects.models.add()
    item.path, item.unit = "/parts/bolt.stl", "MM"
    key = module("presets.model_key").model_key(item)
    facts[key] = Facts(name="bolt", models=1, triangles=12345, keypoints=3, size=0.05)
    assert [text for _, _, text in row(item, objects)] == ["bolt", "mm  12k △", "3"]
    item.count = (2, 2)
    item.keypoints.add()
    assert [text for _, _, text in row(item, objects)] == ["bolt", "mm  12k △  2", "1"], "the recipe's own points win"
    facts[key] = Facts(models=500, triangles=500 * 1200, size=1.5, warnings=("no unit",), clash="the same number")
    assert [text for _, _, text in row(item, objects)][:2] == ["bolt.stl", "mm  500 x 1.2k △  2"]
    texts = [text for _, _, text in drawn(objects_panel(""))]
    assert "no unit" in texts and "the same number" in texts
    of = module("panels.models")._icon
    states = None, Facts(models=1), Facts(models=1, warnings=("no unit",)), Facts(warnings=("cut off",))
    assert [of(state) for state in states] == ["QUESTION", "FILE_3D", "ERROR", "CANCEL"]
    assert "500 models, 600,000" in " ".join(map(str, texts)) and "1.5 m" in " ".join(map(str, texts))


def test_the_list_of_models_is_filtered_and_sorted_by_what_it_shows():
    objects = bpy.context.scene.truthbake.objects
    for path, name in (("/parts/nut.stl", ""), ("/parts/a.stl", "Bolt"), ("/parts/anchor.stl", "")):
        item = objects.models.add()
        item.path, item.class_name = path, name

    class List:
        bitflag_filter_item = 1 << 30
        filter_name, use_filter_sort_alpha = "", False

    filtered = panels.TRUTHBAKE_UL_models.filter_items
    assert filtered(List(), bpy.context, objects, "models") == ([], [])
    List.filter_name = "o"
    flags, _ = filtered(List(), bpy.context, objects, "models")
    assert [bool(flag) for flag in flags] == [False, True, True]
    List.filter_name, List.use_filter_sort_alpha = "", True
    assert filtered(List(), bpy.context, objects, "models") == ([], [2, 1, 0])


def objects_panel(name: str) -> type:
    return next(cls for cls in sidebar() if cls.__name__ == "TRUTHBAKE_PT_objects" + name)


def test_every_list_is_in_the_tab_with_its_buttons():
    """Whatever list a section has: its items, the buttons that edit it, and the settings of the chosen item."""
    settings = bpy.context.scene.truthbake
    for field, group, path in lists(settings):
        assert 0 == getattr(group, f"active_{field.key}"), path
        getattr(group, field.key).add()
        shown = drawn_for_every_choice()
        assert ("list", path, field.key) in shown, path
        item = type(getattr(group, field.key)[0]).__name__
        unlabelled = module("panels.models").NO_LABEL if path == "distractors.models" else ()
        for inner in field.fields:
            if inner.kind != "list" and inner.key not in unlabelled:
                assert (item, inner.key) in {entry[:2] for entry in shown}, (path, inner.key)


def lists(settings) -> list[tuple]:
    recipe = SETTINGS.recipe()
    top = [(field, settings, field.key) for field in recipe.fields if field.kind == "list"]
    return top + [
        (field, getattr(settings, section.key), f"{section.key}.{field.key}")
        for section in recipe.fields
        if section.kind == "section"
        for field in section.fields
        if field.kind == "list"
    ]


def test_items_lean_on_settings_that_exist():
    for path, needs in module("panels.items").NEEDS.items():
        section, key = path.split(".")
        known = {field.key: field for field in SETTINGS.recipe().child(section).child(key).fields}
        for name, (other, values) in needs.items():
            assert name in known, (path, name)
            words = {word.upper() for word in known[other].words} or {True, False}
            assert values <= words, (path, name)


def test_an_item_shows_what_its_choice_needs():
    lights = bpy.context.scene.truthbake.lights
    lamp = lights.lamps.add()
    panel = next(cls for cls in sidebar() if cls.bl_label == "Other Lamps")
    for kind, shown, hidden in (("SUN", "irradiance", "energy"), ("SPOT", "spot_angle", "sun_angle")):
        lamp.kind = kind
        names = {name for owner, name, _ in drawn(panel) if owner == "TRUTHBAKE_PG_lamp"}
        assert shown in names and hidden not in names
    lights.lamps.clear()


def test_running_bake_shows_progress_and_a_way_out():
    now = module("operators.runtime").now
    now.is_baking, now.progress, now.count, now.text = True, 0.25, "3 of 12 images", "Scene 1 of 4"
    try:
        texts = [text for _, _, text in drawn(panels.TRUTHBAKE_PT_bake)]
    finally:
        now.__init__()
    assert "3 of 12 images" in texts and "Scene 1 of 4" in texts and "Cancel" in texts
    assert "Bake" not in texts
    assert "Bake" in [text for _, _, text in drawn(panels.TRUTHBAKE_PT_bake)]


def test_greyed_out_settings_exist():
    for section, needs in module("panels.needs").NEEDS.items():
        group = getattr(bpy.context.scene.truthbake, section)
        for key, (other, values) in needs.items():
            assert key in group.bl_rna.properties, key
            items = group.bl_rna.properties[other]
            known = {item.identifier for item in items.enum_items} if items.type == "ENUM" else {True, False}
            assert values <= known, (section, key)


def test_recipe_menu_finds_the_builtin_recipes():
    found = [path for path in bpy.utils.preset_paths("truthbake") if path.rstrip("/").endswith("presets/truthbake")]
    assert any((ROOT / "presets" / "truthbake").samefile(path) for path in found)


def test_draw_reads_no_files():
    for path in FILES:
        source = path.read_text(encoding="utf-8")
        names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        assert not names & {"open", "Path", "os", "numpy", "np"}, path.name


def operators() -> list[type]:
    """Every operator of ours, wherever it is registered."""
    return [cls for cls in bpy.types.Operator.__subclasses__() if cls.__module__.startswith(panels.__package__[:-7])]


def test_everything_drawn_has_a_tooltip():
    """Operators say what they do, settings what they mean; also what only a state of the window manager shows."""
    manager = bpy.context.window_manager
    owners = [type(bpy.context.scene.truthbake), *(type(getattr(manager, name)) for name in own_states(manager))]
    seen = set()
    while owners:
        owner = owners.pop()
        seen.add(owner)
        for prop in owner.bl_rna.properties:
            if prop.identifier in ("rna_type", "name"):
                continue
            assert prop.description and not prop.description.endswith("."), (owner.__name__, prop.identifier)
            if prop.type in ("POINTER", "COLLECTION"):
                group = bpy.types.PropertyGroup.bl_rna_get_subclass_py(prop.fixed_type.identifier)
                owners += [group] if group and group not in seen else []
    assert len(seen) > 20
    for cls in operators():
        kind = getattr(bpy.ops.truthbake, cls.bl_idname.split(".")[1]).get_rna_type()
        assert kind.description and not kind.description.endswith("."), cls.bl_idname
        shown = [prop for prop in kind.properties if not prop.is_hidden and prop.identifier != "rna_type"]
        assert [prop.identifier for prop in shown if not prop.description] == [], cls.bl_idname


def own_states(manager) -> list[str]:
    return [prop.identifier for prop in manager.bl_rna.properties if prop.identifier.startswith("truthbake")]


def test_what_cannot_be_used_says_why():
    """A button is greyed out by its operator's poll, which tells the reason."""
    left_out = {"truthbake.randomize_property", "truthbake.keep_property"}  # of a menu, where they do not fit
    polls = [cls for cls in operators() if "poll" in vars(cls) and cls.bl_idname not in left_out]
    assert polls
    for cls in polls:
        body = source_of(cls)
        asks = "(cls" in body or "poll(" in body  # another function, which says so
        source = inspect.getsource(inspect.getmodule(cls)) if asks else body
        assert "poll_message_set" in source, cls.bl_idname


def source_of(cls) -> str:
    return "\n".join(inspect.getsource(vars(cls)["poll"].__func__).splitlines()[2:])


@pytest.mark.parametrize("cls", [*panels.classes, *module("operators").classes], ids=lambda cls: cls.__name__)
def test_names_are_in_blenders_manner(cls):
    kind = {bpy.types.Panel: "PT", bpy.types.Menu: "MT", bpy.types.UIList: "UL", bpy.types.Operator: "OT"}
    assert re.fullmatch(r"TRUTHBAKE_(PT|MT|UL|OT|PG|AP|FH)_[a-z_]+", cls.__name__)
    for base, letters in kind.items():
        assert not issubclass(cls, base) or f"_{letters}_" in cls.__name__
    if label := getattr(cls, "bl_label", ""):
        assert all(word[0].isupper() or word in ("of", "and", "in", "with", "&") for word in label.split()), label
    description = getattr(cls, "bl_description", "")
    assert not description.endswith(".")
    if issubclass(cls, bpy.types.Operator):
        assert cls.bl_idname == "truthbake." + cls.__name__.split("_OT_")[1]
