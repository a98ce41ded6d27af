"""Every built-in recipe bakes, small, and passes `verify`; each shows what it is there for."""

import numpy as np
import pytest

from tests.house import module

recipes = module("presets.recipes")
NAMES = [entry.name for entry in recipes.builtin()]
SMALL = ["render.resolution=[64,48]", "render.samples=1", "render.denoise=off", "render.device=cpu"]


def bake(name, folder, *assignments, scenes=1, frames=2):
    """The frames of a recipe at a size that takes seconds."""
    more = [f"output.frames_per_scene={frames}", "output.seed=3", *assignments]
    recipe = recipes.compose([name], [*SMALL, *more])
    if recipe["camera"]["intrinsics"] == "matrix":  # that of the recipe's own resolution
        recipe = recipes.compose([name], [*SMALL, *more, "camera.intrinsics=fov", "camera.fov=37"])
    events = list(module("operators.jobs.bake").bake(recipe, folder, range(scenes)))
    assert [event for event in events if event["event"] == "error"] == []
    store = module("dataset.store").Store.open(folder)
    assert list(module("dataset.verify").verify(store)) == []
    return [frame for scene in store.scenes() for frame in store.frames(scene)]


@pytest.mark.parametrize("name", NAMES)
def test_bakes_and_verifies(name, tmp_path):
    fewer = ["objects.count=4", "distractors.count=6"] if name == "dope_flight" else []
    frames = bake(name, tmp_path / name, *fewer)
    assert len(frames) == (4 if name == "stereo" else 2)
    labelled = [label for frame in frames for label in frame.labels.objects if label.kind != "distractor"]
    assert any(label.pixels_visible > 0 for label in labelled)
    for frame in frames:
        assert module("dataset.images").read_png(frame.rgb_path).std() > 1.0, "a picture of nothing"


def test_human_viewpoint_looks_from_a_box_above(tmp_path):
    """The camera stands within 5 m to the sides of a person and 3 to 8 m above its feet, and looks at it (row C03)."""
    for frame in bake("human_viewpoint", tmp_path / "data", scenes=2, frames=3):
        (person,) = (label for label in frame.labels.objects if label.kind == "person")
        offset = frame.labels.camera.camera_to_world[:3, 3] - person.object_to_world[:3, 3]
        assert (np.abs(offset[:2]) <= 5.5).all() and 2.0 <= offset[2] <= 9.5
        assert person.pixels_inside > 0


def test_human_occlusion_puts_a_cube_and_a_ball_into_the_scene(tmp_path):
    """Row C04: occluders are distractors that lie in front of people for some frame."""
    frames = bake("human_occlusion", tmp_path / "data", scenes=3)
    kinds = [label.kind for label in frames[0].labels.objects]
    assert kinds.count("distractor") >= 2 and "person" in kinds
    shares = [label.visible_fraction for frame in frames for label in frame.labels.objects if label.kind == "person"]
    assert min(shares) < 1.0
