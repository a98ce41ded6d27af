"""An adult's body and clothes as implicit shapes, metres, in an A-pose: face to -y, left hand at +x, feet at z = 0.

1.75 m tall; lengths and joints follow the segment lengths of Drillis and Contini (1966) and the breadths of ANSUR.
Pure: numbers only.
"""

from __future__ import annotations

import numpy as np

from .implicit import ellipsoid, round_cone, smooth_max, smooth_min, tube

HEIGHT = 1.75

Point = tuple[float, float, float]

SHOULDER: Point = (0.176, 0.012, 1.408)
ELBOW: Point = (0.376, 0.014, 1.193)
WRIST: Point = (0.554, -0.022, 1.014)
KNUCKLES: Point = (0.620, -0.039, 0.947)
FINGERTIPS: Point = (0.678, -0.056, 0.884)
HIP: Point = (0.090, 0.005, 0.925)
KNEE: Point = (0.128, -0.006, 0.500)
ANKLE: Point = (0.160, 0.022, 0.080)
TOES: Point = (0.190, -0.175, 0.025)
EYE: Point = (0.031, -0.0795, 1.637)
EYEBALL = 0.0125
IRIS: Point = (0.031, -0.0868, 1.6365)

# Bone -> parent, head, tail. Bones of the left side; the right one mirrors them.
MIDDLE_BONES: dict[str, tuple[str, Point, Point]] = {
    "hips": ("", (0.0, 0.0, 0.955), (0.0, 0.0, 1.07)),
    "spine": ("hips", (0.0, 0.0, 1.07), (0.0, 0.005, 1.22)),
    "chest": ("spine", (0.0, 0.005, 1.22), (0.0, 0.02, 1.455)),
    "neck": ("chest", (0.0, 0.02, 1.455), (0.0, 0.005, 1.55)),
    "head": ("neck", (0.0, 0.005, 1.55), (0.0, 0.0, 1.75)),
}
LEFT_BONES: dict[str, tuple[str, Point, Point]] = {
    "shoulder": ("chest", (0.025, 0.0, 1.415), SHOULDER),
    "upper_arm": ("shoulder", SHOULDER, ELBOW),
    "forearm": ("upper_arm", ELBOW, WRIST),
    "hand": ("forearm", WRIST, FINGERTIPS),
    "thigh": ("hips", HIP, KNEE),
    "shin": ("thigh", KNEE, ANKLE),
    "foot": ("shin", ANKLE, TOES),
}

# z, half width, half depth, shift to the back
_TORSO = (
    (0.84, 0.140, 0.085, 0.004),
    (0.88, 0.164, 0.107, 0.010),
    (0.925, 0.170, 0.113, 0.012),
    (0.98, 0.161, 0.105, 0.006),
    (1.03, 0.146, 0.095, 0.000),
    (1.08, 0.136, 0.090, -0.003),
    (1.14, 0.138, 0.092, -0.004),
    (1.22, 0.149, 0.100, -0.002),
    (1.30, 0.160, 0.108, 0.000),
    (1.37, 0.160, 0.105, 0.006),
    (1.42, 0.142, 0.090, 0.012),
    (1.46, 0.100, 0.068, 0.016),
)


def mirrored(points: np.ndarray) -> np.ndarray:
    """Points on the right side moved to where they would be on the left."""
    return points * [1, 1, 1] * np.where(points[:, :1] < 0, [[-1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0]])


def _torso(points: np.ndarray, wider: float = 0.0) -> np.ndarray:
    low, high = _TORSO[0][0], _TORSO[-1][0]
    table = [((z - low) / (high - low), a + wider, b + wider, 0.0, c) for z, a, b, c in _TORSO]
    return tube(points, (0, 0, low), (0, 0, high), (1, 0, 0), table, power=2.4)


def _upper_body(points: np.ndarray) -> np.ndarray:
    """Torso, chest, seat and shoulders; ``points`` on the left."""
    f = _torso(points)
    f = smooth_min(f, ellipsoid(points, (0.078, -0.062, 1.335), (0.085, 0.052, 0.068)), 0.04)
    f = smooth_min(f, ellipsoid(points, (0.082, 0.070, 0.905), (0.082, 0.062, 0.085)), 0.05)
    f = smooth_min(f, round_cone(points, (0.03, 0.024, 1.462), (0.150, 0.016, 1.418), (0.046, 0.042)), 0.05)
    return smooth_min(f, ellipsoid(points, SHOULDER, (0.052, 0.055, 0.050)), 0.05)


def _neck(points: np.ndarray) -> np.ndarray:
    return round_cone(points, (0, 0.026, 1.44), (0, 0.010, 1.58), (0.060, 0.054))


def _arm(points: np.ndarray, wider: float = 0.0) -> np.ndarray:
    upper = [(0.0, 0.050), (0.25, 0.051), (0.5, 0.047), (0.8, 0.041), (1.0, 0.039)]
    fore = [(0.0, 0.040, 0.040), (0.22, 0.045, 0.042), (0.55, 0.038, 0.034), (0.85, 0.030, 0.025), (1.0, 0.029, 0.022)]
    f = tube(points, SHOULDER, ELBOW, (0, 1, 0), [(t, r + wider, r + wider) for t, r in upper])
    return smooth_min(f, tube(points, ELBOW, WRIST, (0, 1, 0), [(t, a + wider, b + wider) for t, a, b in fore]), 0.03)


def _leg(points: np.ndarray, wider: float = 0.0) -> np.ndarray:
    thigh = [(0.0, 0.088, 0.0), (0.2, 0.088, 0.0), (0.5, 0.076, -0.006), (0.8, 0.061, -0.004), (1.0, 0.055, -0.002)]
    shin = [(0.0, 0.052, 0.0), (0.12, 0.051, 0.006), (0.3, 0.054, 0.015), (0.5, 0.049, 0.012), (0.75, 0.038, 0.004)]
    shin += [(1.0, 0.034, 0.0)]
    f = tube(points, HIP, KNEE, (1, 0, 0), [(t, r + wider, r + wider, 0, -s) for t, r, s in thigh])
    return smooth_min(
        f, tube(points, KNEE, ANKLE, (1, 0, 0), [(t, r + wider, r + wider, 0, -s) for t, r, s in shin]), 0.03
    )


def _frame_of_hand() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Along the fingers, towards the thumb, and out of the palm."""
    along = np.subtract(KNUCKLES, WRIST) / np.linalg.norm(np.subtract(KNUCKLES, WRIST))
    thumb = np.array([0.0, -1.0, 0.0]) + along * along[1]
    thumb /= np.linalg.norm(thumb)
    palm = np.cross(along, thumb)
    return along, thumb, palm if palm[2] < 0 else -palm


def hand(points: np.ndarray) -> np.ndarray:
    """The left hand with its fingers a little bent, and the end of the forearm."""
    along, thumb, palm = _frame_of_hand()
    wrist = np.array(WRIST)
    palm_end = wrist + 0.092 * along
    table = [(0.0, 0.027, 0.020), (0.3, 0.034, 0.018), (0.65, 0.041, 0.016), (1.0, 0.040, 0.0125)]
    f = tube(points, wrist, palm_end, thumb, table, power=2.6)
    f = smooth_min(f, _arm(points), 0.02)
    for place, length, radius, spread in (
        (0.0305, 0.074, 0.0088, 0.10),
        (0.0100, 0.083, 0.0090, 0.03),
        (-0.0105, 0.077, 0.0086, -0.04),
        (-0.0295, 0.059, 0.0076, -0.12),
    ):
        base = palm_end + place * thumb - 0.006 * along
        finger = None
        for part, (share, bend) in enumerate(((0.46, 0.18), (0.30, 0.45), (0.24, 0.70))):
            way = np.cos(bend) * (along + spread * thumb) + np.sin(bend) * palm
            end = base + share * length * 1.08 * way / np.linalg.norm(way)
            stick = round_cone(points, base, end, (radius * (1 - 0.07 * part), radius * (0.93 - 0.07 * part)))
            finger = stick if finger is None else smooth_min(finger, stick, 0.004)
            base = end
        f = smooth_min(f, finger, 0.008)
    root = wrist + 0.022 * along + 0.024 * thumb + 0.006 * palm
    joint = root + 0.046 * (0.72 * along + 0.60 * thumb + 0.36 * palm)
    tip = joint + 0.044 * (0.88 * along + 0.36 * thumb + 0.30 * palm)
    f = smooth_min(f, round_cone(points, root, joint, (0.0165, 0.0115)), 0.014)
    return smooth_min(f, round_cone(points, joint, tip, (0.0110, 0.0085)), 0.004)


def head(points: np.ndarray) -> np.ndarray:
    """Head and neck; ``points`` on the left."""
    f = ellipsoid(points, (0, 0.006, 1.662), (0.0755, 0.096, 0.088))
    f = smooth_min(f, ellipsoid(points, (0, -0.030, 1.605), (0.060, 0.064, 0.080)), 0.03)
    f = smooth_min(f, ellipsoid(points, (0.018, -0.058, 1.548), (0.026, 0.030, 0.024)), 0.035)  # jaw and chin
    f = smooth_min(f, ellipsoid(points, (0.040, -0.068, 1.606), (0.020, 0.016, 0.020)), 0.025)  # cheek
    f = smooth_max(f, -ellipsoid(points, (0.031, -0.104, 1.637), (0.019, 0.018, 0.012)), 0.012)  # eye socket
    f = smooth_min(f, round_cone(points, (0.012, -0.089, 1.655), (0.042, -0.076, 1.658), (0.008, 0.006)), 0.012)
    f = smooth_min(f, round_cone(points, (0, -0.090, 1.644), (0, -0.112, 1.601), (0.006, 0.0095)), 0.012)  # nose
    f = smooth_min(f, ellipsoid(points, (0.0105, -0.101, 1.598), (0.007, 0.008, 0.006)), 0.006)
    f = smooth_min(f, ellipsoid(points, (0, -0.087, 1.569), (0.027, 0.012, 0.012)), 0.014)  # mouth
    f = smooth_min(f, _ear(points), 0.006)
    return smooth_min(f, _neck(points), 0.03)


def _ear(points: np.ndarray) -> np.ndarray:
    shell = ellipsoid(points, (0.0785, 0.012, 1.632), (0.010, 0.018, 0.031))
    return smooth_max(shell, -ellipsoid(points, (0.091, 0.006, 1.634), (0.010, 0.010, 0.020)), 0.006)


def lips(points: np.ndarray) -> np.ndarray:
    """Upper and lower lip; they stand half a millimetre out of the face."""
    points = points - [0.0, 0.0, 1.0] * (5.0 * points[:, :1] ** 2)  # the corners are higher than the middle
    upper = ellipsoid(points, (0.007, -0.0945, 1.5722), (0.0185, 0.0070, 0.0034))
    lower = ellipsoid(points, (0, -0.0945, 1.5660), (0.0205, 0.0076, 0.0040))
    return smooth_min(upper, lower, 0.002)


def eyelids(points: np.ndarray) -> np.ndarray:
    """The lids of the left eye: a shell around the eyeball that leaves a slit open."""
    shell = np.linalg.norm(points - np.array(EYE), axis=1) - EYEBALL - 0.0014
    slit = np.abs(points[:, 2] - EYE[2] + 0.0008 + 0.15 * np.abs(points[:, 0] - EYE[0])) - 0.0048
    return smooth_max(shell, -np.maximum(slit, EYE[1] - points[:, 1] - 1.0), 0.001)


def brow(points: np.ndarray) -> np.ndarray:
    """The left eyebrow."""
    return smooth_min(
        round_cone(points, (0.014, -0.0955, 1.6630), (0.034, -0.0890, 1.6655), (0.0036, 0.0032)),
        round_cone(points, (0.034, -0.0890, 1.6655), (0.047, -0.0760, 1.6600), (0.0032, 0.0020)),
        0.004,
    )


def hair(points: np.ndarray, style: str) -> np.ndarray:
    """Hair to the neck (``long``) or above the ears (``short``); ``points`` on the left."""
    scalp = ellipsoid(points, (0, 0.012, 1.668), (0.0855, 0.104, 0.0935))
    face = ellipsoid(points, (0, -0.105, 1.605), (0.074, 0.075, 0.082))
    scalp = smooth_max(scalp, -face, 0.012)
    # The hairline: high at the forehead, low at the neck, before the ears between them.
    line = 1.632 - 0.45 * np.clip(points[:, 1] - 0.03, 0.0, 0.2) + 0.35 * np.clip(-0.03 - points[:, 1], 0.0, 0.2)
    if style == "short":
        scalp = smooth_max(scalp, line - points[:, 2], 0.01)
        return smooth_max(scalp, -ellipsoid(points, (0.085, 0.008, 1.632), (0.022, 0.022, 0.034)), 0.006)
    long = tube(
        points,
        (0, 0.035, 1.47),
        (0, 0.022, 1.66),
        (1, 0, 0),
        [(0, 0.088, 0.070), (0.5, 0.094, 0.082), (1, 0.088, 0.088)],
    )
    long = smooth_max(long, -0.022 - points[:, 1] + 0.25 * (1.66 - points[:, 2]), 0.012)
    long = smooth_max(long, -ellipsoid(points, (0, 0.0, 1.50), (0.052, 0.052, 0.12)), 0.01)
    scalp = smooth_max(scalp, 1.60 - points[:, 2], 0.01)
    return smooth_min(scalp, long, 0.02)


def skin(points: np.ndarray) -> np.ndarray:
    """The whole body without fingers' and face's detail; either side."""
    left = mirrored(points)
    f = smooth_min(smooth_min(_upper_body(left), _neck(left), 0.05), _arm(left), 0.035)
    f = smooth_min(f, _leg(left), 0.035)
    f = smooth_min(f, ellipsoid(left, (0.0, -0.008, 1.64), (0.072, 0.092, 0.105)), 0.03)
    along, thumb, _ = _frame_of_hand()
    table = [(0.0, 0.028, 0.020), (0.4, 0.042, 0.018), (1.0, 0.036, 0.014)]
    tip = np.array(FINGERTIPS)
    f = smooth_min(f, tube(left, WRIST, tip - 0.01 * along, thumb, table), 0.015)
    return smooth_min(f, _foot(left), 0.02)


def _foot(points: np.ndarray) -> np.ndarray:
    f = round_cone(points, (0.157, 0.050, 0.038), (0.166, -0.020, 0.052), (0.034, 0.036))
    f = smooth_min(f, round_cone(points, (0.164, -0.02, 0.046), (0.180, -0.115, 0.030), (0.036, 0.029)), 0.02)
    f = smooth_min(f, ellipsoid(points, (0.183, -0.130, 0.026), (0.042, 0.062, 0.024)), 0.02)
    return smooth_max(f, 0.004 - points[:, 2], 0.006)


def shoe(points: np.ndarray) -> np.ndarray:
    """The left shoe above its sole."""
    f = round_cone(points, (0.156, 0.050, 0.048), (0.166, -0.020, 0.058), (0.041, 0.042))
    f = smooth_min(f, round_cone(points, (0.166, -0.02, 0.052), (0.180, -0.120, 0.038), (0.043, 0.036)), 0.02)
    f = smooth_min(f, ellipsoid(points, (0.183, -0.138, 0.034), (0.049, 0.068, 0.032)), 0.02)
    f = smooth_min(f, round_cone(points, (0.158, 0.026, 0.06), (0.158, 0.022, 0.13), (0.043, 0.042)), 0.02)
    collar = points[:, 2] - 0.098 + 0.10 * (points[:, 1] - 0.02)
    return smooth_max(smooth_max(f, collar, 0.006), 0.018 - points[:, 2], 0.004)


def sole(points: np.ndarray) -> np.ndarray:
    """The sole of the left shoe."""
    flat = points * [1.0, 1.0, 0.0]
    f = round_cone(flat, (0.156, 0.046, 0), (0.168, -0.03, 0), (0.043, 0.040))
    f = smooth_min(f, round_cone(flat, (0.168, -0.03, 0), (0.183, -0.130, 0), (0.040, 0.051)), 0.03)
    f = smooth_min(f, ellipsoid(flat, (0.186, -0.150, 0), (0.048, 0.062, 0.06)), 0.02)
    return smooth_max(f, np.abs(points[:, 2] - 0.0125) - 0.0125, 0.004)


def across(points: np.ndarray, start: Point, end: Point, share: float) -> np.ndarray:
    """Distance behind a plane across a limb at this share of its length."""
    start, end = np.array(start), np.array(end)
    axis = (end - start) / np.linalg.norm(end - start)
    return (points - start - share * (end - start)) @ axis


def top(points: np.ndarray, sleeves: str) -> np.ndarray:
    """A shirt with ``short`` or ``long`` sleeves; either side."""
    left = mirrored(points)
    torso = _upper_body(left) - 0.009
    # Cloth hangs straight from the chest and does not follow the waist.
    fall = [(0.0, 0.203, 0.138, 0.0, 0.012), (0.25, 0.186, 0.124, 0, 0.005), (0.55, 0.162, 0.110, 0, -0.002)]
    fall += [(0.8, 0.162, 0.112, 0, -0.001), (1.0, 0.155, 0.106, 0, 0.003)]
    torso = smooth_min(torso, tube(left, (0, 0, 0.82), (0, 0, 1.36), (1, 0, 0), fall, power=2.5), 0.02)
    sleeve = _arm(left, 0.013 if sleeves == "short" else 0.010)
    end = across(left, SHOULDER, ELBOW, 0.66) if sleeves == "short" else across(left, ELBOW, WRIST, 0.93)
    f = smooth_min(torso, smooth_max(sleeve, end, 0.006), 0.04)
    f = smooth_max(f, 0.865 - points[:, 2], 0.008)
    return smooth_max(f, points[:, 2] - 1.488 - 0.38 * (points[:, 1] - 0.015), 0.006)  # lower at the throat


def bottom(points: np.ndarray, legs: str) -> np.ndarray:
    """Trousers with ``long`` or ``short`` legs; either side."""
    left = mirrored(points)
    loose = [(0.0, 0.094), (0.25, 0.094), (0.6, 0.083), (0.85, 0.074), (1.0, 0.070)]
    lower = [(0.0, 0.070), (0.25, 0.069), (0.6, 0.062), (1.0, 0.056)]
    thigh = tube(left, HIP, KNEE, (1, 0, 0), [(t, r, r, 0, 0.002) for t, r in loose])
    shin = tube(left, KNEE, ANKLE, (1, 0, 0), [(t, r, r, 0, -0.006) for t, r in lower])
    leg = smooth_min(thigh, shin, 0.03)
    leg = smooth_max(leg, (0.075 if legs == "long" else 0.545) - left[:, 2], 0.006)
    leg = smooth_max(leg, 0.004 - left[:, 0], 0.006)  # the legs stay two
    seat = _upper_body(left) - 0.008
    seat = smooth_min(seat, ellipsoid(left, (0, 0.012, 0.845), (0.075, 0.075, 0.045)), 0.03)
    return smooth_max(smooth_min(leg, seat, 0.035), points[:, 2] - 1.02, 0.008)
