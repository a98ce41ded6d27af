"""A layout that keeps what a panel draws into it; what has no Blender name fails."""

import inspect

import bpy

from tests.house import module

panels = module("panels")


class Recorder:
    """Stands for a layout: notes what is drawn, and fails for a property or operator that does not exist."""

    def __init__(self, drawn=None):
        self.__dict__["drawn"] = [] if drawn is None else drawn
        self.__dict__["values"] = {}

    def __setattr__(self, name, value):
        assert name in bpy.types.UILayout.bl_rna.properties, name
        self.values[name] = value

    def _inner(self, **_):
        inner = Recorder(self.drawn)
        return inner

    row = column = box = split = column_flow = grid_flow = _inner

    def prop(self, data, name, **keywords):
        assert name in data.bl_rna.properties, name
        self.drawn.append((type(data).__name__, name, keywords.get("text")))

    def operator(self, name, **_):
        group, verb = name.split(".")
        operator = getattr(getattr(bpy.ops, group), verb)
        self.drawn.append(("operator", name, operator.get_rna_type().name))

        class Properties:
            def __setattr__(self, key, value):
                assert key in operator.get_rna_type().properties, key

        return Properties()

    def menu(self, name, **keywords):
        assert hasattr(bpy.types, name)
        self.drawn.append(("menu", name, keywords.get("text")))

    def label(self, text="", **_):
        self.drawn.append(("label", "", text))

    def progress(self, factor, text):
        assert 0 <= factor <= 1
        self.drawn.append(("progress", "", text))

    def template_list(self, kind, name, data, key, active_data, active_key, rows):
        assert (
            hasattr(bpy.types, kind) and key in data.bl_rna.properties and active_key in active_data.bl_rna.properties
        )
        self.drawn.append(("list", name, key))

    def popover(self, panel, **keywords):
        assert hasattr(bpy.types, panel), panel
        self.drawn.append(("popover", panel, keywords.get("text")))

    def separator(self, **_):
        pass

    def context_pointer_set(self, name, data):
        pass


def drawn(cls) -> list[tuple]:
    return recorded(cls).drawn


def recorded(cls) -> Recorder:
    """The layout of a panel after it was drawn, its header before its body."""
    recorder = Recorder()

    class Self:
        """Has what the panel has, without being one: Blender alone makes those."""

        layout = recorder

        def __getattr__(self, name):
            found = getattr(cls, name)
            is_method = inspect.isfunction(found) and not isinstance(inspect.getattr_static(cls, name), staticmethod)
            return found.__get__(self) if is_method else found

    if hasattr(cls, "draw_header"):
        cls.draw_header(Self(), bpy.context)
    if not hasattr(cls, "poll") or cls.poll(bpy.context):
        cls.draw(Self(), bpy.context)
    return recorder


def sidebar() -> list[type]:
    found = [cls for cls in panels.classes if issubclass(cls, bpy.types.Panel)]
    return [cls for cls in found if (cls.bl_space_type, cls.bl_region_type) == ("VIEW_3D", "UI")]


def drawn_for_every_choice() -> list[tuple]:
    """What the tab shows for one value or another of its choices: it leaves out what does not matter for a choice."""
    settings = bpy.context.scene.truthbake
    shown = [entry for cls in sidebar() for entry in drawn(cls)]
    groups = [(getattr(settings, section), needs) for section, needs in module("panels.needs").NEEDS.items()]
    for path, needs in module("panels.items").NEEDS.items():
        groups += [(item, needs) for item in settings.path_resolve(path)]
    for group, needs in groups:
        for other, value in {(other, value) for other, values in needs.values() for value in values}:
            before = {}
            while other:  # a choice may count for one value of another choice only
                before[other] = getattr(group, other)
                setattr(group, other, value)
                other, values = needs.get(other, ("", [None]))
                value = next(iter(values))
            shown += [entry for cls in sidebar() for entry in drawn(cls)]
            for key, old in before.items():
                setattr(group, key, old)
    return shown
