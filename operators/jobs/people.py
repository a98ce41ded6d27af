"""What scene.json says of the people in a scene."""

from __future__ import annotations

from typing import Any

from ...scene.stage.staged import Moment, Staged


def record(staged: Staged) -> list[dict[str, Any]]:
    """Of each person who it is, how it was posed, and where its joints are at each moment: metres, world."""
    plan = staged.plan.people
    return [
        {
            "instance": person.instance,
            "model": person.model,
            "mode": plan.mode,
            "height": person.height,
            "girth": person.girth,
            **({"ticks": [pose.fall.ticks for pose in person.poses]} if plan.mode == "ragdoll" else {}),
            "joints": [_joints(moment, person.instance) for moment in staged.moments],
        }
        for person in plan.persons
    ]


def _joints(moment: Moment, instance: int) -> dict[str, list[float]]:
    pose = moment.poses[instance]
    return {name: (pose[:3, :3] @ point + pose[:3, 3]).tolist() for name, point in moment.points[instance].items()}
