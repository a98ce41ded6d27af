"""Instances of models in Blender; all instances of a model share one mesh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import bpy
import numpy as np
from mathutils import Matrix

from ..assets.catalogue import Asset
from ..plan.materials import MaterialPlan
from ..plan.objects import ObjectPlan
from .datablocks import Made
from .looks import Wardrobe

PREFIX = "truthbake."


def object_name(instance: int) -> str:
    """The name of an instance's object: Cryptomatte's ids are hashes of these names."""
    return f"{PREFIX}{instance:05d}"


def set_pose(item: bpy.types.Object, object_to_world: np.ndarray, scale: Sequence[float]) -> None:
    """Move an object to a rigid pose (4, 4), stretched by ``scale`` (3,) along its own axes."""
    item.matrix_world = Matrix(object_to_world @ np.diag([*scale, 1.0]))


def read_pose(item: bpy.types.Object) -> np.ndarray:
    """The rigid pose (4, 4) object-to-world that Blender really has: the instance's scale is taken out.

    The scale acts along the model's axes, so that it only stretches the columns of the matrix.
    """
    pose = np.array(item.matrix_world)
    pose[:3, :3] /= np.linalg.norm(pose[:3, :3], axis=0)
    return pose


def build(
    plans: list[ObjectPlan],
    poses: Mapping[int, np.ndarray],
    materials: Mapping[int, MaterialPlan],
    assets: Mapping[str, Asset],
    collection: bpy.types.Collection,
    made: Made,
) -> dict[int, bpy.types.Object]:
    """Add the objects that have a pose to the collection; returns them by instance."""
    built = {}
    wardrobe = Wardrobe(made)
    for plan in plans:
        if plan.instance not in poses:
            continue
        asset = assets[plan.model]
        mesh = asset.mesh
        if not mesh.materials:
            mesh.materials.append(None)  # a slot that each instance fills for itself
        item = made(bpy.data.objects.new(object_name(plan.instance), mesh))
        item.pass_index = plan.instance
        set_pose(item, poses[plan.instance], plan.scale)
        wardrobe.dress(item, materials[plan.instance], asset)
        collection.objects.link(item)
        built[plan.instance] = item
    return built
