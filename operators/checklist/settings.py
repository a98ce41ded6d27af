"""Whether the settings are a recipe at all."""

from __future__ import annotations

from collections.abc import Iterator

from bpy.app.translations import pgettext_rpt

from .facts import Facts
from .problem import ERROR, Problem


def problems(facts: Facts) -> Iterator[Problem]:
    """Each mistake with the key that it is about."""
    for text in facts.mistakes:
        yield Problem(ERROR, text, pgettext_rpt("Correct this setting"))
