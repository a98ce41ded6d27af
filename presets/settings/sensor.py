"""The sensor and its lens: what a real camera does to the colour image, and a depth camera to depth.

Labels stay those of a perfect camera; only the distortion of the lens moves them, exactly as it moves the picture.
"""

from math import radians

from bpy.props import BoolProperty, EnumProperty, FloatVectorProperty
from bpy.types import PropertyGroup

from .kinds import float_range, int_range, numbered, section_switch, varies

FOCUS = numbered(
    ("TARGET", "Target", "On one of the targets in the image"),
    ("DISTANCE", "Distance", "At the focus distance"),
)

FILTERS = numbered(
    ("BLACKMAN_HARRIS", "Blackman-Harris", "Smooth: light from a little beyond the pixel counts too"),
    ("BOX", "Box", "Sharp: the mean over the pixel's own area, as a sensor element has it"),
)


def _coefficient(name: str, description: str):
    return float_range(name=name, description=description, min=-10.0, max=10.0, soft_min=-1.0, soft_max=1.0,
                       default=(0.0, 0.0))  # fmt: skip


@varies
class TRUTHBAKE_PG_sensor(PropertyGroup):
    use: section_switch(
        name="Use Sensor", description="Whether images are as a real camera takes them; otherwise the camera is perfect"
    )
    use_depth_of_field: BoolProperty(
        name="Depth of Field", description="Blur what is out of focus in the colour images", default=False
    )
    f_number: float_range(
        name="F-Number",
        description="Focal length over the width of the aperture: small numbers blur more. The focal length is that of "
        "a sensor as wide as camera.sensor_width",
        min=0.05,
        max=1000.0,
        soft_max=32.0,
        default=(2.8, 2.8),
    )
    focus: EnumProperty(name="Focus", description="Where the image is sharp", items=FOCUS, default="TARGET")
    focus_distance: float_range(
        name="Focus Distance",
        description="Distance in which the image is sharp, along the viewing direction; where focus is target and none "
        "is in the image too",
        unit="LENGTH",
        min=0.001,
        max=10000.0,
        soft_max=10.0,
        default=(1.0, 1.0),
    )
    use_motion_blur: BoolProperty(
        name="Motion Blur",
        description="Blur what moves from frame to frame in the colour images: a camera on a trajectory, objects that "
        "fall or fly",
        default=False,
    )
    shutter: float_range(
        name="Shutter",
        description="How long the shutter is open, in parts of the time from one frame to the next; half of it before "
        "the instant of the labels",
        min=0.0,
        max=2.0,
        soft_max=1.0,
        default=(0.5, 0.5),
    )
    k1: _coefficient(
        "Radial K1", "First radial distortion of the lens, as in OpenCV: below 0 a barrel, above a cushion"
    )
    k2: _coefficient("Radial K2", "Second radial distortion of the lens")
    k3: _coefficient("Radial K3", "Third radial distortion of the lens")
    p1: _coefficient("Tangential P1", "First tangential distortion of the lens, vertical")
    p2: _coefficient("Tangential P2", "Second tangential distortion of the lens, horizontal")
    chromatic_aberration: float_range(
        name="Aberration",
        description="By how much the red image is larger than the green one and the blue one smaller, as a share of "
        "its size",
        min=-0.1,
        max=0.1,
        soft_min=0.0,
        soft_max=0.01,
        default=(0.0, 0.0),
    )
    vignetting: float_range(
        name="Vignetting",
        description="Share of light that the image's farthest corner loses",
        min=0.0,
        max=0.99,
        default=(0.0, 0.0),
    )
    pixel_filter: EnumProperty(
        name="Pixel Filter", description="What a pixel gathers", items=FILTERS, default="BLACKMAN_HARRIS"
    )
    exposure: float_range(
        name="Exposure",
        description="Exposure in stops: one more is twice as bright",
        min=-32.0,
        max=32.0,
        soft_min=-4.0,
        soft_max=4.0,
        default=(0.0, 0.0),
    )
    use_noise: BoolProperty(
        name="Noise", description="Add shot noise and read noise to the colour images", default=False
    )
    full_well: float_range(
        name="Full Well",
        description="Electrons that white makes in a pixel; the fewer, the stronger the shot noise",
        min=1.0,
        max=1e9,
        soft_max=100000.0,
        default=(10000.0, 10000.0),
    )
    read_noise: float_range(
        name="Read Noise",
        description="Deviation of the noise that every pixel has even in the dark, in electrons",
        min=0.0,
        max=1e6,
        soft_max=100.0,
        default=(3.0, 3.0),
    )
    white_balance: float_range(
        name="White Balance",
        description="Colour temperature in kelvin that the camera takes for white; 6500 leaves colours as they are, "
        "less makes the image bluer",
        min=1900.0,
        max=15000.0,
        default=(6500.0, 6500.0),
    )
    red_gain: float_range(
        name="Red Gain",
        description="Factor on red, after the white balance",
        min=0.0,
        max=100.0,
        soft_max=2.0,
        default=(1.0, 1.0),
    )
    blue_gain: float_range(
        name="Blue Gain",
        description="Factor on blue, after the white balance",
        min=0.0,
        max=100.0,
        soft_max=2.0,
        default=(1.0, 1.0),
    )
    jpeg_quality: int_range(
        name="JPEG Quality",
        description="Quality of the JPEG compression that every colour image goes through, whatever its file; 0 is "
        "none but that of output.jpeg_quality",
        min=0,
        max=100,
        default=(0, 0),
    )
    depth_noise: float_range(
        name="Noise",
        description="Deviation of the noisy depth in a distance of 1 m; it grows with the square of the distance",
        unit="LENGTH",
        min=0.0,
        max=1.0,
        soft_max=0.01,
        precision=4,
        default=(0.0015, 0.0015),
    )
    depth_step: float_range(
        name="Step",
        description="Step between two neighbouring values of the noisy depth in a distance of 1 m; it grows with the "
        "square of the distance, as whole disparities do",
        unit="LENGTH",
        min=0.0,
        max=1.0,
        soft_max=0.01,
        precision=4,
        default=(0.001, 0.001),
    )
    depth_jitter: float_range(
        name="Jitter",
        description="Deviation in pixels of where the noisy depth is taken: it frays edges",
        min=0.0,
        max=100.0,
        soft_max=3.0,
        default=(0.5, 0.5),
    )
    depth_max_angle: float_range(
        name="Angle",
        description="Angle between the line of sight and a surface's normal above which the noisy depth has no return",
        unit="ROTATION",
        min=0.0,
        max=radians(90.0),
        default=(radians(80.0), radians(80.0)),
    )
    depth_edge_loss: float_range(
        name="Edge Loss",
        description="Share of pixels beside a jump of depth that have no return in the noisy depth",
        min=0.0,
        max=1.0,
        default=(0.3, 0.3),
    )
    depth_loss: float_range(
        name="Loss",
        description="Share of all pixels that have no return in the noisy depth",
        min=0.0,
        max=1.0,
        default=(0.002, 0.002),
    )
    depth_reach: FloatVectorProperty(
        name="Reach",
        description="Nearest and farthest distance of the noisy depth",
        size=2,
        unit="LENGTH",
        min=0.0,
        max=100000.0,
        soft_max=20.0,
        default=(0.1, 10.0),
    )

    @staticmethod
    def problems(values: dict):
        """Mistakes that concern several settings at once: pairs of a key and what is wrong."""
        near, far = values["depth_reach"]
        if near >= far:
            yield "depth_reach", f"[{near:g}, {far:g}] must go from near to far"
