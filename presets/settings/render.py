"""The renderer: quality against time."""

from bpy.props import EnumProperty, IntProperty, IntVectorProperty
from bpy.types import PropertyGroup

from .kinds import numbered

ENGINES = numbered(("CYCLES", "Cycles", "Path tracing"))

DENOISERS = numbered(
    ("OFF", "Off", "Keep the noise of the samples"),
    ("FAST", "Fast", "Denoise quickly; good with about 50 samples"),
    ("ACCURATE", "Accurate", "Denoise with more care; worth its time with few samples"),
)

DEVICES = numbered(
    ("AUTO", "Automatic", "The fastest device that really works"),
    ("CPU", "CPU", "The processor"),
    ("CUDA", "CUDA", "NVIDIA graphics cards"),
    ("OPTIX", "OptiX", "NVIDIA graphics cards with ray tracing cores"),
    ("HIP", "HIP", "AMD graphics cards"),
    ("METAL", "Metal", "Apple graphics"),
    ("ONEAPI", "oneAPI", "Intel graphics cards"),
)

VIEW_TRANSFORMS = numbered(
    ("STANDARD", "Standard", "Plain sRGB"),
    ("FILMIC", "Filmic", "Softer highlights"),
    ("AGX", "AgX", "Softer highlights with truer colours"),
)


class TRUTHBAKE_PG_render(PropertyGroup):
    engine: EnumProperty(name="Engine", description="What renders the images", items=ENGINES, default="CYCLES")
    samples: IntProperty(
        name="Samples",
        description="Light paths per pixel of the colour image; labels are exact whatever this says",
        min=1,
        max=65536,
        soft_max=1024,
        default=50,
    )
    resolution: IntVectorProperty(
        name="Resolution",
        description="Width and height of the images in pixels",
        size=2,
        min=4,
        max=16384,
        default=(640, 480),
    )
    denoise: EnumProperty(
        name="Denoise", description="How noise is removed from the colour image", items=DENOISERS, default="FAST"
    )
    device: EnumProperty(
        name="Device",
        description="What computes; falls back to the processor with a warning. "
        "In the sidebar the preferences may fill in for Automatic",
        items=DEVICES,
        default="AUTO",
    )
    max_bounces: IntProperty(
        name="Bounces",
        description="How often light may bounce between surfaces",
        min=0,
        max=1024,
        soft_max=16,
        default=8,
    )
    view_transform: EnumProperty(
        name="View Transform",
        description="From scene light to image colours",
        items=VIEW_TRANSFORMS,
        default="STANDARD",
    )
