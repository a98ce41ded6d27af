"""Every message of Truthbake's that Blender shows: from the registered classes, and from the source of the sidebar.

Contexts are those in which Blender looks the messages up: "Operator" for operators and their buttons, "Truthbake" for
the names of settings and panels, "*" for the rest.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import bpy

ANY, OPERATOR = bpy.app.translations.contexts.default, bpy.app.translations.contexts.operator_default
OWN = "Truthbake"  # presets.settings.kinds.CONTEXT

# Kinds of classes whose labels or properties are shown; of operators the context differs.
KINDS = ("PropertyGroup", "AddonPreferences", "Operator", "Panel", "Menu", "UIList", "FileHandler")
WITH_LABEL = ("Panel", "Menu", "FileHandler")
# Owners of what is registered on Blender's own types.
OWNERS = ("Scene", "WindowManager", "Object", "Collection")

# Rooms whose layouts and reports are read; Blender itself is given translated text by the others' too, where they ask.
SHOWING = ("panels", "operators")
SILENT = ("operators/command_line/",)  # talks to the command line, which is English
SHOWN_KEYWORDS = ("text", "heading", "placeholder", "title", "message", "confirm_text")
BUTTONS = ("operator", "operator_enum", "operator_menu_enum", "operator_menu_hold")
# Function -> which argument is the message; Blender looks it up, or the function does.
REPORTS = {"report": 1, "poll_message_set": 0}
LOOKUPS = ("pgettext", "pgettext_n", "pgettext_iface", "pgettext_tip", "pgettext_rpt", "pgettext_data")
LOOKUPS += ("n_", "iface_", "tip_", "rpt_", "data_")  # what Blender's own scripts call them

Message = tuple[str, str]  # context, text


def collect(package: str, root: Path) -> dict[Message, list[str]]:
    """All messages of the registered extension `package`, whose source is in `root`, each with where it is used."""
    found: dict[Message, list[str]] = {}
    for place, message in [*of_classes(package), *of_source(root)]:
        if any(letter.isalpha() for letter in message[1]):
            places = found.setdefault(message, [])
            if place not in places:
                places.append(place)
    return found


def of_classes(package: str) -> Iterator[tuple[str, Message]]:
    """Labels, descriptions and properties of the registered classes."""
    for kind in KINDS:
        for owner in _subclasses(getattr(bpy.types, kind)):
            if owner.__module__.startswith(f"{package}.") and owner.is_registered:
                yield from _of_class(owner, kind)
    for name in OWNERS:
        for prop in getattr(bpy.types, name).bl_rna.properties:
            if prop.is_runtime and prop.identifier.startswith("truthbake"):
                yield from _of_property(prop, f"{name}.{prop.identifier}")


def _of_class(owner: type, kind: str) -> Iterator[tuple[str, Message]]:
    rna, place = owner.bl_rna, owner.__name__
    if kind == "Operator":
        # The class itself does not tell: Blender keeps the operator's type apart.
        group, name = owner.bl_idname.split(".")
        rna = getattr(getattr(bpy.ops, group), name).get_rna_type()
        yield place, (rna.translation_context, rna.name)
        yield place, (ANY, rna.description)
    elif kind in WITH_LABEL:
        yield place, (getattr(owner, "bl_translation_context", ANY), owner.bl_label)
        yield place, (ANY, getattr(owner, "bl_description", None) or "")
    inherited = set(owner.bl_rna.base.properties.keys()) if owner.bl_rna.base else set()
    own = set(getattr(owner, "__annotations__", {}))
    # A group that declares its own name has two properties of that name, its own one last.
    for prop in {prop.identifier: prop for prop in rna.properties}.values():
        if prop.identifier not in inherited or prop.identifier in own:
            yield from _of_property(prop, f"{place}.{prop.identifier}")


def _of_property(prop: bpy.types.Property, place: str) -> Iterator[tuple[str, Message]]:
    if prop.name != prop.identifier:  # what Blender calls a property without a name
        yield place, (prop.translation_context, prop.name)
    yield place, (ANY, prop.description)
    if prop.type == "ENUM":
        for item in prop.enum_items_static:
            yield f"{place}.{item.identifier}", (prop.translation_context, item.name)
            yield f"{place}.{item.identifier}", (ANY, item.description)


def _subclasses(kind: type) -> Iterator[type]:
    for owner in kind.__subclasses__():
        yield owner
        yield from _subclasses(owner)


def of_source(root: Path) -> Iterator[tuple[str, Message]]:
    """Literals that are looked up, drawn or reported."""
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root).as_posix()
        room = place.split("/")[0]
        if room.startswith(".") or room in ("tests", "tools", "docs", "build", "dist"):
            continue
        is_shown = room in SHOWING and not place.startswith(SILENT)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = _assigned(tree.body)
        for scope in ast.walk(tree):
            if isinstance(scope, ast.Module | ast.FunctionDef):
                names = constants | _assigned(() if scope is tree else ast.walk(scope))
                for call in ast.walk(scope):
                    if isinstance(call, ast.Call):
                        yield from ((place, message) for message in _of_call(call, is_shown, names))


def _assigned(nodes: Iterable[ast.AST]) -> dict[str, list[str]]:
    """Names to which literals are assigned, or a dictionary of literals."""
    found: dict[str, list[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
            found.setdefault(node.targets[0].id, []).extend(text for value in values for text in literals(value))
    return found


def _of_call(call: ast.Call, is_shown: bool, names: dict[str, list[str]]) -> Iterator[Message]:
    name = function(call)
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in LOOKUPS:
        context = next(literals(call.args[1] if len(call.args) > 1 else named.get("msgctxt")), ANY)
        message = call.args[0] if call.args else named.get("msgid")
        yield from ((context, text) for text in literals(message))
        source = message.value if isinstance(message, ast.Subscript) else message
        yield from ((context, text) for text in names.get(getattr(source, "id", ""), ()))
    elif is_shown and name in REPORTS and len(call.args) > REPORTS[name]:
        yield from ((ANY, text) for text in literals(call.args[REPORTS[name]]))
    elif is_shown and is_layout(call):
        context = next(literals(named.get("text_ctxt")), OPERATOR if name in BUTTONS else ANY)
        for keyword in SHOWN_KEYWORDS:
            yield from ((context, text) for text in literals(named.get(keyword)))


def is_layout(call: ast.Call) -> bool:
    """Whether the call draws text that Blender translates: a method with a text, not told to leave it."""
    translate = next((keyword.value for keyword in call.keywords if keyword.arg == "translate"), None)
    return isinstance(call.func, ast.Attribute) and not (isinstance(translate, ast.Constant) and not translate.value)


def function(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def literals(node: ast.AST | None) -> Iterator[str]:
    """The texts that an expression may be: one, or one of two with an if between them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name) and node.id == "CONTEXT":
        yield OWN
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from literals(value)
