"""Which data set a button means."""

from pathlib import Path

from bpy.props import StringProperty

from ...presets import current
from ..bake import output_folder
from . import session


class OnDataSet:
    """For operators that work on a data set."""

    folder: StringProperty(
        name="Data Set",
        description="The data set's folder; empty takes the one that is open in the sidebar, else the recipe's output",
        subtype="DIR_PATH",
    )

    def data_set(self, context) -> Path:
        """The folder as an absolute path; StoreError when there is none."""
        shown = session.current()
        if shown is not None and not self.folder:
            return shown.store.root
        return output_folder(self.folder, current.settings(context))


class OfOpenDataSet:
    """For operators that need an open data set."""

    @classmethod
    def poll(cls, context):
        if session.current() is not None:
            return True
        cls.poll_message_set("Open a data set first")
        return False
