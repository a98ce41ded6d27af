"""The recipe gallery of the documentation: every built-in recipe baked small, with a strip of its pictures and labels.

    make gallery                    or: python tools/make_gallery.py [RECIPE ...]

Writes docs/images/recipes/RECIPE.jpg and docs/gallery.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.house import ROOT, leave, module

COLUMNS, TILE, GAP = 4, 240, 4
PICTURES = ROOT / "docs" / "images" / "recipes"
PAGE = ROOT / "docs" / "gallery.md"
INTRODUCTION = """# Recipe gallery

The built-in recipes, each as it bakes: colour images above, visible masks with boxes and class names below. Every one
works without external assets. `run_addon.py recipes show NAME` prints the whole effective recipe; all keys are in
[recipes.md](recipes.md). This page is written by `make gallery`.
"""


def bake(name: str, folder: Path):
    """A few frames of a recipe, in its own resolution; returns the store."""
    recipes, job = module("presets.recipes"), module("operators.jobs.bake")
    recipe = recipes.compose([name])
    frames = recipe["output"]["frames_per_scene"]
    scenes = 1 if recipe["passes"]["flow"] else COLUMNS // min(frames, 2)
    changes = {
        "output": {"scenes": scenes, "frames_per_scene": min(frames, max(1, COLUMNS // scenes))},
        "render": {"samples": min(recipe["render"]["samples"], 24), "denoise": "accurate", "device": "cpu"},
    }
    recipe = recipes.compose([name], overrides=changes)
    for event in job.bake(recipe, folder, range(scenes)):
        if event["event"] in ("warning", "error"):
            print(f"{name}: {event['message']}", file=sys.stderr)
    return module("dataset.store").Store.open(folder)


def strip(store) -> Image.Image:
    """Up to four frames side by side, their labels below."""
    overlay = module("dataset.overlay")
    frames = module("dataset.contact_sheet").choose_frames(store, COLUMNS)
    rows = [[draw(frame, TILE) for frame in frames] for draw in (overlay.rgb_picture, overlay.mask_picture)]
    height = max(picture.height for picture in rows[0])
    sheet = Image.new("RGB", (len(frames) * (TILE + GAP) - GAP, 2 * height + GAP))
    for row, pictures in enumerate(rows):
        for column, picture in enumerate(pictures):
            sheet.paste(picture, (column * (TILE + GAP), row * (height + GAP)))
    return sheet


def write_page() -> None:
    """The page with every recipe that has a picture."""
    parts = [INTRODUCTION]
    for entry in module("presets.recipes").builtin():
        if (PICTURES / f"{entry.name}.jpg").exists():
            parts.append(
                f"## {entry.name}\n\n{entry.description}.\n\n![{entry.name}](images/recipes/{entry.name}.jpg)\n"
            )
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def main() -> None:
    known = [entry.name for entry in module("presets.recipes").builtin()]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipes", nargs="*", default=known, metavar="RECIPE")
    chosen = parser.parse_args().recipes
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            picture = strip(bake(name, Path(folder) / name))
            picture.save(PICTURES / f"{name}.jpg", quality=85)
            print(f"{name}: {os.path.getsize(PICTURES / f'{name}.jpg') // 1024} kB", file=sys.stderr)
    write_page()


if __name__ == "__main__":
    main()
    leave(0)
