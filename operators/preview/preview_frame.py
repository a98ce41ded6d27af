"""Render one frame small and show it with its labels as pictures, side by side."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
from bpy.app.translations import pgettext_iface
from bpy.props import IntProperty

from ...dataset.store import FrameFiles
from ...dataset.tiles import tiles
from ...presets import current
from ...presets.settings.kinds import CONTEXT
from ...render.bake import BakedFrame, Baker
from ...render.device import Devices
from ...scene.stage.stage import Stage
from .. import pictures
from . import staging

PICTURE = "Truthbake Preview"


class TRUTHBAKE_OT_preview_frame(staging.Stageable, bpy.types.Operator):
    bl_idname = "truthbake.preview_frame"
    bl_label = "Preview Frame"
    bl_description = "Render the frame that is shown, small, and show it with its labels in an image editor"
    bl_options = {"REGISTER"}

    is_step = True

    index: IntProperty(name="Scene", description="Which scene; -1 takes the one that is staged", min=-1, default=-1)
    frame: IntProperty(name="Frame", description="Which frame; -1 takes the one that is shown", min=-1, default=-1)

    def execute(self, context):
        preview = context.window_manager.truthbake_preview
        shown = current.shown(context) or current.Shown(preview.scene_index, 0, 1)
        index = shown.scene if self.index < 0 else self.index
        frame = self.frame if self.frame >= 0 else shown.frame if index == shown.scene else 0
        try:
            planned = staging.planned_here(context, index)
            pixels, warnings = picture(planned, frame, preview.width, preview.samples)
        except staging.FAILURES as error:
            self.report({"ERROR"}, staging.one_line(error))
            return {"CANCELLED"}
        finally:
            staging.forget_models()
        pictures.show(context, PICTURE, pixels)
        for text in planned.warnings + warnings:
            self.report({"WARNING"}, text)
        return {"FINISHED"}


def picture(planned: staging.Planned, frame: int, width: int, samples: int) -> tuple[np.ndarray, list[str]]:
    """The pictures of a frame side by side (H, W, 3) uint8, each ``width`` pixels wide; and warnings.

    The frame is baked as any other, on a stage of its own, with ``samples`` and, where the sensor allows, fewer pixels
    of colour. What was there before is there afterwards.
    """
    wanted = planned.recipe["passes"]
    recipe = planned.recipe | {
        "render": planned.recipe["render"] | {"samples": samples},
        "passes": dict.fromkeys(wanted, False) | {"depth": True, "normals": True},
    }
    devices, stage = Devices(), Stage(planned.assets)
    try:
        device, _, warnings = devices.choose(recipe["render"]["device"])
        staged = stage.build(planned.plan)
        frame = min(frame, len(staged.shots) - 1)
        percentage = min(100, -(-100 * width // staged.shots[frame].lens.width))
        kept: list[BakedFrame] = []
        with staging.traceless(), Baker(stage, staging.models(planned), recipe, device) as baker:
            warnings += baker.warnings + staged.warnings
            baker.begin(staged)
            baker.bake(staged, frame, kept.append, percentage).result()
            return tiles(_InMemory(planned.plan.scene, kept[0]), width, _captions(), _font()), warnings
    finally:
        stage.close()
        devices.restore()


class _InMemory(FrameFiles):
    """A frame that was baked and is not stored."""

    def __init__(self, scene: int, baked: BakedFrame):
        super().__init__(scene, baked.labels.frame, baked.rgb.parent, baked.labels)
        object.__setattr__(self, "baked", baked)  # the class is frozen

    def path(self, kind: str) -> Path | None:
        return self.baked.rgb if kind == "rgb" or kind in self.baked.images else None

    def image(self, kind: str) -> np.ndarray:
        return self.baked.images[kind]


def _captions() -> list[str]:
    return [
        pgettext_iface("Colour"),
        pgettext_iface("Instances"),
        pgettext_iface("Depth", CONTEXT),
        pgettext_iface("Normals", CONTEXT),
        pgettext_iface("Amodal Masks"),
    ]


def _font() -> Path | None:
    """Blender's own font with Chinese, Japanese and Korean letters, where this Blender has it."""
    folder = bpy.utils.system_resource("DATAFILES", path="fonts")
    return next(Path(folder).glob("Noto*CJK*"), None) if folder else None
