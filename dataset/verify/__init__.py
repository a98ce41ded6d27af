"""Checks that a right data set passes: of a store, and of BOP and COCO folders, ours or others'."""

from .bop import verify_bop
from .coco import verify_coco
from .store import verify

__all__ = ["verify", "verify_bop", "verify_coco"]
