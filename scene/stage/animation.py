"""Whether something moves a property of its own accord: keyframes and drivers win over any value that is set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy

from ...data_path import quoted


def is_animated(owner: Any, key: str, is_custom: bool, component: int | None) -> bool:
    """Whether the property, or the component, has keyframes or a driver. ``owner`` holds it, as RNA has it."""
    data = getattr(owner.id_data, "animation_data", None)
    if data is None:
        return False
    if is_custom:
        prefix = owner.path_from_id() if owner != owner.id_data else ""
        path = f"{prefix}[{quoted(key)}]"
    else:
        path = owner.path_from_id(key)
    for curve in _curves(data):
        if curve.data_path == path and (component is None or curve.array_index == component):
            return True
    return False


def _curves(data: bpy.types.AnimData) -> Iterator[bpy.types.FCurve]:
    yield from data.drivers
    actions = [(data.action, getattr(data, "action_slot", None))]
    actions += [
        (strip.action, getattr(strip, "action_slot", None)) for track in data.nla_tracks for strip in track.strips
    ]
    for action, slot in actions:
        if action is None:
            continue
        if not hasattr(action, "layers"):  # before 4.4
            yield from action.fcurves
            continue
        for layer in action.layers:
            for strip in layer.strips:
                bag = strip.channelbag(slot) if slot else None
                if bag is not None:
                    yield from bag.fcurves
