"""Load a recipe into the settings."""

import bpy
from bpy.props import StringProperty

from ..presets import RecipeError, current, recipes, tree
from .jobs.mistakes import MISTAKES

# What is the user's own rather than the recipe's: it stays where the recipe says nothing of it.
OWN = (("objects", "models"), ("distractors", "models"), ("output", "folder"))


class TRUTHBAKE_OT_choose_recipe(bpy.types.Operator):
    bl_idname = "truthbake.choose_recipe"
    bl_label = "Open Recipe"
    bl_description = "Load a recipe into the settings; models and output folder stay when it names none"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(
        name="Recipe",
        description="A YAML file, or the name of a built-in recipe or one of yours",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    variant: StringProperty(
        name="Variant",
        description="Which variant of the recipe's sweep to load; empty loads the recipe without its sweep",
        options={"SKIP_SAVE"},
    )
    filter_glob: StringProperty(default="*.yaml;*.yml", options={"HIDDEN"})

    def invoke(self, context, event):
        if self.filepath:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        settings = current.settings(context)
        try:
            path = recipes.find(bpy.path.abspath(self.filepath))
            named, _ = recipes.load(path)
            variants = {variant.name: variant for variant in recipes.sweep([str(path)])}
            if self.variant and self.variant not in variants:
                known = f"known are {', '.join(list(variants)[:20])}" if variants else f"{path.stem} has no sweep"
                raise RecipeError(f"{self.variant}: no such variant; {known}")
            whole = recipes.compose([str(path)], variant=variants.get(self.variant))
            for section, key in OWN:
                if key not in named.get(section, {}):
                    del whole[section][key]
            tree.apply(settings, whole)
        except MISTAKES as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        # Every group of settings has a name of Blender's, which is no part of the recipe.
        settings.name = path.stem
        text = f"Recipe {path.stem} loaded"
        if self.variant:
            text += f", variant {self.variant}"
        elif variants:
            text += f" without its {len(variants)} variants; the command sweep bakes these"
        self.report({"INFO"}, text)
        return {"FINISHED"}
