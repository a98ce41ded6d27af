"""The command line: arguments in, the same operators as the sidebar's, an exit code out.

0 all done, 1 some work failed, 2 a mistake in usage, recipe or input (one line on stderr), 130 and 143 stopped by a
signal.
"""

from __future__ import annotations

import sys

from ..jobs.mistakes import MISTAKES
from . import commands, parser, sweep

_COMMANDS = commands.COMMANDS | {"sweep": sweep.sweep}


def main(arguments: list[str]) -> int:
    """Run one command; returns its exit code."""
    try:
        options = parser.build().parse_args(arguments)
    except SystemExit as end:  # argparse's own way of saying usage or help
        return int(end.code or 0)
    try:
        return _COMMANDS[options.command](options)
    except MISTAKES as error:
        return _complain(str(error))
    except RuntimeError as error:
        # An operator's report arrives as "Error: text"; a bug in one as its traceback.
        text = str(error).strip()
        if "Traceback" in text:
            raise
        return _complain(text.removeprefix("Error: "))
    except BrokenPipeError:
        return 1


def _complain(text: str) -> int:
    print(f"truthbake: {' '.join(text.split())}", file=sys.stderr)
    return 2
