"""Edit the lists of the settings: add, remove and move items."""

import bpy
from bpy.props import EnumProperty, StringProperty

from ..presets import RecipeError, current, lists


class _EditsList:
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    path: StringProperty(
        name="List", description="The list's path in the recipe, such as objects.models", options={"HIDDEN"}
    )

    def execute(self, context):
        try:
            group, field = lists.find(current.settings(context), self.path)
        except RecipeError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"} if self.edit(group, field.key) else {"CANCELLED"}


class TRUTHBAKE_OT_add_item(_EditsList, bpy.types.Operator):
    bl_idname = "truthbake.add_item"
    bl_label = "Add Item"
    bl_description = "Add an item to the list, behind the chosen one"

    def edit(self, group, key):
        return lists.add(group, key) is not None


class TRUTHBAKE_OT_remove_item(_EditsList, bpy.types.Operator):
    bl_idname = "truthbake.remove_item"
    bl_label = "Remove Item"
    bl_description = "Take the chosen item out of the list"

    def edit(self, group, key):
        return lists.remove(group, key)


class TRUTHBAKE_OT_move_item(_EditsList, bpy.types.Operator):
    bl_idname = "truthbake.move_item"
    bl_label = "Move Item"
    bl_description = "Move the chosen item up or down in the list"

    direction: EnumProperty(
        name="Direction",
        description="Which way the item moves",
        items=(("UP", "Up", "Towards the first item"), ("DOWN", "Down", "Towards the last item")),
    )

    def edit(self, group, key):
        return lists.move(group, key, -1 if self.direction == "UP" else 1)


classes = (TRUTHBAKE_OT_add_item, TRUTHBAKE_OT_remove_item, TRUTHBAKE_OT_move_item)
