"""What surrounds the objects: a room, a plane, a sky, a colour, a photograph, or somebody else's scene."""

from math import radians

from bpy.props import BoolProperty, EnumProperty, FloatProperty, FloatVectorProperty, StringProperty
from bpy.types import PropertyGroup

from . import looks
from .kinds import file_path, float_range, numbered, varies

MODES = numbered(
    ("ROOM", "Room", "A floor and four walls"),
    ("PLANE", "Plane", "A large floor under an HDRI sky"),
    ("HDRI", "HDRI", "An HDRI sky alone"),
    ("COLOR", "Color", "One plain colour"),
    ("TRANSPARENT", "Transparent", "Nothing: transparent in PNG images, black in JPEG images"),
    ("PHOTOGRAPH", "Photograph", "A photograph behind the objects"),
    (
        "SCREEN",
        "Screen",
        "A large square behind the scene that always faces the camera; with optical flow that of the first frame",
    ),
    ("ENVIRONMENT", "Environment", "The scene of a .blend file; objects that are dropped fall onto a floor at 0"),
)

EACH = numbered(
    ("FRAME", "Frame", "Each frame has a photograph of its own"),
    ("SCENE", "Scene", "All frames of a scene have the same one"),
)


@varies
class TRUTHBAKE_PG_background(PropertyGroup):
    mode: EnumProperty(name="Mode", description="What surrounds the objects", items=MODES, default="PLANE")
    room_size: FloatVectorProperty(
        name="Room Size",
        description="Length along x, length along y and height of the room",
        size=3,
        subtype="TRANSLATION",
        min=0.1,
        max=1000.0,
        default=(4.0, 4.0, 2.0),
    )
    surfaces: EnumProperty(
        name="Surfaces",
        description="Kinds of random material for floor, walls and screen; one of them is drawn for each scene",
        items=looks.SURFACES,
        options={"ENUM_FLAG"},
        default={"PLAIN", "NOISE", "CHECKER", "BRICK", "WAVE", "VORONOI"},
    )
    pictures: looks.pictures("takes those of materials.pictures")
    texture_sets: looks.texture_sets("takes those of materials.texture_sets")
    use_unused_pictures: BoolProperty(
        name="Unused Pictures",
        description="Take only pictures and texture sets that no object of the scene shows",
        default=False,
    )
    texture_size: float_range(
        name="Tile Size",
        description="Edge length of a picture or texture set on floor, walls and screen",
        unit="LENGTH",
        min=0.001,
        max=1000.0,
        default=(0.5, 2.0),
    )
    hdri_path: file_path(
        name="HDRI",
        description="An HDRI file, or a folder to draw one from; empty draws from the eight that Blender brings",
    )
    hdri_strength: float_range(
        name="Strength",
        description="Brightness of the sky",
        min=0.0,
        max=1000.0,
        soft_max=10.0,
        default=(0.6, 1.4),
    )
    hdri_rotation: float_range(
        name="Rotation",
        description="Turn of the sky around the vertical",
        unit="ROTATION",
        min=radians(-360.0),
        max=radians(360.0),
        default=(0.0, radians(360.0)),
    )

    use_sky_light: BoolProperty(
        name="Sky Light",
        description="Light the scene with the HDRI where it is not seen: colour, transparent, photograph and screen",
        default=True,
    )
    color: float_range(
        name="Color",
        description="Each channel of a plain colour is drawn in this range",
        min=0.0,
        max=1.0,
        default=(0.0, 1.0),
    )
    photographs: file_path(
        name="Photographs",
        description="A picture, or a folder to draw one from, sub-folders included; empty takes views of the HDRIs",
    )
    photograph_each: EnumProperty(
        name="Photograph Each", description="How often another photograph is drawn", items=EACH, default="FRAME"
    )
    photograph_rotation: float_range(
        name="Photograph Rotation",
        description="Turn of the photograph; it is cropped so that no corner is empty",
        unit="ROTATION",
        min=radians(-180.0),
        max=radians(180.0),
        default=(radians(-45.0), radians(45.0)),
    )
    photograph_crop: float_range(
        name="Photograph Crop",
        description="Share of the photograph's largest fitting part that is shown; its place is drawn too",
        min=0.01,
        max=1.0,
        default=(0.5, 1.0),
    )
    use_photograph_flip: BoolProperty(name="Flip Photograph", description="Mirror every other photograph", default=True)
    screen_size: FloatProperty(
        name="Screen Size", description="Edge length of the screen", unit="LENGTH", min=0.01, max=1000.0, default=20.0
    )
    screen_distance: float_range(
        name="Screen Distance",
        description="How far the screen is behind the middle of the scene, in distances of the camera from it",
        min=0.1,
        max=100.0,
        default=(3.0, 3.0),
    )
    environment: file_path(
        name="Environment",
        description="A .blend file, or a folder to draw one from; it is never changed and its scripts never run",
    )
    environment_collection: StringProperty(
        name="Environment Collection", description="The collection to take from the .blend file; empty takes its scene"
    )

    @staticmethod
    def problems(values: dict):
        """Mistakes that concern several settings at once: pairs of a key and what is wrong."""
        if not values["surfaces"] and values["mode"] in ("room", "plane", "screen"):
            yield "surfaces", "a room or a plane needs at least one kind of surface, and so does a screen"
        if values["mode"] == "environment" and not values["environment"]:
            yield "environment", "names no .blend file; background.mode environment needs one"
