"""The button in the 3D view's header that shows the labels of the staged scene, and what they are."""

import bpy

from ...presets import current

KINDS = ("show_boxes", "show_cuboids", "show_keypoints", "show_names", "show_frustums")


class TRUTHBAKE_PT_label_overlay(bpy.types.Panel):
    bl_label = "Label Overlay"
    bl_description = "Which labels are drawn over the staged scene"
    bl_space_type = "VIEW_3D"
    bl_region_type = "HEADER"
    bl_ui_units_x = 10

    def draw(self, context):
        preview = context.window_manager.truthbake_preview
        layout = self.layout
        layout.label(text="Label Overlay")
        column = layout.column(align=True)
        column.active = preview.show_labels
        for key in KINDS:
            column.prop(preview, key)


def draw_button(layout, context, is_named: bool = False) -> None:
    """The switch, and beside it what is switched."""
    preview = context.window_manager.truthbake_preview
    row = layout.row(align=True)
    if is_named:
        row.prop(preview, "show_labels", icon="PIVOT_BOUNDBOX", toggle=True)
    else:
        row.prop(preview, "show_labels", text="", icon="PIVOT_BOUNDBOX")
    sub = row.row(align=True)
    sub.active = preview.show_labels
    sub.popover(panel="TRUTHBAKE_PT_label_overlay", text="", icon="PREFERENCES" if is_named else "NONE")


def draw(header, context) -> None:
    """Only while a staged scene is shown: elsewhere there are no labels."""
    if current.is_staged(context.scene):
        draw_button(header.layout, context)


classes = (TRUTHBAKE_PT_label_overlay,)


def register():
    bpy.types.VIEW3D_HT_header.append(draw)


def unregister():
    bpy.types.VIEW3D_HT_header.remove(draw)
