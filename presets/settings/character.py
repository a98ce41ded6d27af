"""One rigged character, as people list them."""

from bpy.props import EnumProperty
from bpy.types import PropertyGroup

from .kinds import file_path, numbered

UNITS = numbered(
    ("AUTO", "Automatic", "What the file says"),
    ("MM", "Millimetres", "One unit of the file is a millimetre"),
    ("CM", "Centimetres", "One unit of the file is a centimetre"),
    ("M", "Metres", "One unit of the file is a metre"),
    ("INCH", "Inches", "One unit of the file is an inch"),
)


class TRUTHBAKE_PG_character(PropertyGroup):
    path: file_path(
        name="Path",
        description="A GLB, glTF, FBX or Blender file with an armature and its meshes, or a folder of such files",
    )
    unit: EnumProperty(name="Unit", description="The length of one unit in the file", items=UNITS, default="AUTO")
