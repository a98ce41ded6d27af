"""The camera: its intrinsics, where its views are taken from, how it moves, and its second eye."""

from math import radians

from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    StringProperty,
)
from bpy.types import PropertyGroup

from .camera_pose import FAR, TRUTHBAKE_PG_camera_pose
from .kinds import file_path, float_range, numbered, varies

INTRINSICS = numbered(
    ("FOV", "Field of View", "From the horizontal field of view"),
    ("FOCAL_LENGTH", "Focal Length", "From focal length and sensor width"),
    ("MATRIX", "Matrix", "From fx, fy, cx and cy"),
    ("FILE", "File", "From a BOP camera.json, its resolution included"),
)

LENS_FOR = numbered(
    ("SCENE", "Scene", "One draw of the intrinsics for all views of a scene"),
    ("VIEW", "View", "A draw of the intrinsics for each view"),
)

MODES = numbered(
    ("SHELL", "Shell", "At a distance, elevation and azimuth around what it looks at"),
    ("BOX", "Box", "Anywhere in a box"),
    ("VIEWPOINT", "Viewpoint", "At the listed poses, turned about what they look at by small random angles"),
    ("FIXED", "Fixed", "At the listed poses in turn"),
    ("TRAJECTORY", "Trajectory", "Along a path, one step for each frame"),
)

LOOK_AT = numbered(
    ("TARGETS", "Targets", "The mean of some random targets"),
    ("CLASS", "Class", "The mean of some random targets of one class"),
    ("CENTRE", "Centre", "The middle of all objects"),
    ("POINT", "Point", "A point of the world"),
    ("DIRECTION", "Direction", "Nothing, but along a direction; the camera stands around the mean of random targets"),
)

AROUND = numbered(
    ("WORLD", "World", "The box stands in the world"),
    ("LOOK_AT", "Look At", "The box is measured from the point that the camera looks at"),
)

PATHS = numbered(
    ("KEYS", "Keys", "Smoothly through the listed poses"),
    ("ORBIT", "Orbit", "Around what it looks at"),
    ("WALK", "Walk", "Wander around what it looks at, within the distances and angles"),
)

CONVERGENCES = numbered(
    ("PARALLEL", "Parallel", "Both eyes look the same way"),
    ("TOE_IN", "Toe-In", "Both eyes look at one point"),
)


@varies
class TRUTHBAKE_PG_camera(PropertyGroup):
    intrinsics: EnumProperty(
        name="Intrinsics", description="How the camera's projection is given", items=INTRINSICS, default="FOV"
    )
    fov: float_range(
        name="Field of View",
        description="Horizontal field of view of the image",
        unit="ROTATION",
        min=radians(1.0),
        max=radians(170.0),
        default=(radians(50.0), radians(50.0)),
    )
    focal_length: float_range(
        name="Focal Length",
        description="Focal length of the lens",
        unit="CAMERA",
        min=1.0,
        max=5000.0,
        default=(50.0, 50.0),
    )
    sensor_width: FloatProperty(
        name="Sensor Width",
        description="Width of the sensor, which the width of the image fills",
        unit="CAMERA",
        min=1.0,
        max=1000.0,
        default=36.0,
    )
    fx: float_range(
        name="Focal Length X",
        description="Focal length in pixels, horizontal",
        min=1.0,
        max=FAR,
        default=(600.0, 600.0),
    )
    fy: float_range(
        name="Focal Length Y",
        description="Focal length in pixels, vertical",
        min=1.0,
        max=FAR,
        default=(600.0, 600.0),
    )
    cx: float_range(
        name="Principal Point X",
        description="Column of the principal point in pixels; the centre of the first pixel is 0, as in OpenCV",
        min=-FAR,
        max=FAR,
        default=(319.5, 319.5),
    )
    cy: float_range(
        name="Principal Point Y",
        description="Row of the principal point in pixels; the centre of the first pixel is 0, as in OpenCV",
        min=-FAR,
        max=FAR,
        default=(239.5, 239.5),
    )
    file: file_path(name="Camera File", description="A camera.json as every BOP data set has one")
    shift_x: float_range(
        name="Shift X",
        description="Shift of the lens to the right, in widths of the image's larger side, as Blender has it; "
        "for field of view and focal length only",
        min=-10.0,
        max=10.0,
        soft_min=-1.0,
        soft_max=1.0,
        default=(0.0, 0.0),
    )
    shift_y: float_range(
        name="Shift Y",
        description="Shift of the lens upwards, in widths of the image's larger side, as Blender has it; "
        "for field of view and focal length only",
        min=-10.0,
        max=10.0,
        soft_min=-1.0,
        soft_max=1.0,
        default=(0.0, 0.0),
    )
    lens_for: EnumProperty(
        name="Lens For", description="How often intrinsics that vary are drawn", items=LENS_FOR, default="SCENE"
    )
    mode: EnumProperty(name="Mode", description="Where views are taken from", items=MODES, default="SHELL")
    distance: float_range(
        name="Distance",
        description="Distance of the camera from the point it looks at",
        unit="LENGTH",
        min=0.001,
        max=1000.0,
        soft_max=10.0,
        default=(0.6, 1.0),
    )
    elevation: float_range(
        name="Elevation",
        description="Angle of the camera above the floor, seen from the point it looks at",
        unit="ROTATION",
        min=radians(-90.0),
        max=radians(90.0),
        default=(radians(10.0), radians(80.0)),
    )
    azimuth: float_range(
        name="Azimuth",
        description="Direction of the camera around the vertical; 0 is along x, 90 along y",
        unit="ROTATION",
        min=radians(-360.0),
        max=radians(360.0),
        default=(radians(-180.0), radians(180.0)),
    )
    roll: float_range(
        name="Roll",
        description="Turn of the camera around its viewing direction",
        unit="ROTATION",
        min=radians(-180.0),
        max=radians(180.0),
        default=(0.0, 0.0),
    )
    box_min: FloatVectorProperty(
        name="Box Minimum",
        description="Lower corner of the box",
        size=3,
        subtype="TRANSLATION",
        min=-FAR,
        max=FAR,
        default=(-1.0, -1.0, 0.5),
    )
    box_max: FloatVectorProperty(
        name="Box Maximum",
        description="Upper corner of the box",
        size=3,
        subtype="TRANSLATION",
        min=-FAR,
        max=FAR,
        default=(1.0, 1.0, 1.5),
    )
    box_around: EnumProperty(
        name="Box Around", description="What the box is measured from", items=AROUND, default="WORLD"
    )
    poses: CollectionProperty(
        name="Poses",
        description="Poses that are taken in turn, varied, or passed through",
        type=TRUTHBAKE_PG_camera_pose,
    )
    viewpoint_noise: float_range(
        name="Viewpoint Noise",
        description="Angle by which a listed pose is turned, drawn for each of the axes x, y and z",
        unit="ROTATION",
        min=radians(-180.0),
        max=radians(180.0),
        default=(radians(-10.0), radians(10.0)),
    )
    path: EnumProperty(name="Path", description="The path of a trajectory", items=PATHS, default="ORBIT")
    turn: float_range(
        name="Turn",
        description="How far the camera goes around in all frames together",
        unit="ROTATION",
        min=radians(-36000.0),
        max=radians(36000.0),
        default=(radians(360.0), radians(360.0)),
    )
    step: float_range(
        name="Step",
        description="How far a wandering camera goes from frame to frame",
        unit="LENGTH",
        min=0.0,
        max=1000.0,
        soft_max=0.2,
        default=(0.01, 0.03),
    )
    use_one_view: BoolProperty(
        name="One View", description="Take all frames of a scene from the same view", default=False
    )
    look_at: EnumProperty(name="Look At", description="What the camera looks at", items=LOOK_AT, default="TARGETS")
    look_at_count: IntProperty(
        name="Look At Count",
        description="How many random targets are averaged to the point that the camera looks at",
        min=1,
        max=1000,
        default=15,
    )
    look_at_class: StringProperty(name="Class", description="The class that is looked at; all, where it is not there")
    look_at_point: FloatVectorProperty(
        name="Point", description="The point that is looked at", size=3, subtype="TRANSLATION", min=-FAR, max=FAR
    )
    look_direction: FloatVectorProperty(
        name="Direction",
        description="The direction that is looked along",
        size=3,
        subtype="XYZ",
        min=-FAR,
        max=FAR,
        default=(1.0, 0.0, 0.0),
    )
    obstacle_distance: FloatProperty(
        name="Clearance",
        description="Views with anything nearer than this are drawn again",
        unit="LENGTH",
        min=0.0,
        max=1000.0,
        default=0.3,
    )
    min_targets: IntProperty(
        name="Targets in View",
        description="Views with fewer targets whose centre is in the image are drawn again",
        min=0,
        max=1000,
        default=1,
    )
    max_tries: IntProperty(
        name="Tries",
        description="Views tried before the best one is taken, with a warning",
        min=1,
        max=1000000,
        default=1000,
    )

    use_stereo: BoolProperty(
        name="Stereo", description="Take two frames of each view: a left one, then a right one", default=False
    )
    baseline: float_range(
        name="Baseline",
        description="Distance between the two eyes; the view is in the middle",
        unit="LENGTH",
        min=0.0001,
        max=1000.0,
        soft_max=1.0,
        default=(0.065, 0.065),
    )
    convergence: EnumProperty(
        name="Convergence", description="How the two eyes stand to each other", items=CONVERGENCES, default="PARALLEL"
    )
    convergence_distance: FloatProperty(
        name="Convergence Distance",
        description="How far away both eyes look at the same point",
        unit="LENGTH",
        min=0.001,
        max=FAR,
        default=1.0,
    )

    @staticmethod
    def problems(values: dict):
        """Mistakes that concern several settings at once: pairs of a key and what is wrong."""
        if values["intrinsics"] == "file" and not values["file"]:
            yield "file", "camera.intrinsics is file, so this must name a camera.json"
        if values["mode"] in ("fixed", "viewpoint") and not values["poses"]:
            yield "poses", f"camera.mode is {values['mode']}, so this must list at least one pose"
        if values["mode"] == "trajectory" and values["path"] == "keys" and len(values["poses"]) < 2:
            yield "poses", "camera.path is keys, so this must list two poses or more"
        if values["look_at"] == "class" and not values["look_at_class"]:
            yield "look_at_class", "camera.look_at is class, so this must name one"
        if values["look_at"] == "direction" and not any(values["look_direction"]):
            yield "look_direction", "one of the three numbers must differ from 0"
        for axis, low, high in zip("xyz", values["box_min"], values["box_max"], strict=True):
            if low > high:
                yield "box_min", f"{axis} is {low:g}, above the {high:g} of camera.box_max"
