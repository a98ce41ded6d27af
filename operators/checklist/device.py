"""Whether the device that was asked for is there."""

from __future__ import annotations

from collections.abc import Iterator

from bpy.app.translations import pgettext_rpt

from .facts import Facts
from .problem import WARNING, Problem


def problems(facts: Facts) -> Iterator[Problem]:
    """A device that is missing: the bake goes on without it, more slowly."""
    if facts.why_no_device:
        text = pgettext_rpt("{device} cannot render: {reason}")
        text = text.format(device=facts.recipe["render"]["device"].upper(), reason=facts.why_no_device)
        yield Problem(WARNING, text, pgettext_rpt("The CPU renders instead; set Device to Automatic or CPU"))
