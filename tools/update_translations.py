"""Bring translations/*.po up to date with what Blender shows of Truthbake, and tell what is untranslated.

    make translations               or: python tools/update_translations.py

New messages come in with an empty translation, those that are gone go; nothing else changes. Exit code 1 while
anything is untranslated or translated with other {placeholders}.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import polib

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import translatable

from tests.house import ROOT, extension, leave

FOLDER = ROOT / "translations"
PLACEHOLDER = re.compile(r"\{[^{}]*\}")

# Messages that Truthbake itself puts together of others: where both are known, so is the whole. The patterns are
# messages of every file, and are translated there.
PATTERNS = (
    ("How {name} varies", re.compile(r"How (.+) varies")),
    (
        "{description}. Numbers with commas between them: mean and deviation, or the choices",
        re.compile(r"(.+)\. Numbers with commas between them: mean and deviation, or the choices"),
    ),
)


def messages() -> dict[translatable.Message, list[str]]:
    """What must be translated: all that is shown, and the patterns."""
    found = translatable.collect(extension(), ROOT)
    return {(translatable.ANY, pattern): ["patterns"] for pattern, _ in PATTERNS} | found


def key_of(entry: polib.POEntry) -> translatable.Message:
    return entry.msgctxt or translatable.ANY, entry.msgid


def updated(old: polib.POFile, wanted: dict[translatable.Message, list[str]]) -> polib.POFile:
    """The same file with exactly the wanted messages, in their order."""
    known = {key_of(entry): entry for entry in old if not entry.obsolete}
    new = polib.POFile(wrapwidth=0)
    new.header, new.metadata = old.header, old.metadata
    for (context, text), places in wanted.items():
        before = known.get((context, text))
        entry = polib.POEntry(
            msgctxt=None if context == translatable.ANY else context,
            msgid=text,
            msgstr=before.msgstr if before else "",
            tcomment=before.tcomment if before else "",
            flags=before.flags if before else [],
            occurrences=[(place, "") for place in places[:3]],
        )
        new.append(entry)
    compose(new)
    return new


def compose(catalogue: polib.POFile) -> None:
    """Translate what is put together of translated messages."""
    known = {key_of(entry): entry.msgstr for entry in catalogue}
    for pattern, shape in PATTERNS:
        translated = known.get((translatable.ANY, pattern))
        for entry in catalogue if translated else ():
            found = shape.fullmatch(entry.msgid)
            contexts = (translatable.OWN, translatable.ANY) if found and entry.msgid != pattern else ()
            if part := next((known[c, found[1]] for c in contexts if known.get((c, found[1]))), ""):
                entry.msgstr = PLACEHOLDER.sub(lambda _, part=part: part, translated)


def untranslated(catalogue: polib.POFile) -> list[str]:
    """What is left to do, one line for each message."""
    left = []
    for entry in catalogue:
        said = f"[{entry.msgctxt}] {entry.msgid}" if entry.msgctxt else entry.msgid
        if not entry.msgstr or "fuzzy" in entry.flags:
            left.append(said)
        elif sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr)):
            left.append(f"{said} (other placeholders)")
    return left


def main() -> int:
    wanted, code = messages(), 0
    for path in sorted(FOLDER.glob("*.po")):
        old = polib.pofile(str(path), wrapwidth=0)
        new = updated(old, wanted)
        if str(new) != path.read_text(encoding="utf-8"):
            path.write_text(f"{new}\n" if not str(new).endswith("\n") else str(new), encoding="utf-8", newline="\n")
        left = untranslated(new)
        for line in left:
            print(line)
        gone = len({key_of(entry) for entry in old} - set(wanted))
        print(f"{path.name}: {len(wanted)} messages, {gone} went, {len(left)} untranslated", file=sys.stderr)
        code = max(code, 1 if left else 0)
    return code


if __name__ == "__main__":
    leave(main())
