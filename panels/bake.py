"""How much is baked and where to; the bake itself while it runs. How well it is rendered: the sub-panel Render."""

import bpy

from .layout import InTab


class TRUTHBAKE_PT_bake(InTab, bpy.types.Panel):
    bl_label = "Bake"

    def draw(self, context):
        layout = self.columns()
        settings = self.settings(context)
        runtime = context.window_manager.truthbake
        column = layout.column()
        column.enabled = not runtime.is_baking
        amount = column.column(align=True)
        amount.prop(settings.output, "scenes")
        amount.prop(settings.output, "frames_per_scene", text="Frames")
        column.prop(settings.output, "seed")
        column.prop(settings.output, "folder", text="Output")
        if runtime.is_baking:
            draw_running(layout, runtime)
        else:
            button = layout.column()
            button.scale_y = 1.5
            button.operator("truthbake.bake_background", icon="RENDER_ANIMATION")
            if runtime.text:
                layout.label(text=runtime.text, icon="ERROR" if runtime.is_alert else "CHECKMARK", translate=False)


def draw_running(layout, runtime) -> None:
    """Progress, pace and a way out."""
    column = layout.column()
    column.progress(factor=runtime.progress, text=runtime.count)
    column.label(text=runtime.text, translate=False)
    cancel = column.row()
    cancel.enabled = not runtime.is_cancelling
    cancel.operator("truthbake.cancel_bake", icon="CANCEL")
