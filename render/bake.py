"""One frame: ground truth and picture from Blender, decoded and labelled beside the next render."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .. import scratch
from ..dataset.records import Camera, FrameLabels
from ..scene.plan.objects import ObjectPlan
from ..scene.stage.camera import CLIP_START, read_pose
from ..scene.stage.datablocks import Made
from ..scene.stage.motion import blurred, set_in_motion
from ..scene.stage.objects import PREFIX
from ..scene.stage.sight import Sight
from ..scene.stage.stage import Stage
from ..scene.stage.staged import Moment, Staged
from . import decode, picture, truth
from .annotate import Instance, Model, annotate
from .reshape import reshape
from .sensing import Sensor
from .sensor.bare import Bare
from .sequence import BakedFrame, Sequence


@dataclass(frozen=True)
class _View:
    """A frame whose ground truth was rendered to ``path``, and is being decoded."""

    frame: int
    instances: list[Instance]
    sensor: Sensor
    camera: Camera
    path: Path
    decoded: Future[decode.Truth]


class Baker:
    """Bakes the views of the scenes on a stage. Use as a context manager: its files and materials go at the end."""

    def __init__(self, stage: Stage, models: dict[str, Model], recipe: dict[str, Any], device: str):
        self.stage, self.models, self.recipe = stage, models, recipe
        self._made = Made()
        self._folder = scratch.new()
        self._suffix, self.warnings = picture.configure(stage.picture, recipe, device)
        truth.configure(stage.truth, recipe["passes"]["normals"] or recipe["passes"]["noisy_depth"], self._made)
        # One thread: labels of one frame are made while Cycles renders the next.
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="truthbake")

    def __enter__(self) -> Baker:
        return self

    def __exit__(self, *error) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._folder.cleanup()
        self._made.remove()

    def begin(self, staged: Staged) -> None:
        """Prepare for a newly staged scene."""
        self.names = staged.names
        self._sight = Sight()
        self._sequence = Sequence() if self.recipe["passes"]["flow"] else None

    def end(self, keep: Callable[[BakedFrame], None]) -> Future[None]:
        """Give ``keep``, from another thread, what was held back for a next frame."""
        held = self._sequence.end if self._sequence else list
        return self._pool.submit(lambda: [keep(frame) for frame in held()])

    def bake(
        self, staged: Staged, frame: int, keep: Callable[[BakedFrame], None], percentage: int = 100
    ) -> Future[None]:
        """Render one frame; ``keep`` gets it, labelled, from another thread; the future tells when, and what failed.

        With flow ``keep`` gets the frame before; after the last frame ``end`` gives the rest. ``percentage`` takes a
        smaller picture to look at, where the sensor allows; labels and the other images have their full size.
        """
        stage = self.stage
        view = self._render_truth(staged, frame)
        rgb = self._path(f"{frame:06d}{self._suffix}")
        with blurred(stage, staged, frame):
            seed = int(staged.plan.renderer_seeds[frame])
            view.sensor.take_picture(seed, rgb, view.camera, view.instances, percentage)
        result, bare = self._measured(view)
        shapes = staged.moment(frame).meshes

        def finish() -> None:
            baked = self._label(staged, view, result, rgb)
            ready = self._sequence.add(baked, result.depth, shapes, bare) if self._sequence else [baked]
            for one in ready:
                keep(one)

        return self._pool.submit(finish)

    def label(self, staged: Staged, frame: int) -> tuple[FrameLabels, list[Instance]]:
        """The labels that ``bake`` gives a frame, and what they are about; no picture is taken."""
        view = self._render_truth(staged, frame)
        result, _ = self._measured(view)
        return self._label(staged, view, result, Path()).labels, view.instances

    def _render_truth(self, staged: Staged, frame: int) -> _View:
        """Show a frame and render its ground truth, which is decoded beside what comes next."""
        self.stage.show(staged, frame)
        instances = self._instances(staged, frame)
        sensor = Sensor(self.stage, staged, frame)
        path = self._path(f"{frame:06d}.exr")
        camera = sensor.aim_truth()
        truth.render(self.stage.truth, path)
        return _View(frame, instances, sensor, camera, path, self._pool.submit(decode.read, path, PREFIX))

    def _measured(self, view: _View) -> tuple[decode.Truth, Bare | None]:
        """A frame's ground truth as its lens shows it, and as it was before where the lens distorts it."""
        result = view.decoded.result()
        view.path.unlink()
        if result.is_full:
            view.sensor.aim_truth()
            result = replace(result, crossed=self._crossed_in_groups(result))
        return view.sensor.sight.through(result), view.sensor.sight.bare(view.camera, result)

    def set_up(self, staged: Staged, frame: int) -> list[str]:
        """Leave the picture's scene so that rendering it gives a frame's colour image.

        Returns what is done to the image after it is rendered; see `Sensor.set_up`.
        """
        self.stage.show(staged, frame)
        instances = self._instances(staged, frame)
        sensor = Sensor(self.stage, staged, frame)
        camera = sensor.aim_truth()
        set_in_motion(self.stage, staged, frame)
        return sensor.set_up(int(staged.plan.renderer_seeds[frame]), camera, instances)

    def _path(self, name: str) -> Path:
        return Path(self._folder.name) / name

    def _label(self, staged: Staged, view: _View, result: decode.Truth, rgb: Path) -> BakedFrame:
        camera, crossed = view.camera, result.crossed
        amodal = {instance: crossed[name] for instance, name in self.names.items() if name in crossed}
        eye = staged.shots[view.frame].eye
        labels = annotate(view.frame, camera, CLIP_START, view.instances, result.index, amodal)
        labels = replace(labels, eye=eye, baseline=staged.plan.baseline if eye else 0.0)
        images = {"instances": result.index}
        if self.recipe["passes"]["depth"]:
            images["depth"] = result.depth
        if result.normals is not None:
            normals = result.normals @ camera.camera_to_world[:3, :3].astype(np.float32)
            if self.recipe["passes"]["normals"]:
                images["normals"] = normals
            if self.recipe["passes"]["noisy_depth"]:
                images["noisy_depth"] = view.sensor.noisy_depth(result.depth, normals)
        return BakedFrame(labels, rgb, images)

    def _instances(self, staged: Staged, frame: int) -> list[Instance]:
        """What stands in a frame, as labelling wants it."""
        moment = staged.moment(frame)
        instances = [
            Instance(item.instance, self._model(item, moment), moment.poses[item.instance], item.scale)
            for item in staged.plan.everything
            if item.instance in moment.poses
        ]
        if any(item.model.keypoints for item in instances):
            instances = [self._looked_at(item) if item.model.keypoints else item for item in instances]
        return instances

    def _looked_at(self, item: Instance) -> Instance:
        """The instance, knowing which of its keypoints the camera sees."""
        model = item.model
        size = float(np.linalg.norm((model.maximum - model.minimum) * item.scale))
        objects = self.stage.picture.collection.all_objects
        seen = self._sight.in_sight(
            [other for other in objects if other.type == "MESH" and not other.hide_render],
            read_pose(self.stage.camera)[:3, 3],
            item.keypoints(),
            objects[self.names[item.instance]],
            size,
            model.keypoint_depth * max(item.scale),
        )
        return replace(item, in_sight=seen)

    def _model(self, item: ObjectPlan, moment: Moment) -> Model:
        """The model of an instance in the shape that it has at a moment."""
        model = self.models[item.model]
        if item.instance not in moment.meshes:
            return model
        return reshape(model, moment.meshes[item.instance], moment.points.get(item.instance, {}))

    def _crossed_in_groups(self, result: decode.Truth) -> dict[str, np.ndarray]:
        """Amodal pixels where some ray crosses more objects than Cryptomatte can rank: ever smaller groups."""
        # Those that no rank lists take part too: they may lie wholly behind eight others.
        names = list(self.names.values())
        crossed: dict[str, np.ndarray] = {}
        waiting = [names[0::2], names[1::2]]
        while waiting:
            group = waiting.pop()
            if not group:
                continue
            path = self._path("group.exr")
            truth.render_group(self.stage.truth, set(group), set(names), path)
            found = decode.read(path, PREFIX)
            if found.is_full and len(group) > 1:
                waiting += [group[0::2], group[1::2]]
            else:
                crossed |= found.crossed
        return crossed
