"""Which item of a list the sidebar shows: every list in the settings gets a hidden number beside it."""

from bpy.props import CollectionProperty, IntProperty


def active_key(key: str) -> str:
    """The property that holds the number of a list's shown item: ``models`` -> ``active_models``."""
    return f"active_{key}"


def with_active_items(owner: type) -> None:
    """Declare that number for each list of a settings class that is not registered yet."""
    for key, declared in list(getattr(owner, "__annotations__", {}).items()):
        if getattr(declared, "function", None) is CollectionProperty:
            owner.__annotations__[active_key(key)] = IntProperty(
                name=f"Active in {declared.keywords['name']}",
                description="Which item of the list is shown",
                options={"HIDDEN", "SKIP_SAVE"},
            )
