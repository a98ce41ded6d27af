"""Figures as Blender's own armatures, to compare with and to export."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Matrix


def build(figure, scene: bpy.types.Scene) -> tuple[bpy.types.Object, bpy.types.Object]:
    """An armature object and the mesh object that it moves."""
    layer = scene.view_layers[0]
    bones = bpy.data.armatures.new("rig")
    armature = bpy.data.objects.new("rig", bones)
    scene.collection.objects.link(armature)
    with bpy.context.temp_override(scene=scene, view_layer=layer, object=armature, active_object=armature):
        layer.objects.active = armature
        bpy.ops.object.mode_set(mode="EDIT")
        for number, name in enumerate(figure.rig.names):
            bone = bones.edit_bones.new(name)
            bone.head, bone.tail = figure.rig.heads[number], figure.rig.tails[number]
            if figure.rig.parents[number] >= 0:
                bone.parent = bones.edit_bones[figure.rig.names[figure.rig.parents[number]]]
        bpy.ops.object.mode_set(mode="OBJECT")
    mesh = figure.mesh.copy()
    mesh.vertices.foreach_set("co", figure.vertices.astype(np.float32).ravel())
    item = bpy.data.objects.new("body", mesh)
    scene.collection.objects.link(item)
    for number, name in enumerate(figure.rig.names):
        group = item.vertex_groups.new(name=name)
        for vertex in np.flatnonzero(figure.weights[:, number]):
            group.add([int(vertex)], float(figure.weights[vertex, number]), "REPLACE")
    item.parent = armature
    modifier = item.modifiers.new("rig", "ARMATURE")
    modifier.object = armature
    return armature, item


def deformed(figure, transforms: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """What Blender makes of bones moved by ``transforms`` (B, 4, 4): vertices (N, 3) and the bones' heads by name."""
    scene = bpy.data.scenes.new("armature")
    with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0]):
        armature, item = build(figure, scene)
        for number, name in enumerate(figure.rig.names):  # parents come first
            bone = armature.pose.bones[name]
            bone.matrix = Matrix(transforms[number]) @ bone.bone.matrix_local
            scene.view_layers[0].update()
        graph = bpy.context.evaluated_depsgraph_get()
        graph.update()
        mesh = item.evaluated_get(graph).to_mesh()
        points = np.empty(len(mesh.vertices) * 3, dtype=np.float32)
        mesh.vertices.foreach_get("co", points)
        heads = {bone.name: np.array(bone.head) for bone in armature.evaluated_get(graph).pose.bones}
    bpy.data.objects.remove(item)
    bpy.data.objects.remove(armature)
    bpy.data.scenes.remove(scene)
    return points.reshape(-1, 3).astype(float), heads
