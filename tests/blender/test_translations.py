"""Every message has a Chinese translation, and every text that is shown can be translated at all."""

import polib
import pytest

from tests.house import ROOT, load_file, module

update = load_file(ROOT / "tools" / "update_translations.py", "truthbake_update_translations")
CHINESE = ROOT / "translations" / "zh_HANS.po"

SAMPLE = r"""
# As a translator's editor writes it.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Language: zh_HANS\n"

#: panels/bake.py
msgctxt "Operator"
msgid "Bake"
msgstr "烘焙"

msgid ""
"One \"quoted\" line\n"
"and {count}\tmore"
msgstr ""
"一行“引文”\n"
"还有 {count}\\"

#, fuzzy
#| msgid "Bakes"
msgid "Baked"
msgstr "也许"

msgid "Untranslated"
msgstr ""

# note
#, python-brace-format
msgid "Baked {count}"
msgstr "已烘焙 {count}"

#~ msgid "Gone"
#~ msgstr "没了"
"""


@pytest.fixture(scope="module")
def wanted():
    return update.messages()


def test_files_are_read_as_the_library_reads_them(tmp_path):
    (tmp_path / "sample.po").write_text(SAMPLE, encoding="utf-8")
    for path in (tmp_path / "sample.po", CHINESE):
        entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete and "fuzzy" not in entry.flags]
        expected = {update.key_of(entry): entry.msgstr for entry in entries if entry.msgstr}
        assert module("translations.catalogue").read(path) == expected
    assert len(module("translations.catalogue").read(tmp_path / "sample.po")) == 3


def test_messages_come_from_classes_and_source(wanted):
    expected = {
        ("*", "Placement"): "a section",
        ("*", "Horizontal field of view of the image"): "a tooltip",
        ("*", "From fx, fy, cx and cy"): "an enum item's tooltip",
        ("Operator", "Cancel"): "an operator",
        ("*", "Stop the background bake; whole scenes are kept, and baking again continues"): "its tooltip",
        ("*", "A bake is running"): "why a button is grey",
        ("Operator", "Open File..."): "a button with a text of its own",
        ("*", "Recipes"): "a menu",
        ("*", "Frames"): "the text of a field",
    }
    assert {message: what for message, what in expected.items() if message not in wanted} == {}


def test_a_file_is_brought_up_to_date():
    old = polib.POFile()
    old.metadata = {"Language": "zh_HANS"}
    pairs = [("Size", "尺寸"), ("Gone", "没了"), (update.PATTERNS[0][0], "{name}如何变化"), ("{count} new", "{total}")]
    for text, translation in pairs:
        old.append(polib.POEntry(msgid=text, msgstr=translation, tcomment=f"about {text}"))
    new_texts = ["New", "Size", update.PATTERNS[0][0], "How Size varies", "{count} new"]
    new = update.updated(old, {**{("*", text): ["here"] for text in new_texts}, ("Operator", "Size"): ["there"]})
    assert [entry.msgid for entry in new] == [*new_texts, "Size"]
    assert [entry.msgstr for entry in new] == ["", "尺寸", "{name}如何变化", "尺寸如何变化", "{total}", ""]
    assert new[1].tcomment == "about Size" and new.metadata == old.metadata
    assert update.untranslated(new) == ["New", "{count} new (other placeholders)", "[Operator] Size"]
