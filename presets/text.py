"""YAML text to a plain tree and back, with the line of every key and with nothing of YAML that a recipe has no use for.

Read as YAML 1.2 reads it where 1.1 surprises: `off` is a word, `1e-3` a number and `000001` a name.
"""

import re
from typing import Any

import yaml

from .errors import RecipeError

MAX_BYTES = 1 << 20
_MAX_NODES = 100_000  # aliases may multiply what stands in the file; nobody's recipe is this long

_TAG = "tag:yaml.org,2002:"
_PLAIN = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null", "seq", "map", "merge"))
_RESOLVERS = (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("merge", r"<<", "<"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0|[1-9][0-9_]*)", "-+0123456789"),
    ("float", r"[-+]?(0|[1-9][0-9_]*|(?=\.[0-9]))(\.[0-9]*)?([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+."),
)


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}


class _Dumper(yaml.SafeDumper):
    """Quotes what either version of YAML would take for something else than text."""

    def ignore_aliases(self, data):
        return True

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def _represent_list(dumper: _Dumper, items: list) -> yaml.Node:
    return dumper.represent_sequence(_TAG + "seq", items, flow_style=not any(isinstance(item, dict) for item in items))


_Dumper.add_representer(list, _represent_list)
for _name, _pattern, _first in _RESOLVERS:
    for _class in (_Loader, _Dumper):
        firsts = [char if char != "\0" else "" for char in _first]
        _class.add_implicit_resolver(_TAG + _name, re.compile(f"(?:{_pattern})$"), firsts)


def parse(text: str, label: str) -> tuple[Any, dict[str, str]]:
    """The tree that a YAML text holds, and where each dotted key stands: {"lights.count": "LABEL:12"}.

    Raises RecipeError, one line that begins with LABEL:LINE, for anything that is not plain YAML.
    """
    loader = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return None, {}
        _Survey(label).visit(root, "")
        tree = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise RecipeError(f"{label}:{mark.line + 1}: {_plainly(error)}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise RecipeError(f"{label}:{line}: holds a control character") from error
    except RecursionError as error:
        raise RecipeError(f"{label}: nested too deeply") from error
    except RecipeError:
        raise
    except ValueError as error:  # a number of thousands of digits, or !!int with no number
        raise RecipeError(f"{label}: holds a number that cannot be read") from error
    finally:
        if loader is not None:
            loader.dispose()
    positions: dict[str, str] = {}
    _locate(root, "", label, positions)
    return tree, positions


def value(text: str) -> Any:
    """One value as a command line gives it. Raises RecipeError without a position."""
    try:
        return parse(text, "value")[0]
    except RecipeError as error:
        raise RecipeError(str(error).removeprefix("value:").removeprefix("1: ").strip()) from error


def dump(tree: dict[str, Any], comment: str = "") -> str:
    """A recipe as YAML, one paragraph for each section; `comment` becomes the first line."""
    parts = [
        yaml.dump({key: item}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000)
        for key, item in tree.items()
    ]
    heading = f"# {' '.join(comment.split())}\n" if comment.strip() else ""
    return heading + "\n".join(parts)


class _Survey:
    """Looks over the nodes before anything is made of them: duplicates, tags, loops, and sheer size."""

    def __init__(self, label: str):
        self.label = label
        self.left = _MAX_NODES
        self.inside: set[int] = set()

    def visit(self, node: yaml.Node, path: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise RecipeError(f"{self.label}: too large for a recipe")
        if id(node) in self.inside:
            raise RecipeError(f"{self._line(node)}: {path}: contains itself")
        if node.tag not in _PLAIN:
            raise RecipeError(f"{self._line(node)}: {node.tag.replace(_TAG, '!!')} is not allowed in a recipe")
        self.inside.add(id(node))
        if isinstance(node, yaml.MappingNode):
            self._mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.visit(item, f"{path}[{index}]")
        self.inside.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, path: str) -> None:
        first: dict[str, int] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise RecipeError(f"{self._line(key)}: a key must be a word")
            full = f"{path}.{key.value}" if path else key.value
            if key.value in first:
                raise RecipeError(f"{self._line(key)}: {full}: given twice, first in line {first[key.value]}")
            first[key.value] = key.start_mark.line + 1
            self.visit(key, full)
            self.visit(item, full)

    def _line(self, node: yaml.Node) -> str:
        return f"{self.label}:{node.start_mark.line + 1}"


def _locate(node: yaml.Node, path: str, label: str, positions: dict[str, str]) -> None:
    """Note the line of every key and list item; merged keys stand where they were written."""
    if isinstance(node, yaml.MappingNode):
        below = [(f"{path}.{key.value}" if path else key.value, key, item) for key, item in node.value]
    elif isinstance(node, yaml.SequenceNode):
        below = [(f"{path}[{index}]", item, item) for index, item in enumerate(node.value)]
    else:
        return
    for full, mark, item in below:
        positions[full] = f"{label}:{mark.start_mark.line + 1}"
        _locate(item, full, label, positions)


def _plainly(error: yaml.MarkedYAMLError) -> str:
    """PyYAML's complaint in words for people who do not know PyYAML."""
    problem = (error.problem or error.context or "not YAML").strip()
    if "'\\t'" in problem:
        return "a tab stands where only spaces may; use spaces"
    if "mapping values are not allowed" in problem:
        return "a second colon, or a wrong indent, where a value was expected"
    if "expected a single document" in problem or "expected '<document start>'" in problem:
        return "more than one YAML document, or a wrong indent"
    return problem
