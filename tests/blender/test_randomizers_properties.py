"""Any animatable property, found by its data path through RNA, and nothing else."""

import bpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.house import module
from tests.pure.test_data_path import HOSTILE

properties, data_path = module("scene.stage.properties"), module("data_path")
PropertyError = properties.PropertyError


def find(text: str):
    return properties.find(data_path.parse(text))


@pytest.fixture(scope="module", autouse=True)
def file():
    """One of each kind of thing, in a file of its own."""
    paint = bpy.data.materials.new("Paint")
    paint.use_nodes = True
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Key", "SPOT"))
    bpy.context.scene.collection.objects.link(lamp)
    lamp["strength"] = 2.0
    lamp["steps"] = 3
    lamp["both"] = [1.0, 2.0]
    lamp["is_on"] = True
    lamp["text"] = "words"
    lamp["limited"] = 0.5
    lamp.id_properties_ui("limited").update(min=0.0, max=1.0)
    moved = bpy.data.objects.new('A "b" [c].d', None)
    moved.keyframe_insert("location", index=2)
    moved.driver_add("scale", 0)
    yield
    bpy.data.batch_remove([lamp, lamp.data, moved, paint])


ROUGHNESS = 'materials["Paint"].node_tree.nodes["Principled BSDF"].inputs["Roughness"].default_value'
COLOUR = 'materials["Paint"].node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value'


@pytest.mark.parametrize(
    ("path", "kind", "size", "given", "kept"),
    [
        ('lights["Key"].energy', "float", 1, [12.5], 12.5),
        ('objects["Lamp"].data.energy', "float", 1, [7.0], 7.0),
        ('objects["Lamp"].location', "float", 3, [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
        ('objects["Lamp"].location[2]', "float", 1, [-4.0], -4.0),
        ('objects["Lamp"].rotation_euler[0]', "float", 1, [180.0], 3.1415927),
        ('objects["Lamp"].pass_index', "int", 1, [3.0], 3),
        ('objects["Lamp"].hide_render', "bool", 1, [0.7], True),
        ('objects["Lamp"].lock_location', "bool", 3, [0.0, 0.5, 1.0], [False, True, True]),
        (ROUGHNESS, "float", 1, [0.25], 0.25),
        (COLOUR, "float", 3, [0.1, 0.2, 0.3], [0.1, 0.2, 0.3, 1.0]),
        (COLOUR + "[3]", "float", 1, [0.5], 0.5),
        ('objects["Lamp"]["strength"]', "float", 1, [3.5], 3.5),
        ('objects["Lamp"]["steps"]', "int", 1, [5.0], 5),
        ('objects["Lamp"]["both"]', "float", 2, [3.0, 4.0], [3.0, 4.0]),
        ('objects["Lamp"]["both"][1]', "float", 1, [9.0], 9.0),
        ('objects["Lamp"]["is_on"]', "bool", 1, [0.2], False),
        ('scenes["Scene"].view_settings.exposure', "float", 1, [-1.5], -1.5),
        ('scenes["Scene"].cycles.samples', "int", 1, [16.0], 16),
        ("lights['Key'].spot_size", "float", 1, [90.0], 1.5707964),
    ],
)
def test_every_kind_is_found_set_and_put_back(path, kind, size, given, kept):
    found = find(path)
    assert (found.kind, found.size) == (kind, size)
    before = found.read()
    found.write(found.drawn(given))
    assert find(path).read() == pytest.approx(kept)
    assert bpy.data.path_resolve(found.path.split("[", 1)[0]) is not None
    found.write(before)
    assert find(path).read() == pytest.approx(before)


def test_words_of_an_enum():
    found = find('lights["Key"].type')
    assert (found.kind, found.words[:3]) == ("enum", ("POINT", "SUN", "SPOT"))
    found.write("AREA")
    assert bpy.data.lights["Key"].type == "AREA"
    find('lights["Key"].type').write("SPOT")
    with pytest.raises(PropertyError, match="LASER"):
        find('lights["Key"].type').write("LASER")


def test_limits_are_those_of_the_property_in_units_of_a_recipe():
    assert (find(ROUGHNESS).low, find(ROUGHNESS).high) == (0.0, 1.0)
    spot = find('lights["Key"].spot_size')
    assert (spot.low, spot.high) == pytest.approx((1.0, 180.0), abs=1e-4) and spot.is_angle
    assert (find('objects["Lamp"]["limited"]').low, find('objects["Lamp"]["limited"]').high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ('materials["Pain"].roughness', 'no materials["Pain"]; did you mean Paint?'),
        ('material["Paint"].roughness', "has no material; did you mean materials"),
        (
            'materials["Paint"].node_tree.nodes["Principled"].mute',
            'has no ["Principled"]; did you mean Principled BSDF',
        ),
        ('materials["Paint"].node_tree.nodes[99].mute', "[99] leads nowhere"),
        ('materials["Paint"].node_tree.nodes.mute', "is a list; choose an item"),
        ('lights["Key"].enrgy', "has no property enrgy; did you mean energy"),
        ('lights["Key"]', "is no single property"),
        ('lights["Key"].rna_type', "has no property rna_type"),
        ('lights["Key"].bl_rna', "has no property bl_rna"),
        ('lights["Key"].rna_type.name', "has no property rna_type"),
        ('lights["Key"].animation_data_clear', "has no property"),
        ('lights["Key"].name', "nothing that Blender can animate"),
        ("lights.new", "in quotes"),
        ('objects["Lamp"].parent.location', "parent is empty"),
        ('objects["Lamp"].matrix_world', "nothing that Blender can animate"),
        ('objects["Lamp"].location[3]', "has 3 components"),
        ('objects["Lamp"].location.x', "only a component's index"),
        ('objects["Lamp"].pass_index[0]', "is a single value"),
        ('objects["Lamp"]["text"]', "is no number"),
        ('objects["Lamp"]["strenth"]', "did you mean strength"),
        ('objects["A \\"b\\" [c].d"].location[2]', "keyframes or a driver"),
        ('objects["A \\"b\\" [c].d"].scale', "keyframes or a driver"),
        ('scenes["Scene"].truthbake.lights.count', "setting of the recipe"),
        ('window_managers["WinMan"].windows[0].x', "has no window_managers"),
        ('screens["x"].name', "has no screens"),
        ("filepath", "has no filepath"),
    ],
)
def test_what_is_not_there_is_told_by_the_step_that_fails(path, complaint):
    with pytest.raises(PropertyError) as caught:
        find(path)
    text = str(caught.value)
    assert complaint in text and "\n" not in text, text
    assert text.startswith(data_path.render(data_path.parse(path)))


def test_a_component_that_is_free_may_vary_beside_an_animated_one():
    assert find('objects["A \\"b\\" [c].d"].location[0]').size == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_paths_reach_nothing(text):
    with pytest.raises(data_path.DataPathError):
        find(text)


SOME = """objects lights materials scenes Lamp Key Paint Scene data location energy node_tree nodes inputs
default_value view_settings bl_rna rna_type properties functions id_data"""
WORDS = st.sampled_from(SOME.split())
STEPS = (
    WORDS.map(lambda word: f".{word}")
    | WORDS.map(lambda word: f'["{word}"]')
    | st.integers(0, 5).map(lambda n: f"[{n}]")
)


@settings(max_examples=300, deadline=None)
@given(WORDS, st.lists(STEPS, max_size=7))
def test_any_path_is_found_or_refused_in_one_line(first, steps):
    text = first + "".join(steps)
    try:
        found = find(text)
    except PropertyError as error:
        assert "\n" not in str(error)
    else:
        found.write(found.read())


def test_nan_and_numbers_out_of_reach_are_refused():
    with pytest.raises(PropertyError):
        find('lights["Key"].energy').write(float("nan"))
    find('lights["Key"].energy').write(10.0)
    with pytest.raises(PropertyError):
        find('objects["Lamp"].pass_index').write(2**40)


def test_paths_of_what_blender_shows_lead_back_to_it():
    material = bpy.data.materials["Paint"]
    socket = material.node_tree.nodes["Principled BSDF"].inputs["Roughness"]
    assert properties.path_of(socket, "default_value") == ROUGHNESS
    lamp = bpy.data.objects["Lamp"]
    assert properties.path_of(lamp, "location", 2) == 'objects["Lamp"].location[2]'
    assert properties.path_of(lamp.data, "energy") == 'lights["Key"].energy'
    assert properties.path_of(lamp, "strength") == 'objects["Lamp"]["strength"]'
    assert properties.path_of(bpy.context.scene.view_settings, "exposure") == 'scenes["Scene"].view_settings.exposure'
    odd = bpy.data.objects['A "b" [c].d']
    assert properties.path_of(odd, "empty_display_size") == 'objects["A \\"b\\" [c].d"].empty_display_size'
    assert properties.path_of(lamp, "name") == "" and properties.path_of(odd, "location", 2) == ""
    assert properties.path_of(bpy.context.scene.truthbake.lights, "count") == ""
    assert properties.path_of(bpy.context.preferences.view, "ui_scale") == ""
