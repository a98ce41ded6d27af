"""Keep the settings as a recipe: under a new name, in the file they came from, or in any file."""

import os
from pathlib import Path

import bpy
from bpy.app.translations import pgettext_iface, pgettext_rpt
from bpy.props import BoolProperty, StringProperty

from ...presets import RecipeError, current, library, loaded, portable, recipes
from ...presets.preferences import preferences
from .browsing import GLOB, hand_on_folder


class _Writes:
    """What goes into the file of what is the user's own."""

    bl_options = {"UNDO"}  # no redo panel: a file would be written again with every change in it

    use_models: BoolProperty(
        name="Include Models",
        description="Write the lists of objects and distractors too; otherwise whoever loads it keeps their own",
        default=True,
    )
    use_output_folder: BoolProperty(
        name="Include Output Folder",
        description="Write the output folder too; otherwise whoever loads it keeps their own",
        default=False,
    )

    def write(self, context, path: Path, description: str) -> dict | None:
        """Write the settings into a file; what it says, or None after an error."""
        settings = current.settings(context)
        kept = [(section, key) for section, key in portable.OWN if self._is_kept(key, getattr(settings, section))]
        try:
            held = current.scene(context).truthbake_loaded
            source = "" if held.variant else held.path
            said = recipes.save(settings, path, description, kept, source)
        except RecipeError as error:
            self.report({"ERROR"}, str(error))
            return None
        self.report({"INFO"}, pgettext_rpt("Recipe written to {path}").format(path=path))
        return said

    def write_and_hold(self, context, path: Path, description: str) -> set[str]:
        """The same, and the file is the loaded recipe from now on; the operator's result."""
        said = self.write(context, path, description)
        if said is None:
            return {"CANCELLED"}
        scene = current.scene(context)
        scene.truthbake.name = path.stem
        loaded.remember(scene, str(path), said)
        return {"FINISHED"}

    def _is_kept(self, key: str, group) -> bool:
        # An empty list would take away the models of whoever loads the recipe.
        return (self.use_models if key == "models" else self.use_output_folder) and bool(getattr(group, key))

    def draw_own(self, layout) -> None:
        column = layout.column(heading="Include")
        column.prop(self, "use_models", text="Models")
        column.prop(self, "use_output_folder", text="Output Folder")


class TRUTHBAKE_OT_save_recipe(_Writes, bpy.types.Operator):
    bl_idname = "truthbake.save_recipe"
    bl_label = "Save Recipe"
    bl_description = "Keep the settings as a new recipe, among yours or in a team library"

    name: StringProperty(name="Name", description="What the recipe is called", options={"SKIP_SAVE"})
    description_text: StringProperty(
        name="Description", description="One line that says what the recipe is for", options={"SKIP_SAVE"}
    )
    library: StringProperty(
        name="Team Library", description="The team library to save in; empty keeps the recipe among yours"
    )

    def invoke(self, context, event):
        if not self.name:
            self.name = current.settings(context).name or bpy.path.display_name_from_filepath(bpy.data.filepath)
        return context.window_manager.invoke_props_dialog(self, width=360, confirm_text="Save")

    def draw(self, context):
        layout = self.layout
        layout.use_property_split = True
        split = layout.split(factor=0.4)
        name = split.row()
        name.alignment = "RIGHT"
        name.label(text="Name")
        field = split.row()
        field.use_property_split = False
        field.activate_init = True  # the name can be typed at once; a split by Blender would not pass this on
        field.prop(self, "name", text="")
        layout.prop(self, "description_text")
        found = preferences(context)
        if found.libraries:
            layout.prop_search(self, "library", found, "libraries", icon="ASSET_MANAGER")
        self.draw_own(layout)

    def execute(self, context):
        try:
            path = library.place(self.library) / library.file_name(self.name)
        except RecipeError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if os.path.exists(path):
            text = pgettext_rpt("{path}: exists already; choose another name, or load it and overwrite it")
            self.report({"ERROR"}, text.format(path=path))
            return {"CANCELLED"}
        return self.write_and_hold(context, path, self.description_text)


class TRUTHBAKE_OT_overwrite_recipe(_Writes, bpy.types.Operator):
    bl_idname = "truthbake.overwrite_recipe"
    bl_label = "Overwrite Recipe"
    bl_description = "Write the settings into the file of the loaded recipe; comments in it are lost, its sweep stays"

    @classmethod
    def poll(cls, context):
        found = current.scene(context).truthbake_loaded
        if not found.path:
            reason = pgettext_rpt("Load or save a recipe first")
        elif found.variant:
            reason = pgettext_rpt("This is one variant of a sweep; save it under a name of its own")
        else:
            reason = library.fixed(Path(found.path))
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def invoke(self, context, event):
        named = portable.own_of(loaded.held(current.scene(context)))
        self.use_output_folder = ("output", "folder") in named
        self._is_newer = loaded.is_file_changed(current.scene(context))
        return context.window_manager.invoke_props_dialog(self, width=360, confirm_text="Overwrite")

    def draw(self, context):
        layout = self.layout
        layout.use_property_split = True
        layout.label(text=current.scene(context).truthbake_loaded.path, icon="FILE", translate=False)
        if self._is_newer:
            layout.label(text="Changed by somebody else since it was loaded", icon="ERROR")
        self.draw_own(layout)

    def execute(self, context):
        path = Path(current.scene(context).truthbake_loaded.path)
        return self.write_and_hold(context, path, library.description(path))


class TRUTHBAKE_OT_export_recipe(_Writes, bpy.types.Operator):
    bl_idname = "truthbake.export_recipe"
    bl_label = "Export Recipe"
    bl_description = "Write the settings into a recipe file anywhere; paths below its folder become relative to it"

    filepath: StringProperty(
        name="File", description="The YAML file to write", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: StringProperty(
        name="Filter", description="Files that the browser shows", default=GLOB, options={"HIDDEN"}
    )
    check_existing: BoolProperty(
        name="Check Existing", description="Warn before a file is overwritten", default=True, options={"HIDDEN"}
    )

    def invoke(self, context, event):
        if not self.filepath:
            name = current.settings(context).name or pgettext_iface("Recipe").lower()
            self.filepath = hand_on_folder() + library.file_name(name)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def check(self, context):
        """Give the name in the file browser its suffix."""
        path = bpy.path.ensure_ext(self.filepath, library.SUFFIXES[0])
        if Path(self.filepath).suffix.lower() in library.SUFFIXES or path == self.filepath:
            return False
        self.filepath = path
        return True

    def execute(self, context):
        path = Path(bpy.path.abspath(self.filepath)).absolute()
        if not self.filepath or os.path.isdir(path):
            self.report({"ERROR"}, pgettext_rpt("{path}: give the file a name").format(path=path))
            return {"CANCELLED"}
        if path.suffix.lower() not in library.SUFFIXES:
            path = path.with_name(path.name + library.SUFFIXES[0])
        if library.is_builtin(path):
            self.report({"ERROR"}, pgettext_rpt("Built-in recipes stay as they are; save under a name of your own"))
            return {"CANCELLED"}
        said = self.write(context, path, library.description(path))
        return {"CANCELLED"} if said is None else {"FINISHED"}


classes = (TRUTHBAKE_OT_save_recipe, TRUTHBAKE_OT_overwrite_recipe, TRUTHBAKE_OT_export_recipe)
