"""Labels drawn over pictures, for people to look at. Everything is drawn large and shrunk, which smooths the lines."""

from __future__ import annotations

import colorsys
from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from . import distortion, rle
from .records import LABELLED, VISIBLE, Camera, ObjectLabel
from .store import FrameFiles

SMOOTHING = 2  # drawn so many times larger than shown
Colour = tuple[int, int, int]

# viridis, at equal steps: dark and far to bright and near; even in lightness, and readable without colour vision.
_VIRIDIS = np.array(
    [(68, 1, 84), (71, 45, 123), (59, 82, 139), (44, 114, 142), (33, 145, 140),
     (40, 174, 128), (94, 201, 98), (173, 220, 48), (253, 231, 37)], dtype=float
)  # fmt: skip
INKS = ((16, 17, 20), (255, 255, 255))
_NOTHING = (24, 26, 31)  # where a ray hits nothing
_EDGE_POINTS = 17  # of a cuboid's edge that a lens bends
_CUBOID_EDGES = [(a, a | bit) for a in range(8) for bit in (1, 2, 4) if not a & bit]


def colour_of(instance: int) -> Colour:
    """A colour that differs well from those of the neighbouring instance numbers."""
    hue = (instance * 0.6180339887) % 1.0
    red, green, blue = colorsys.hls_to_rgb(hue, 0.60 if instance % 2 else 0.52, 0.85)
    return round(red * 255), round(green * 255), round(blue * 255)


def fitted(size: tuple[int, int], width: int) -> tuple[int, int]:
    """(width, height) of a picture of ``size`` scaled to ``width``."""
    return width, max(1, round(size[1] * width / size[0]))


def rgb_picture(frame: FrameFiles, width: int) -> Image.Image:
    """The frame's colour image, ``width`` pixels wide."""
    with Image.open(frame.rgb_path) as image:
        return image.convert("RGB").resize(fitted(image.size, width), Image.Resampling.LANCZOS)


def mask_picture(frame: FrameFiles, width: int, names: bool = True) -> Image.Image:
    """The visible masks in colour with boxes and class names; distractors stay grey."""
    canvas = _Canvas(frame, width)
    canvas.paint_masks()
    shown = sorted((label for label in _targets(frame) if label.box_visible), key=lambda label: -label.pixels_visible)
    for label in shown:
        canvas.draw_box(label)
    if names:
        canvas.draw_names(shown)
    return canvas.finished()


def cuboid_picture(frame: FrameFiles, width: int) -> Image.Image:
    """The projected cuboids and the amodal outlines, hidden parts included."""
    canvas = _Canvas(frame, width, brightness=0.55)
    for label in _targets(frame):
        if label.pixels_visible:
            canvas.draw_amodal(label)
            canvas.draw_cuboid(label)
            canvas.draw_keypoints(label)
    return canvas.finished()


def depth_picture(frame: FrameFiles, width: int) -> Image.Image | None:
    """Depth in colour, near bright and far dark; None without a depth pass."""
    if frame.path("depth") is None:
        return None
    depth = frame.depth()
    valid = np.isfinite(depth) & (depth > 0)
    picture = np.full((*depth.shape, 3), _NOTHING, dtype=np.uint8)
    if valid.any():
        near, far = np.percentile(depth[valid], (1, 99))
        nearness = np.clip((far - depth[valid]) / max(far - near, 1e-9), 0, 1) * (len(_VIRIDIS) - 1)
        low = np.minimum(nearness.astype(int), len(_VIRIDIS) - 2)
        part = (nearness - low)[:, None]
        picture[valid] = np.rint(_VIRIDIS[low] * (1 - part) + _VIRIDIS[low + 1] * part)
    image = Image.fromarray(picture)
    return image.resize(fitted(image.size, width), Image.Resampling.LANCZOS)


def normal_picture(frame: FrameFiles, width: int) -> Image.Image | None:
    """Normals in the usual colours (x right red, y up green, z to the viewer blue); None without that pass."""
    if frame.path("normals") is None:
        return None
    normals = frame.normals()
    picture = np.rint(np.clip(normals * (0.5, -0.5, -0.5) + 0.5, 0, 1) * 255).astype(np.uint8)
    picture[~normals.any(axis=-1)] = _NOTHING
    image = Image.fromarray(picture)
    return image.resize(fitted(image.size, width), Image.Resampling.LANCZOS)


def instance_picture(frame: FrameFiles) -> Image.Image:
    """Every instance, distractors too, in a colour of its own; one pixel for each of the image's."""
    instances = frame.instances()
    palette = np.array([_NOTHING, *map(colour_of, range(1, int(instances.max()) + 1))], dtype=np.uint8)
    return Image.fromarray(palette[instances])


def amodal_picture(frame: FrameFiles, width: int) -> Image.Image:
    """The whole silhouettes of what has a class, hidden parts included, one through the other."""
    camera = frame.labels.camera
    size = (camera.width, camera.height) if camera.width >= width else fitted((camera.width, camera.height), width)
    pixels = np.full((size[1], size[0], 3), _NOTHING, dtype=float)
    for label in sorted(_targets(frame), key=lambda label: -label.object_to_camera[2, 3]):
        mask = Image.fromarray(rle.decode(label.amodal, camera.height, camera.width).astype(np.uint8))
        inside = np.asarray(mask.resize(size, Image.Resampling.NEAREST))
        colour = np.array(colour_of(label.instance), dtype=float)
        pixels[inside > 0] += (colour - pixels[inside > 0]) * 0.5
        pixels[_edges(inside)] = colour
    image = Image.fromarray(np.rint(pixels).astype(np.uint8))
    return image.resize(fitted(image.size, width), Image.Resampling.LANCZOS)


def flow_picture(frame: FrameFiles, width: int) -> Image.Image | None:
    """Where each pixel goes in the next frame: direction as hue, length as strength; None without that pass."""
    if frame.path("forward_flow") is None:
        return None
    flow = frame.image("forward_flow")
    valid = np.isfinite(flow).all(axis=-1)
    picture = np.full((*valid.shape, 3), _NOTHING, dtype=np.uint8)
    if valid.any():
        u, v = flow[valid].T
        length = np.hypot(u, v)
        strength = np.clip(length / max(float(np.percentile(length, 99)), 1e-6), 0, 1)
        turns = np.arctan2(v, u)[:, None] + np.array([0, 2, 4]) * np.pi / 3
        hues = 0.5 + 0.5 * np.cos(turns)
        picture[valid] = np.rint(255 * (1 - strength[:, None] * (1 - hues)))
    image = Image.fromarray(picture)
    return image.resize(fitted(image.size, width), Image.Resampling.NEAREST)


def _targets(frame: FrameFiles) -> list[ObjectLabel]:
    return [label for label in frame.labels.objects if label.kind in LABELLED]


class _Canvas:
    """A frame's picture, enlarged, with methods that draw one kind of label each."""

    def __init__(self, frame: FrameFiles, width: int, brightness: float = 1.0):
        self.frame = frame
        self.width = width
        self.image = rgb_picture(frame, width * SMOOTHING)
        self.scale = self.image.width / frame.labels.camera.width
        if brightness != 1.0:
            self.image = self.image.point(lambda value: value * brightness)
        self.draw = ImageDraw.Draw(self.image)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        """Pixel coordinates with centres at integers to the canvas."""
        return (x + 0.5) * self.scale - 0.5, (y + 0.5) * self.scale - 0.5

    def _enlarged(self, image: np.ndarray) -> np.ndarray:
        return np.asarray(Image.fromarray(image).resize(self.image.size, Image.Resampling.NEAREST))

    def paint_masks(self) -> None:
        instances = self._enlarged(self.frame.instances().astype(np.int32))
        pixels = np.asarray(self.image).astype(float)
        palette = np.zeros((int(instances.max()) + 1, 4))
        for label in self.frame.labels.objects:
            if label.instance < len(palette):
                is_target = label.kind in LABELLED
                palette[label.instance] = (*colour_of(label.instance), 0.5) if is_target else (150, 150, 150, 0.35)
        tint = palette[instances]
        pixels += (tint[..., :3] - pixels) * tint[..., 3:]
        edge = _edges(instances)
        pixels[edge] = palette[instances[edge], :3] * 0.6 + 255 * 0.4
        self.image = Image.fromarray(np.rint(pixels).astype(np.uint8))
        self.draw = ImageDraw.Draw(self.image)

    def draw_box(self, label: ObjectLabel) -> None:
        x, y, w, h = label.box_visible
        corners = [*self._place(x - 0.5, y - 0.5), *self._place(x + w - 0.5, y + h - 0.5)]
        self.draw.rectangle(corners, outline=colour_of(label.instance), width=SMOOTHING)

    def draw_names(self, labels: Iterable[ObjectLabel]) -> None:
        """Class names at the boxes' upper left corners; a name that would cover another one is left out."""
        font = ImageFont.load_default(9.5 * SMOOTHING)
        pad = SMOOTHING * 2
        taken: list[tuple[float, float, float, float]] = []
        for label in labels:
            text = shortened(label.class_name, 18)
            left, top, right, bottom = font.getbbox(text)
            width, height = right - left + 2 * pad, bottom - top + 2 * pad
            x, y = self._place(label.box_visible[0] - 0.5, label.box_visible[1] - 0.5)
            x = min(max(x, 0), max(self.image.width - width, 0))
            y = y - height if y >= height else y
            tag = (x, y, x + width, y + height)
            if any(tag[0] < b[2] and b[0] < tag[2] and tag[1] < b[3] and b[1] < tag[3] for b in taken):
                continue
            taken.append(tag)
            colour = colour_of(label.instance)
            self.draw.rectangle(tag, fill=colour)
            self.draw.text((x + pad - left, y + pad - top), text, font=font, fill=_ink_on(colour))

    def draw_amodal(self, label: ObjectLabel) -> None:
        camera = self.frame.labels.camera
        mask = rle.decode(label.amodal, camera.height, camera.width)
        edge = _edges(self._enlarged(mask.astype(np.uint8)))
        self.image.paste(colour_of(label.instance), mask=Image.fromarray((edge * 150).astype(np.uint8)))

    def draw_cuboid(self, label: ObjectLabel) -> None:
        for first, second in _CUBOID_EDGES:
            ends = label.cuboid[[first, second]]
            if not np.isnan(ends).any():
                places = [self._place(*point) for point in bent_edge(ends, self.frame.labels.camera)]
                self.draw.line(places, fill=colour_of(label.instance), width=SMOOTHING)

    def draw_keypoints(self, label: ObjectLabel) -> None:
        """Discs where the points are seen, rings where they are hidden."""
        for point in label.keypoints:
            if point.visibility:
                x, y = self._place(*point.pixel)
                reach = 2.5 * SMOOTHING
                fill = colour_of(label.instance) if point.visibility == VISIBLE else None
                corners = [x - reach, y - reach, x + reach, y + reach]
                self.draw.ellipse(corners, fill=fill, outline=INKS[1], width=SMOOTHING)

    def finished(self) -> Image.Image:
        return self.image.resize(fitted(self.image.size, self.width), Image.Resampling.LANCZOS)


def bent_edge(ends: np.ndarray, camera: Camera) -> np.ndarray:
    """Points (N, 2) along a straight edge in space, given by the pixels of its ends (2, 2), as the lens shows it."""
    if distortion.is_none(camera.distortion):
        return ends
    first, last = distortion.undistort_pixels(ends, camera.K, camera.distortion)
    share = np.linspace(0.0, 1.0, _EDGE_POINTS)[:, None]
    return distortion.distort_pixels(first + share * (last - first), camera.K, camera.distortion)


def _edges(values: np.ndarray) -> np.ndarray:
    """(H, W) bool: non-zero pixels with another value to the left, right, above or below."""
    edge = np.zeros(values.shape, dtype=bool)
    edge[:, 1:] |= values[:, 1:] != values[:, :-1]
    edge[:, :-1] |= values[:, :-1] != values[:, 1:]
    edge[1:] |= values[1:] != values[:-1]
    edge[:-1] |= values[:-1] != values[1:]
    return edge & (values != 0)


def _ink_on(colour: Colour) -> Colour:
    """Black or white, whichever reads better on a colour."""
    brightness = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    return INKS[0] if brightness > 125 else INKS[1]


def shortened(text: str, length: int) -> str:
    """At most ``length`` characters, an ellipsis for the rest."""
    return text if len(text) <= length else text[: length - 1] + "…"
