"""The camera: its intrinsics, and where its views are taken from."""

from math import radians

from bpy.props import EnumProperty, FloatProperty, FloatVectorProperty, IntProperty
from bpy.types import PropertyGroup

from .kinds import file_path, float_range, numbered, varies

INTRINSICS = numbered(
    ("FOV", "Field of View", "From the horizontal field of view"),
    ("FOCAL_LENGTH", "Focal Length", "From focal length and sensor width"),
    ("MATRIX", "Matrix", "From fx, fy, cx and cy"),
    ("FILE", "File", "From a BOP camera.json, its resolution included"),
)

FAR = 100000.0


@varies
class TRUTHBAKE_PG_camera(PropertyGroup):
    intrinsics: EnumProperty(
        name="Intrinsics", description="How the camera's projection is given", items=INTRINSICS, default="FOV"
    )
    fov: FloatProperty(
        name="Field of View",
        description="Horizontal field of view of the image",
        unit="ROTATION",
        min=radians(1.0),
        max=radians(170.0),
        default=radians(50.0),
    )
    focal_length: FloatProperty(
        name="Focal Length", description="Focal length of the lens", unit="CAMERA", min=1.0, max=5000.0, default=50.0
    )
    sensor_width: FloatProperty(
        name="Sensor Width",
        description="Width of the sensor, which the width of the image fills",
        unit="CAMERA",
        min=1.0,
        max=1000.0,
        default=36.0,
    )
    fx: FloatProperty(
        name="Focal Length X",
        description="Focal length in pixels, horizontal",
        subtype="PIXEL",
        min=1.0,
        max=FAR,
        default=600.0,
    )
    fy: FloatProperty(
        name="Focal Length Y",
        description="Focal length in pixels, vertical",
        subtype="PIXEL",
        min=1.0,
        max=FAR,
        default=600.0,
    )
    cx: FloatProperty(
        name="Principal Point X",
        description="Column of the principal point; the centre of the first pixel is 0, as in OpenCV",
        subtype="PIXEL",
        min=-FAR,
        max=FAR,
        default=319.5,
    )
    cy: FloatProperty(
        name="Principal Point Y",
        description="Row of the principal point; the centre of the first pixel is 0, as in OpenCV",
        subtype="PIXEL",
        min=-FAR,
        max=FAR,
        default=239.5,
    )
    file: file_path(name="Camera File", description="A camera.json as every BOP data set has one")
    shift: FloatVectorProperty(
        name="Shift",
        description="Shift of the lens to the right and up, in widths of the image's larger side, as Blender has it; "
        "for field of view and focal length only",
        size=2,
        min=-10.0,
        max=10.0,
        soft_min=-1.0,
        soft_max=1.0,
        default=(0.0, 0.0),
    )
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
    look_at_count: IntProperty(
        name="Look At",
        description="How many random targets are averaged to the point that the camera looks at",
        min=1,
        max=1000,
        default=15,
    )
    obstacle_distance: FloatProperty(
        name="Obstacle Distance",
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

    @staticmethod
    def problems(values: dict):
        """Mistakes that concern several settings at once: pairs of a key and what is wrong."""
        if values["intrinsics"] == "file" and not values["file"]:
            yield "file", "camera.intrinsics is file, so this must name a camera.json"
