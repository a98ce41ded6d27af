"""Which settings of a list's items count, depending on the item's others."""

_PLACED = {"SHELL", "ARC"}
_COLOURED = {"KEEP", "RANDOM", "ADJUST", "PLASTIC", "GLASS", "PICTURE", "TEXTURE_SET", "PATTERN", "MIXED"}
_PLAIN = {"KEEP", "RANDOM", "ADJUST", "PICTURE", "PATTERN", "MIXED"}
_FILES = {"PICTURE", "TEXTURE_SET", "MIXED"}
_TEXTURED = {*_FILES, "PATTERN"}

# List -> setting -> the other setting that decides whether it counts, and the values with which it does.
NEEDS = {
    **{path: {"smooth_angle": ("shading", {"KEEP", "AUTO"})} for path in ("objects.models", "distractors.models")},
    "lights.lamps": {
        "energy": ("kind", {"POINT", "AREA", "SPOT"}),
        "size": ("kind", {"POINT", "AREA", "SPOT"}),
        "irradiance": ("kind", {"SUN"}),
        "sun_angle": ("kind", {"SUN"}),
        "spot_angle": ("kind", {"SPOT"}),
        "spot_blend": ("kind", {"SPOT"}),
        "color": ("use_temperature", {False}),
        "temperature": ("use_temperature", {True}),
        "distance": ("placement", _PLACED),
        "azimuth": ("placement", _PLACED),
        "elevation": ("placement", {"SHELL"}),
        "arc_angle": ("placement", {"ARC"}),
        "position": ("placement", {"FIXED"}),
    },
    "materials.rules": {
        "inputs": ("look", {"ADJUST"}),
        **dict.fromkeys(("roughness", "metallic", "specular", "transmission"), ("look", _PLAIN)),
        **dict.fromkeys(("value", "saturation"), ("look", _COLOURED - {"PLASTIC", "GLASS"})),
        "pictures": ("look", {"PICTURE", "MIXED"}),
        "texture_sets": ("look", {"TEXTURE_SET", "MIXED"}),
        "use_replacement": ("look", _FILES),
        "patterns": ("look", _TEXTURED),
        "repeats": ("look", _TEXTURED),
        "color_mix": ("look", _TEXTURED),
        "use_class_color": ("look", _COLOURED),
        "color_modes": ("use_class_color", {True}),
        "color_variation": ("use_class_color", {True}),
        "emission_strength": ("use_emission", {True}),
    },
}
