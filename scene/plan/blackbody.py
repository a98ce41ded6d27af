"""The colour of a glowing body from its temperature, the same in every Blender."""

from __future__ import annotations

import numpy as np

# Where the fit below holds, in kelvin.
COLDEST, HOTTEST = 1000.0, 15000.0
# CIE XYZ (D65) to linear Rec. 709 / sRGB, IEC 61966-2-1.
_XYZ_TO_RGB = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)


def chromaticity(kelvin: float) -> tuple[float, float]:
    """CIE 1931 (x, y) of a black body.

    A fit of the Planckian locus in CIE 1960 (u, v) that is right to 0.0001 from 1000 K to 15000 K (Krystek 1985, Color
    Research & Application 10, "An algorithm to calculate correlated colour temperature").
    """
    t = min(max(kelvin, COLDEST), HOTTEST)
    u = (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t * t) / (1 + 8.42420235e-4 * t + 7.08145163e-7 * t * t)
    v = (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t * t) / (1 - 2.89741816e-5 * t + 1.61456053e-7 * t * t)
    return 3 * u / (2 * u - 8 * v + 4), 2 * v / (2 * u - 8 * v + 4)


def linear_rgb(kelvin: float) -> tuple[float, float, float]:
    """Linear sRGB of luminance 1, so that the temperature changes the colour of a lamp and not its brightness.

    What lies outside the gamut (blue below about 1900 K) is cut at 0.
    """
    x, y = chromaticity(kelvin)
    rgb = np.maximum(_XYZ_TO_RGB @ [x / y, 1.0, (1 - x - y) / y], 0.0)
    rgb /= rgb @ [0.2126729, 0.7151522, 0.0721750]
    return tuple(float(channel) for channel in rgb)
