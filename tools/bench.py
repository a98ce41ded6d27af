"""The time table: what everything beside the colour render costs, against a floor measured in the same run.

    make bench                      or: python tools/bench.py [--views 25] [--samples 1 50] [--scenes 1]

The floor is the same staged scene rendered by a bare ``bpy.ops.render.render`` loop: colour only, same samples, same
denoiser, with persistent data. Ratios within one run are what counts; absolute times are this machine's.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.house import module


class Clock:
    """Sums up the time spent in functions, by name; a function may run in any thread."""

    def __init__(self):
        self.seconds: dict[str, float] = defaultdict(float)

    def watch(self, owner, name: str, label: str) -> None:
        """Replace ``owner.name`` by a timed version."""
        function = getattr(owner, name)

        def timed(*arguments, **keywords):
            began = time.perf_counter()
            try:
                return function(*arguments, **keywords)
            finally:
                self.seconds[label] += time.perf_counter() - began

        setattr(owner, name, timed)


@contextlib.contextmanager
def quiet():
    """Blender's chatter goes nowhere."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(nowhere)
        os.close(kept)


class Bench:
    """One recipe, baked and rendered bare, scene by scene."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.clock = Clock()
        self.bake, self.export = module("operators.jobs.bake"), module("dataset.exporters")
        self.store, self.stage = module("dataset.store"), module("scene.stage.stage")
        self.plan, self.supplies = module("scene.plan.scene"), module("scene.stage.supplies")
        self.library, self.picture = module("operators.jobs.model_library"), module("render.picture")
        watch = self.clock.watch
        watch(self.stage.Stage, "build", "stage the scene")
        watch(module("scene.stage.placing"), "settle", "  of which physics")
        watch(self.stage, "find_shots", "  of which camera views")
        watch(module("render.truth"), "render", "ground truth render")
        watch(self.picture, "render", "colour render")
        watch(module("render.decode"), "read", "decode passes (beside the colour render)")
        watch(module("render.bake").Baker, "_label", "label (beside the next render)")
        watch(module("dataset.store").SceneWriter, "add_frame", "write the store (beside the next render)")
        watch(module("dataset.store").SceneWriter, "finish", "checksums")

    def run(self, recipe: dict, scenes: int) -> tuple[float, float, dict[str, float]]:
        """Seconds of the whole pipeline, of the floor, and of the parts."""
        self.clock.seconds.clear()
        folder = self.folder / "data"
        shutil.rmtree(folder, ignore_errors=True)
        with quiet():
            began = time.perf_counter()
            for event in self.bake.bake(recipe, folder, range(scenes)):
                if event["event"] == "error":
                    raise SystemExit(event["message"])
                if event["event"] == "start":
                    self.clock.seconds["import and prepare"] = time.perf_counter() - began
            exporting = time.perf_counter()
            self.export.export(self.store.Store.open(folder), ["bop", "coco"])
            self.clock.seconds["export BOP and COCO"] = time.perf_counter() - exporting
            pipeline = time.perf_counter() - began
            parts = dict(self.clock.seconds)
            floor = sum(self._floor(recipe, scene) for scene in range(scenes))
        return pipeline, floor, parts

    def _floor(self, recipe: dict, scene: int) -> float:
        assets, _ = self.library.load(recipe)
        supplies, _ = self.supplies.gather(recipe)
        stage = self.stage.Stage(assets)
        try:
            staged = stage.build(self.plan.plan_scene(recipe, assets, supplies, recipe["output"]["seed"], scene))
            suffix, _ = self.picture.configure(stage.picture, recipe, "CPU")
            stage.picture.render.use_persistent_data = True  # one scene alone gains from it
            began = time.perf_counter()
            for frame in range(len(staged.shots)):
                stage.show(staged, frame)
                self.picture.render(stage.picture, frame, self.folder / f"floor{suffix}")
            return time.perf_counter() - began
        finally:
            stage.close()

    def memory(self, scenes: tuple[int, int]) -> str:
        """Peak memory of this process after so many scenes; a line of text. Must run first: a peak never falls."""
        small = ["render.resolution=[64,48]", "render.samples=1", "output.frames_per_scene=1", "render.denoise=off"]
        recipe = module("presets.recipes").compose(["bop_room"], [*small, "objects.count=10"])
        peaks = []
        with quiet():
            for event in self.bake.bake(recipe, self.folder / "memory", range(scenes[1])):
                if event["event"] == "scene" and event["scene"] + 1 in scenes:
                    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        first, last = peaks
        return (
            f"peak memory: {first:.0f} MB after {scenes[0]} scenes, {last:.0f} MB after {scenes[1]}: {last / first:.3f}"
        )


def table(title: str, pipeline: float, floor: float, parts: dict[str, float], images: int, scenes: int) -> str:
    """The table as text."""
    beside = (pipeline - parts["colour render"]) / images
    lines = [title, "-" * len(title)]
    for label, seconds in parts.items():
        by_scene = any(word in label for word in ("scene", "of which", "checksums"))
        per, unit = (scenes, "scene") if by_scene else (images, "image")
        lines.append(f"  {label:42} {seconds:8.2f} s  {1000 * seconds / per:8.1f} ms per {unit}")
    lines += [
        f"  {'whole pipeline, exports included':42} {pipeline:8.2f} s  {1000 * pipeline / images:8.1f} ms per image",
        f"  {'floor: bare colour render':42} {floor:8.2f} s  {1000 * floor / images:8.1f} ms per image",
        f"  {'beside the colour render':42} {'':8}    {1000 * beside:8.1f} ms per image",
        f"  {'pipeline / floor':42} {pipeline / floor:8.3f}",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--views", type=int, default=25)
    options.add_argument("--samples", type=int, nargs="+", default=[1, 50])
    options.add_argument("--scenes", type=int, default=1)
    chosen = options.parse_args()
    recipes = module("presets.recipes")
    room = [
        "objects.count=10",
        "distractors.count=10",
        "render.resolution=[640,480]",
        "output.image_format=png",
        f"output.frames_per_scene={chosen.views}",
    ]
    single = [
        "objects.count=1",
        "distractors.count=0",
        "render.resolution=[128,128]",
        "render.samples=32",
        f"output.frames_per_scene={chosen.views}",
    ]
    with tempfile.TemporaryDirectory(prefix="truthbake-bench-") as folder:
        bench = Bench(Path(folder))
        images = chosen.views * chosen.scenes
        print(bench.memory((5, 40)) + "\n", flush=True)
        for samples in chosen.samples:
            recipe = recipes.compose(["bop_room"], [*room, f"render.samples={samples}"])
            numbers = bench.run(recipe, chosen.scenes)
            title = f"bop_room, 640x480, {samples} samples, {chosen.scenes} scenes of {chosen.views} views"
            print(table(title, *numbers, images, chosen.scenes), flush=True)
        recipe = recipes.compose(["quickstart"], single)
        numbers = bench.run(recipe, chosen.scenes)
        print(table(f"single object, 128x128, 32 samples, {chosen.views} views", *numbers, images, chosen.scenes))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # Blender's own way out prints leak reports
