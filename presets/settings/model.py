"""One CAD model file or folder of them, as objects and distractors list them."""

from math import radians

from bpy.props import BoolProperty, CollectionProperty, EnumProperty, FloatProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from .kinds import file_path, float_range, int_range, numbered, varies
from .model_points import TRUTHBAKE_PG_bone, TRUTHBAKE_PG_keypoint, TRUTHBAKE_PG_symmetry

UNITS = numbered(
    ("AUTO", "Automatic", "What the file format says; metres where it says nothing"),
    ("MM", "Millimetres", "One unit of the file is a millimetre"),
    ("CM", "Centimetres", "One unit of the file is a centimetre"),
    ("M", "Metres", "One unit of the file is a metre"),
    ("INCH", "Inches", "One unit of the file is an inch"),
    ("BOP", "BOP", "Millimetres, with the class ids of the models_info.json beside the files"),
)

LAYOUTS = numbered(
    ("AUTO", "Automatic", "Told by the files in the folder"),
    ("FILES", "Files", "Every model file in the folder and below is a class of its own"),
    ("FOLDERS", "Class Folders", "Every folder directly below is a class, and holds its models"),
    ("BOP", "BOP", "A models folder of a BOP data set: obj_NNNNNN.ply and models_info.json"),
    ("SHAPENET", "ShapeNet", "ShapeNetCore: taxonomy.json and a folder for each synset"),
    ("SCANNED", "Scanned Objects", "Google Scanned Objects: NAME/meshes/model.obj and NAME/materials/textures"),
)

UP_AXES = numbered(
    ("Z", "Z", "The file's own axes, z up"),
    ("Y", "Y", "Its y points up, as in ShapeNet: the model is turned, so that it becomes z"),
)

REPLACEMENT = numbered(
    ("SECTION", "As Above", "As the setting of the whole list says"),
    ("WITH", "With", "The same model may appear again and again"),
    ("WITHOUT", "Without", "Each model appears at most once in a scene"),
)

SHADING = numbered(
    ("KEEP", "Keep", "The normals of the file; where it has none, as Auto"),
    ("FLAT", "Flat", "Every face is flat"),
    ("SMOOTH", "Smooth", "Every edge is smooth"),
    ("AUTO", "Auto", "Smooth, but for edges sharper than the smooth angle"),
)


class TRUTHBAKE_PG_class(PropertyGroup):
    name: StringProperty(name="Name", description="The name of a class, or its synset number")


@varies
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
    layout: EnumProperty(name="Layout", description="How the folder is laid out", items=LAYOUTS, default="AUTO")
    classes: CollectionProperty(
        name="Classes",
        description="The classes to take from a folder that holds several, by name; empty takes all",
        type=TRUTHBAKE_PG_class,
    )
    limit: IntProperty(
        name="Limit",
        description="At most so many models of each class, always the same ones; 0 takes all",
        min=0,
        soft_max=1000,
        default=0,
    )
    separate_parts: BoolProperty(
        name="Separate Parts",
        description="Make every part of an assembly a model and class of its own, by its name; for STEP, IGES, glTF",
        default=False,
    )
    count: int_range(
        name="Count",
        description="How many instances of these models each scene holds, beside the count of the whole list; 0 lets "
        "them take part in that count instead",
        min=0,
        max=1000,
        soft_max=50,
        default=(0, 0),
    )
    replacement: EnumProperty(
        name="Replacement",
        description="Whether a model with a count of its own may appear more than once in a scene",
        items=REPLACEMENT,
        default="SECTION",
    )
    scale: float_range(
        name="Scale",
        description="Factor of each instance's size, about the model's origin",
        min=0.001,
        max=1000.0,
        soft_min=0.1,
        soft_max=10.0,
        default=(1.0, 1.0),
    )
    warp: float_range(
        name="Warp",
        description="Factors that stretch each instance along the model's axes, one drawn for each axis",
        min=0.01,
        max=100.0,
        soft_min=0.5,
        soft_max=2.0,
        default=(1.0, 1.0),
    )
    up_axis: EnumProperty(
        name="Up Axis", description="Which axis of the file points up when the model stands", items=UP_AXES, default="Z"
    )
    normalize_size: FloatProperty(
        name="Normalize Size",
        description="Give the longest edge of each model's box this length and put the box's middle into the model's "
        "origin; 0 leaves models as they are",
        unit="LENGTH",
        min=0.0,
        max=1000.0,
        default=0.0,
    )
    decimate: IntProperty(
        name="Decimate",
        description="Simplify meshes of more triangles than this; 0 leaves them as they are",
        min=0,
        max=100000000,
        soft_max=100000,
        default=0,
    )
    shading: EnumProperty(name="Shading", description="How the light sees edges", items=SHADING, default="KEEP")
    smooth_angle: FloatProperty(
        name="Smooth Angle",
        description="Edges sharper than this stay sharp",
        unit="ROTATION",
        min=0.0,
        max=radians(180.0),
        default=radians(30.0),
    )
    tolerance: FloatProperty(
        name="Tolerance",
        description="How far the mesh of a STEP or IGES file may lie from the true surface",
        unit="LENGTH",
        min=0.000001,
        max=1.0,
        default=0.0001,
        precision=6,
    )
    tolerance_angle: FloatProperty(
        name="Angle Tolerance",
        description="Largest angle between neighbouring faces of the mesh of a curved STEP or IGES surface",
        unit="ROTATION",
        min=radians(0.5),
        max=radians(90.0),
        default=radians(15.0),
    )
    symmetries: CollectionProperty(
        name="Symmetries",
        description="Turns that leave the model as it is; empty takes those of a models_info.json or model_info.json "
        "beside the file",
        type=TRUTHBAKE_PG_symmetry,
    )
    keypoints: CollectionProperty(
        name="Keypoints",
        description="Named points of the model to label; empty takes those of a NAME.keypoints.json beside the file",
        type=TRUTHBAKE_PG_keypoint,
    )
    skeleton: CollectionProperty(
        name="Skeleton",
        description="Pairs of keypoints that a line joins, for formats that know it",
        type=TRUTHBAKE_PG_bone,
    )
    keypoint_depth: FloatProperty(
        name="Keypoint Depth",
        description="How deep below a surface a keypoint still counts as visible when that surface is seen; for joints "
        "inside a body",
        unit="LENGTH",
        min=0.0,
        max=100.0,
        soft_max=0.2,
        default=0.0,
    )
