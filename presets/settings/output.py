"""The data set: where it goes, how large it is, and what its papers say."""

from bpy.props import EnumProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from .kinds import flags, folder_path, numbered

FORMATS = flags(
    ("BOP", "BOP", "Scene folders with poses and masks, as the BOP challenge has them"),
    ("COCO", "COCO", "One annotations.json with masks and boxes"),
)

IMAGE_FORMATS = numbered(("PNG", "PNG", "Lossless"), ("JPEG", "JPEG", "Smaller, with small losses"))


class TRUTHBAKE_PG_output(PropertyGroup):
    folder: folder_path(name="Folder", description="Where the data set is written")
    scenes: IntProperty(
        name="Scenes", description="How many scenes the data set has", min=1, max=1000000, soft_max=10000, default=1
    )
    frames_per_scene: IntProperty(
        name="Frames per Scene",
        description="How many images are taken of each scene",
        min=1,
        max=100000,
        soft_max=100,
        default=25,
    )
    seed: IntProperty(
        name="Seed", description="The same seed and recipe give the same data set", min=0, max=2**31 - 1, default=0
    )
    formats: EnumProperty(
        name="Formats",
        description="What the data set is exported to after baking",
        items=FORMATS,
        options={"ENUM_FLAG"},
        default={"BOP", "COCO"},
    )
    image_format: EnumProperty(
        name="Image Format", description="File format of the colour images", items=IMAGE_FORMATS, default="PNG"
    )
    jpeg_quality: IntProperty(
        name="JPEG Quality", description="Quality of JPEG images", subtype="PERCENTAGE", min=1, max=100, default=95
    )
    licence: StringProperty(name="Licence", description="Licence of the data set, named in the exports")
    licence_url: StringProperty(name="Licence URL", description="Where the text of the licence is found")
    author: StringProperty(name="Author", description="Who made the data set, named in the exports")
    year: IntProperty(name="Year", description="Year of the data set; 0 names none", min=0, max=9999, default=0)
    description: StringProperty(name="Description", description="What the data set is, named in the exports")
