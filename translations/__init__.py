"""What the user reads, in other languages: one file LOCALE.po for each, named as Blender names the language.

Blender looks up every label and tooltip by itself; texts that are put together while they are drawn or reported go
through `bpy.app.translations.pgettext_iface` or `pgettext_rpt`. `make translations` collects all of them.
Mistakes in recipes, models and data sets stay English: the same line is told on the command line and written to logs.
"""

from pathlib import Path

import bpy

from . import catalogue

FOLDER = Path(__file__).parent
_ROOT = __package__.rpartition(".")[0]


def register():
    """Hand every language to Blender."""
    bpy.app.translations.register(_ROOT, {path.stem: catalogue.read(path) for path in sorted(FOLDER.glob("*.po"))})


def unregister():
    """Take them back."""
    bpy.app.translations.unregister(_ROOT)
