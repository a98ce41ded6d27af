"""Read gettext's .po files, as far as Blender's translations go: contexts, but no plurals.

The library for this format, polib, takes ten times as long, at every start of Blender, whatever its language;
tools/update_translations.py, which writes the files, uses it, and a test compares the two.
"""

import json
from pathlib import Path

ANY = "*"  # what Blender calls the context of messages without one


def read(path: Path) -> dict[tuple[str, str], str]:
    """(context, message) -> translation, without what is untranslated or marked as fuzzy. OSError, ValueError."""
    found, entry, key, is_fuzzy = {}, {}, "", False
    # A last line, so that the last entry ends too; other line ends of Unicode's may stand inside a message.
    for line in [*path.read_text(encoding="utf-8").split("\n"), "msgctxt"]:
        word, _, text = line.strip().partition(" ")
        if word.startswith('"'):
            entry[key] += json.loads(line)
            continue
        if word in ("msgctxt", "msgid", "#,") and "msgstr" in entry:
            if entry["msgid"] and entry["msgstr"] and not is_fuzzy:
                found[entry.get("msgctxt", ANY), entry["msgid"]] = entry["msgstr"]
            entry, is_fuzzy = {}, False
        if word == "#,":
            is_fuzzy = "fuzzy" in text
        elif word in ("msgctxt", "msgid", "msgstr"):
            key = word
            entry[key] = json.loads(text) if text else ""
    return found
