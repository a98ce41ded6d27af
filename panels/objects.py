"""What the data set is about: the models and how many of them."""

import bpy

from .layout import InTab, draw_varying


class TRUTHBAKE_UL_models(bpy.types.UIList):
    def draw_item(self, context, layout, data, item, icon, active_data, active_property):
        row = layout.row(align=True)
        path = item.path.rstrip("/\\")
        row.label(text=item.class_name or bpy.path.basename(path) or path, icon="FILE_3D", translate=False)
        row.prop(item, "unit", text="", emboss=False)


class TRUTHBAKE_PT_objects(InTab, bpy.types.Panel):
    bl_label = "Objects"

    def draw(self, context):
        layout = self.columns()
        objects = self.settings(context).objects
        row = layout.row()
        row.template_list("TRUTHBAKE_UL_models", "objects", objects, "models", objects, "active_model", rows=3)
        buttons = row.column(align=True)
        buttons.operator("truthbake.import_models", text="", icon="ADD").as_distractors = False
        remove = buttons.column(align=True)
        remove.enabled = len(objects.models) > 0
        remove.operator("truthbake.remove_model", text="", icon="REMOVE").as_distractors = False
        if not objects.models:
            layout.label(text="Empty: the built-in parts", icon="INFO")
        elif 0 <= objects.active_model < len(objects.models):
            model = objects.models[objects.active_model]
            column = layout.column()
            column.prop(model, "path")
            column.prop(model, "unit")
            column.prop(model, "class_name")
            column.prop(model, "class_id")
        draw_varying(layout, objects, "count", "Count")
        layout.prop(objects, "use_replacement")
