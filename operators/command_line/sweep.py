"""The command sweep: each variant of a recipe into a data set of its own."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from ...dataset.store import write_atomically
from ...presets import RecipeError, recipes
from ...presets.sweeps import Variant
from ..jobs.driver import stop
from ..jobs.mistakes import MISTAKES
from . import commands

# What a sweep says of itself, beside the folders of its variants.
PAPERS = "sweep.yaml"


def sweep(options: argparse.Namespace) -> int:
    """Bake the variants one after the other; what is whole is skipped. 1 if any failed."""
    chosen = _chosen(options)
    if options.list:
        for variant in chosen:
            print(f"{variant.name:24} {_summary(variant)}".rstrip())
        return 0
    if not options.output:
        raise RecipeError("sweep: give --output DIR, or --list to see the variants")
    # All of them are checked before the first one bakes.
    commands.open_blend(options)
    everything = recipes.sweep(options.recipe)
    whole = {variant.name: commands.effective_recipe(options, variant) for variant in everything}
    root = Path(options.output)
    write_atomically(root / PAPERS, recipes.dump(_papers(everything, whole)).encode())
    began = time.monotonic()
    failed: dict[str, str] = {}
    refused = 0
    for number, variant in enumerate(chosen, start=1):
        _say(options, {"event": "variant", "name": variant.name, "number": number, "variants": len(chosen)})
        try:
            outcome = commands.bake_recipe(whole[variant.name], root / variant.name, options)
        except (*MISTAKES, RuntimeError) as error:
            text = " ".join(str(error).split()).removeprefix("Error: ")
            if "Traceback" in text:
                raise
            failed[variant.name] = text
            refused += 1
            continue
        if stop.signal is not None:
            return 128 + stop.signal
        if outcome.get("failed"):
            failed[variant.name] = f"{len(outcome['failed'])} scenes failed: {outcome['failed']}"
    done = [variant.name for variant in chosen if variant.name not in failed]
    seconds = round(time.monotonic() - began, 3)
    _say(options, {"event": "sweep", "done": done, "failed": failed, "seconds": seconds})
    if refused == len(chosen):
        raise RecipeError(next(iter(failed.values())))
    return 1 if failed else 0


def _chosen(options: argparse.Namespace) -> list[Variant]:
    """The variants that the recipes have, or those of them that were asked for. RecipeError."""
    variants = recipes.sweep(options.recipe)
    if not variants:
        raise RecipeError("sweep: give --recipe NAME|FILE with a section sweep; syn_grid has one")
    if options.only is None:
        return variants
    known = {variant.name: variant for variant in variants}
    names = [name.strip() for name in options.only.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise RecipeError(f"--only {name}: no such variant; known are {', '.join(list(known)[:20])}")
    return [variant for variant in variants if variant.name in names]


def _summary(variant: Variant) -> str:
    if variant.levels:
        return ", ".join(f"{factor} {level}" for factor, level in variant.levels.items())
    return ", ".join(variant.differs())


def _papers(chosen: list[Variant], whole: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What each variant is, for those who read the data sets."""
    return {
        "seed": whole[chosen[0].name]["output"]["seed"],
        "variants": {
            variant.name: ({"levels": variant.levels} if variant.levels else {}) | {"recipe": variant.differs()}
            for variant in chosen
        },
    }


def _say(options: argparse.Namespace, event: dict[str, Any]) -> None:
    """A line between two bakes, for programs or for people."""
    if options.progress == "json":
        print(json.dumps(event), flush=True)
    elif options.progress == "bar":
        if event["event"] == "variant":
            print(f"variant {event['number']} of {event['variants']}: {event['name']}", file=sys.stderr)
            return
        for name, text in event["failed"].items():
            print(f"{name}: {text}", file=sys.stderr)
        failed = f", {len(event['failed'])} failed" if event["failed"] else ""
        print(f"{len(event['done'])} variants whole in {event['seconds']:.1f} s{failed}", file=sys.stderr)
