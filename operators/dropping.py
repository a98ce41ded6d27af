"""Files that are dropped on the 3D view: models and recipes.

Blender asks each handler whose endings fit, lets the user choose where several do (it has its own for meshes), and
calls the handler's operator with the folder and names of the files.
"""

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_iface, pgettext_rpt
from bpy.props import CollectionProperty, EnumProperty, StringProperty

from ..presets import library
from ..presets.settings.kinds import CONTEXT, numbered
from ..scene.assets.formats import SUFFIXES
from .import_models import AddsModels

ROLES = numbered(
    ("OBJECTS", "Objects", "What the data set is about: labelled"),
    ("DISTRACTORS", "Distractors", "Scattered among the objects, without labels"),
)


class TRUTHBAKE_OT_drop_models(AddsModels, bpy.types.Operator):
    bl_idname = "truthbake.drop_models"
    bl_label = "Truthbake: Add Models"  # Blender shows it beside its own importers
    bl_description = "Add the dropped CAD files to the recipe, as objects or as distractors"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    directory: StringProperty(
        name="Folder", description="Where the files lie", subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"}
    )
    files: CollectionProperty(
        name="Files",
        description="The dropped files",
        type=bpy.types.OperatorFileListElement,
        options={"SKIP_SAVE", "HIDDEN"},
    )
    role: EnumProperty(name="As", description="What the models are in the data set", items=ROLES, default="OBJECTS")

    def invoke(self, context, event):
        names = self._names()
        title = names[0] if len(names) == 1 else pgettext_iface("Add {count} Models").format(count=len(names))
        return context.window_manager.invoke_props_dialog(
            self, width=300, title=title, confirm_text=pgettext_iface("Add", CONTEXT), translate=False
        )

    def draw(self, context):
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.row().prop(self, "role", expand=True)
        layout.prop(self, "unit")

    def execute(self, context):
        names = self._names()
        if not names:
            self.report({"ERROR"}, pgettext_rpt("No file was dropped that holds a model"))
            return {"CANCELLED"}
        folder = Path(bpy.path.abspath(self.directory))
        return self.add(context, [folder / name for name in names], self.role == "DISTRACTORS")

    def _names(self) -> list[str]:
        return [file.name for file in self.files if Path(file.name).suffix.lower() in SUFFIXES]


class _OverView:
    @classmethod
    def poll_drop(cls, context):
        return context.area is not None and context.area.type == "VIEW_3D"


class TRUTHBAKE_FH_models(_OverView, bpy.types.FileHandler):
    bl_idname = "TRUTHBAKE_FH_models"
    bl_label = "Truthbake: Add Models"
    bl_import_operator = "truthbake.drop_models"
    bl_file_extensions = ";".join(SUFFIXES)


class TRUTHBAKE_FH_recipes(_OverView, bpy.types.FileHandler):
    bl_idname = "TRUTHBAKE_FH_recipes"
    bl_label = "Truthbake: Open Recipe"
    bl_import_operator = "truthbake.choose_recipe"
    bl_file_extensions = ";".join(library.SUFFIXES)


classes = (TRUTHBAKE_OT_drop_models, TRUTHBAKE_FH_models, TRUTHBAKE_FH_recipes)
