"""Pure modules import without Blender."""

import sys


def test_pure_import():
    from truthbake.dataset import store

    assert store.__name__ == "truthbake.dataset.store"
    assert getattr(sys.modules["truthbake"], "__file__", None) is None
