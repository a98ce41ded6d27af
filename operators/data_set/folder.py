"""Which data set a button means."""

from pathlib import Path

from bpy.props import StringProperty

from ...presets import current, tree
from ..bake import output_folder


class OnDataSet:
    """For operators that work on a data set."""

    folder: StringProperty(
        name="Data Set", description="The data set's folder; empty takes the recipe's output", subtype="DIR_PATH"
    )

    def data_set(self, context) -> Path:
        """The folder as an absolute path; StoreError when there is none."""
        return output_folder(self.folder, tree.to_dict(current.settings(context)))
