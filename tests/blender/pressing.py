"""What the tests of the buttons share: a recipe of seconds, the error that a button reports, what a data set says."""

import subprocess
import sys
from pathlib import Path

import bpy
import pytest
from PIL import Image

from tests.blender import baking
from tests.house import ROOT, module

TINY = {
    "objects": {"count": 2},
    "distractors": {"count": 1},
    "lights": {"count": 1},
    "background": {"mode": "hdri"},
    "placement": {"mode": "float", "volume_min": [-0.1, -0.1, 0.0], "volume_max": [0.1, 0.1, 0.2]},
    "camera": {"distance": [0.5, 0.6], "obstacle_distance": 0.05},
    "render": {"samples": 1, "resolution": [64, 48], "denoise": "off", "device": "cpu"},
    "passes": {"normals": True},
    "output": {"scenes": 2, "frames_per_scene": 2, "seed": 5, "formats": ["bop", "coco"]},
}


def complaint(operator, **properties) -> str:
    """The error that an operator reports: one clear line."""
    with pytest.raises(RuntimeError) as caught:
        operator(**properties)
    text = str(caught.value).strip()
    assert "Traceback" not in text and "\n" not in text, text
    return text.removeprefix("Error: ")


def labels(folder: Path) -> dict[str, bytes]:
    """Every label file of a data set's whole scenes by its name; the colour images as pixels."""
    found = {path.relative_to(folder).as_posix(): path for path in (folder / "scenes").glob("[0-9]*/**/*.*")}
    assert found
    # PNG files of Blender's say how long they took, and files.json has their checksums.
    return {
        name: Image.open(path).tobytes() if "/rgb/" in name else path.read_bytes()
        for name, path in found.items()
        if not name.endswith("/files.json")
    }


def datablocks() -> dict[str, int]:
    """How many datablocks of each kind there are, without the models that are kept for the next time; renderers."""
    module("scene.assets.catalogue").clear_cache()
    groups = {prop.identifier: getattr(bpy.data, prop.identifier) for prop in bpy.data.bl_rna.properties}
    counts = {name: len(group) for name, group in groups.items() if isinstance(group, bpy.types.bpy_prop_collection)}
    return counts | {"engines": baking.engines()}


def command(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, str(ROOT / "run_addon.py"), *map(str, arguments)], capture_output=True, text=True, check=False
    )
