"""Which settings of a section count, depending on its others; those of list items are in `items`."""

_STACK = (
    "stack_probability",
    "stack_minimum",
    "stack_turn_probability",
    "stack_turn",
    "stack_shift_probability",
    "stack_shift",
    "use_stack_physics",
)
BODIES = ("friction", "restitution", "damping", "mass", "solver_iterations")
REST = ("max_scene_tries", "gravity", "sampling", "substeps", "min_time", "max_time", "check_interval")
FLIGHT = (
    "flight_gravity",
    "force",
    "force_probability",
    "use_walls",
    "wall_tilt",
    "free_center",
    "free_radius",
)

_SKY = {"PLANE", "HDRI", "COLOR", "TRANSPARENT", "PHOTOGRAPH", "SCREEN", "ENVIRONMENT"}

# Section -> setting -> the other setting that decides whether it counts, and the values with which it does.
NEEDS = {
    "objects": {"split_shares": ("split", {"TRAIN", "VAL", "TEST"})},
    "people": {
        "extent": ("mode", {"JOINTS"}),
        **dict.fromkeys(("ticks", "lean", "drop_height"), ("mode", {"RAGDOLL"})),
    },
    "lights": {f"ceiling_{key}": ("use_ceiling", {True}) for key in ("strength", "color", "height", "size")},
    "background": {
        "room_size": ("mode", {"ROOM"}),
        "surfaces": ("mode", {"ROOM", "PLANE", "SCREEN"}),
        **{
            key: ("mode", {"ROOM", "PLANE", "SCREEN"})
            for key in ("pictures", "texture_sets", "use_unused_pictures", "texture_size")
        },
        "hdri_path": ("mode", _SKY),
        "hdri_strength": ("mode", _SKY),
        "hdri_rotation": ("mode", _SKY),
        "use_sky_light": ("mode", {"COLOR", "TRANSPARENT", "PHOTOGRAPH", "SCREEN"}),
        "color": ("mode", {"COLOR"}),
        **{
            key: ("mode", {"PHOTOGRAPH"})
            for key in (
                "photographs",
                "photograph_each",
                "photograph_rotation",
                "photograph_crop",
                "use_photograph_flip",
            )
        },
        "screen_size": ("mode", {"SCREEN"}),
        "screen_distance": ("mode", {"SCREEN"}),
        "environment": ("mode", {"ENVIRONMENT"}),
        "environment_collection": ("mode", {"ENVIRONMENT"}),
    },
    "placement": {
        **dict.fromkeys(("volume_min", "volume_max"), ("mode", {"DROP", "FLOAT", "STACK", "SURFACE", "FLIGHT"})),
        **dict.fromkeys(
            ("volume_min_inset", "volume_max_inset"), ("mode", {"DROP", "FLOAT", "STACK", "SURFACE", "FLIGHT"})
        ),
        "orientation": ("mode", {"DROP", "FLOAT", "SURFACE", "FLIGHT", "CHAIN", "SINGLE"}),
        "rotation": ("orientation", {"AUTO", "UPRIGHT", "GIVEN"}),
        "rotation_noise": ("orientation", {"AUTO", "UPRIGHT", "GIVEN"}),
        "center": ("mode", {"CHAIN", "SINGLE"}),
        "surface_height": ("mode", {"SURFACE"}),
        "surface_object": ("mode", {"SURFACE"}),
        **dict.fromkeys(_STACK, ("mode", {"STACK"})),
        **dict.fromkeys(("chain_distance", "chain_spacing", "chain_height"), ("mode", {"CHAIN"})),
        "poses": ("mode", {"FIXED"}),
        **dict.fromkeys(BODIES, ("mode", {"DROP", "STACK", "FLIGHT"})),
        **dict.fromkeys(REST, ("mode", {"DROP", "STACK"})),
        **dict.fromkeys(FLIGHT, ("mode", {"FLIGHT"})),
        "step_interval": ("mode", {"DROP", "STACK", "FLIGHT"}),
    },
    "camera": {
        "fov": ("intrinsics", {"FOV"}),
        "focal_length": ("intrinsics", {"FOCAL_LENGTH"}),
        "sensor_width": ("intrinsics", {"FOCAL_LENGTH"}),
        **{key: ("intrinsics", {"MATRIX"}) for key in ("fx", "fy", "cx", "cy")},
        "file": ("intrinsics", {"FILE"}),
        **{key: ("intrinsics", {"FOV", "FOCAL_LENGTH"}) for key in ("shift_x", "shift_y")},
        **{key: ("mode", {"SHELL", "TRAJECTORY"}) for key in ("distance", "elevation", "azimuth")},
        **{f"box_{key}": ("mode", {"BOX"}) for key in ("min", "max", "around")},
        "poses": ("mode", {"VIEWPOINT", "FIXED", "TRAJECTORY"}),
        "viewpoint_noise": ("mode", {"VIEWPOINT"}),
        "path": ("mode", {"TRAJECTORY"}),
        "use_one_view": ("mode", {"SHELL", "BOX", "VIEWPOINT", "FIXED"}),
        "turn": ("path", {"ORBIT"}),
        "step": ("path", {"WALK"}),
        "look_at_class": ("look_at", {"CLASS"}),
        "look_at_point": ("look_at", {"POINT"}),
        "look_direction": ("look_at", {"DIRECTION"}),
        **{key: ("use_stereo", {True}) for key in ("baseline", "convergence")},
        "convergence_distance": ("convergence", {"TOE_IN"}),
    },
    "sensor": {
        **{key: ("use_depth_of_field", {True}) for key in ("f_number", "focus", "focus_distance")},
        "shutter": ("use_motion_blur", {True}),
        **{key: ("use_noise", {True}) for key in ("full_well", "read_noise")},
    },
    "output": {"jpeg_quality": ("image_format", {"JPEG"})},
}
