"""Randomizers of anything, applied to a staged scene: set, checked against the labels, and put back.

The labels say where the planned objects are, and what they look like from where the planned camera is. A randomizer may
move objects for a whole scene, because poses are read afterwards; whatever else would make a label wrong is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import bpy
import numpy as np

from ...data_path import DataPathError, parse
from ..plan.randomizers import Randomizer, RandomizerError, cut, numbers, randomizers
from ..plan.scene import ScenePlan
from .camera import read_lens
from .datablocks import MARK
from .properties import MissingBlock, Preferred, Property, PropertyError, collection, find

# What the stage makes has names that begin so.
OWN = "truthbake"
# On a staged scene that is shown: what its randomizers changed outside of it, as JSON.
KEPT = "truthbake_kept"
_TOLERANCE = 1e-5

Built = Mapping[int, bpy.types.Object]


def check(recipe: dict[str, Any]) -> None:
    """Check the randomizers of a recipe before any scene is staged, as far as they concern the opened file.

    Raises RandomizerError.
    """
    for item in randomizers(recipe):
        try:
            if item.is_pattern:  # what matches is known once a scene is staged
                collection(item.steps)
            else:
                _draws(item, find(item.steps))
        except MissingBlock as error:
            # What comes from the .blend file of an environment is there only once a scene is staged.
            if not _is_own(item) and recipe["background"]["mode"] != "environment":
                raise RandomizerError(f"{item.key}: {error}") from None
        except PropertyError as error:
            raise RandomizerError(f"{item.key}: {error}") from None


class Randomizing:
    """The randomizers of the scene on a stage. `restore` puts everything back as it was."""

    def __init__(
        self,
        picture: bpy.types.Scene,
        truth: bpy.types.Scene,
        camera: bpy.types.Object,
        named: Callable[[str], dict[str, bpy.types.ID]],
    ):
        self._picture, self._truth, self._camera, self._named = picture, truth, camera, named
        self._before: dict[str, Any] = {}
        self._plan: ScenePlan | None = None
        self._all: list[Randomizer] = []
        self._built: Built = {}
        self.values: dict[str, Any] = {}

    def begin(self, plan: ScenePlan, built: Built, is_still: bool, warnings: list[str]) -> list[int]:
        """Apply those of a scene to what was just built; returns the instances that moved. Raises RandomizerError.

        They may move objects only in a scene that is still. After an error everything is as it was.
        """
        self._plan, self._built, self.values = plan, built, {}
        given = randomizers(plan.recipe)
        self._all = [item for item in self._expanded(given) if not _is_own(item) or self._is_there(item)]
        for item in given:
            if all(each.key != item.key for each in self._all):
                warnings.append(f"scene {plan.scene}: {item.key}: {item.path}: this scene has no such thing")
        items = [item for item in self._all if not item.per_frame]
        return self._apply(items, 0, _still_itself if is_still else _unmoved)

    def frame(self, frame: int) -> None:
        """Apply those of a frame, after objects and camera stand where the frame has them."""
        self._apply([item for item in self._all if item.per_frame], frame, _unmoved)

    def restore(self) -> None:
        """Put back what was changed, the last change first; what is gone meanwhile is passed over."""
        _write_back(self._before, self._preferred)
        self._before.clear()
        self._all = []

    def keep_for_later(self) -> None:
        """Leave a note on the picture's scene of what `put_back` must restore: this scene stays to be looked at."""
        outside = {}
        for path, value in self._before.items():
            if not find(parse(path), self._preferred).owner.id_data.get(MARK):
                outside[path] = value
        self._picture[KEPT] = json.dumps(outside)

    def _apply(self, items: list[Randomizer], frame: int, same: Callable[[dict, dict], str]) -> list[int]:
        if not items:
            return []
        before = self._state()
        try:
            for item in items:
                self._set(item, frame)
            after = self._state()
            if same(before, after):
                self._blame(items, frame, same)
            return [instance for instance in self._built if np.any(before[instance][3] != after[instance][3])]
        except PropertyError as error:
            self.restore()
            raise RandomizerError(str(error)) from None
        except BaseException:
            self.restore()
            raise

    def _set(self, item: Randomizer, frame: int) -> None:
        try:
            found = find(item.steps, self._preferred)
            self._refuse_fixed(found)
            value = _drawn(item, found, item.stream(self._plan.seed, self._plan.scene, frame))
            self._before.setdefault(item.path, found.read())
            found.write(value)
        except PropertyError as error:
            raise RandomizerError(f"{item.key}: {error}") from None
        shown = _shown(found, value)
        if item.per_frame:
            self.values.setdefault(item.path, {})[frame] = shown
        else:
            self.values[item.path] = shown

    def _refuse_fixed(self, found: Property) -> None:
        fixed = {self._truth: "makes the labels", self._camera: "is set by the section camera"}
        fixed[self._camera.data] = fixed[self._camera]
        for block in (found.block, found.owner.id_data):
            if block in fixed:
                raise PropertyError(f"{found.path}: {block.name} {fixed[block]} and cannot vary by itself")
        if found.owner == self._picture.cycles and found.key == "seed":
            raise PropertyError(f"{found.path}: is drawn for each frame already")

    def _blame(self, items: list[Randomizer], frame: int, same: Callable[[dict, dict], str]) -> None:
        """Find the one that makes labels wrong: put back, then apply one after the other."""
        kept = self._all
        self.restore()
        self._all = kept
        before = self._state()
        for item in items:
            self._set(item, frame)
            if wrong := same(before, self._state()):
                raise RandomizerError(f"{item.key}: {item.path}: {wrong}")
        raise RandomizerError(f"{items[0].key}: the randomizers together make labels wrong")

    def _state(self) -> dict[Any, Any]:
        """Everything that labels are made from, as Blender has it now."""
        layer = self._picture.view_layers[0]
        layer.update()
        graph = layer.depsgraph
        lens = read_lens(self._camera.data, self._picture.render)
        scene = self._picture
        border = (scene.render.use_border, scene.render.use_multiview, scene.frame_current, scene.frame_subframe)
        state: dict[Any, Any] = {"view": (lens, border)}
        for instance, item in self._built.items():
            state[instance] = (
                item.name,
                item.pass_index,
                item.hide_render,
                np.array(item.matrix_world),
                _shape(item, graph),
            )
        return state

    def _preferred(self, kind: str, name: str) -> bpy.types.ID | None:
        """What the stage has under a name; the file may have something else under the same one."""
        return self._named(kind).get(name)

    def _expanded(self, items: list[Randomizer]) -> Iterator[Randomizer]:
        """Those with a * in the datablock's name as one for each that matches; a path of its own goes before."""
        given = {item.path for item in items}
        for item in items:
            if not item.is_pattern:
                yield item
                continue
            kind, pattern = collection(item.steps), item.steps[1].value
            own = self._named(kind)
            others = [block.name for block in getattr(bpy.data, kind) if block not in own.values()]
            matching = [item.of(name) for name in sorted({*own, *others}) if fnmatchcase(name, pattern)]
            yield from (each for each in matching if each.path not in given)

    def _is_there(self, item: Randomizer) -> bool:
        try:
            find(item.steps, self._preferred)
        except MissingBlock:
            return False
        except PropertyError:
            return True  # there, and wrong in another way, which `_set` tells
        return True


def put_back() -> None:
    """Restore what the randomizers of staged scenes changed outside of them, before these go."""
    for scene in bpy.data.scenes:
        if not (scene.get(MARK) and isinstance(scene.get(KEPT), str)):
            continue
        _write_back(json.loads(scene[KEPT]))
        del scene[KEPT]


def _write_back(values: Mapping[str, Any], preferred: Preferred = lambda collection, name: None) -> None:
    """Write values by path, the last one first. A second round finds what the first one has brought back.

    A lamp that became a point light has no angle until it is a spot light again.
    """
    missed = dict(values)
    for _ in range(2):
        for path, value in reversed(list(missed.items())):
            try:
                find(parse(path), preferred).write(value)
            except (PropertyError, DataPathError):
                continue
            del missed[path]


def _is_own(item: Randomizer) -> bool:
    name = item.steps[1].value if len(item.steps) > 1 else ""
    return isinstance(name, str) and name.lower().startswith(OWN)


def _draws(item: Randomizer, found: Property) -> Any:
    """The distribution for a property. PropertyError where the two do not fit."""
    if found.kind == "enum":
        for word in item.words:
            if found.words and word not in found.words:
                raise PropertyError(f"{item.path}: has no word {word}; known are {', '.join(found.words)}")
        return item.words or found.words
    if item.words:
        raise PropertyError(f"{item.path}: is a number; give value instead of choices")
    try:
        return cut(item.spec, found.low, found.high)
    except RandomizerError as error:
        raise PropertyError(f"{item.path}: {error}") from None


def _drawn(item: Randomizer, found: Property, rng: np.random.Generator) -> Any:
    spec = _draws(item, found)
    if found.kind == "enum":
        if not spec:
            raise PropertyError(f"{item.path}: name the words to draw from in choices")
        return spec[min(int(rng.random() * len(spec)), len(spec) - 1)]
    return found.drawn(numbers(rng, spec, found.size, found.kind == "int"))


def _shown(found: Property, value: Any) -> Any:
    """A value as the data set's papers have it: in the recipe's units."""
    if isinstance(value, list):
        return [_shown(found, item) for item in value]
    return found.written(value) if found.kind == "float" else value


def _shape(item: bpy.types.Object, graph: bpy.types.Depsgraph) -> bytes:
    """The object's vertices after all modifiers, in its own frame."""
    mesh = getattr(item.evaluated_get(graph), "data", None)
    if not isinstance(mesh, bpy.types.Mesh):
        return b""
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    return points.tobytes()


def _still_itself(before: dict, after: dict) -> str:
    """What is wrong with a scene whose objects may have moved; empty where all is well."""
    if wrong := _labels_differ(before, after):
        return wrong
    for instance in before.keys() - {"view"}:
        first, last = before[instance][3][:3, :3], after[instance][3][:3, :3]
        # Rotations leave the products of the axes with each other as they are; scales and shears do not.
        if not np.allclose(first.T @ first, last.T @ last, rtol=_TOLERANCE, atol=_TOLERANCE):
            return f"changes the size of {before[instance][0]}, which the section objects sets"
        if np.linalg.det(first) * np.linalg.det(last) < 0:
            return f"mirrors {before[instance][0]}"
    return ""


def _unmoved(before: dict, after: dict) -> str:
    """What is wrong with a frame, whose objects must stay where they are."""
    if wrong := _labels_differ(before, after):
        return wrong
    for instance in before.keys() - {"view"}:
        if not np.allclose(before[instance][3], after[instance][3], rtol=0.0, atol=1e-7):
            return (
                f"moves {before[instance][0]} while the scene goes on; that takes per: scene, and a scene that is still"
            )
    return ""


def _labels_differ(before: dict, after: dict) -> str:
    if before["view"] != after["view"]:
        return "changes the image's size, the lens or the moment, which other sections set"
    for instance in before.keys() - {"view"}:
        name, number, hidden, _, shape = before[instance]
        if after[instance][1] != number:
            return f"changes the number that {name} has in the labels"
        if after[instance][2] != hidden:
            return f"hides {name}, whose labels would stay"
        if after[instance][4] != shape:
            return f"changes the shape of {name}, which its labels have from the model"
    return ""
