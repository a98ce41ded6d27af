"""Whether the output folder can be baked into."""

from __future__ import annotations

import os
from collections.abc import Iterator

from bpy.app.translations import pgettext_rpt

from ..jobs.outlook import COMPLETE, OTHER
from .facts import Facts
from .problem import ERROR, INFO, WARNING, Problem


def problems(facts: Facts) -> Iterator[Problem]:
    """No folder, one that cannot be written, and what lies in it already."""
    if facts.folder is None:
        yield Problem(ERROR, pgettext_rpt("No output folder"), pgettext_rpt("Choose where the data set goes"))
        return
    if facts.is_beside_unsaved_file:
        yield Problem(
            ERROR,
            pgettext_rpt("The output folder is beside the .blend file, which was never saved"),
            pgettext_rpt("Save the file, or choose a full path"),
        )
        return
    if os.path.exists(facts.folder) and not os.path.isdir(facts.folder):
        text = pgettext_rpt("{folder} is a file").format(folder=facts.folder)
        yield Problem(ERROR, text, pgettext_rpt("Choose another output folder"))
    elif facts.why_not_writable:
        text = pgettext_rpt("{folder} cannot be written: {reason}")
        text = text.format(folder=facts.folder, reason=facts.why_not_writable)
        yield Problem(ERROR, text, pgettext_rpt("Choose another output folder, or make this one writable"))
    yield from _contents(facts)


def _contents(facts: Facts) -> Iterator[Problem]:
    if facts.found.is_foreign:
        text = pgettext_rpt("{folder} holds files that are no data set").format(folder=facts.folder)
        yield Problem(WARNING, text, pgettext_rpt("They stay; an empty folder is tidier"))
    if facts.outlook is None:
        return
    if facts.outlook.kind == OTHER:
        text = pgettext_rpt("{folder} holds another data set: {difference}")
        text = text.format(folder=facts.folder, difference=_short(facts.outlook.difference))
        yield Problem(ERROR, text, pgettext_rpt("Choose another output folder, or set this setting back"))
    elif facts.outlook.kind == COMPLETE:
        yield Problem(INFO, pgettext_rpt("Every scene is there: only the exports are written"))


def _short(text: str, most: int = 200) -> str:
    return text if len(text) <= most else text[:most] + " ..."
