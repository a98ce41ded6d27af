"""One frame through its sensor: how truth and picture are rendered for it, and what becomes of the picture."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import bpy
import numpy as np

from ..dataset.records import Camera
from ..scene.plan import sensor as plans
from ..scene.plan.camera.stereo import frames_per_view
from ..scene.stage import camera as stage_camera
from ..scene.stage.aperture import open_aperture, opened
from ..scene.stage.stage import Stage
from ..scene.stage.staged import Staged
from . import picture
from .annotate import Instance
from .sensor import depth, develop, focus
from .sensor.sight import Sight


class Sensor:
    """What the recipe's sensor does to one frame. Without any effect the picture is rendered as if this were not."""

    def __init__(self, stage: Stage, staged: Staged, frame: int):
        plan = staged.plan
        section = plan.recipe["sensor"]
        self.stage, self.recipe = stage, plan.recipe
        self.sight = Sight(staged.shots[frame].lens, plans.lens(section, plan.seed, plan.scene))
        view, eye = divmod(frame, frames_per_view(plan.recipe))
        self.exposure = plans.exposure(section, plan.seed, plan.scene, view, eye)
        self.depth = plans.depth(section, plan.seed, plan.scene, frame)
        self.behind = plan.backdrop.of(frame) if plan.backdrop else None

    def aim_truth(self) -> Camera:
        """Set the camera up for the ground truth; the camera that the labels are about."""
        stage, sight = self.stage, self.sight
        render = stage.truth.render
        if sight.is_distorted:
            stage_camera.set_lens(stage.camera.data, render, sight.truth_intrinsics)
        K = sight.matrix(stage_camera.read_lens(stage.camera.data, render))
        size = sight.intrinsics.width, sight.intrinsics.height
        return Camera(*size, K, stage_camera.read_pose(stage.camera), sight.distortion)

    def take_picture(
        self, seed: int, path: Path, camera: Camera, instances: Sequence[Instance], percentage: int = 100
    ) -> None:
        """Render the colour image to ``path``; ``seed`` is the noise pattern's of the renderer.

        ``percentage`` of its width and height are rendered; all of them where the picture is developed, since lens
        and noise are those of whole pixels.
        """
        stage, sight, plan, output = self.stage, self.sight, self.exposure, self.recipe["output"]
        is_jpeg = output["image_format"] == "jpeg"
        if is_jpeg:
            output = output | {"jpeg_quality": plan.jpeg_quality or output["jpeg_quality"]}
            stage.picture.render.image_settings.quality = output["jpeg_quality"]
        if sight.lens.bends:
            stage_camera.set_lens(stage.camera.data, stage.picture.render, sight.picture_intrinsics)
        with self._aperture(camera, instances):
            if develop.is_needed(sight, plan):
                picture.render_developed(
                    stage.picture, seed, path, lambda light: develop.develop(light, sight, plan), output, self.behind
                )
            else:
                with picture.smaller(stage.picture, percentage):
                    if self.behind:
                        picture.render_before(stage.picture, seed, path, self.behind, output)
                    else:
                        picture.render(stage.picture, seed, path)
        if plan.jpeg_quality and not is_jpeg:
            picture.compress(path, plan.jpeg_quality)

    def set_up(self, seed: int, camera: Camera, instances: Sequence[Instance]) -> list[str]:
        """Leave the picture's scene so that rendering it gives what `take_picture` renders.

        Returns what is done to a rendered picture afterwards (``develop``, ``photograph``, ``jpeg``): empty where it is
        the colour image.
        """
        stage, sight, plan = self.stage, self.sight, self.exposure
        if sight.lens.bends:
            stage_camera.set_lens(stage.camera.data, stage.picture.render, sight.picture_intrinsics)
        if plan.aperture is not None:
            open_aperture(*self._opening(camera, instances))
        stage.picture.cycles.seed = seed
        later = []
        if develop.is_needed(sight, plan):
            later.append("develop")
        if self.behind:
            later.append("photograph")
        if plan.jpeg_quality or self.recipe["output"]["image_format"] == "jpeg":
            later.append("jpeg")
        return later

    def _aperture(self, camera: Camera, instances: Sequence[Instance]) -> contextlib.AbstractContextManager:
        if self.exposure.aperture is None:
            return contextlib.nullcontext()
        return opened(*self._opening(camera, instances))

    def _opening(self, camera: Camera, instances: Sequence[Instance]) -> tuple[bpy.types.Camera, float, float, float]:
        """The camera, its focal length in millimetres, f-number, and the distance in metres at which it is sharp."""
        plan, image = self.exposure.aperture, self.sight.intrinsics
        focal_length = image.fx / image.width * self.recipe["camera"]["sensor_width"]
        return self.stage.camera.data, focal_length, plan.f_number, focus.distance(plan, camera, instances)

    def noisy_depth(self, exact: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """What a depth camera measures (H, W); ``normals`` (H, W, 3) in camera axes."""
        return depth.measure(exact, normals, self.sight.rays(), self.depth)
