"""The labels of a staged frame, drawn over the 3D view, and the button in its header that shows them."""

from . import drawing, header

classes = header.classes


def register():
    drawing.register()
    header.register()


def unregister():
    header.unregister()
    drawing.unregister()
