"""People on the stage: their posed meshes, one for each pose, and what stands in their way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import bpy
import numpy as np

from ..assets.catalogue import Asset, unmark
from ..assets.characters import COCO_NAMES, Character, Figure, colors_of
from ..plan import anatomy, rig
from ..plan.people import UNKNOWN_BONES, PeoplePlan, PersonPlan, PosePlan
from . import objects
from .datablocks import Made
from .materials import principled
from .ragdoll import fall
from .staged import Moment

_ROUGHNESS = {"skin": 0.5, "lips": 0.4, "hair": 0.5, "eyes": 0.15, "irises": 0.15, "shoes": 0.5, "soles": 0.7}
_CLOTH = 0.9


@dataclass
class People:
    """``items`` by instance; ``moments`` hold people and their occluders only, at least one, as many as poses."""

    items: dict[int, bpy.types.Object] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=lambda: [Moment({})])


def build(
    plan: PeoplePlan,
    assets: Mapping[str, Asset],
    collection: bpy.types.Collection,
    made: Made,
) -> People:
    """Add people and occluders to the collection."""
    if not plan.persons:
        return People()
    still = {occluder.item.instance: occluder.pose for occluder in plan.occluders}
    surfaces = {occluder.item.instance: occluder.material for occluder in plan.occluders}
    shapes = [occluder.item for occluder in plan.occluders]
    people = People(objects.build(shapes, still, surfaces, assets, collection, made))
    poses = len(plan.persons[0].poses)
    people.moments = [Moment(dict(still)) for _ in range(poses)]
    for person in plan.persons:
        character = assets[person.model]
        figure = character.figure(person)
        materials = _materials(person, made) if character.is_built_in else None
        for number, moment in enumerate(people.moments):
            transforms = _transforms(figure, plan.mode, person.poses[number])
            mesh, points, box, pose = _posed(figure, person, transforms, plan.mode)
            made(mesh)
            if materials:
                for slot, material in enumerate(materials):
                    mesh.materials[slot] = material
            moment.meshes[person.instance] = mesh.name
            moment.points[person.instance] = points
            moment.boxes[person.instance] = box
            moment.poses[person.instance] = pose
        first = people.moments[0]
        item = made(bpy.data.objects.new(
            objects.object_name(person.instance), bpy.data.meshes[first.meshes[person.instance]]
        ))  # fmt: skip
        item.pass_index = person.instance
        objects.set_pose(item, first.poses[person.instance], (1.0, 1.0, 1.0))
        collection.objects.link(item)
        people.items[person.instance] = item
    return people


def together(found: list[dict[int, np.ndarray]], people: People) -> list[Moment]:
    """Moments of all objects: as many as the objects or the people have, whichever are more."""
    both = []
    for number in range(max(len(found), len(people.moments))):
        moment = people.moments[min(number, len(people.moments) - 1)]
        both.append(replace(moment, poses=found[min(number, len(found) - 1)] | moment.poses))
    return both


def _transforms(figure: Figure, mode: str, pose: PosePlan) -> np.ndarray:
    """The bones' transforms (B, 4, 4) from rest."""
    bones = figure.rig
    if not bones.is_understood:
        turns = {
            name: anatomy.euler(pose.unknown[number % UNKNOWN_BONES])
            for number, name in enumerate(bones.names)
            if bones.parents[number] >= 0
        }
        return rig.pose(rig.Rig(bones.names, bones.parents, bones.heads, bones.tails, {}), turns)
    if mode == "ragdoll":
        return fall(bones, pose.fall, figure.height)
    return rig.pose(bones, anatomy.rotations(anatomy.clearest(bones, pose.candidates, figure.height)))


def _posed(
    figure: Figure, person: PersonPlan, transforms: np.ndarray, mode: str
) -> tuple[bpy.types.Mesh, dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """The posed mesh, its keypoints and box (2, 3) in the person's frame; and that frame, under the hips."""
    vertices = rig.skin(figure.vertices, figure.weights, transforms)
    names = [name for name in COCO_NAMES if name in figure.keypoints]
    at_rest = np.array([figure.keypoints[name][1] for name in names]).reshape(-1, 3)
    points = rig.moved(at_rest, [figure.keypoints[name][0] for name in names], transforms)
    hips = figure.rig.roles.get("hips", 0)
    root = rig.moved(figure.rig.heads[[hips]], [hips], transforms)[0]
    lowest = float(vertices[:, 2].min())
    # Those who stand are put onto the floor; those who fall stay in the air, but never in the floor.
    down = lowest if mode != "ragdoll" or not figure.rig.is_understood else min(lowest, 0.0)
    shift = np.array([-root[0], -root[1], -down])
    mesh = figure.mesh.copy()
    unmark(mesh)
    vertices = (vertices + shift).astype(np.float32)
    mesh.vertices.foreach_set("co", vertices.ravel())
    mesh.update()
    frame = np.eye(4)
    frame[:3, :3] = anatomy.euler((0.0, 0.0, person.turn))
    frame[:2, 3] = person.place
    box = np.stack([vertices.min(axis=0), vertices.max(axis=0)]).astype(np.float64)
    return mesh, dict(zip(names, points + shift, strict=True)), box, frame


def _materials(person: PersonPlan, made: Made) -> list[bpy.types.Material]:
    """One material for each slot of the built-in person."""
    found = []
    for slot, color in colors_of(person.look).items():
        material, shader = principled(f"truthbake person {slot}")
        made(material)
        shader.inputs["Base Color"].default_value = (*color, 1.0)
        shader.inputs["Roughness"].default_value = _ROUGHNESS.get(slot, _CLOTH)
        shader.inputs["Specular IOR Level"].default_value = 0.2 if slot in ("top", "bottom") else 0.5
        found.append(material)
    return found


__all__ = ["Character", "People", "build", "together"]
