"""How the settings of a section are shared out among its panel, the sub-panels of it, and other files."""

from dataclasses import dataclass
from functools import cache

from ..presets import fields
from ..presets.switches import NEUTRAL
from .needs import BODIES, FLIGHT, REST

# Section -> settings that another file draws.
ELSEWHERE = {
    "output": {"folder", "scenes", "frames_per_scene", "seed"},  # in the panel Bake
    "passes": {"noisy_depth"},  # in the header of the depth camera's panel
    **{section: {"use"} for section in NEUTRAL},  # in the panel's header
    "distractors": {"use", "models"},  # the models: in the file objects.py
    "objects": {"models"},
}


@dataclass(frozen=True)
class Part:
    """A sub-panel of a section: the last part of its class's name, its label and its settings.

    ``switch`` is the setting ("sensor.use_noise") that turns the whole on and off: it stands in the header. ``parent``
    is the name of the panel's class, if it is not that of the section.
    """

    name: str
    label: str
    keys: tuple[str, ...]
    switch: str = ""
    parent: str = ""


PARTS = {
    "objects": (Part("selection", "Selection", ("use_replacement", "change_every", "split", "split_shares")),),
    "lights": (
        Part(
            "ceiling",
            "Ceiling",
            ("use_ceiling", "ceiling_strength", "ceiling_color", "ceiling_height", "ceiling_size"),
            "lights.use_ceiling",
        ),
        Part("lamps", "Other Lamps", ("lamps",)),
    ),
    "placement": (Part("physics", "Physics", (*BODIES, *REST, *FLIGHT, "use_stack_physics", "step_interval")),),
    "camera": (
        Part(
            "intrinsics",
            "Intrinsics",
            (
                "intrinsics",
                "fov",
                "focal_length",
                "sensor_width",
                "fx",
                "fy",
                "cx",
                "cy",
                "file",
                "shift_x",
                "shift_y",
                "lens_for",
            ),
        ),
        Part(
            "look_at",
            "Look At",
            ("look_at", "look_at_count", "look_at_class", "look_at_point", "look_direction"),
        ),
        Part("views", "Good Views", ("obstacle_distance", "min_targets", "max_tries")),
        Part(
            "stereo",
            "Stereo",
            ("use_stereo", "baseline", "convergence", "convergence_distance"),
            "camera.use_stereo",
        ),
    ),
    "sensor": (
        Part(
            "depth_of_field",
            "Depth of Field",
            ("use_depth_of_field", "f_number", "focus", "focus_distance"),
            "sensor.use_depth_of_field",
        ),
        Part("motion_blur", "Motion Blur", ("use_motion_blur", "shutter"), "sensor.use_motion_blur"),
        Part("lens", "Lens", ("k1", "k2", "k3", "p1", "p2", "chromatic_aberration", "vignetting")),
        Part("noise", "Noise", ("use_noise", "full_well", "read_noise"), "sensor.use_noise"),
        Part("color", "Color", ("white_balance", "red_gain", "blue_gain")),
        Part(
            "depth_camera",
            "Noisy Depth",
            (
                "depth_noise",
                "depth_step",
                "depth_jitter",
                "depth_max_angle",
                "depth_edge_loss",
                "depth_loss",
                "depth_reach",
            ),
            "passes.noisy_depth",
            "TRUTHBAKE_PT_passes",
        ),
    ),
    "people": (Part("occluders", "Occluders", ("occluders", "occluder_size", "occluder_min", "occluder_max")),),
    "output": (Part("credits", "Credits", ("licence", "licence_url", "author", "year", "description")),),
}


def part(section: str, name: str) -> Part:
    """A sub-panel by its name."""
    return next(part for part in PARTS[section] if part.name == name)


@cache
def settings_of(section: str, name: str = "") -> tuple[fields.Field, ...]:
    """The settings that a sub-panel draws, or without a name the panel itself, but for a switch in a header."""
    whole = fields.recipe().child(section)
    if name:
        mine = part(section, name)
        return tuple(field for field in whole.fields if field.key in mine.keys and field.path != mine.switch)
    taken = ELSEWHERE.get(section, set()).union(*(part.keys for part in PARTS.get(section, ())))
    return tuple(field for field in whole.fields if field.key not in taken)
