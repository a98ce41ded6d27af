"""What materials, their rules and the background have in common: looks, patterns, and the inputs of a material."""

from .kinds import file_path, flags, float_range, numbered

# The look of an object; new ones at the end.
LOOKS = numbered(
    ("KEEP", "Keep", "Leave the materials as the model file has them; models without any get a random one"),
    ("RANDOM", "Random", "Draw a new plain material"),
    ("ADJUST", "Adjust", "Keep the model's materials and textures, but draw some of their inputs anew"),
    ("PLASTIC", "Plastic", "Coloured plastic, glossy to matt"),
    ("METAL", "Metal", "Bare metal, polished to brushed"),
    ("GLASS", "Glass", "Clear or tinted glass"),
    ("PICTURE", "Picture", "A picture as texture; a pattern where there are no pictures"),
    ("TEXTURE_SET", "Texture Set", "A set of PBR maps; a pattern where there are no texture sets"),
    ("PATTERN", "Pattern", "A procedural pattern of two colours"),
    ("MIXED", "Mixed", "One of random, plastic, metal, glass, picture, texture set and pattern, drawn each time"),
)

# A procedural pattern, or a picture; new ones at the end.
SURFACES = flags(
    ("PLAIN", "Plain", "One colour"),
    ("NOISE", "Noise", "Clouds of two colours"),
    ("CHECKER", "Checker", "Squares of two colours"),
    ("BRICK", "Brick", "Bricks and mortar"),
    ("WAVE", "Wave", "Bands and rings, as in wood"),
    ("VORONOI", "Voronoi", "Cells, as in stone or leather"),
    ("MIXED", "Mixed", "Two of the patterns, blended in clouds"),
    ("PICTURE", "Picture", "A picture as texture"),
    ("TEXTURE_SET", "Texture Set", "A set of PBR maps"),
)
PATTERNS = SURFACES[:7]

INPUTS = flags(
    ("COLOR", "Color", "The base colour"),
    ("ROUGHNESS", "Roughness", "From mirror-like to dull"),
    ("METALLIC", "Metallic", "From plastic to bare metal"),
    ("SPECULAR", "Specular", "Strength of the reflection of non-metals"),
    ("TRANSMISSION", "Transmission", "From opaque to clear as glass"),
)


def roughness():
    return float_range(name="Roughness", description="From mirror-like to dull", min=0.0, max=1.0, default=(0.1, 0.7))


def metallic():
    return float_range(name="Metallic", description="From plastic to bare metal", min=0.0, max=1.0, default=(0.0, 0.5))


def specular():
    return float_range(
        name="Specular", description="Strength of the reflection of non-metals", min=0.0, max=1.0, default=(0.2, 0.8)
    )


def transmission():
    return float_range(
        name="Transmission", description="From opaque to clear as glass", min=0.0, max=1.0, default=(0.0, 0.0)
    )


def value():
    return float_range(
        name="Value",
        translation_context="Color",  # the randomizers have another Value
        description="Brightness of the base colour, from black to white",
        min=0.0,
        max=1.0,
        default=(0.1, 0.9),
    )


def saturation():
    return float_range(
        name="Saturation",
        description="Colourfulness of the base colour; 0 is grey",
        min=0.0,
        max=1.0,
        default=(0.0, 0.8),
    )


def pictures(more: str):
    return file_path(
        name="Pictures", description=f"A picture, or a folder to draw one from, sub-folders included; empty {more}"
    )


def texture_sets(more: str):
    return file_path(
        name="Texture Sets",
        description="A folder of PBR texture sets, files named as those of ambientCG or Poly Haven, sub-folders "
        f"included; empty {more}",
    )


def repeats():
    return float_range(
        name="Repeats",
        description="How often a picture, texture set or pattern repeats across an object",
        min=0.01,
        max=100.0,
        soft_max=10.0,
        default=(1.0, 2.0),
    )
