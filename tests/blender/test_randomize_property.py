"""The right mouse button on any field: in, out, and nothing for what cannot vary."""

import bpy
import pytest

from tests.blender.drawing import Recorder
from tests.house import module

tree, button_menu = module("presets.tree"), module("panels.button_menu")
operator = module("operators.randomize_property")
ROUGHNESS = 'materials["Paint"].node_tree.nodes["Principled BSDF"].inputs["Roughness"].default_value'


@pytest.fixture(autouse=True)
def settings():
    settings = bpy.context.scene.truthbake
    tree.apply(settings, tree.defaults())
    paint = bpy.data.materials.new("Paint")
    paint.use_nodes = True
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Key", "SPOT"))
    yield settings
    bpy.data.batch_remove([paint, lamp.data, lamp])
    tree.apply(settings, tree.defaults())


def socket():
    return bpy.data.materials["Paint"].node_tree.nodes["Principled BSDF"].inputs["Roughness"]


def at(owner, key):
    """As if the right mouse button was pressed on this field."""
    return bpy.context.temp_override(button_pointer=owner, button_prop=owner.bl_rna.properties[key])


def offered(owner, key) -> list[str]:
    class Menu:
        layout = Recorder()

    with at(owner, key):
        button_menu.draw(Menu, bpy.context)
    return [text for kind, _, text in Menu.layout.drawn if kind == "operator"]


def test_the_menu_has_the_entries():
    assert button_menu.draw in bpy.types.UI_MT_button_context_menu.draw._draw_funcs


def test_a_field_goes_into_the_list_and_out_again(settings):
    assert offered(socket(), "default_value") == ["Randomize with Truthbake"]
    with at(socket(), "default_value"):
        assert bpy.ops.truthbake.randomize_property() == {"FINISHED"}
    (item,) = settings.randomizers
    assert item.path == ROUGHNESS and tuple(item.value) == pytest.approx((0.375, 0.625))
    assert offered(socket(), "default_value") == ["Randomize No More"]
    with at(socket(), "default_value"):
        bpy.ops.truthbake.keep_property()
    assert not settings.randomizers
    assert tree.checked(settings)["randomizers"] == []


def test_what_cannot_vary_is_not_offered(settings):
    lamp = bpy.data.objects["Lamp"]
    assert offered(lamp, "name") == [] and offered(lamp, "matrix_world") == [] and offered(lamp, "parent") == []
    assert offered(settings.lights, "use_ceiling") == []
    assert offered(bpy.context.preferences.view, "ui_scale") == []
    button_menu.draw(None, bpy.context)  # a button that is no field: nothing is drawn


@pytest.mark.parametrize(
    ("path", "low", "high"),
    [
        ('lights["Key"].energy', 7.5, 12.5),
        ('objects["Lamp"].location', -0.5, 0.5),
        ('lights["Key"].spot_size', 33.75, 56.25),
        ('lights["Key"].spot_blend', 0.1125, 0.1875),
        ('objects["Lamp"].pass_index', 0, 1),
        ('objects["Lamp"].hide_render', 0, 1),
        ('lights["Key"].type', 0, 1),
        ('objects["Lamp"].scale[1]', 0.75, 1.25),
    ],
)
def test_the_first_range_lies_around_the_present_value(settings, path, low, high):
    bpy.data.lights["Key"].energy = 10
    bpy.ops.truthbake.randomize_property(path="bpy.data." + path)
    (item,) = tree.checked(settings)["randomizers"]
    assert item["path"] == path
    assert item["value"] == pytest.approx([low, high], rel=1e-5)
    module("scene.stage.randomizing").check({"randomizers": [item]})


def test_a_field_is_listed_once(settings):
    bpy.ops.truthbake.randomize_property(path='lights["Key"].energy')
    bpy.ops.truthbake.randomize_property(path='objects["Lamp"].location[2]')
    bpy.ops.truthbake.randomize_property(path="bpy.data.lights['Key'].energy")
    assert [item.path for item in settings.randomizers] == ['lights["Key"].energy', 'objects["Lamp"].location[2]']
    assert settings.active_randomizers == 0
    assert bpy.ops.truthbake.keep_property(path='lights["Key"].energy') == {"FINISHED"}
    assert [item.path for item in settings.randomizers] == ['objects["Lamp"].location[2]']
    assert bpy.ops.truthbake.keep_property(path='lights["Key"].energy') == {"CANCELLED"}


@pytest.mark.parametrize("path", ["nothing", 'lights["Kye"].energy', "__class__", 'objects["Lamp"].name'])
def test_bad_paths_are_one_clear_line(settings, path):
    with pytest.raises(RuntimeError) as caught:
        bpy.ops.truthbake.randomize_property(path=path)
    assert path in str(caught.value) and "Traceback" not in str(caught.value)
    assert not settings.randomizers
