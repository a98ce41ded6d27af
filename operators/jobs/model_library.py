"""A recipe's models: imported, and described for the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...dataset.meshes import MeshData, write_mesh
from ...dataset.records import ModelRecord
from ...dataset.store import Store
from ...render.annotate import Model
from ...scene.assets.arrays import MeshArrays
from ...scene.assets.catalogue import BUILTIN, DISTRACTOR, TARGET, Asset, load_library
from ...scene.assets.characters import load_characters
from ...scene.assets.primitives import primitives
from ...scene.plan import draw
from ...scene.plan.people import OCCLUDERS


def load(recipe: dict[str, Any]) -> tuple[list[Asset], list[str]]:
    """All targets and distractors that a recipe names, and warnings about files that were refused."""
    objects = recipe["objects"]
    targets, warnings = [], []
    if any(draw.ends(item.get("count", 0))[1] > 0 for item in (objects, *objects["models"])):
        listed = objects["models"] or [{"path": BUILTIN}]
        targets, warnings = load_library(listed, TARGET, split=objects["split"], shares=objects["split_shares"])
    section = recipe["distractors"]
    distractors: list[Asset] = []
    if draw.ends(section["count"])[1] > 0:
        if section["models"]:
            distractors, more = load_library(section["models"], DISTRACTOR)
            warnings = warnings + more
        if section["use_primitives"]:
            distractors = distractors + primitives()
    everything = targets + distractors
    if draw.ends(recipe["people"]["count"])[1] > 0:
        people, more = load_people(recipe["people"], everything)
        everything, warnings = everything + people, warnings + more
    return everything, warnings


def load_people(section: dict[str, Any], others: list[Asset]) -> tuple[list[Asset], list[str]]:
    """The characters of a recipe's people, and the shapes that are put before them where they are not there yet."""
    classes = [(asset.name, asset.class_id) for asset in others if asset.kind == TARGET]
    characters, warnings = load_characters(section, classes)
    there = {asset.key for asset in others}
    occluders = primitives() if draw.ends(section["occluders"])[1] > 0 else []
    wanted = [item for item in occluders if item.key in OCCLUDERS and item.key not in there]
    return characters + wanted, warnings


def record(asset: Asset) -> ModelRecord:
    """What the store's header says of an asset."""
    return ModelRecord(
        id=asset.id,
        key=asset.key,
        kind=asset.kind,
        class_id=asset.class_id,
        class_name=asset.name,
        file=f"models/{asset.key}.ply" if asset.kind == TARGET else "",
        diameter=float(asset.diameter),
        minimum=tuple(float(value) for value in asset.minimum),
        size=tuple(float(value) for value in asset.maximum - asset.minimum),
        symmetries_discrete=asset.symmetries.discrete,
        symmetries_continuous=asset.symmetries.continuous,
        align_axes=asset.symmetries.align_axes,
        keypoints=[{"name": name, "position": place} for name, place in asset.keypoints.points],
        skeleton=asset.keypoints.skeleton,
        parts=asset.parts,
    )


def model(asset: Asset, mesh: MeshArrays) -> Model:
    """What labelling needs of an asset."""
    return Model(
        key=asset.key,
        kind=asset.kind,
        class_id=asset.class_id,
        class_name=asset.name,
        vertices=mesh.vertices.astype(np.float64),
        faces=mesh.faces,
        minimum=asset.minimum,
        maximum=asset.maximum,
        keypoints=asset.keypoints.points,
        keypoint_depth=asset.keypoint_depth,
    )


def write_models(store: Store, assets: list[Asset], meshes: dict[str, MeshArrays]) -> None:
    """Write the targets' meshes, and the pictures on them, into the store; what is there already stays."""
    for asset in assets:
        path = store.root / "models" / f"{asset.key}.ply"
        if asset.kind != TARGET or path.exists():
            continue
        mesh = meshes[asset.key]
        path.parent.mkdir(parents=True, exist_ok=True)
        if mesh.texture and mesh.texture_bytes:
            (path.parent / Path(mesh.texture).name).write_bytes(mesh.texture_bytes)
        write_mesh(path, MeshData(mesh.vertices, mesh.faces, mesh.normals, mesh.colors, mesh.uv, mesh.texture))
