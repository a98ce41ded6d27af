"""The same seed gives the same bytes: in a new process, alone or after other scenes, killed and resumed."""

import json
import random
import time

import pytest

from tests.blender import baking

MESHES = {"cube": baking.box(0.05, 0.06, 0.04), "ball": baking.sphere(0.03, 2)}

# Everything that draws or computes: physics, sky, lamps, distractors, several samples, the denoiser.
LAYER = {
    "objects": {"count": [4, 6], "use_replacement": True},
    "distractors": {"count": [2, 4], "use_primitives": True},
    "lights": {"count": [0, 2]},
    "background": {"mode": "plane"},
    "placement": {"mode": "drop", "volume_min": [-0.1, -0.1, 0], "volume_max": [0.1, 0.1, 0.2]},
    "camera": {"distance": [0.4, 0.6], "obstacle_distance": 0.1},
    "render": {"samples": 2, "denoise": "fast", "max_bounces": 2},
    "output": {"scenes": 3, "frames_per_scene": 2, "seed": 11},
}
SCENES = [0, 1, 2]
FILES_OF_A_SCENE = 2 + 2 * 5  # scene.json and files.json; labels, picture, instances, depth and normals of two frames


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    folder = tmp_path_factory.mktemp("same")
    recipe = baking.compose(folder, MESHES, LAYER)
    (folder / "recipe.json").write_text(json.dumps(recipe))
    return recipe, folder / "recipe.json"


@pytest.fixture(scope="module")
def reference(recipe, tmp_path_factory):
    """All scenes in this process, one after the other."""
    folder = tmp_path_factory.mktemp("reference") / "data"
    store = baking.bake(recipe[0], folder)
    assert store.scenes() == SCENES
    return folder, baking.tree_of(folder)


def part(tree: dict[str, str], scene: int) -> dict[str, str]:
    found = {name: digest for name, digest in tree.items() if name.startswith(f"scenes/{scene:06d}/")}
    assert len(found) == FILES_OF_A_SCENE
    return found


def test_scenes_differ(reference):
    """Else the tests below would prove nothing."""
    tree = reference[1]
    pictures = [digest for name, digest in tree.items() if "/rgb/" in name]
    assert len(pictures) == 6 and len(set(pictures)) == 6
    assert len({digest for name, digest in tree.items() if "/labels/" in name}) == 6


def test_a_fresh_process_gives_the_same_bytes(recipe, reference, tmp_path):
    process = baking.fresh_process(recipe[1], tmp_path / "data", SCENES)
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert baking.tree_of(tmp_path / "data") == reference[1]


def test_a_scene_does_not_depend_on_the_scenes_before(recipe, reference, tmp_path):
    process = baking.fresh_process(recipe[1], tmp_path / "data", [2])
    process.communicate(timeout=120)
    alone = baking.tree_of(tmp_path / "data")
    assert part(alone, 2) == part(reference[1], 2)
    # Nor on their order, nor on what this process did meanwhile.
    baking.bake(recipe[0], tmp_path / "data", [1, 0])
    assert baking.tree_of(tmp_path / "data") == reference[1]


@pytest.mark.parametrize("attempt", range(2))
def test_killed_and_resumed(recipe, reference, tmp_path, attempt):
    """kill -9 at a random moment after the start, as often as it takes to have hit the bake once and more."""
    folder = tmp_path / "data"
    process = baking.fresh_process(recipe[1], folder, SCENES)
    for line in process.stdout:
        if line.startswith("EVENT") and json.loads(line[5:])["event"] == "start":
            break
    time.sleep(random.uniform(0.0, 1.2))
    process.kill()
    process.communicate(timeout=60)
    partial = baking.tree_of(folder / "scenes") if (folder / "scenes").exists() else {}
    whole = {name.split("/")[0] for name in partial}
    assert len(partial) == len(whole) * FILES_OF_A_SCENE  # what is there is whole
    store = baking.bake(recipe[0], folder)
    assert store.events[0]["skipped"] == len(whole)
    assert baking.tree_of(folder) == reference[1]
    assert not (folder / ".working").exists()


def test_a_broken_scene_is_rendered_again(recipe, reference, tmp_path):
    folder = tmp_path / "data"
    baking.bake(recipe[0], folder, [0])
    picture = next((folder / "scenes" / "000000" / "rgb").iterdir())
    picture.write_bytes(picture.read_bytes()[:-7])
    store = baking.bake(recipe[0], folder, [0])
    assert (store.events[0]["scenes"], store.events[0]["skipped"]) == (1, 0)
    assert part(baking.tree_of(folder), 0) == part(reference[1], 0)


def test_nothing_to_do(recipe, reference):
    folder, tree = reference
    store = baking.bake(recipe[0], folder)
    assert (store.events[0]["scenes"], store.events[0]["skipped"]) == (0, 3)
    assert baking.tree_of(folder) == tree


def test_another_seed_gives_other_bytes(recipe, reference, tmp_path):
    other = recipe[0] | {"output": recipe[0]["output"] | {"seed": 12}}
    baking.bake(other, tmp_path / "data", [0])
    tree = baking.tree_of(tmp_path / "data")
    names = [name for name in part(reference[1], 0) if "/rgb/" in name or "/labels/" in name]
    assert len(names) == 4
    assert not any(tree[name] == reference[1][name] for name in names)


def test_more_views_change_no_earlier_one(recipe, reference, tmp_path):
    more = recipe[0] | {"output": recipe[0]["output"] | {"frames_per_scene": 3}}
    baking.bake(more, tmp_path / "data", [1])
    tree = baking.tree_of(tmp_path / "data")
    names = [name for name in part(reference[1], 1) if not name.endswith(("scene.json", "files.json"))]
    assert {name: tree[name] for name in names} == {name: reference[1][name] for name in names}
