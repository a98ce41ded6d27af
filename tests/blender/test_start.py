"""The checkout registers and unregisters as an extension."""

import sys

from tests.house import extension, module


def test_registers_as_extension():
    assert extension() == "bl_ext.truthbake_checkout.truthbake"
    assert module("dataset.store").__name__ == "bl_ext.truthbake_checkout.truthbake.dataset.store"
    assert "dataset" not in sys.modules


def test_registers_again():
    root = module()
    root.unregister()
    root.register()
