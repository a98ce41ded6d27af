"""The installed extension in Chinese: only a whole Blender translates, the bpy module does not."""

import json

ASK = """
import json
import bpy
from bpy.app.translations import pgettext_iface, pgettext_rpt, pgettext_tip

view = bpy.context.preferences.view
view.language = "zh_HANS"
view.use_translate_interface = view.use_translate_tooltips = view.use_translate_reports = True


def shown():
    camera = bpy.context.scene.truthbake.camera.bl_rna.properties
    bake = bpy.ops.truthbake.verify.get_rna_type()
    try:
        bpy.ops.truthbake.bake(output="")
    except RuntimeError as error:
        mistake = str(error)
    return {
        "locale": bpy.app.translations.locale,
        "panel": pgettext_iface("Placement", bpy.types.TRUTHBAKE_PT_placement.bl_translation_context),
        "operator": pgettext_iface("Stage Scene", "Operator"),
        "operator's tooltip": pgettext_tip(bake.description),
        "setting": pgettext_iface(camera["use_stereo"].name, camera["use_stereo"].translation_context),
        "item": pgettext_iface("Normal", camera["fov_how"].translation_context),
        "tooltip": pgettext_tip(camera["fov"].description),
        "report": pgettext_rpt("Every label holds"),
        "mistake": mistake,
    }


chinese = shown()
name = next(key for key in bpy.context.preferences.addons.keys() if key.endswith(".truthbake"))
bpy.ops.preferences.addon_disable(module=name)
without = pgettext_iface("Stage Scene", "Operator")
bpy.ops.preferences.addon_enable(module=name)
print("RESULT", json.dumps({"chinese": chinese, "without": without, "again": shown()}))
"""


def test_the_sidebar_speaks_chinese(blender):
    done = blender("-b", "--python-exit-code", "9", "--python-expr", ASK)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    told = json.loads(lines[0].removeprefix("RESULT "))
    chinese = told["chinese"]
    assert "output.folder: no output folder" in chinese.pop("mistake"), "mistakes are as on the command line"
    assert chinese == {
        "locale": "zh_HANS",
        "panel": "摆放",
        "operator": "搭建场景",
        "operator's tooltip": "对照图像和模型检查数据集的每个标注",
        "setting": "双目",
        "item": "正态",
        "tooltip": "图像的水平视场角",
        "report": "所有标注均正确",
    }
    assert told["without"] == "Stage Scene"
    del told["again"]["mistake"]
    assert told["again"] == chinese
