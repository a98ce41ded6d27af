"""The user's mistakes: one line, no traceback, exit code 2."""

from ...dataset.distortion import DistortionError
from ...dataset.store import StoreError
from ...presets import RecipeError
from ...scene.assets import AssetError
from ...scene.assets.pictures import PictureError
from ...scene.plan.camera import CameraFileError
from ...scene.plan.randomizers import RandomizerError
from ...scene.stage.background import BackgroundError
from ...scene.stage.errors import StageError

MISTAKES = (
    RecipeError,
    AssetError,
    StoreError,
    CameraFileError,
    DistortionError,
    BackgroundError,
    PictureError,
    StageError,
    RandomizerError,
)
