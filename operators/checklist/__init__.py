"""The checklist before a bake: what would go wrong, found without importing a model or rendering an image."""

from __future__ import annotations

from . import device, disk, files, folder, models, settings
from .facts import Facts, gather
from .problem import ERROR, INFO, WARNING, Problem

__all__ = ["ERROR", "INFO", "WARNING", "Facts", "Problem", "check", "gather"]

# In this order they are shown, those of a kind.
_CHECKS = (settings, folder, models, files, disk, device)
_WORST_FIRST = (ERROR, WARNING, INFO)


def check(facts: Facts) -> list[Problem]:
    """Everything that there is to say, errors first."""
    found = [problem for part in _CHECKS for problem in part.problems(facts)]
    return sorted(found, key=lambda problem: _WORST_FIRST.index(problem.level))
