"""Objects in their planned materials."""

from __future__ import annotations

import bpy

from ..assets.catalogue import MARK, Asset
from ..assets.uv import box_project, has_coordinates
from ..plan.materials import MaterialPlan
from .datablocks import Made
from .materials import adjusted_material, object_material


class Wardrobe:
    """Dresses the objects of one scene; what several of them wear is made once."""

    def __init__(self, made: Made):
        self._made = made
        self._materials: dict[tuple, bpy.types.Material] = {}
        self._meshes: dict[str, bpy.types.Mesh] = {}

    def dress(self, item: bpy.types.Object, plan: MaterialPlan, asset: Asset) -> None:
        """Give an object its planned material, and texture coordinates where that needs some and the mesh has none.

        Materials are the object's own, so that the mesh, which other instances share, stays as it is.
        """
        if plan.look == "keep" and asset.has_material:
            return
        if plan.look == "adjust" and asset.has_material:
            for slot in item.material_slots:
                own = slot.material
                slot.link = "OBJECT"
                slot.material = adjusted_material(own, plan, self._made) if own else None
            return
        if plan.picture or plan.maps:
            item.data = self._with_coordinates(item.data, asset)
        key = (plan, asset.diameter)
        if key not in self._materials:
            self._materials[key] = object_material(plan, asset.diameter, self._made)
        for slot in item.material_slots:
            slot.link = "OBJECT"
            slot.material = self._materials[key]

    def _with_coordinates(self, mesh: bpy.types.Mesh, asset: Asset) -> bpy.types.Mesh:
        if has_coordinates(mesh):
            return mesh
        if mesh.name not in self._meshes:
            copy = self._made(mesh.copy())
            # Nobody may take the copy for the model's own mesh.
            copy.pop(MARK, None)
            for layer in list(copy.uv_layers):
                copy.uv_layers.remove(layer)
            box_project(copy, float((asset.maximum - asset.minimum).max()))
            self._meshes[mesh.name] = copy
        return self._meshes[mesh.name]
