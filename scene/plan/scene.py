"""The plan of one scene: everything that is drawn before Blender is asked anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import background, camera, lights, materials, objects
from .placement import place
from .streams import stream


@dataclass(frozen=True)
class ScenePlan:
    """What a scene holds.

    ``material`` is by instance, drawn for all; ``lenses`` one for each view; ``baseline`` metres between the eyes of a
    stereo rig, else 0; ``renderer_seeds`` (frames,).
    """

    seed: int
    scene: int
    recipe: dict[str, Any]
    objects: list[objects.ObjectPlan]
    material: dict[int, materials.MaterialPlan]
    lights: list[lights.PointLightPlan]
    ceiling: lights.CeilingPlan | None
    background: background.BackgroundPlan
    lenses: list[camera.Intrinsics]
    baseline: float
    renderer_seeds: np.ndarray

    @property
    def lens(self) -> camera.Intrinsics:
        """The first view's."""
        return self.lenses[0]


def plan_scene(
    recipe: dict[str, Any], shapes: Sequence[objects.Shape], hdris: Sequence[str], seed: int, scene: int
) -> ScenePlan:
    """Draw scene ``scene`` of a recipe: a pure function of its arguments."""

    def rng(concern: str) -> np.random.Generator:
        return stream(seed, scene, concern)

    chosen = objects.choose_all(recipe, shapes, seed, scene)
    streams = {"target": rng("target materials"), "distractor": rng("distractor materials")}
    return ScenePlan(
        seed=seed,
        scene=scene,
        recipe=recipe,
        objects=chosen,
        # Drawn for every object, used where the recipe or the model asks for it: a switch shifts no draw.
        material={item.instance: materials.material(streams[item.kind], recipe["materials"]) for item in chosen},
        lights=lights.point_lights(rng("lights"), recipe["lights"]),
        ceiling=lights.ceiling(rng("ceiling"), recipe["lights"]),
        background=background.background(recipe["background"], hdris, rng("surfaces"), rng("sky")),
        lenses=camera.lenses(recipe, rng("intrinsics"), recipe["output"]["frames_per_scene"]),
        baseline=camera.baseline(rng("stereo"), recipe["camera"]),
        renderer_seeds=rng("renderer").integers(0, 2**31 - 1, camera.frames_per_scene(recipe)),
    )


def plan_poses(
    plan: ScenePlan, shapes: dict[str, objects.Shape], attempt: int = 0
) -> tuple[dict[int, np.ndarray], list[int]]:
    """Collision-free poses by instance, and the instances left out; ``attempt`` numbers the re-draws."""
    rng = stream(plan.seed, plan.scene, "placement", attempt)
    return place(rng, plan.recipe["placement"], plan.objects, shapes)
