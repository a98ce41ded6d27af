"""The bake: recipe in, committed scenes out."""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any

import bpy

from ...dataset.store import SceneWriter, Store, StoreError
from ...presets import switches
from ...render.bake import BakedFrame, Baker
from ...render.device import Devices
from ...render.sensor.sight import check as check_lens
from ...scene.assets.arrays import mesh_arrays
from ...scene.assets.catalogue import Asset
from ...scene.plan import sensor
from ...scene.plan.camera import check_camera_file, frames_per_scene
from ...scene.plan.camera.stereo import frames_per_view
from ...scene.plan.scene import plan_scene
from ...scene.plan.supplies import Supplies
from ...scene.stage import randomizing
from ...scene.stage.stage import Stage
from ...scene.stage.staged import Staged
from ...scene.stage.supplies import digests, gather
from ...version import VERSION
from . import model_library, people

Event = dict[str, Any]

# Keys that may change between two runs on the same folder: they change no scene.
FREE_KEYS = frozenset(
    {
        "output.folder",
        "output.scenes",
        "output.formats",
        "output.licence",
        "output.licence_url",
        "output.author",
        "output.year",
        "output.description",
        "farm.workers",
        "render.device",
    }
)


def bake(recipe: dict[str, Any], folder: Path, scenes: range | list[int]) -> Iterator[Event]:
    """Bake the scenes that are missing or broken in ``folder``; yields events, ends with ``done``.

    Raises the user's mistakes (AssetError, StoreError, BackgroundError, CameraFileError) before the first scene. A
    scene that fails later is reported as an ``error`` event and the next one begins. Closing the iterator drops the
    running scene and puts everything back.
    """
    began = time.monotonic()
    written, recipe = recipe, switches.in_effect(recipe)
    assets, warnings = model_library.load(recipe)
    supplies, notices = gather(recipe)
    randomizing.check(recipe)
    check_camera_file(recipe)  # one that is none must be told before the folder becomes this recipe's
    check_lens(recipe)
    store = Store.open_or_create(folder, header(written, assets, supplies), FREE_KEYS)
    meshes = {asset.key: mesh_arrays(asset) for asset in assets}
    model_library.write_models(store, assets, meshes)
    models = {asset.key: model_library.model(asset, meshes[asset.key]) for asset in assets}
    missing = [scene for scene in scenes if not store.is_whole(scene)]
    devices = Devices()
    try:
        device, device_name, more = devices.choose(recipe["render"]["device"]) if missing else ("CPU", "", [])
        frames = frames_per_scene(recipe)
        yield {
            "event": "start",
            "output": str(folder),
            "scenes": len(missing),
            "skipped": len(scenes) - len(missing),
            "frames": len(missing) * frames,
            "device": device_name,
        }
        for text in warnings + notices + more:
            yield {"event": "warning", "message": text}
        failed = []
        if missing:
            stage = Stage(assets)
            try:
                with Baker(stage, models, recipe, device) as baker:
                    for text in baker.warnings:
                        yield {"event": "warning", "message": text}
                    for scene in missing:
                        plan = plan_scene(recipe, assets, supplies, recipe["output"]["seed"], scene)
                        try:
                            yield from _bake_scene(store, stage, baker, plan)
                        except (OSError, RuntimeError, ValueError) as error:
                            if _is_full(error):  # every other scene would be rendered in vain
                                text = f"{folder}: the disk is full; free some space, then bake again to continue"
                                raise StoreError(text) from error
                            failed.append(scene)
                            yield {"event": "error", "scene": scene, "message": " ".join(str(error).split())}
            finally:
                stage.close()
    finally:
        devices.restore()
    yield {
        "event": "done",
        "output": str(folder),
        "scenes": len(missing) - len(failed),
        "skipped": len(scenes) - len(missing),
        "failed": failed,
        "seconds": round(time.monotonic() - began, 3),
    }


def _is_full(error: Exception) -> bool:
    """Whether there was no room for a file. Libraries that write pictures tell it in words alone."""
    return any(os.strerror(number).lower() in str(error).lower() for number in (errno.ENOSPC, errno.EDQUOT))


def _bake_scene(store: Store, stage: Stage, baker: Baker, plan) -> Iterator[Event]:
    began = time.monotonic()
    staged = stage.build(plan)
    staging = time.monotonic() - began
    for text in staged.warnings:
        yield {"event": "warning", "scene": plan.scene, "message": text}
    baker.begin(staged)
    with store.write_scene(plan.scene) as writer:
        pending: list[Future[None]] = []
        try:
            for frame in range(len(staged.shots)):
                started = time.monotonic()
                pending.append(baker.bake(staged, frame, lambda baked: _keep(writer, baked)))
                if frame:
                    pending.pop(0).result()
                yield {
                    "event": "frame",
                    "scene": plan.scene,
                    "frame": frame,
                    "seconds": round(time.monotonic() - started, 3),
                }
            pending.append(baker.end(lambda baked: _keep(writer, baked)))
            for future in pending:
                future.result()
        finally:
            wait(pending)  # nobody may write into the folder when it goes
        writer.finish(describe(staged))
    yield {
        "event": "scene",
        "scene": plan.scene,
        "frames": len(staged.shots),
        "staging_seconds": round(staging, 3),
        "seconds": round(time.monotonic() - began, 3),
    }


def _keep(writer: SceneWriter, baked: BakedFrame) -> None:
    writer.add_frame(baked.labels, baked.rgb, baked.images)


def header(recipe: dict[str, Any], assets: list[Asset], supplies: Supplies) -> dict[str, Any]:
    """The data set's papers: everything that decides what is in it."""
    sizes = {f"hdri {Path(sky).name}": f"{Path(sky).stat().st_size} bytes" for sky in supplies.hdris}
    uses_sky = recipe["background"]["mode"] != "room"
    files = {}
    if recipe["camera"]["intrinsics"] == "file":
        path = Path(recipe["camera"]["file"])
        files[f"camera {path.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "recipe": recipe,
        "seed": recipe["output"]["seed"],
        "versions": {
            "truthbake": VERSION,
            "blender": bpy.app.version_string,
            "python": platform.python_version(),
        },
        "models": [model_library.record(asset).to_json() for asset in assets],
        "assets": {asset.key: asset.sha256 for asset in assets}
        | (sizes if uses_sky else {})
        | digests(supplies)
        | files,
    }


def describe(staged: Staged) -> dict[str, Any]:
    """What scene.json says: what stands where, and what went wrong."""
    plan = staged.plan
    sky = plan.background.sky
    views = frames_per_view(plan.recipe)
    drawn = sensor.record(plan.recipe, plan.seed, plan.scene, views, len(staged.shots))
    return {
        "scene": plan.scene,
        "seed": plan.seed,
        "frames": len(staged.shots),
        "objects": [
            {
                "instance": item.instance,
                "model": item.model,
                "kind": item.kind,
                "object_to_world": staged.moments[0].poses[item.instance].tolist(),
                "scale": list(item.scale),
            }
            for item in plan.everything
            if item.instance in staged.moments[0].poses
        ],
        "background": {
            "mode": plan.background.mode,
            "surface": plan.background.surface.pattern if plan.background.surface else None,
            "hdri": Path(sky.hdri).name if sky else None,
        },
        "point_lights": len(plan.lights),
        **({"people": people.record(staged)} if plan.people.persons else {}),
        "warnings": staged.warnings,
        **({"randomized": staged.randomized} if staged.randomized else {}),
        **({"sensor": drawn} if drawn else {}),
    }
