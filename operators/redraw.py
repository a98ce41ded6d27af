"""Panels whose numbers changed are drawn anew."""

import bpy


def redraw_sidebars() -> None:
    """Draw the sidebars of 3D views and image editors again."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in ("VIEW_3D", "IMAGE_EDITOR"):
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
