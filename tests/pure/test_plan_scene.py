"""The plan of a scene: pure, numbered, and each concern on a stream of its own."""

from copy import deepcopy
from dataclasses import asdict, dataclass

import numpy as np
import pytest

from truthbake.scene.plan.scene import plan_poses, plan_scene

RECIPE = {
    "objects": {"count": [3, 6], "use_replacement": True},
    "distractors": {"count": [1, 4]},
    "materials": {
        "targets": "random", "distractors": "random", "roughness": [0.1, 0.7], "metallic": [0.0, 0.5],
        "specular": [0.2, 0.8], "transmission": [0.0, 0.0], "value": [0.1, 0.9], "saturation": [0.0, 0.8],
        "pictures": "", "texture_sets": "", "repeats": [1.0, 2.0], "rules": [],
    },
    "lights": {
        "use_ceiling": True, "ceiling_strength": [3.0, 6.0], "ceiling_color": [0.5, 1.0], "ceiling_height": 10.0,
        "ceiling_size": 6.0, "count": [1, 3], "energy": [50.0, 150.0], "color": [0.5, 1.0], "distance": [1.0, 1.5],
        "elevation": [5.0, 89.0], "radius": [0.05, 0.25], "lamps": [],
    },
    "background": {
        "mode": "plane", "room_size": [4.0, 4.0, 2.0], "surfaces": ["plain", "noise", "brick"],
        "hdri_strength": [0.6, 1.4], "hdri_rotation": [0.0, 360.0], "pictures": "", "texture_sets": "",
        "use_unused_pictures": False, "texture_size": [0.5, 2.0], "use_sky_light": True, "color": [0.0, 1.0],
        "screen_size": 20.0, "screen_distance": 3.0, "photograph_rotation": [-45.0, 45.0],
        "photograph_crop": [0.5, 1.0], "use_photograph_flip": True, "photograph_each": "frame",
    },
    "placement": {"mode": "float", "volume_min": [-0.5, -0.5, 0.0], "volume_max": [0.5, 0.5, 1.0], "max_tries": 100,
        "orientation": "auto", "volume_min_inset": [0, 0, 0], "volume_max_inset": [0, 0, 0], "occlusion": [0, 0],
    },
    "camera": {
        "intrinsics": "fov", "fov": 50.0, "focal_length": 50.0, "sensor_width": 36.0, "fx": 600.0, "fy": 600.0,
        "cx": 31.5, "cy": 23.5, "shift_x": 0.0, "shift_y": 0.0, "lens_for": "view", "use_stereo": False,
        "baseline": [0.05, 0.1],
    },
    "render": {"resolution": [64, 48]},
    "output": {"frames_per_scene": 4},
}  # fmt: skip


@dataclass
class Shape:
    key: str
    kind: str
    minimum: np.ndarray
    maximum: np.ndarray


SHAPES = [Shape(f"{kind}{n}", kind, np.full(3, -0.01 * n), np.full(3, 0.01 * n))
          for kind in ("target", "distractor") for n in (1, 2, 3)]  # fmt: skip
SKIES = ["a.exr", "b.exr", "c.exr"]


def planned(changes=(), seed=5, scene=0):
    recipe = deepcopy(RECIPE)
    for key, value in dict(changes).items():
        section, name = key.split(".")
        recipe[section][name] = value
    plan = plan_scene(recipe, SHAPES, SKIES, seed, scene)
    found = asdict(plan) | {"poses": plan_poses(plan, {shape.key: shape for shape in SHAPES})[0]}
    found["targets"] = [item for item in found["objects"] if item["kind"] == "target"]
    found["distractors"] = [item["model"] for item in found["objects"] if item["kind"] == "distractor"]
    for kind in ("target", "distractor"):
        numbers = [item["instance"] for item in found["objects"] if item["kind"] == kind]
        found[f"{kind} materials"] = [found["material"][number] for number in numbers]
    return found


def same(one, other) -> bool:
    return repr(one) == repr(other)


def test_pure():
    np.random.seed(0)
    first = planned()
    np.random.seed(1)
    assert same(first, planned())


@pytest.mark.parametrize("changed", [{"seed": 6}, {"scene": 1}])
def test_seed_and_scene_change_everything_drawn(changed):
    first, second = planned(), planned(**changed)
    for name in ("target materials", "ceiling", "background", "renderer_seeds", "poses"):
        assert not same(first[name], second[name]), name


PARTS = ["targets", "distractors", "target materials", "distractor materials", "lights", "ceiling", "background",
         "lenses", "baseline", "renderer_seeds", "poses"]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "concerned"),
    [
        ({"lights.count": [5, 5]}, ["lights"]),
        ({"lights.energy": [1, 2]}, ["lights"]),
        ({"lights.ceiling_strength": [10, 20]}, ["ceiling"]),
        ({"lights.use_ceiling": False}, ["ceiling"]),
        ({"distractors.count": [9, 9]}, ["distractors", "distractor materials", "poses"]),
        ({"background.surfaces": ["plain"]}, ["background"]),
        ({"background.mode": "room"}, ["background"]),
        ({"background.hdri_strength": [9, 9]}, ["background"]),
        ({"materials.roughness": [0.9, 1.0]}, ["target materials", "distractor materials"]),
        ({"camera.fov": [20.0, 60.0]}, ["lenses"]),
        ({"camera.use_stereo": True}, ["baseline", "renderer_seeds"]),
        ({"placement.volume_max": [1, 1, 2]}, ["poses"]),
        ({"output.frames_per_scene": 9}, ["lenses", "renderer_seeds"]),
    ],
)
def test_one_change_shifts_nothing_else(changes, concerned):
    first, second = planned(), planned(changes)
    assert [name for name in PARTS if not same(first[name], second[name])] == concerned


def test_more_distractors_move_no_target():
    """Targets are placed first: those drawn later only take what room is left."""
    first, second = planned(), planned({"distractors.count": [9, 9]})
    for item in first["targets"]:
        np.testing.assert_array_equal(first["poses"][item["instance"]], second["poses"][item["instance"]])
    short, long = first["distractors"], second["distractors"]
    assert short == long[: len(short)] and len(long) == 9


def test_more_frames_keep_the_first_seeds():
    first, second = planned(), planned({"output.frames_per_scene": 9})
    np.testing.assert_array_equal(first["renderer_seeds"], second["renderer_seeds"][:4])


def test_lenses_vary_by_view_or_by_scene():
    def focal(**changes):
        found = planned({"camera.fov": [30.0, 90.0], "output.frames_per_scene": 6} | changes)["lenses"]
        return [lens["fx"] for lens in found]

    each, once = focal(), focal(**{"camera.lens_for": "scene"})
    assert len(set(each)) == 6 and len(set(once)) == 1 and once[0] == each[0]
    assert focal(**{"output.frames_per_scene": 9})[:6] == each
    # The other ways to give the lens take the same numbers from the stream, so that they shift nothing.
    assert focal(**{"camera.fx": [500.0, 700.0], "camera.shift_x": [-1.0, 1.0]}) == each


def test_numbers_run_from_one_targets_first():
    for scene in range(20):
        items = planned(scene=scene)["objects"]
        assert [item["instance"] for item in items] == list(range(1, len(items) + 1))
        kinds = [item["kind"] for item in items]
        assert kinds == sorted(kinds, reverse=True)
        assert 3 <= kinds.count("target") <= 6 and 1 <= kinds.count("distractor") <= 4
        assert all(item["model"].startswith(item["kind"]) for item in items)


def test_without_replacement_each_at_most_once():
    for scene in range(20):
        found = planned({"objects.use_replacement": False, "objects.count": [2, 9]}, scene=scene)["targets"]
        models = [item["model"] for item in found]
        assert len(set(models)) == len(models) and 2 <= len(models) <= 3


def test_counts_over_many_scenes_are_even():
    counts = [len(planned({"placement.max_tries": 1}, scene=scene)["targets"]) for scene in range(400)]
    numbers, found = np.unique(counts, return_counts=True)
    assert numbers.tolist() == [3, 4, 5, 6] and (np.abs(found - 100) < 40).all()


def test_redraws_of_the_placement_differ():
    plan = plan_scene(RECIPE, SHAPES, SKIES, 5, 0)
    shapes = {shape.key: shape for shape in SHAPES}
    assert not same(plan_poses(plan, shapes, 0)[0], plan_poses(plan, shapes, 1)[0])


def test_backgrounds():
    assert planned({"background.mode": "hdri"})["background"]["surface"] is None
    assert planned({"background.mode": "room"})["background"]["sky"] is None
    room = planned({"background.mode": "room"})["background"]
    assert room["room_size"] == (4.0, 4.0, 2.0) and room["surface"]["pattern"] in RECIPE["background"]["surfaces"]
    plane = planned()["background"]
    assert plane["sky"]["hdri"] in SKIES and plane["room_size"] is None and plane["surface"]
