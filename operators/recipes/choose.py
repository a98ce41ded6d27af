"""Load a recipe into the settings, and bring back what was loaded."""

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt, pgettext_tip
from bpy.props import StringProperty

from ...dataset.store import HEADER
from ...presets import RecipeError, current, library, loaded, portable, recipes, tree, values
from ..jobs.mistakes import MISTAKES
from ..redraw import redraw_sidebars
from .browsing import GLOB, start_folder


class TRUTHBAKE_OT_choose_recipe(bpy.types.Operator):
    bl_idname = "truthbake.choose_recipe"
    bl_label = "Open Recipe"
    bl_description = "Load a recipe into the settings; models and output folder stay when it names none"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(
        name="Recipe",
        description="A YAML file, or the name of a recipe: of yours, of a team library, or built in",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    variant: StringProperty(
        name="Variant",
        description="Which variant of the recipe's sweep to load; empty loads the recipe without its sweep",
        options={"SKIP_SAVE"},
    )
    filter_glob: StringProperty(
        name="Filter", description="Files that the browser shows", default=GLOB, options={"HIDDEN"}
    )

    @classmethod
    def description(cls, context, properties):
        """What the recipe says of itself, for an entry of a menu."""
        path = Path(properties.filepath)
        text = library.description(path) if path.suffix.lower() in library.SUFFIXES else ""
        return pgettext_tip(text) if text else ""

    def invoke(self, context, event):
        if self.filepath:
            return self.execute(context)
        self.filepath = start_folder(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        scene = current.scene(context)
        settings = scene.truthbake
        try:
            path = recipes.find(bpy.path.abspath(self.filepath))
            if path.name == HEADER:
                raise RecipeError(f"{path}: describes a data set; open it in the panel Data Set")
            named, _ = recipes.load(path)
            variants = {variant.name: variant for variant in recipes.sweep([str(path)])}
            if self.variant and self.variant not in variants:
                known = ", ".join(list(variants)[:20])
                raise RecipeError(
                    f"{self.variant}: no such variant; "
                    + (f"known are {known}" if variants else f"{path.stem} has no sweep")
                )
            whole = recipes.compose([str(path)], variant=variants.get(self.variant))
            tree.apply(settings, portable.without_own(whole, [*portable.own_of(named), *_not_own(settings)]))
        except MISTAKES as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        # Every group of settings has a name of Blender's, which is no part of the recipe.
        settings.name = path.stem
        loaded.remember(scene, str(path), named, self.variant)
        redraw_sidebars()  # it may have been dropped elsewhere
        text = pgettext_rpt("Recipe {name} loaded")
        if self.variant:
            text = pgettext_rpt("Recipe {name} loaded, variant {variant}")
        elif variants:
            text = pgettext_rpt("Recipe {name} loaded without its {count} variants; Bake Sweep bakes these")
        self.report({"INFO"}, text.format(name=path.stem, variant=self.variant, count=len(variants)))
        return {"FINISHED"}


def _not_own(settings: bpy.types.PropertyGroup) -> list[tuple[str, str]]:
    """Lists of models with none of the user's: the parts that Truthbake brings go with the recipe that named them."""
    lists = [(section, key) for section, key in portable.OWN if key == "models"]
    return [
        (section, key)
        for section, key in lists
        if all(item.path.startswith(values.BUILTIN) for item in getattr(getattr(settings, section), key))
    ]


class TRUTHBAKE_OT_revert_recipe(bpy.types.Operator):
    bl_idname = "truthbake.revert_recipe"
    bl_label = "Revert"
    bl_description = "Bring the settings back to what the recipe said when it was loaded or saved"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if current.scene(context).truthbake_loaded.text:
            return True
        cls.poll_message_set("Load or save a recipe first")
        return False

    def execute(self, context):
        scene = current.scene(context)
        try:
            tree.apply(scene.truthbake, loaded.held(scene))
        except RecipeError as error:  # a file of another version
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        loaded.look([scene])
        return {"FINISHED"}


classes = (TRUTHBAKE_OT_choose_recipe, TRUTHBAKE_OT_revert_recipe)
