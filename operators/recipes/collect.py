"""Bring recipe files into a library, and take them out."""

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_iface, pgettext_rpt
from bpy.props import CollectionProperty, StringProperty

from ...presets import RecipeError, current, library, loaded, recipes
from ...presets.preferences import preferences
from .browsing import GLOB


class TRUTHBAKE_OT_import_recipes(bpy.types.Operator):
    bl_idname = "truthbake.import_recipes"
    bl_label = "Import Recipes"
    bl_description = "Copy recipe files among yours or into a team library, once they are checked"
    bl_options = {"REGISTER"}

    directory: StringProperty(
        name="Folder", description="Where the files lie", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )
    files: CollectionProperty(
        name="Files",
        description="The recipe files",
        type=bpy.types.OperatorFileListElement,
        options={"SKIP_SAVE", "HIDDEN"},
    )
    filter_glob: StringProperty(
        name="Filter", description="Files that the browser shows", default=GLOB, options={"HIDDEN"}
    )
    library: StringProperty(
        name="Team Library", description="The team library to copy them into; empty puts them among yours"
    )

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def draw(self, context):
        found = preferences(context)
        if found.libraries:
            self.layout.prop_search(self, "library", found, "libraries", icon="ASSET_MANAGER")

    def execute(self, context):
        folder = Path(bpy.path.abspath(self.directory))
        paths = [folder / file.name for file in self.files if file.name]
        if not paths:
            self.report({"ERROR"}, pgettext_rpt("Choose recipe files to import"))
            return {"CANCELLED"}
        done, wrong = [], []
        for path in paths:
            try:
                done.append(recipes.duplicate(recipes.find(str(path)), library.place(self.library)))
            except RecipeError as error:
                wrong.append(str(error))
        for text in wrong[1:] if not done else wrong:
            self.report({"WARNING"}, text)
        if not done:
            self.report({"ERROR"}, wrong[0])
            return {"CANCELLED"}
        names = ", ".join(path.stem for path in done)
        self.report({"INFO"}, pgettext_rpt("Imported {names}").format(names=names))
        return {"FINISHED"}


class TRUTHBAKE_OT_remove_recipe(bpy.types.Operator):
    bl_idname = "truthbake.remove_recipe"
    bl_label = "Remove Recipe"
    bl_description = "Delete the file of the loaded recipe; the settings stay as they are"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        path = current.scene(context).truthbake_loaded.path
        reason = library.fixed(Path(path)) if path else pgettext_rpt("Load or save a recipe first")
        if not reason and not library.is_shelved(Path(path)):
            reason = pgettext_rpt("The file lies in none of your libraries; remove it there")
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def invoke(self, context, event):
        path = current.scene(context).truthbake_loaded.path
        return context.window_manager.invoke_confirm(
            self,
            event,
            title=pgettext_iface("Remove Recipe"),
            message=pgettext_iface("This deletes {path} and cannot be undone").format(path=path),
            confirm_text=pgettext_iface("Delete"),
            icon="WARNING",
        )

    def execute(self, context):
        scene = current.scene(context)
        path = Path(scene.truthbake_loaded.path)
        try:
            path.unlink()
        except OSError as error:
            self.report({"ERROR"}, f"{path}: {error.strerror}")
            return {"CANCELLED"}
        loaded.forget(scene)
        scene.truthbake.name = ""
        self.report({"INFO"}, pgettext_rpt("{path} removed").format(path=path))
        return {"FINISHED"}


classes = (TRUTHBAKE_OT_import_recipes, TRUTHBAKE_OT_remove_recipe)
