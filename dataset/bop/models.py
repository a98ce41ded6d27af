"""BOP's models folder: meshes in millimetres and models_info.json."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..links import link_or_copy
from ..meshes import read_mesh, write_mesh
from ..records import TARGET, ModelRecord
from ..store import Store, to_json_bytes

MILLIMETRES = 1000.0


def write_models(store: Store, folder: Path) -> None:
    """Write ``obj_IIIIII.ply``, their textures and ``models_info.json`` into the new ``folder``."""
    folder.mkdir(parents=True)
    targets = [model for model in store.models if model.kind == TARGET]
    for model in targets:
        mesh = read_mesh(store.root / model.file).scaled(MILLIMETRES)
        name = f"obj_{model.id:06d}"
        if mesh.texture:
            source = (store.root / model.file).with_name(mesh.texture)
            mesh = replace(mesh, texture=name + source.suffix.lower())
            link_or_copy(source, folder / mesh.texture)
        write_mesh(folder / f"{name}.ply", mesh)
    info = {str(model.id): model_info(model) for model in targets}
    (folder / "models_info.json").write_bytes(to_json_bytes(info))


def model_info(model: ModelRecord) -> dict[str, Any]:
    """One entry of models_info.json, in millimetres."""
    info: dict[str, Any] = {"diameter": model.diameter * MILLIMETRES}
    for axis, low, size in zip("xyz", model.minimum, model.size, strict=True):
        info[f"min_{axis}"] = low * MILLIMETRES
        info[f"size_{axis}"] = size * MILLIMETRES
    if model.symmetries_discrete:
        info["symmetries_discrete"] = [_transform(matrix) for matrix in model.symmetries_discrete]
    if model.symmetries_continuous:
        info["symmetries_continuous"] = [
            {"axis": list(item["axis"]), "offset": [value * MILLIMETRES for value in item["offset"]]}
            for item in model.symmetries_continuous
        ]
    return info


def _transform(matrix: list[float]) -> list[float]:
    """16 numbers, row-major; only the translation (the last of each of the first three rows) is a length."""
    return [value * MILLIMETRES if index in (3, 7, 11) else value for index, value in enumerate(matrix)]
