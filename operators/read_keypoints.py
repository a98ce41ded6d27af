"""Named points from the 3D view into the recipe: child empties or vertex groups of the active object."""

from pathlib import Path

import bpy
import numpy as np
from bpy.app.translations import pgettext_rpt
from bpy.props import EnumProperty

from ..presets import current, lists
from ..presets.settings.kinds import numbered
from ..scene.assets.formats import AssetError, carries_unit, unit_scale

SOURCES = numbered(
    ("EMPTIES", "Empties", "The empties that are children of the object, by their names"),
    ("VERTEX_GROUPS", "Vertex Groups", "The middle of each vertex group, weighted, by the groups' names"),
)


class TRUTHBAKE_OT_read_keypoints(bpy.types.Operator):
    bl_idname = "truthbake.read_keypoints"
    bl_label = "Read Keypoints"
    bl_description = (
        "Take the child empties or vertex groups of the active object as keypoints of the chosen model; the object is "
        "that model, as Blender imported it"
    )
    bl_options = {"REGISTER", "UNDO"}

    source: EnumProperty(name="From", description="What marks the points", items=SOURCES, default="EMPTIES")

    @classmethod
    def poll(cls, context):
        if context.active_object is None or context.active_object.type != "MESH":
            cls.poll_message_set("Make the mesh object of the model the active one first")
            return False
        if _chosen(context) is None:
            cls.poll_message_set("Choose a model in the recipe's list of objects first")
            return False
        return True

    def execute(self, context):
        item, model = context.active_object, _chosen(context)
        read = _empties if self.source == "EMPTIES" else _vertex_groups
        try:
            points = read(item, *_frame(item, model))
        except AssetError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if not points:
            missing = (
                pgettext_rpt("{name} has no child empties; add some with the names of the keypoints")
                if self.source == "EMPTIES"
                else pgettext_rpt("{name} has no vertex group with vertices; add some with the names of the keypoints")
            )
            self.report({"ERROR"}, missing.format(name=item.name))
            return {"CANCELLED"}
        model.keypoints.clear()
        for name, position in points:
            point = lists.add(model, "keypoints")
            point.name, point.position = name, position
        self.report(
            {"INFO"}, pgettext_rpt("{count} keypoints read from {name}").format(count=len(points), name=item.name)
        )
        return {"FINISHED"}


def _chosen(context):
    """The model that is chosen in the list of objects, or None."""
    objects = current.settings(context).objects
    chosen = objects.active_models
    return objects.models[chosen] if 0 <= chosen < len(objects.models) else None


def _frame(item: bpy.types.Object, model) -> tuple[np.ndarray, float]:
    """From the world to the frame of the model's file (4, 4), and metres for one of its units. AssetError.

    Files that carry their unit come into the model frame as they come into Blender's world. The others keep their own
    coordinates in the mesh, wherever the object has been moved.
    """
    path = Path(bpy.path.abspath(model.path))
    if carries_unit(path):
        return np.eye(4), unit_scale(path, model.unit)
    return np.linalg.inv(np.array(item.matrix_world)), unit_scale(path, model.unit)


def _empties(item: bpy.types.Object, frame: np.ndarray, metres: float) -> list[tuple[str, list[float]]]:
    children = [child for child in item.children if child.type == "EMPTY"]
    return [
        (child.name, _moved(np.array(child.matrix_world.translation), frame, metres))
        for child in sorted(children, key=lambda child: child.name)
    ]


def _vertex_groups(item: bpy.types.Object, frame: np.ndarray, metres: float) -> list[tuple[str, list[float]]]:
    sums = np.zeros((len(item.vertex_groups), 4))
    world = np.array(item.matrix_world)
    for vertex in item.data.vertices:
        for member in vertex.groups:
            sums[member.group] += np.array([*vertex.co, 1.0]) * member.weight
    return [
        (group.name, _moved((world @ (total / total[3]))[:3], frame, metres))
        for group, total in zip(item.vertex_groups, sums)
        if total[3] > 0
    ]


def _moved(point: np.ndarray, frame: np.ndarray, metres: float) -> list[float]:
    return ((frame @ [*point, 1.0])[:3] * metres).tolist()
