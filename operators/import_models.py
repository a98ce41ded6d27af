"""Add CAD files to the recipe."""

import os
from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, StringProperty

from ..presets import current, lists
from ..presets.settings.model import UNITS
from ..scene.assets.catalogue import load_library
from ..scene.assets.formats import SUFFIXES
from ..scene.assets.listing import listed_models
from . import telling
from .jobs import words
from .jobs.mistakes import MISTAKES
from .redraw import redraw_sidebars

# So many models are read at once; one that is broken is refused then and there.
FEW = 20


class AddsModels:
    """For operators that add models to the recipe, in the ``unit`` that the user says."""

    unit: EnumProperty(name="Unit", description="What one unit in the files is", items=UNITS, default="AUTO")

    def add(self, context, paths: list[Path], as_distractors: bool) -> set[str]:
        """Add files or folders, all of them or none; the operator's result."""
        kind = "distractor" if as_distractors else "target"
        sources = [{"path": str(path), "unit": self.unit} for path in paths]
        try:
            listed, warnings = listed_models(sources, "", "all", ())
            # A window does not wait for many models: the check below looks at them one by one.
            if bpy.app.background or len(listed) <= FEW:
                listed, warnings = load_library(sources, kind)
        except MISTAKES as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        settings = current.settings(context)
        group = settings.distractors if as_distractors else settings.objects
        for path in paths:
            item = lists.add(group, "models")
            item.path, item.unit = str(path), self.unit
        redraw_sidebars()  # they may have been dropped elsewhere
        self.report({"INFO"}, pgettext_rpt("{count} models added").format(count=len(listed)))
        telling.warn(self, map(words.in_sidebar, warnings))
        bpy.ops.truthbake.check_models("EXEC_DEFAULT" if bpy.app.background else "INVOKE_DEFAULT")
        return {"FINISHED"}


class TRUTHBAKE_OT_import_models(AddsModels, bpy.types.Operator):
    bl_idname = "truthbake.import_models"
    bl_label = "Add Models"
    bl_description = "Add CAD models to the recipe: files, or a folder with everything below it"
    bl_options = {"REGISTER", "UNDO"}

    directory: StringProperty(
        name="Folder", description="Where the models lie", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )
    files: CollectionProperty(name="Files", type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"})
    filter_glob: StringProperty(default=";".join(f"*{suffix}" for suffix in SUFFIXES), options={"HIDDEN"})
    as_distractors: BoolProperty(
        name="As Distractors", description="Scatter them among the targets, without labels", default=False
    )

    def invoke(self, context, event):
        if start := self.directory or self._start(context):
            self.directory = start
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        if not self.directory:
            self.report({"ERROR"}, pgettext_rpt("Choose files that hold models, or their folder"))
            return {"CANCELLED"}
        folder = Path(bpy.path.abspath(self.directory))
        paths = [folder / file.name for file in self.files if file.name] or [folder]
        return self.add(context, paths, self.as_distractors)

    def _start(self, context) -> str:
        """Where to look for models: beside the last one of the list, else beside the .blend file."""
        settings = current.settings(context)
        known = [*settings.distractors.models] if self.as_distractors else [*settings.objects.models]
        paths = [Path(bpy.path.abspath(item.path)) for item in known if item.path and ":" not in item.path[2:]]
        beside = [path.parent for path in reversed(paths)] + [Path(bpy.data.filepath).parent] * bool(bpy.data.filepath)
        return next((f"{folder}/" for folder in beside if folder.is_absolute() and os.path.isdir(folder)), "")
