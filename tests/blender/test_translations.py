"""Every message has a Chinese translation, and every text that is shown can be translated at all."""

import ast
import re
import time

import bpy
import polib
import pytest
from PIL import ImageFont

from tests.house import ROOT, load_file, module

update = load_file(ROOT / "tools" / "update_translations.py", "truthbake_update_translations")
CHINESE = ROOT / "translations" / "zh_HANS.po"

ALWAYS = "Always baked: instance and amodal masks, boxes, 6D poses, visible fractions, cuboids"
FULL_WIDTH = "\uff0c\u3002\u3001\uff1a\uff1b\uff09"  # comma, stop, enumeration, colon, semicolon, bracket

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
        ("Truthbake", "Placement"): "a section",
        ("*", "Horizontal field of view of the image"): "a tooltip",
        ("*", "From fx, fy, cx and cy"): "an enum item's tooltip",
        ("Operator", "Cancel"): "an operator",
        ("*", "Stop the background bake; whole scenes are kept, and baking again continues"): "its tooltip",
        ("*", "A bake is running"): "why a button is grey",
        ("Operator", "Open File..."): "a button with a text of its own",
        ("*", "Recipes"): "a menu",
        ("Truthbake", "Frames"): "the text of a field",
    }
    assert {message: what for message, what in expected.items() if message not in wanted} == {}


def test_literals_are_found_through_names(tmp_path):
    (tmp_path / "panels").mkdir()
    (tmp_path / "panels" / "some.py").write_text(
        "TITLES = {'A': 'Of a Table'}\n"
        "def draw(layout, is_one):\n"
        "    text = 'One' if is_one else 'Many'\n"
        "    layout.label(text=iface_(text) + pgettext_iface(TITLES['A'], CONTEXT), translate=False)\n"
        "    layout.operator('some.thing', text='A Button')\n"
        "    layout.label(text='Of the User', translate=False)\n"
        "def other(self):\n"
        "    text = 'A Key'\n"
        "    self.report({'INFO'}, 'Told')\n",
        encoding="utf-8",
    )
    found = {message for _, message in update.translatable.of_source(tmp_path)}
    expected = {("*", "One"), ("*", "Many"), ("Truthbake", "Of a Table"), ("Operator", "A Button"), ("*", "Told")}
    assert found == expected


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


def test_the_chinese_is_complete(wanted):
    """Where this fails: `make translations` tells what is missing; fill it in."""
    catalogue = polib.pofile(str(CHINESE))
    assert update.untranslated(catalogue) == []
    known = {update.key_of(entry) for entry in catalogue if not entry.obsolete}
    assert sorted(set(wanted) - known) == [], "new messages"
    assert sorted(known - set(wanted)) == [], "messages that are gone"


def test_the_chinese_is_chinese():
    """Names of files and makers aside, a translation has Chinese letters and ends without a period."""
    wrong = []
    for entry in polib.pofile(str(CHINESE)):
        is_name = entry.msgstr == entry.msgid and " " not in entry.msgid
        if not is_name and not any("\u4e00" <= letter <= "\u9fff" for letter in entry.msgstr):
            wrong.append(entry.msgid)
        if entry.msgstr.endswith(("。", ".")) and not entry.msgid.endswith((".", "...")):
            wrong.append(entry.msgid)
    assert wrong == []


def test_reading_a_language_takes_little_time():
    start = time.perf_counter()
    assert len(module("translations.catalogue").read(CHINESE)) > 1000
    assert time.perf_counter() - start < 0.2, "some 10 ms is usual; every start of Blender pays it"


def test_names_of_settings_have_their_own_context():
    """Blender's own Normal is a direction and its Masks are Bezier curves: `kinds.in_own_words` tells ours apart."""
    ours = [*module("presets.settings").classes, module("operators.data_set.runtime").TRUTHBAKE_PG_data_set]
    names = [(group, key) for group in ours for base in group.__mro__ for key in getattr(base, "__annotations__", {})]
    assert len(names) > 300
    contexts = {(group.__name__, key): group.bl_rna.properties[key].translation_context for group, key in names}
    # A group has a name of Blender's, and finds that one first.
    others = {name: context for name, context in contexts.items() if context != "Truthbake" and name[1] != "name"}
    assert set(others.values()) <= {"Color"}, others
    panels = [panel for panel in bpy.types.Panel.__subclasses__() if issubclass(panel, module("panels.layout").InTab)]
    assert {panel.bl_translation_context for panel in panels} == {"Truthbake"}


def test_captions_of_pictures_have_letters():
    """Boxes instead of letters all look the same."""
    font = ImageFont.truetype(str(module("operators.preview.preview_frame")._font()), 12)
    assert len({bytes(font.getmask(letter)) for letter in "深度法线"}) == 4


def test_long_chinese_sentences_are_broken_where_they_may_be():
    text = module("translations.catalogue").read(CHINESE)["*", ALWAYS]
    for width in range(12, 40):
        lines = module("panels.wrapping").lines(text, width)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not [line for line in lines if line.startswith(tuple(FULL_WIDTH))]


# Mistakes in data sets, names of threads, reasons in logs: English everywhere.
ENGLISH = ("operators/command_line/", "operators/jobs/", "operators/data_set/showing.py")
UNITS = {"m", "mm", "cm", "s", "KB", "MB", "GB", "TB", "x"}
# Functions whose text Blender takes as it is.
AS_IT_IS = {"status_text_set": 0, "header_text_set": 0}


def test_texts_that_are_put_together_are_translated_first():
    """No words in f-strings, nor in literals that are formatted at once; errors that are raised are English."""
    wrong = []
    for room in ("panels", "operators"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(ENGLISH):
                tree = ast.parse(path.read_text(encoding="utf-8"))
                wrong += [f"{name}:{node.lineno} {said}" for node, said in put_together(tree) if has_words(said)]
    assert wrong == [], 'use pgettext_iface("... {count} ...").format(count=count), pgettext_rpt in reports'


def put_together(tree: ast.AST):
    """Nodes that make a text of literals and values, each with its literals."""
    raised = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.Raise) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in raised:
            continue
        if isinstance(node, ast.JoinedStr):
            yield node, "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            function, owner = node.func.attr, node.func.value
            if function == "format" and isinstance(owner, ast.Constant):
                yield node, owner.value
            if function in AS_IT_IS and node.args and isinstance(node.args[AS_IT_IS[function]], ast.Constant):
                yield node, str(node.args[AS_IT_IS[function]].value or "")


def has_words(text: str) -> bool:
    """Whether a text is for people: words with spaces between them, not a key, a path or a number with its unit."""
    parts = [part.strip(",.;:()") for part in text.split()]
    return len(parts) > 1 and any(re.fullmatch("[A-Za-z]+", part) and part not in UNITS for part in parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{} scenes baked", True), ("Scene {}", True), ("truthbake.{}", False), ("{} mm", False), ("{}[{}]", False)],
)
def test_words_are_told_from_keys(text, expected):
    assert has_words(text) is expected
