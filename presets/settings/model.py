"""One CAD model file or folder of them, as objects and distractors list them."""

from bpy.props import EnumProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from .kinds import file_path, numbered

UNITS = numbered(
    ("AUTO", "Automatic", "What the file format says; metres where it says nothing"),
    ("MM", "Millimetres", "One unit of the file is a millimetre"),
    ("CM", "Centimetres", "One unit of the file is a centimetre"),
    ("M", "Metres", "One unit of the file is a metre"),
    ("INCH", "Inches", "One unit of the file is an inch"),
    ("BOP", "BOP", "Millimetres, with the class ids of the models_info.json beside the files"),
)


class TRUTHBAKE_PG_model(PropertyGroup):
    path: file_path(
        name="Path", description="A model file, or a folder whose models are all taken, sub-folders included"
    )
    unit: EnumProperty(name="Unit", description="The length of one unit in the file", items=UNITS, default="AUTO")
    class_name: StringProperty(
        name="Class Name", description="What the labels call this model; empty takes the name of the file"
    )
    class_id: IntProperty(
        name="Class ID",
        description="The number of this class in the labels; 0 numbers the classes automatically",
        min=0,
        soft_max=1000,
        default=0,
    )
