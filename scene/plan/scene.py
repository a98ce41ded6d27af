"""The plan of one scene: everything that is drawn before Blender is asked anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import background, camera, lamps, lights, looks, materials, objects, people
from .photograph import BackdropPlan
from .placement import place
from .streams import stream
from .supplies import Supplies


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
    lamps: list[lamps.LampPlan] = field(default_factory=list)
    backdrop: BackdropPlan | None = None
    people: people.PeoplePlan = field(default_factory=people.PeoplePlan)

    @property
    def everything(self) -> list[objects.ObjectPlan]:
        """Objects, people and what stands in their way: all that has an instance number, in its order."""
        return self.objects + self.people.items

    @property
    def lens(self) -> camera.Intrinsics:
        """The first view's."""
        return self.lenses[0]


def plan_scene(
    recipe: dict[str, Any],
    shapes: Sequence[objects.Shape],
    supplies: Supplies | Sequence[str],
    seed: int,
    scene: int,
) -> ScenePlan:
    """Draw scene ``scene`` of a recipe: a pure function of its arguments; ``supplies`` may be the HDRIs alone."""
    supplies = supplies if isinstance(supplies, Supplies) else Supplies(supplies)

    def rng(concern: str) -> np.random.Generator:
        return stream(seed, scene, concern)

    chosen = objects.choose_all(recipe, shapes, seed, scene)
    # Drawn for every object, used where the recipe or the model asks for it: a switch shifts no draw.
    by_key = {shape.key: shape for shape in shapes}
    material = looks.materials(
        recipe["materials"], chosen, by_key, supplies, scene, lambda *place: stream(seed, *place)
    )
    around = background.with_files(recipe["background"], recipe["materials"])
    return ScenePlan(
        seed=seed,
        scene=scene,
        recipe=recipe,
        objects=chosen,
        material=material,
        lights=lights.point_lights(rng("lights"), recipe["lights"]),
        ceiling=lights.ceiling(rng("ceiling"), recipe["lights"]),
        background=background.background(
            around,
            supplies,
            rng("surfaces"),
            rng("sky"),
            rng("surface textures"),
            {plan.picture or plan.maps for plan in material.values()},
        ),
        lenses=camera.lenses(recipe, rng("intrinsics"), recipe["output"]["frames_per_scene"]),
        baseline=camera.baseline(rng("stereo"), recipe["camera"]),
        renderer_seeds=rng("renderer").integers(0, 2**31 - 1, camera.frames_per_scene(recipe)),
        lamps=lamps.lamps(lambda number: stream(seed, scene, "other lamps", number), recipe["lights"]["lamps"]),
        backdrop=BackdropPlan(seed, scene, around, supplies.photographs, camera.frames_per_view(recipe))
        if around["mode"] == "photograph"
        else None,
        people=people.plan_people(recipe, shapes, seed, scene, len(chosen) + 1),
    )


def plan_poses(
    plan: ScenePlan, shapes: dict[str, objects.Shape], attempt: int = 0
) -> tuple[dict[int, np.ndarray], list[int]]:
    """Collision-free poses by instance, and the instances left out; ``attempt`` numbers the re-draws."""
    rng = stream(plan.seed, plan.scene, "placement", attempt)
    return place(rng, plan.recipe["placement"], plan.objects, shapes)
