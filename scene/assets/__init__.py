"""CAD models in: what can be read (`formats`), reading it (`importers`), the shared library of assets (`library`)."""

from .formats import AssetError, discover, unit_scale

__all__ = ["AssetError", "discover", "unit_scale"]
