"""Data paths as text: what is one, what is none, and that nothing in one is ever run."""

import ast
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from truthbake.data_path import LONGEST, DataPathError, Step, parse, render

NAMES = st.text(string.ascii_letters + string.digits + "_", min_size=1, max_size=12).filter(
    lambda name: name[0].isalpha()
)
KEYS = st.text(max_size=12)
STEPS = st.one_of(
    NAMES.map(lambda name: Step("name", name)),
    KEYS.map(lambda key: Step("key", key)),
    st.integers(0, 10**9 - 1).map(lambda index: Step("index", index)),
)
PATHS = st.tuples(NAMES.map(lambda name: Step("name", name)), st.lists(STEPS, max_size=6)).map(
    lambda both: (both[0], *both[1])
)


@given(PATHS)
def test_every_path_survives_its_own_spelling(path):
    assert parse(render(path)) == path
    assert parse("bpy.data." + render(path)) == path


def test_keys_hold_anything_that_a_name_in_blender_holds():
    path = parse('materials["A \\"b\\" [c].d \\\\ \\n"].node_tree')
    assert path[1] == Step("key", 'A "b" [c].d \\ \n')
    assert parse("objects['Lamp'].location[2]") == parse('objects["Lamp"].location[2]')
    assert render(parse("bpy.data.objects['Lamp'].location[2]")) == 'objects["Lamp"].location[2]'


HOSTILE = [
    "",
    ".",
    "[0]",
    "objects.",
    "objects..location",
    'objects["Lamp"].__class__',
    "__import__('os')",
    'objects["Lamp"].animation_data_clear()',
    "objects['Lamp'].location[-1]",
    "objects['Lamp'].location[1:2]",
    "objects[Lamp]",
    'objects["Lamp',
    'objects["Lamp"',
    'objects["La\nmp"]',
    'objects["\\x41"]',
    "objects[0x1]",
    "objects[0] ; import os",
    "objects[len(x)]",
    "objects[99999999999999999999]",
    "objects .location",
    "lambda: 0",
    "a" * (LONGEST + 1),
    "objects" + "[" * 500,
    "été",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_anything_else_is_refused_in_one_line(text):
    with pytest.raises(DataPathError) as caught:
        parse(text)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


@given(st.text(max_size=60) | st.text('objects["].\\_()0', max_size=40))
def test_any_text_is_a_path_or_refused(text):
    try:
        path = parse(text)
    except DataPathError:
        return
    assert all(step.kind != "name" or step.value[0].isalpha() for step in path)
    assert parse(render(path)) == path


def test_nothing_is_evaluated():
    """Neither the parser nor the resolver can run code: they name none of the functions that would."""
    for name in ("data_path.py", "scene/stage/properties.py", "scene/stage/randomizing.py"):
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        called = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"eval", "exec", "compile", "__import__", "globals", "vars"}, name
