"""What the tests assert: what Truthbake says of itself, the datablocks, and the settings of the user's scene."""

from importlib import import_module

import bpy

PLAIN = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}


def state() -> dict:
    """Cheap enough to be told ten times a second."""
    manager = bpy.context.window_manager
    runtime = manager.truthbake
    current = import_module("bl_ext.user_default.truthbake.presets.current")
    with bpy.context.temp_override(window=manager.windows[0]):
        shown = current.shown(bpy.context)
        recipe = current.settings(bpy.context).name
    return {
        "scenes": [scene.name for scene in bpy.data.scenes],
        "randomizers": [item.path for item in bpy.data.scenes[0].truthbake.randomizers],
        "recipe": recipe,
        "shown": shown.scene if shown else None,
        "counts": counts(),
        "runtime": {name: plain(getattr(manager, name)) for name in dir(manager) if name.startswith("truthbake")},
        "is_baking": runtime.is_baking,
        "progress": runtime.progress,
        "count": runtime.count,
        "text": runtime.text,
        "is_alert": runtime.is_alert,
    }


def facts() -> dict:
    """The user's scene, setting by setting, and the recipe in it."""
    scene = bpy.data.scenes["Scene"] if "Scene" in bpy.data.scenes else bpy.data.scenes[0]
    tree = import_module("bl_ext.user_default.truthbake.presets.tree")
    groups = ("render", "cycles", "view_settings", "display_settings", "eevee", "rigidbody_world")
    settings = {"scene": plain(scene), "frame": scene.frame_current, "objects": [item.name for item in scene.objects]}
    for name in groups:
        group = getattr(scene, name, None)
        settings[name] = plain(group) if group else None
    settings["layers"] = [plain(layer) for layer in scene.view_layers]
    for key in ("camera", "world"):
        settings[key] = getattr(scene, key).name if getattr(scene, key) else None
    return {"counts": counts(), "settings": settings, "recipe": tree.to_dict(scene.truthbake)}


def counts() -> dict[str, int]:
    """How many datablocks there are of each kind."""
    kinds = [prop.identifier for prop in bpy.data.bl_rna.properties if prop.type == "COLLECTION"]
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}


def plain(group) -> dict:
    """The numbers, texts and choices of a group of settings."""
    told = {}
    for prop in group.bl_rna.properties:
        if prop.type in PLAIN:
            value = getattr(group, prop.identifier, None)
            if isinstance(value, set):
                value = sorted(value)
            elif getattr(prop, "is_array", False):
                value = repr(value[:])
            told[prop.identifier] = value
    return told
