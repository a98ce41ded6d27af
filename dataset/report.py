"""A data set on one HTML page: pictures with labels and statistics, self-contained, readable without a network."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image

from .contact_sheet import choose_frames, compose, describe, encode
from .progress import Progress, silent
from .records import LABELLED, FrameLabels
from .store import Store, StoreError, write_atomically
from .verify.reading import READ_ERRORS, one_line

FILE = "report.html"
SHEET_TILE = 320
SHEET_FRAMES = 12

STYLE = """
:root { color-scheme: light dark; --ink: #1d2025; --faint: #6b7280; --line: #dfe2e7; --bar: #3b6fd4; --page: #fbfbfc; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --faint: #9aa1ad; --line: #33373f; --bar: #6c9bf0; --page: #14161a; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 2.5rem auto;
  max-width: 82rem; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2.2rem 0 .6rem; }
p { margin: .2rem 0; color: var(--faint); } img { width: 100%; border-radius: 8px; display: block; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 0 2.5rem; }
table { border-collapse: collapse; width: 100%; } td, th { padding: .25rem .6rem .25rem 0; text-align: right; }
th { font-weight: 600; border-bottom: 1px solid var(--line); } td:first-child, th:first-child { text-align: left; }
td { border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--faint); }
svg rect { fill: var(--bar); } svg line { stroke: var(--line); }
"""


@dataclass
class Statistics:
    """Numbers over all labelled targets of a store. Distances in metres, box sizes in pixels."""

    images: int = 0
    empty_images: int = 0
    instances: Counter[str] = field(default_factory=Counter)
    visible: Counter[str] = field(default_factory=Counter)
    fractions: list[float] = field(default_factory=list)
    distances: list[float] = field(default_factory=list)
    box_sizes: list[float] = field(default_factory=list)

    def add(self, labels: FrameLabels) -> None:
        """Count one more frame."""
        targets = [label for label in labels.objects if label.kind in LABELLED]
        self.images += 1
        self.empty_images += not any(label.pixels_visible for label in targets)
        for label in targets:
            self.instances[label.class_name] += 1
            self.fractions.append(label.visible_fraction)
            if label.box_visible is not None:
                self.visible[label.class_name] += 1
                self.distances.append(float(np.linalg.norm(label.object_to_camera[:3, 3])))
                self.box_sizes.append(float(np.sqrt(label.box_visible[2] * label.box_visible[3])))


def gather(store: Store, progress: Progress = silent) -> Statistics:
    """Count what a store holds, from its labels alone."""
    found = Statistics()
    scenes = store.scenes()
    for done, scene in enumerate(scenes):
        progress(done, len(scenes))
        for frame in store.frames(scene):
            try:
                found.add(frame.labels)
            except READ_ERRORS as error:
                raise StoreError(f"{frame.folder}: frame {frame.frame} is not readable ({one_line(error)})") from None
    return found


def report(store: Store, path: Path | str | None = None, progress: Progress = silent) -> Path:
    """Write the page to ``path`` (default: report.html in the data set). StoreError when there is nothing to show."""
    path = Path(path) if path else store.root / FILE
    sheet = compose(store, choose_frames(store, SHEET_FRAMES), SHEET_TILE)
    write_atomically(path, _page(store, gather(store, progress), sheet).encode())
    return path


def _page(store: Store, numbers: Statistics, sheet: Image.Image) -> str:
    title = escape(store.root.resolve().name)
    total, shown = sum(numbers.instances.values()), sum(numbers.visible.values())
    charts = [
        ("Visible fraction", "of every target, 0 is hidden or outside of the image", numbers.fractions, (0.0, 1.0), ""),
        ("Distance", "from the camera to the model's origin, visible targets", numbers.distances, None, "m"),
        ("Box size", "square root of the visible box's area", numbers.box_sizes, None, "px"),
    ]
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{STYLE}</style></head><body>
<h1>{title}</h1>
<p>{escape(describe(store))}  ·  seed {escape(str(store.header.get("seed")))}  ·  {escape(_versions(store))}</p>
<h2>Pictures</h2>
<img alt="Contact sheet with labels" src="{_embedded(sheet)}">
<div class="grid">
<section><h2>Instances</h2><p>{total} targets placed, {shown} of them visible,
{numbers.empty_images} of {numbers.images} images without any</p>{_table(numbers)}</section>
{"".join(_section(*chart) for chart in charts)}
</div></body></html>
"""


def _versions(store: Store) -> str:
    versions = store.header.get("versions") or {}
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _embedded(image: Image.Image) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(encode(image, "JPEG")).decode("ascii")


def _table(numbers: Statistics) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{count}</td><td>{numbers.visible[name]}</td>"
        f"<td>{numbers.visible[name] / max(numbers.images, 1):.2f}</td></tr>"
        for name, count in sorted(numbers.instances.items())
    )
    return f"<table><tr><th>class</th><th>placed</th><th>visible</th><th>per image</th></tr>{rows}</table>"


def _section(title: str, text: str, values: list[float], limits: tuple[float, float] | None, unit: str) -> str:
    return f"<section><h2>{title}</h2><p>{escape(text)}</p>{histogram(values, limits, unit)}</section>"


def histogram(values: list[float], limits: tuple[float, float] | None = None, unit: str = "", bins: int = 20) -> str:
    """A histogram as inline SVG; bars carry their numbers as tooltips."""
    if not values:
        return "<p>nothing to show</p>"
    counts, edges = np.histogram(values, bins=bins, range=limits)
    width, height, base = 460, 150, 126
    step = (width - 40) / bins
    bars = []
    for place, count in enumerate(counts):
        tall = (base - 16) * count / counts.max()
        label = f"{edges[place]:.3g} to {edges[place + 1]:.3g} {unit}: {count}"
        bars.append(
            f'<rect x="{34 + place * step:.1f}" y="{base - tall:.1f}" rx="1" '
            f'width="{step - 2:.1f}" height="{tall:.1f}">'
            f"<title>{escape(label)}</title></rect>"
        )
    ticks = "".join(
        f'<text x="{34 + place * step:.1f}" y="{base + 16}" text-anchor="middle">{edges[place]:.3g}</text>'
        for place in range(0, bins + 1, 5)
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img">'
        f'<line x1="34" y1="{base}" x2="{width - 6}" y2="{base}"/>{"".join(bars)}{ticks}'
        f'<text x="30" y="20" text-anchor="end">{counts.max()}</text>'
        f'<text x="{width}" y="{height - 2}" text-anchor="end">{escape(unit)}</text></svg>'
    )
