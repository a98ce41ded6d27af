"""One line of the checklist."""

from __future__ import annotations

from typing import NamedTuple

# An error blocks the bake, a warning does not, and the rest is good to know.
ERROR, WARNING, INFO = "ERROR", "WARNING", "INFO"


class Problem(NamedTuple):
    """What is wrong, and what to do about it, both in the user's language."""

    level: str
    text: str
    advice: str = ""
