"""Random valid recipes of a sane size: every setting that there is may differ from its default."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.house import module

# Settings that are left alone: they need files, or decide nothing but time.
LEFT_ALONE = {
    "camera.file",
    "people.class_id",  # may be a target's
    "output.folder",
    "output.scenes",
    "output.seed",
    "output.formats",
    "output.year",
    "output.image_format",
    "render.device",
    "render.engine",
    "farm.workers",
}
# Words that need files of the user's.
NEED_FILES = {
    "camera.intrinsics": {"file"},
    "objects.split": {"val", "test"},  # of more models than there are
    "background.mode": {"environment"},
}
# Ends where half to twice the default would take too long, or make no scene.
SANE = {
    "objects.count": (1, 6),
    "people.count": (0, 2),
    "people.ticks": (2, 60),
    "distractors.count": (0, 4),
    "render.samples": (1, 2),
    "render.resolution": (16, 48),
    "render.max_bounces": (0, 3),
    "output.frames_per_scene": (1, 2),
    "objects.change_every": (1, 3),
    "placement.max_tries": (100, 1000),
    "placement.mass": (0.5, 2.0),
    "placement.step_interval": (10, 100),
    "placement.occlusion_tries": (1, 5),
    "placement.max_scene_tries": (2, 5),
    "placement.min_time": (0.1, 0.5),
    "placement.max_time": (2.0, 4.0),
    "placement.substeps": (5, 15),
    "camera.max_tries": (20, 100),
    "sensor.k1": (-0.1, 0.1),
    "sensor.k2": (-0.02, 0.02),
    "sensor.k3": (-0.01, 0.01),
    "sensor.p1": (-0.003, 0.003),
    "sensor.p2": (-0.003, 0.003),
    "camera.fx": (20.0, 60.0),
    "camera.fy": (20.0, 60.0),
    "camera.cx": (5.0, 30.0),
    "camera.cy": (5.0, 30.0),
}
SHARE = 0.35  # of the settings that differ from their default


def random_recipe(rng: np.random.Generator) -> dict[str, Any]:
    """A whole recipe, valid by construction or by drawing again."""
    recipes, tree, fields = module("presets.recipes"), module("presets.tree"), module("presets.fields")
    while True:
        layer: dict[str, dict] = {"render": {"samples": 1, "resolution": [32, 24], "denoise": "off", "device": "cpu"}}
        layer["output"] = {"frames_per_scene": 1, "seed": int(rng.integers(1000))}
        layer["objects"] = {"count": [1, 6]}
        layer["placement"] = {"max_time": 3.0, "max_tries": 300}
        layer["camera"] = {"max_tries": 50, "fx": 30.0, "fy": 30.0, "cx": 15.5, "cy": 11.5}
        for section in fields.recipe().fields:
            for field in section.fields:
                if field.path in LEFT_ALONE or field.kind in ("list", "text", "file", "folder") or rng.random() > SHARE:
                    continue
                layer.setdefault(section.key, {})[field.key] = _value(rng, field)
        if rng.random() < 0.5:
            scaled = {
                "path": "builtin:parts",
                "scale": [0.5, 2.0],
                "warp": {"normal": [1.0, 0.1], "within": [0.5, 1.5]},
            }
            layer["objects"]["models"] = [scaled]
        if rng.random() < 0.7:
            layer["camera"]["poses"] = [_pose(rng) for _ in range(rng.integers(2, 4))]
        try:
            recipe = recipes.compose([], overrides=layer)
            module("render.sensor.sight").check(recipe)
            return recipe
        except (tree.RecipeError, module("dataset.distortion").DistortionError):  # settings that lean on each other
            continue


def _pose(rng: np.random.Generator) -> dict[str, Any]:
    """A pose of the camera, in one of the ways in which recipes give them."""
    return {
        "location": rng.uniform([-1, -1, 0.2], [1, 1, 1]).tolist(),
        "aim": ["point", "rotation", "look_at"][rng.integers(3)],
        "look_at": rng.uniform(-0.2, 0.2, 3).tolist(),
        "rotation": rng.uniform(-180, 180, 3).tolist(),
        "roll": float(rng.uniform(-180, 180)),
    }


def _value(rng: np.random.Generator, field) -> Any:
    match field.kind:
        case "bool":
            return bool(rng.integers(2))
        case "enum":
            words = [word for word in field.words if word not in NEED_FILES.get(field.path, ())]
            return words[rng.integers(len(words))]
        case "set":
            return [word for word in field.words if rng.random() < 0.7] or [field.words[0]]
    if field.varies:
        return _distribution(rng, field)
    if field.size:
        defaults = field.default
        return [_number(rng, field, default) for default in defaults]
    return _number(rng, field, field.default)


def _distribution(rng: np.random.Generator, field) -> Any:
    default = field.default if isinstance(field.default, list) else [field.default] * 2
    low, high = sorted(_number(rng, field, value) for value in default)
    match rng.integers(5):
        case 0:
            return low
        case 1:
            return {"choice": [low, high, low]}
        case 2:
            return {"normal": [low, abs(high - low) / 3]}
        case 3 if low > 0:
            return {"log_uniform": [low, high]}
    return [low, high]


def _number(rng: np.random.Generator, field, default: float) -> float:
    """Between half and twice the default, or near nothing where that is nothing."""
    low, high = SANE.get(field.path) or sorted((default * 0.5, default * 2.0))
    if low == high == 0:
        high = 0.2 if field.kind == "float" else 1
    low = low if field.low is None else max(low, field.low)
    high = high if field.high is None else min(high, field.high)
    if field.kind == "int":
        return int(rng.integers(math.floor(low), max(math.floor(low), math.ceil(high)) + 1))
    return float(rng.uniform(low, max(low, high)))
