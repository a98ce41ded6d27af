"""Which recipe the settings came from, and whether they have been changed since.

What the settings held when they were loaded or saved is kept as text in the scene (`scene.truthbake_loaded`), beside
the settings themselves. So both go through undo, saving and opening of files together, and whether they differ follows
from the two alone, at any moment; nothing has to be told when a setting changes, and nothing can be missed.

Reading all settings takes from a few milliseconds to a fifth of a second, for hundreds of models: too long for a draw
function, and for a timer at one go. `look` does it a piece at a time and goes on where it stopped, and panels show what
it found. Between two looks nothing of Blender is held, only the number of the next piece. In the background, where no
timer runs, whoever asks gets a fresh answer.
"""

import functools
import hashlib
import json
import math
import time
from dataclasses import dataclass, field
from typing import Any

import bpy
from bpy.props import BoolProperty, PointerProperty, StringProperty

from . import fields, portable, tree
from .settings.kinds import in_own_words
from .text import MAX_BYTES

# The session's number of a scene -> what `look` found there.
_found: dict[int, "_Look"] = {}


@in_own_words
class TRUTHBAKE_PG_loaded(bpy.types.PropertyGroup):
    path: StringProperty(name="Recipe File", description="The file that the settings were loaded from or saved to")
    variant: StringProperty(name="Variant", description="Which variant of the recipe's sweep was loaded")
    digest: StringProperty(
        name="Digest", description="SHA-256 of the file as it was then, to tell when somebody else has changed it"
    )
    text: StringProperty(name="Loaded", description="What the settings held then, as JSON", options={"HIDDEN"})
    is_changed: BoolProperty(
        name="Changed",
        description="The settings differ from the recipe that was loaded",
        get=lambda self: differs(self.id_data) if bpy.app.background else seen(self.id_data),
    )

    @classmethod
    def register(cls):
        bpy.types.Scene.truthbake_loaded = PointerProperty(
            name="Loaded Recipe", description="Which recipe the settings came from", type=cls
        )

    @classmethod
    def unregister(cls):
        del bpy.types.Scene.truthbake_loaded


def remember(scene: bpy.types.Scene, path: str, said: dict[str, Any], variant: str = "") -> None:
    """Note that the settings are now those of a recipe file.

    said: what the file says; where it names no models or output folder, the user may change these freely.
    """
    loaded = scene.truthbake_loaded
    form = portable.without_own(tree.to_dict(scene.truthbake), portable.own_of(said))
    loaded.path, loaded.variant, loaded.text = path, variant, json.dumps(form, separators=(",", ":"))
    loaded.digest = _digest(path)
    _found.pop(scene.session_uid, None)


def is_file_changed(scene: bpy.types.Scene) -> bool:
    """Whether the loaded file says something else by now. Reads it."""
    loaded = scene.truthbake_loaded
    return bool(loaded.digest) and _digest(loaded.path) not in ("", loaded.digest)


def forget(scene: bpy.types.Scene) -> None:
    """Note that the settings belong to no recipe file."""
    scene.property_unset("truthbake_loaded")
    _found.pop(scene.session_uid, None)


def held(scene: bpy.types.Scene) -> dict[str, Any]:
    """What the settings held when they were loaded or saved; {} when they never were, or nobody can tell."""
    return _parsed(scene.truthbake_loaded.text)


def differs(scene: bpy.types.Scene) -> bool:
    """Whether the settings are others than those that were loaded. Reads all of them."""
    form = held(scene)
    return not all(_is_as_before(scene.truthbake, form, piece) for piece in _pieces(form))


def seen(scene: bpy.types.Scene) -> bool:
    """Whether the last look found the settings changed."""
    return scene.session_uid in _found and _found[scene.session_uid].is_changed


def look(scenes: list[bpy.types.Scene], seconds: float = math.inf) -> bool:
    """Compare the settings of these scenes; True where a panel that was drawn before shows something else now.

    Stops after about that time, of which each scene has its share; the next call goes on from there.
    """
    uids = [scene.session_uid for scene in scenes]
    for gone in _found.keys() - set(uids):
        del _found[gone]
    before = [seen(scene) for scene in scenes]
    for scene in scenes:
        _found.setdefault(scene.session_uid, _Look()).go_on(scene, seconds / len(scenes))
    return before != [seen(scene) for scene in scenes]


@dataclass
class _Look:
    """What has been seen of one scene's settings so far."""

    is_changed: bool = False
    form: dict[str, Any] = field(default_factory=dict)
    place: int = 0  # of the next piece
    alike: int = 0  # so many pieces before it are as they were

    def go_on(self, scene: bpy.types.Scene, seconds: float) -> None:
        """Compare the next pieces, each once at most."""
        end = time.perf_counter() + seconds
        form = held(scene)
        if form is not self.form:
            self.form, self.place, self.alike = form, 0, 0
        pieces = _pieces(form)
        for _ in pieces:
            if not _is_as_before(scene.truthbake, form, pieces[self.place]):
                self.is_changed, self.alike = True, 0
                return  # the next look begins here, to see this difference go
            self.place, self.alike = (self.place + 1) % len(pieces), self.alike + 1
            if self.alike >= len(pieces):
                break
            if time.perf_counter() > end:
                return
        self.is_changed, self.alike = False, 0


def _pieces(form: dict[str, Any]) -> list[tuple]:
    """What is compared at a time: (section,) for a section without the items of its lists, (path..., index) for one."""
    pieces: list[tuple] = []
    for section in fields.recipe().fields:
        if section.kind == "section" and section.key in form:
            pieces.append((section.key,))
            for key, value in form[section.key].items():
                if (known := section.child(key)) and known.kind == "list":
                    pieces += [(section.key, key, index) for index in range(len(value))]
        elif section.kind == "list" and section.key in form:
            pieces.append((section.key,))
            pieces += [(section.key, index) for index in range(len(form[section.key]))]
    return pieces


def _is_as_before(settings: bpy.types.PropertyGroup, form: dict[str, Any], piece: tuple) -> bool:
    group, known, before = settings, fields.recipe(), form
    for step in piece:
        if isinstance(step, int):
            if step >= len(group):
                return False
            group, before = group[step], before[step]
        else:
            known, group, before = known.child(step), getattr(group, step), before[step]
    if isinstance(piece[-1], int):
        return tree.read_fields(known, group) == before
    if known.kind == "list":
        return len(group) == len(before)
    return all(
        len(getattr(group, key)) == len(value) if child.kind == "list" else tree.read(child, group) == value
        for key, value in before.items()
        if (child := known.child(key))
    )


def _digest(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read(MAX_BYTES)).hexdigest()
    except OSError:
        return ""


@functools.lru_cache(maxsize=8)
def _parsed(text: str) -> dict[str, Any]:
    try:
        form = json.loads(text or "{}")
    except ValueError:
        return {}
    return form if isinstance(form, dict) else {}


register, unregister = bpy.utils.register_classes_factory((TRUTHBAKE_PG_loaded,))
