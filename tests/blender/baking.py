"""Baking small data sets of known shapes, for the tests of the ground truth."""

from __future__ import annotations

import gc
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tests.house import ROOT, module

Mesh = tuple[np.ndarray, np.ndarray]

# The fastest picture: these tests look at the labels.
QUICK = {
    "lights": {"count": [0, 0]},
    "distractors": {"count": [0, 0]},
    "background": {"mode": "hdri"},
    "placement": {"mode": "float"},
    "render": {"samples": 1, "denoise": "off", "device": "cpu", "max_bounces": 0, "resolution": [64, 48]},
    "passes": {"depth": True, "normals": True},
    "output": {"scenes": 1, "frames_per_scene": 1, "seed": 7},
}


def box(x: float, y: float, z: float) -> Mesh:
    """A box of these edge lengths around the origin."""
    corners = np.array([[i, j, k] for k in (-0.5, 0.5) for j in (-0.5, 0.5) for i in (-0.5, 0.5)]) * [x, y, z]
    quads = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    return corners, np.array([half for a, b, c, d in quads for half in ((a, b, c), (a, c, d))])


def sphere(radius: float, divisions: int) -> Mesh:
    """An icosphere whose vertices lie on the sphere."""
    golden = (1 + 5**0.5) / 2
    points = np.array([[0, i, j * golden] for i in (-1, 1) for j in (-1, 1)])
    points = np.vstack([np.roll(points, turn, axis=1) for turn in range(3)])
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    faces = [
        (a, b, c)
        for a in range(12)
        for b in range(a + 1, 12)
        for c in range(b + 1, 12)
        if max(distance[a, b], distance[b, c], distance[a, c]) < 2.1
    ]
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    faces = np.array(
        [f if np.linalg.det(points[list(f)]) > 0 else f[::-1] for f in faces]
    )  # counter-clockwise from outside
    for _ in range(divisions):
        edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
        unique, number = np.unique(edges, axis=0, return_inverse=True)
        ab, bc, ca = (number.reshape(-1) + len(points)).reshape(3, -1)
        middle = points[unique].mean(axis=1)
        points = np.vstack([points, middle / np.linalg.norm(middle, axis=1, keepdims=True)])
        a, b, c = faces.T
        faces = np.vstack([np.c_[a, ab, ca], np.c_[b, bc, ab], np.c_[c, ca, bc], np.c_[ab, bc, ca]])
    return points * radius, faces


def write_ply(path: Path, mesh: Mesh) -> Path:
    """A plain ASCII PLY; the numbers survive a float32."""
    vertices, faces = mesh[0].astype(np.float32), mesh[1]
    head = f"ply\nformat ascii 1.0\nelement vertex {len(vertices)}\nproperty float x\nproperty float y\n"
    head += f"property float z\nelement face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    lines = ["{:.9g} {:.9g} {:.9g}".format(*map(float, point)) for point in vertices]
    lines += ["3 {} {} {}".format(*face) for face in faces]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + "\n".join(lines) + "\n", encoding="ascii")
    return path


def single(mesh: Mesh) -> Mesh:
    """The mesh as single precision has it."""
    return mesh[0].astype(np.float32).astype(float), mesh[1]


def compose(folder: Path, meshes: dict[str, Mesh], *layers: dict[str, Any]) -> dict[str, Any]:
    """A recipe whose targets are ``meshes`` by class name, each once; ``layers`` are partial recipes on top."""
    tree, recipes = module("presets.tree"), module("presets.recipes")
    paths = [write_ply(folder / f"{name}.ply", mesh) for name, mesh in meshes.items() if mesh]
    models = [{"path": str(path), "unit": "m"} for path in paths]
    objects = {"models": models, "count": [max(1, len(models))] * 2, "use_replacement": False}
    whole = recipes.compose([], [], QUICK | {"objects": objects})
    for layer in layers:
        whole = tree.merge(whole, tree.validate(layer, folder=os.getcwd()))
    tree.check(whole, {})
    return whole


def bake(recipe: dict[str, Any], folder: Path, scenes: list[int] | range | None = None):
    """Bake with the real job; returns the store. A scene that fails fails the test."""
    scenes = range(recipe["output"]["scenes"]) if scenes is None else scenes
    events = list(module("operators.jobs.bake").bake(recipe, folder, scenes))
    failed = [event for event in events if event["event"] == "error"]
    assert failed == [], failed
    assert events[-1]["event"] == "done"
    store = module("dataset.store").Store.open(folder)
    store.events = events
    return store


def engines() -> int:
    """How many renderers Blender keeps for a next frame: each knows its scene, even one that is removed."""
    gc.collect()
    return sum(type(item).__name__ == "CyclesRender" for item in gc.get_objects())


def place_exactly(monkeypatch, poses: dict[int, np.ndarray], views: list[np.ndarray]) -> None:
    """Every stage built from now on holds these poses (object-to-world) and views (camera-to-world, OpenCV)."""
    monkeypatch.setattr(module("scene.stage.placing"), "plan_poses", lambda plan, assets, attempt: (dict(poses), []))
    monkeypatch.setattr(module("scene.stage.viewing"), "find_views", lambda *arguments: list(views))


def show_holes(monkeypatch) -> None:
    """Every picture baked from now on shows holes where objects are, before a white sky."""
    import bpy

    stage_class = module("scene.stage.stage").Stage
    original = stage_class.show

    def show(stage, staged, frame):
        original(stage, staged, frame)
        sky = stage.picture.world.node_tree
        sky.nodes.clear()
        glow, end = sky.nodes.new("ShaderNodeBackground"), sky.nodes.new("ShaderNodeOutputWorld")
        glow.inputs["Color"].default_value = (1.0, 1.0, 1.0, 1.0)
        sky.links.new(glow.outputs[0], end.inputs["Surface"])
        hole = bpy.data.materials.get("hole") or bpy.data.materials.new("hole")
        if not module("compat").at_least(5):
            hole.use_nodes = True
        hole.node_tree.nodes.clear()
        end, nothing = (hole.node_tree.nodes.new(f"ShaderNode{name}") for name in ("OutputMaterial", "Holdout"))
        hole.node_tree.links.new(nothing.outputs[0], end.inputs["Surface"])
        for item in stage.picture.objects:
            if item.type == "MESH":
                item.material_slots[0].material = hole

    monkeypatch.setattr(stage_class, "show", show)


def pose(position, rotation=None) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, 3] = position
    if rotation is not None:
        matrix[:3, :3] = rotation
    return matrix


def turn(axis, degrees: float) -> np.ndarray:
    """The rotation matrix (3, 3) about an axis (Rodrigues)."""
    x, y, z = np.asarray(axis, float) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def in_camera(label, mesh: Mesh) -> Mesh:
    """A model's mesh where the label says that it is, in camera axes."""
    moved = single(mesh)[0] @ label.object_to_camera[:3, :3].T + label.object_to_camera[:3, 3]
    return moved, mesh[1]


def amodal_mask(label, camera) -> np.ndarray:
    """The label's silhouette inside the image, (H, W) bool."""
    from pycocotools import mask

    return mask.decode({"size": [camera.height, camera.width], "counts": label.amodal.encode()}).astype(bool)


def tree_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


SCRIPT = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.house import module
recipe = json.loads(Path(sys.argv[2]).read_text())
for event in module("operators.jobs.bake").bake(recipe, Path(sys.argv[3]), json.loads(sys.argv[4])):
    print("EVENT", json.dumps(event), flush=True)
import os; os._exit(0)
"""


def fresh_process(recipe_file: Path, folder: Path, scenes: list[int]) -> subprocess.Popen:
    """Bake in a Blender of its own; its events are lines of standard output that begin with EVENT."""
    import json

    command = [sys.executable, "-c", SCRIPT, str(ROOT), str(recipe_file), str(folder), json.dumps(scenes)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
