"""What is to be rendered so that a distorted image can be made of it: a pinhole's image, a little wider or narrower."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...dataset import distortion
from ...dataset.records import Camera
from ...scene.plan import draw
from ...scene.plan.camera import Intrinsics, intrinsics
from ...scene.plan.sensor import LensPlan, strongest
from ..decode import Truth
from .bare import Bare
from .resample import catmull_rom

_BORDER = 2  # pixels that bicubic interpolation reaches beyond its place
FINEST = 2.0  # times the resolution of the image, at the most
_FOCALS, _ACROSS, _DOWN = ("focal_length", "fx", "fy"), ("cx", "shift_x"), ("cy", "shift_y")
SOFT = 1.25  # enlarged by so much a picture still looks sharp: a renderer's pixels blur as much


@dataclass(frozen=True)
class Sight:
    """One frame's lens. ``intrinsics`` are the image's own; without distortion everything is rendered as it is."""

    intrinsics: Intrinsics
    lens: LensPlan

    @property
    def distortion(self) -> tuple[float, ...]:
        """OpenCV's k1, k2, p1, p2, k3."""
        return self.lens.distortion

    @property
    def is_distorted(self) -> bool:
        """Whether labels go through the lens too."""
        return not distortion.is_none(self.distortion)

    def _window(self, pad: int = 0, larger: float = 1.0) -> distortion.Window:
        image = self.intrinsics
        return distortion.window(image.width, image.height, image.K, self.distortion, pad, larger)

    # The ground truth: nearest pixels.

    @property
    def truth_intrinsics(self) -> Intrinsics:
        """What the ground truth is rendered with."""
        if not self.is_distorted:
            return self.intrinsics
        return _moved(self.intrinsics, self._window())

    def matrix(self, rendered: Intrinsics) -> np.ndarray:
        """K (3, 3) of the image, from what the ground truth was really rendered with."""
        K = rendered.K
        if self.is_distorted:
            K[:2, 2] += self._window().left, self._window().top
        return K

    def bare(self, camera: Camera, truth: Truth) -> Bare | None:
        """The rendered ground truth, for what has to be computed before the lens; None without distortion."""
        return Bare(camera, self._window(), truth.depth, truth.index) if self.is_distorted else None

    def through(self, truth: Truth) -> Truth:
        """The ground truth as the lens shows it: every pixel takes what the nearest pixel of the render holds."""
        if not self.is_distorted:
            return truth
        nearest = self._window().nearest
        flat = nearest.ravel()
        crossed = {}
        for name, pixels in truth.crossed.items():
            mask = np.zeros(truth.index.size, dtype=bool)
            mask[pixels] = True
            seen = np.flatnonzero(mask[flat])
            if len(seen):
                crossed[name] = seen
        normals = None if truth.normals is None else truth.normals.reshape(-1, 3)[nearest]
        return replace(
            truth, depth=truth.depth.ravel()[nearest], index=truth.index.ravel()[nearest], normals=normals,
            crossed=crossed,
        )  # fmt: skip

    def rays(self) -> np.ndarray:
        """The rays (H, W, 3) of the image's pixels in camera axes, at z = 1."""
        image = self.intrinsics
        pixels = np.stack(np.meshgrid(np.arange(image.width), np.arange(image.height)), axis=-1).astype(float)
        if self.is_distorted:
            pixels = self._window().pinhole
        flat = (pixels - [image.cx, image.cy]) / [image.fx, image.fy]
        return np.concatenate([flat, np.ones((*flat.shape[:2], 1))], axis=-1)

    # The picture: bicubic interpolation.

    def _canvases(self) -> tuple[list[distortion.Window], float]:
        """The windows of red, green and blue, and how much finer than the image the picture is rendered."""
        spread = self.lens.chromatic
        windows = [self._window(_BORDER, larger) for larger in (1.0 + spread, 1.0, 1.0 - spread)]
        image, window = self.intrinsics, windows[1]
        rays = ((window.pinhole - [image.cx, image.cy]) / [image.fx, image.fy]).reshape(-1, 2)
        # Where the lens pulls pixels apart, the render must have them.
        return windows, min(max(distortion.stretch(rays, self.distortion) / SOFT, 1.0), FINEST)

    @property
    def picture_intrinsics(self) -> Intrinsics:
        """What the picture is rendered with."""
        if not self.lens.bends:
            return self.intrinsics
        windows, scale = self._canvases()
        return _finer(_moved(self.intrinsics, _union(windows)), scale)

    def bend(self, picture: np.ndarray) -> np.ndarray:
        """The image (H, W, C) that the lens makes of a rendered picture (h, w, C): red, green, blue, maybe alpha."""
        if not self.lens.bends:
            return picture
        windows, scale = self._canvases()
        whole = _union(windows)
        places = [(seen.pinhole - [whole.left, whole.top] + 0.5) * scale - 0.5 for seen in windows]
        if self.lens.chromatic == 0:
            return catmull_rom(picture, places[1][..., 0], places[1][..., 1])
        places.append(places[1])  # alpha goes with green
        planes = [catmull_rom(picture[..., i], *places[i].transpose(2, 0, 1)) for i in range(picture.shape[2])]
        return np.stack(planes, axis=-1)


def check(recipe: dict[str, Any]) -> None:
    """Raise DistortionError if a recipe may draw a lens that folds the image back on itself."""
    lens = strongest(recipe["sensor"])
    if lens.bends:
        for image in widest(recipe):
            Sight(image, lens).picture_intrinsics  # noqa: B018 - it is made of windows, which raise


def widest(recipe: dict[str, Any]) -> list[Intrinsics]:
    """Of all intrinsics that a recipe may draw those that see farthest from the axis, one for each corner."""
    section = recipe["camera"]
    ends = {key: draw.ends(section[key]) for key in (*_FOCALS, *_ACROSS, *_DOWN, "fov")}
    focals = {key: ends[key][0] for key in _FOCALS} | {"fov": ends["fov"][1]}
    found = []
    for x, y in itertools.product((0, 1), (0, 1)):
        centre = {key: ends[key][x] for key in _ACROSS} | {key: ends[key][y] for key in _DOWN}
        # Constants take their draws too, but whatever is drawn gives them.
        found.append(intrinsics(recipe | {"camera": section | focals | centre}, np.random.default_rng(0)))
    return found


def _union(windows: list[distortion.Window]) -> distortion.Window:
    """The window around all of them; its source is that of the green one."""
    left, top = min(seen.left for seen in windows), min(seen.top for seen in windows)
    right, bottom = max(seen.left + seen.width for seen in windows), max(seen.top + seen.height for seen in windows)
    return replace(windows[1], left=left, top=top, width=right - left, height=bottom - top)


def _moved(image: Intrinsics, window: distortion.Window) -> Intrinsics:
    return replace(
        image, width=window.width, height=window.height, cx=image.cx - window.left, cy=image.cy - window.top
    )  # fmt: skip


def _finer(image: Intrinsics, scale: float) -> Intrinsics:
    """The same view with ``scale`` times as many pixels, the last ones over the edge where that is no whole number."""
    return Intrinsics(
        int(np.ceil(image.width * scale)), int(np.ceil(image.height * scale)), image.fx * scale, image.fy * scale,
        (image.cx + 0.5) * scale - 0.5, (image.cy + 0.5) * scale - 0.5,
    )  # fmt: skip
