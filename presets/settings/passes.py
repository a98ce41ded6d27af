"""Optional labels. Instance images and amodal masks are always baked."""

from bpy.props import BoolProperty
from bpy.types import PropertyGroup


class TRUTHBAKE_PG_passes(PropertyGroup):
    depth: BoolProperty(name="Depth", description="Bake exact planar depth", default=True)
    normals: BoolProperty(name="Normals", description="Bake exact surface normals in camera axes", default=False)
    noisy_depth: BoolProperty(
        name="Noisy Depth", description="Bake what a depth camera would measure, beside the exact depth", default=False
    )
    flow: BoolProperty(
        name="Flow",
        description="Bake the optical flow between consecutive frames, both ways, and what is occluded in either",
        default=False,
    )
